// Show where a case stands in its drawing: the way gone, and where it is now.
import Viewer from "bpmn-js/lib/NavigatedViewer";

const SCALE = 0.82;
const WIDE = 700;

export async function draw(place) {
  place.dataset.drawn = "";
  const answer = await fetch(place.dataset.diagram, { headers: { accept: "application/json" } });
  if (!answer.ok) return;
  const { xml, names, done, flows, now, last } = await answer.json();
  place.replaceChildren();
  const viewer = new Viewer({ container: place, zoomScroll: { enabled: false } });
  await viewer.importXML(named(xml, names));
  if (!place.clientWidth) return; // closed while it was drawn
  const canvas = viewer.get("canvas");
  const registry = viewer.get("elementRegistry");
  const known = (id) => registry.get(id);
  registry.filter(({ type }) => ["bpmn:Lane", "bpmn:Participant"].includes(type))
    .forEach((one) => canvas.addMarker(one, "lane"));
  done.filter(known).forEach((id) => canvas.addMarker(id, "done"));
  flows.filter(known).forEach((id) => canvas.addMarker(id, "done-flow"));
  for (const one of now.filter(({ id }) => known(id))) {
    canvas.addMarker(one.id, "now");
    viewer.get("overlays").add(one.id, { position: { top: -22, left: 0 }, html: badge(one), scale: false });
  }
  if (whole(place)) fitHeight(place, canvas);
  const centre = () => show(canvas, whole(place) ? null : known(now[0]?.id) ?? known(last));
  centre();
  zoomButtons(place, canvas, centre);
}

// The drawing with its elements called as in the reader's language.
function named(xml, names) {
  if (!Object.keys(names).length) return xml;
  const drawn = new DOMParser().parseFromString(xml, "application/xml");
  for (const one of drawn.querySelectorAll("[id][name]")) {
    if (names[one.id]) one.setAttribute("name", names[one.id]);
  }
  return new XMLSerializer().serializeToString(drawn);
}

// A whole drawing can be read where there is room for it; elsewhere its first mark is shown.
function whole(place) {
  return "whole" in place.dataset && place.clientWidth > WIDE;
}

// A whole drawing takes the height that its width asks for, within the window.
function fitHeight(place, canvas) {
  const { inner } = canvas.viewbox();
  const wanted = inner.height * place.clientWidth / inner.width + 24;
  place.style.height = `${Math.round(Math.max(place.clientHeight, Math.min(wanted, innerHeight * 0.75)))}px`;
  canvas.resized();
}

function badge({ text, light }) {
  const mark = document.createElement("span");
  mark.className = `here here-${light}`;
  mark.textContent = text;
  return mark;
}

function show(canvas, element) {
  if (!element) {
    canvas.zoom("fit-viewport", "auto");
    return canvas.zoom(canvas.zoom() * 0.94, "auto"); // room for the marks at its edge
  }
  const { width, height } = canvas.getSize();
  const box = { width: width / SCALE, height: height / SCALE };
  canvas.viewbox({
    x: element.x + element.width / 2 - box.width / 2, y: element.y + element.height / 2 - box.height / 2 - 6, ...box,
  });
}

function zoomButtons(place, canvas, centre) {
  const acts = {
    in: () => canvas.zoom(canvas.zoom() * 1.25),
    out: () => canvas.zoom(canvas.zoom() / 1.25),
    fit: () => canvas.zoom("fit-viewport", "auto"),
    here: centre,
  };
  for (const button of place.parentElement.querySelectorAll("[data-zoom]")) {
    button.hidden = false;
    button.addEventListener("click", () => acts[button.dataset.zoom]());
  }
}
