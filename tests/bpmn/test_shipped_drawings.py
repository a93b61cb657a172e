"""The drawings, tables and rules that are shipped: complete, runnable, and drawn with care."""

import itertools
from pathlib import Path

import pytest
from lxml import etree

import bpmn.loader
from bpmn import dmn, feel
from workflows import engine
from workflows.cases import documents, notices  # noqa: F401  (they register their effects)
import workflows.payments.effects  # noqa: F401 — registers what the drawings ask of payments
from workflows.cases.effects import EFFECTS
from workflows.office.rate_files import shipped
from workflows.office.tables import Role

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = bpmn.loader.names()
FORMS = {f"{path.parent.name}/{path.stem}" for path in (ROOT / "forms").glob("*/*.form")}
NS = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "di": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "dd": "http://www.omg.org/spec/DD/20100524/DI",
    "camunda": "http://camunda.org/schema/1.0/bpmn",
}
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
Box = tuple[float, float, float, float]


def drawn(process: str) -> etree._Element:
    return etree.parse(ROOT / "bpmn" / process / "flow.bpmn").getroot()


def described(process: str):
    return bpmn.loader.describe(process, bpmn.loader.files(process))


def parsed(process: str) -> engine.Drawing:
    return engine.parse(bpmn.loader.drawings(bpmn.loader.files(process)), process)


def ids_of(process: str) -> set[str]:
    """Every id that a drawing, and all it calls, gives to an element."""
    called = {name.split("/")[0] for name in bpmn.loader.files(process)}
    return {str(element.get("id")) for name in called for element in drawn(name).iterfind(".//bpmn:*[@id]", NS)}


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


def test_every_user_task_has_a_form(process):
    wanted = {task.get(f"{CAMUNDA}formKey") for task in tasks(process, "userTask")}
    assert wanted - FORMS == set()


def test_every_start_form_exists(process):
    key = described(process).start_form
    assert key is None or key in FORMS


def test_every_user_task_lies_with_a_known_role(process):
    for task in tasks(process, "userTask"):
        groups = (task.get(f"{CAMUNDA}candidateGroups") or "").split(",")
        assert set(groups) <= set(Role), task.get("id")


def test_a_user_task_lies_in_its_role_s_lane(process):
    for lane in drawn(process).iterfind(".//bpmn:lane", NS):
        members = {reference.text for reference in lane.iterfind("bpmn:flowNodeRef", NS)}
        for task in tasks(process, "userTask"):
            if task.get("id") in members:
                assert lane.get("id") in task.get(f"{CAMUNDA}candidateGroups").split(","), task.get("id")


def test_every_start_role_is_known(process):
    assert set(described(process).start_roles) <= set(Role)


def test_every_effect_a_user_task_names_exists(process):
    named = {node.properties["effect"] for node in parsed(process).nodes.values() if "effect" in node.properties}
    assert named <= set(EFFECTS)


def test_every_guard_compiles_and_reads_what_is_known(process):
    described_, drawing = described(process), parsed(process)
    given = {"case", "rules", "notice", "clocks", "documents", "means", "materials", "application", "member"}
    for guard in described_.guards:
        assert feel.compile(guard.refuse_when).names <= given | set(drawing.nodes), guard.refuse_when


def test_every_decision_table_is_sound(process):
    for path in sorted((ROOT / "bpmn" / process).glob("*.dmn")):
        assert dmn.check(dmn.parse(path.read_bytes())) == [], path.name


def test_the_rules_speak_only_of_what_is_drawn(process):
    rules, known = described(process), ids_of(process)
    named = {node for stage in rules.stages for node in stage.nodes}
    named |= {node for clock in rules.clocks for node in (*clock.starts_with, *clock.ends_with, *clock.presses)}
    named |= {node for apart in rules.apart for node in apart.tasks} | {guard.task for guard in rules.guards}
    named |= set(rules.ends) | set(rules.names_en)
    assert named - {"*"} - known == set()


def test_every_limit_is_a_shipped_rule(process):
    codes = [code for clock in described(process).clocks for code in (clock.limit, clock.extended) if code]
    assert [code for code in codes if code not in shipped().rules] == []


def test_every_end_of_a_process_has_its_meaning(process):
    ends = {end.get("id") for end in drawn(process).iterfind("bpmn:process/bpmn:endEvent", NS)}
    assert ends == set(described(process).ends)


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
