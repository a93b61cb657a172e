// The little that pages need beyond plain HTML and htmx: keys, the open row, diagrams, sheets.
import htmx from "htmx.org";

const rows = () => [...document.querySelectorAll("[data-row]")];
const panel = () => document.querySelector(".panel");
const narrow = () => matchMedia("(width < 980px)").matches;

htmx.config.includeIndicatorCSS = false;

function markOpenRow() {
  const open = panel()?.dataset.item;
  for (const row of rows()) {
    if (row.dataset.row === open) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
  document.querySelector("[data-row][aria-current]")?.scrollIntoView({ block: "nearest" });
}

function closePanel() {
  const open = rows().find((row) => row.dataset.row === panel()?.dataset.item);
  panel()?.remove();
  document.querySelector("#panel-place")?.replaceChildren();
  history.replaceState(null, "", document.querySelector("[data-list-url]").dataset.listUrl);
  markOpenRow();
  open?.focus();
}

function step(by) {
  const all = rows();
  if (!all.length) return;
  const from = Math.max(all.indexOf(document.activeElement), all.findIndex((row) => row.ariaCurrent));
  const to = all[Math.min(Math.max(from + by, 0), all.length - 1)];
  to.focus();
  to.scrollIntoView({ block: "nearest" });
}

const keys = {
  "/": () => document.querySelector("[data-seek]")?.focus(),
  "?": () => document.querySelector("#keys")?.showModal(),
  j: () => step(1),
  k: () => step(-1),
  Escape: () => document.querySelector("#panel-place .panel [data-close]")?.click(),
};

function typing(event) {
  return event.target.closest("input, textarea, select, dialog[open], [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event)) return;
  const act = keys[event.key] ?? keys[event.key.toLowerCase()];
  if (!act) return;
  if (event.key !== "Escape") event.preventDefault();
  act();
});

document.addEventListener("click", (event) => {
  const on = (selector) => event.target.closest(selector);
  const hit = on("[data-close], [data-keys], [data-print], [data-fill], [data-phrase]");
  if (!hit) return;
  if (hit.matches("[data-close]")) { event.preventDefault(); closePanel(); }
  if (hit.matches("[data-keys]")) document.querySelector("#keys").showModal();
  if (hit.matches("[data-print]")) print();
  if (hit.matches("[data-fill]")) fill(hit.dataset);
  if (hit.matches("[data-phrase]")) quote(hit);
});

// A demo account: fill the form in; signing in stays the person's own click.
function fill({ fill: login, password }) {
  document.querySelector("[name=login]").value = login;
  document.querySelector("[name=password]").value = password;
  document.querySelector("[data-sign-in]").focus();
}

function quote(button) {
  const box = document.getElementById(button.dataset.phrase);
  box.value = button.textContent.trim();
  button.closest("[popover]").hidePopover();
  box.focus();
}

// A second click while a form is under way sends nothing; the answer, or coming back to the page, frees it again.
const WAIT_AT_MOST = 15_000;

function hold(event) {
  const form = event.target;
  if (form.getAttribute("method") !== "post") return;
  if (form.dataset.sending) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.sending = "true";
  event.submitter?.setAttribute("aria-disabled", "true");
  setTimeout(() => free(form), WAIT_AT_MOST);
}

function free(form) {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll("[aria-disabled]")) button.removeAttribute("aria-disabled");
}

const freeAll = () => document.querySelectorAll("form[data-sending]").forEach(free);
document.addEventListener("submit", hold, true);
document.addEventListener("htmx:finally:request", freeAll);
addEventListener("pageshow", freeAll);

async function drawDiagrams() {
  const waiting = () => [...document.querySelectorAll("[data-diagram]:not([data-drawn])")].filter((one) => one.clientWidth);
  if (!waiting().length) return;
  const { draw } = await import("./diagram.js");
  for (const place of waiting()) draw(place);
}

document.addEventListener("change", ({ target }) => target.closest("[data-go]")?.requestSubmit());

document.addEventListener("htmx:after:swap", () => {
  markOpenRow();
  drawDiagrams();
  if (narrow()) panel()?.querySelector("h2")?.focus();
});
markOpenRow();
drawDiagrams();
document.querySelector("[data-error-summary]")?.focus();
