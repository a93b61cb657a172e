"""Every element of BPMN 2.0 is in exactly one list, and each does what its list says."""

import re
from pathlib import Path

import pytest
import SpiffWorkflow
from lxml import etree

from tests.workflows.engine import coverage_drawings as drawings
from tests.workflows.engine.conftest import NOON, Case, parse, process_xml
from workflows import engine
from workflows.engine.written import coverage

NAMES = [n for n in (Path(__file__).parent / "bpmn20_elements.txt").read_text().splitlines() if not n.startswith("#")]
RUNS, DRAWN, REFUSED = ([n for n in NAMES if coverage.answer(n) == what] for what in ("runs", "drawn", "refused"))
SCHEMAS = Path(SpiffWorkflow.__file__).parent / "bpmn" / "parser" / "schema"


def test_the_list_of_names_is_the_schemas():
    declared = {
        str(element.get("name"))
        for schema in ("BPMN20.xsd", "Semantic.xsd")
        for element in etree.parse(SCHEMAS / schema).iter("{http://www.w3.org/2001/XMLSchema}element")
        if element.get("name")
    }
    assert sorted(declared) == NAMES


def test_every_name_has_one_answer_and_no_other_name_has():
    assert sorted(coverage.ELEMENTS) == NAMES
    assert len(coverage.RUNS) + len(coverage.DRAWN) + len(coverage.REFUSED) == len(NAMES)
    assert all(entry.en and entry.zh for entry in (*coverage.ELEMENTS.values(), *coverage.FEATURES.values()))


def test_every_combination_of_event_and_position_has_an_answer():
    assert set(coverage.EVENTS) == set(coverage.POSITIONS)
    assert set().union(*coverage.EVENTS.values()) <= set(coverage.DEFINITIONS)


# ---- what runs -----------------------------------------------------------------------------------------------------


def holds(text, name):
    return re.search(rf"<{name}[\s/>]", text) is not None


def drawn_with(name):
    """The first drawing in which an element appears."""
    return next(d for d in drawings.RUNS if holds(f"<definitions <process {drawings.NAMES}{d.nodes}{d.flows}{d.others}"
                + ("<sequenceFlow <conditionExpression " if "?" in d.flows else "<sequenceFlow "), name))  # fmt: skip


def walk(drawn, message=None):
    """Take the steps of a drawing and give the nodes it came to."""
    xml = process_xml(drawn.nodes, drawn.flows)
    drawing = parse(xml, drawn.others, extra=drawings.NAMES, dmn=drawings.DMN)
    case = Case.__new__(Case)
    case.drawing, case.facts, case.now, case.trace = drawing, {}, NOON, []
    case.take(engine.start(drawing, case.facts, case.now, message=message))
    for step in filter(None, (part.strip() for part in drawn.steps.split(";"))):
        act(case, *step.split(" "))
    return case


def act(case, verb, what):
    if verb == "facts":
        case.facts[what] = True
        case.take(engine.refresh(case.drawing, case.move.state, case.facts, case.now))
    elif verb == "fire":
        case.now = next(w.due_at for w in case.move.waiting if w.node.id == what)
        case.fire(what)
    else:
        getattr(case, verb)(what)


@pytest.mark.parametrize("name", RUNS)
def test_what_runs_runs(name):
    drawn = drawn_with(name)
    case = walk(drawn)
    assert (case.path(), case.ended) == (drawn.path.split(), drawn.path.split()[-1])


@pytest.mark.parametrize("feature", drawings.FEATURES)
def test_a_way_of_drawing_that_runs_runs(feature):
    assert coverage.FEATURES[feature].answer == "runs"
    drawn = drawings.FEATURES[feature]
    case = walk(drawn, drawings.BEGUN_BY.get(feature))
    assert (case.path(), case.ended) == (drawn.path.split(), drawn.path.split()[-1])


def test_results_are_gathered_in_the_order_of_the_items(bench):
    drawn = drawn_with("outputDataItem")
    case = Case(parse(process_xml(drawn.nodes, drawn.flows)))
    for number in (2, 0):
        token = case.move.waiting[number].token
        case.facts["o"] = f"answer {number}"
        case.take(engine.complete(case.drawing, case.move.state, token, case.facts, case.now))
    assert case.ended == "end"
    assert case.move.facts["all"] == ["answer 0", None, "answer 2"]


# ---- what is drawing alone -----------------------------------------------------------------------------------------

DRAWN_IN = {
    "process": drawings.PROCESS_DRAWN, "task": drawings.TASK_DRAWN, "service": drawings.SERVICE_DRAWN,
    "link": drawings.LINK_DRAWN, "definitions": drawings.ROOTS_DRAWN,
}  # fmt: skip


def decorated(place):
    """The same small process, with or without what is drawing alone in one place."""
    extra = {key: (text if key == place else "") for key, text in DRAWN_IN.items()}
    link = f'<linkEventDefinition name="L">{extra["link"]}</linkEventDefinition>'
    nodes = (
        f'{extra["process"]}<startEvent id="start"/><userTask id="a">{extra["task"]}</userTask><serviceTask id="b" '
        f'camunda:type="external" camunda:topic="t">{extra["service"]}</serviceTask><endEvent id="end"/>'
        f'<intermediateThrowEvent id="l">{link}</intermediateThrowEvent>'
        '<intermediateCatchEvent id="c"><linkEventDefinition name="L"/></intermediateCatchEvent>'
    )
    case = Case(parse(process_xml(nodes, "start>a\na>b\nb>l\nc>end"), extra=drawings.NAMES + extra["definitions"]))
    case.done("a")
    case.done("b")
    return case.trace


