"""The drawings, tables and rules that are shipped: complete, runnable, and drawn with care."""

import itertools
from pathlib import Path

import pytest
from lxml import etree

import bpmn.loader
from workflows import engine

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = bpmn.loader.names()
NS = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "di": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "dd": "http://www.omg.org/spec/DD/20100524/DI",
    "camunda": "http://camunda.org/schema/1.0/bpmn",
}
Box = tuple[float, float, float, float]


def drawn(process: str) -> etree._Element:
    return etree.parse(ROOT / "bpmn" / process / "flow.bpmn").getroot()


def described(process: str):
    return bpmn.loader.describe(process, bpmn.loader.files(process))


def parsed(process: str) -> engine.Drawing:
    return engine.parse(bpmn.loader.drawings(bpmn.loader.files(process)), process)


def boxes(process: str) -> dict[str, Box]:
    found = {}
    for shape in drawn(process).iterfind(".//di:BPMNShape", NS):
        bounds = shape.find("dc:Bounds", NS)
        found[shape.get("bpmnElement")] = tuple(float(bounds.get(k)) for k in ("x", "y", "width", "height"))
    return found


def overlap(one: Box, other: Box) -> bool:
    return (one[0] < other[0] + other[2] and other[0] < one[0] + one[2]
            and one[1] < other[1] + other[3] and other[1] < one[1] + one[3])


def inside(inner: Box, outer: Box) -> bool:
    return (outer[0] <= inner[0] and inner[0] + inner[2] <= outer[0] + outer[2]
            and outer[1] <= inner[1] and inner[1] + inner[3] <= outer[1] + outer[3])


def tasks(process: str, kind: str) -> list[etree._Element]:
    return list(drawn(process).iterfind(f".//bpmn:{kind}", NS))


@pytest.fixture(params=PROCESSES)
def process(request):
    return request.param


def test_the_first_processes_are_shipped():
    assert {"dibao", "public_notice"} <= set(PROCESSES)


def test_every_drawing_runs(process):
    assert parsed(process).process_id == process


def test_a_drawing_bears_its_folder_s_name(process):
    assert drawn(process).find("bpmn:process", NS).get("id") == process


def test_every_element_has_its_english_name(process):
    own = {node.get("id") for node in drawn(process).iterfind("bpmn:process/*[@id]", NS) if node.get("name")}
    own |= {lane.get("id") for lane in drawn(process).iterfind(".//bpmn:lane", NS)}
    assert own - set(described(process).names_en) == set()


def test_every_element_stands_in_a_stage(process):
    rules, drawing = described(process), parsed(process)
    own = {node.id for node in drawing.nodes.values() if node.process == process}
    assert {node for node in own if rules.stage_of(node) is None} == set()


def test_every_guard_speaks_two_languages_and_names_its_source(process):
    for guard in described(process).guards:
        assert guard.says
        assert guard.en
        assert guard.source


def test_every_choice_has_a_way_out(process):
    for gateway in tasks(process, "exclusiveGateway"):
        out = gateway.findall("bpmn:outgoing", NS)
        assert len(out) == 1 or gateway.get("default") in {each.text for each in out}, gateway.get("id")


def test_every_element_is_drawn(process):
    on_paper = {part.get("bpmnElement") for part in drawn(process).iterfind(".//di:*[@bpmnElement]", NS)}
    elements = {element.get("id") for element in drawn(process).iterfind("bpmn:process/*[@id]", NS)
                if not element.tag.endswith("laneSet")}
    assert elements - on_paper == set()


def test_every_shape_lies_in_its_lane(process):
    places = boxes(process)
    for lane in drawn(process).iterfind(".//bpmn:lane", NS):
        for reference in lane.iterfind("bpmn:flowNodeRef", NS):
            assert inside(places[reference.text], places[lane.get("id")]), reference.text


def test_no_two_shapes_overlap(process):
    root, places = drawn(process), boxes(process)
    edges = {event.get("id") for event in root.iterfind(".//bpmn:boundaryEvent", NS)}
    nodes = [node.get("id") for node in root.iterfind("bpmn:process/*[@id]", NS)
             if node.get("id") in places and node.get("id") not in edges]
    assert [pair for pair in itertools.combinations(nodes, 2) if overlap(places[pair[0]], places[pair[1]])] == []


def test_no_label_covers_a_shape(process):
    root, places = drawn(process), boxes(process)
    frames = {lane.get("id") for lane in root.iterfind(".//bpmn:lane", NS)} | {f"{process}_pool"}
    for label in root.iterfind(".//di:BPMNLabel/dc:Bounds", NS):
        box = tuple(float(label.get(k)) for k in ("x", "y", "width", "height"))
        assert [shape for shape, place in places.items() if shape not in frames and overlap(box, place)] == []


def test_every_line_is_straight_up_down_or_across(process):
    for edge in drawn(process).iterfind(".//di:BPMNEdge", NS):
        points = [(float(p.get("x")), float(p.get("y"))) for p in edge.iterfind("dd:waypoint", NS)]
        assert all(a[0] == b[0] or a[1] == b[1] for a, b in itertools.pairwise(points)), edge.get("bpmnElement")


def test_no_line_runs_through_a_shape(process):
    root, places = drawn(process), boxes(process)
    flows = {flow.get("id"): {flow.get("sourceRef"), flow.get("targetRef")}
             for flow in root.iterfind(".//bpmn:sequenceFlow", NS)}
    frames = {lane.get("id") for lane in root.iterfind(".//bpmn:lane", NS)} | {f"{process}_pool"}
    hosts = {event.get("id"): event.get("attachedToRef") for event in root.iterfind(".//bpmn:boundaryEvent", NS)}
    for edge in root.iterfind(".//di:BPMNEdge", NS):
        ends = flows[edge.get("bpmnElement")]
        ends |= {hosts[end] for end in ends & set(hosts)}
        points = [(float(p.get("x")), float(p.get("y"))) for p in edge.iterfind("dd:waypoint", NS)]
        for (x1, y1), (x2, y2) in itertools.pairwise(points):
            line = (min(x1, x2), min(y1, y2), abs(x1 - x2) or 1, abs(y1 - y2) or 1)
            hit = [shape for shape, box in places.items() if shape not in ends | frames and overlap(line, box)]
            assert hit == [], edge.get("bpmnElement")