@pytest.mark.parametrize("name", DRAWN)
def test_what_is_drawing_alone_changes_nothing(name):
    place = next(place for place, text in DRAWN_IN.items() if holds(text, name))
    assert decorated(place) == decorated(None)


# ---- what is refused -----------------------------------------------------------------------------------------------


def refusal(nodes, flows="", extra="", others=""):
    with pytest.raises(engine.DrawingRefused) as refused:
        parse(process_xml(nodes, flows), others, extra=drawings.NAMES + extra)
    return {(f.element_id, f.code, f.message_en, f.message_zh) for f in refused.value.findings}


PERFORMERS = "resourceRole performer humanPerformer potentialOwner resourceRef resourceParameterBinding expression formalExpression"
INSIDE = dict.fromkeys(
    [*PERFORMERS.split(), "resourceAssignmentExpression", "loopCharacteristics", "eventDefinition"], '<task id="x"><{0}/></task>'
) | {
    "compensateEventDefinition": '<intermediateThrowEvent id="x"><{0}/></intermediateThrowEvent>',
    "eventDefinitionRef": '<intermediateThrowEvent id="x"><{0}>d</{0}></intermediateThrowEvent>',
    "activationCondition": '<complexGateway id="x"><{0}>true</{0}></complexGateway>',
    "complexBehaviorDefinition": drawings.LOOP.format("", "<loopCardinality>2</loopCardinality><{0}/>"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_refused_by_its_id_with_the_reason(name):
    entry = coverage.ELEMENTS["complexGateway" if name == "activationCondition" else name]
    expected = ("x", "not_supported", entry.en, entry.zh)
    if name in coverage.CALLABLE:
        nodes = drawings.ENDS + '<callActivity id="x" calledElement="g"/>'
        assert refusal(nodes, "start>x\nx>end", extra=f'<{name} id="g"/>') == {expected}
        return
    node = INSIDE.get(name, '<{0} id="x"/>').format(name)
    is_node = node.startswith(("<task", "<intermediate", "<complexG")) or name.endswith(("Task", "Gateway", "SubProcess"))
    flows = "start>x\nx>end" if is_node else "start>end"
    assert expected in refusal(drawings.ENDS + node, flows)
    assert {found[0] for found in refusal(drawings.ENDS + node, flows)} == {"x"}


@pytest.mark.parametrize("feature", drawings.REFUSED_FEATURES)
def test_a_way_of_drawing_that_is_refused_is_refused(feature):
    entry = coverage.FEATURES[feature]
    nodes, flows = drawings.REFUSED_FEATURES[feature]
    assert entry.answer == "refused"
    assert refusal(drawings.ENDS + nodes, flows) == {("x", "not_supported", entry.en, entry.zh)}


def test_an_extension_that_must_be_understood_and_a_process_that_must_not_run_are_refused(bench):
    plain = drawings.ENDS, "start>end"
    (found,) = refusal(*plain, extra='<extension id="x" mustUnderstand="true"/>')
    assert found == ("x", "not_supported", *coverage.FEATURES["mustUnderstand"][1:])
    with pytest.raises(engine.DrawingRefused) as refused:
        parse(process_xml(*plain).replace('"true"', '"false"'))
    assert [(f.element_id, f.message_en) for f in refused.value.findings] == [("p", coverage.FEATURES["isExecutable"].en)]
    said = {*drawings.FEATURES, *drawings.REFUSED_FEATURES, "mustUnderstand", "isExecutable"}
    assert said == set(coverage.FEATURES)


UNKNOWN = {
    "in a process": ('<hologram id="x"/>', "start>end"),
    "in a task": ('<task id="x"><hologram/></task>', "start>x\nx>end"),
    "of another language": ('<task id="x"><z:job xmlns:z="http://example.org/z"/></task>', "start>x\nx>end"),
    "beside the process": (None, "start>end"),
}


@pytest.mark.parametrize("where", UNKNOWN)
def test_nothing_unknown_slips_through(where):
    nodes, flows = UNKNOWN[where]
    extra = "" if nodes else '<hologram id="x"/>'
    assert {found[:2] for found in refusal(drawings.ENDS + (nodes or ""), flows, extra)} == {("x", "unknown_element")}


def test_a_node_where_none_can_stand_is_refused():
    found = refusal(drawings.ENDS + '<task id="a"><task id="x"/></task>', "start>a\na>end")
    assert [f[:2] for f in found] == [("x", "misplaced")]


def test_what_stands_in_extensions_and_texts_is_nobodys_business():
    nodes = """<task id="a"><documentation><b xmlns="http://www.w3.org/1999/xhtml">!</b></documentation>
    <extensionElements><z:job xmlns:z="http://example.org/z"/></extensionElements></task>"""
    assert parse(process_xml(drawings.ENDS + nodes, "start>a\na>end")).nodes["a"].kind == "task"
