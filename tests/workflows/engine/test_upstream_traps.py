"""The traps of SpiffWorkflow 3.2.0, each beside what is done here; a trap that upstream mends fails its test, on purpose."""

from datetime import timedelta
from typing import Any

import pytest
from lxml import etree
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.bpmn.specs.event_definitions import MessageEventDefinition
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.util.task import TaskState

from tests.workflows.engine.conftest import HEAD, flows_xml, process_xml
from workflows import engine

ENDS = '<startEvent id="start"/><endEvent id="end"/>'
NAMES = '<message id="m1" name="reply"/><signal id="s1" name="flood"/>'
MESSAGE, SIGNAL = '<messageEventDefinition messageRef="m1"/>', '<signalEventDefinition signalRef="s1"/>'
DAYS = "<timerEventDefinition><timeDuration>{}</timeDuration></timerEventDefinition>"


class Bare:
    """The same drawing on SpiffWorkflow as it comes."""

    def __init__(self, nodes: str, flows: str, **data: Any) -> None:
        parser = BpmnParser()
        parser.add_bpmn_xml(etree.fromstring(f"{HEAD}{NAMES}{process_xml(nodes, flows)}</definitions>".encode()))
        self.workflow = BpmnWorkflow(parser.get_spec("p"), parser.get_subprocess_specs("p"))
        self.workflow.task_tree.data.update(data)
        self.go_on()

    def go_on(self) -> None:
        self.workflow.do_engine_steps()
        self.workflow.refresh_waiting_tasks()
        self.workflow.do_engine_steps()

    def ready(self) -> list[str]:
        return sorted(task.task_spec.bpmn_id for task in self.workflow.get_tasks(state=TaskState.READY, manual=True))

    def done(self, name: str, **data: Any) -> None:
        task = next(t for t in self.workflow.get_tasks(state=TaskState.READY) if t.task_spec.bpmn_id == name)
        task.data.update(data)
        task.run()
        self.go_on()

    def tell(self) -> None:
        self.workflow.catch(BpmnEvent(MessageEventDefinition("reply"), {}))
        self.go_on()


@pytest.fixture
def ours(draw, bench):
    return lambda nodes, flows, **facts: bench.Case(draw(nodes, flows, extra=NAMES), **facts)


def catching(definition, name="c"):
    return f'<intermediateCatchEvent id="{name}">{definition}</intermediateCatchEvent>'


def event_sub(definition, interrupting="true"):
    inside = f'<startEvent id="s3" isInterrupting="{interrupting}">{definition}</startEvent><userTask id="reply"/><endEvent id="e3"/>'
    return f'<subProcess id="es" triggeredByEvent="true">{inside}{flows_xml("s3>reply" + chr(10) + "reply>e3")}</subProcess>'


def test_a_plain_duration(ours):
    drawing = ENDS + catching(DAYS.format("P7D")), "start>c\nc>end"
    with pytest.raises(WorkflowException):
        Bare(*drawing)
    case = ours(*drawing)
    case.fire("c", timedelta(days=7))
    assert case.ended == "end"


def test_a_cron_cycle(ours):
    nodes = """<userTask id="a"/><boundaryEvent id="c" attachedToRef="a" cancelActivity="false"><timerEventDefinition>
    <timeCycle>{}</timeCycle></timerEventDefinition></boundaryEvent>"""
    with pytest.raises(ValueError, match="invalid literal"):
        Bare(ENDS + nodes.format('"0 9 * * 1-5"'), "start>a\na>end")
    assert ours(ENDS + nodes.format("0 9 * * 1-5"), "start>a\na>end").waits == ["a", "c"]


def test_a_second_message_to_a_boundary_beside_its_work(ours):
    nodes = f'{ENDS}<userTask id="a"/><userTask id="b"/><boundaryEvent id="m" attachedToRef="a" cancelActivity="false">{MESSAGE}</boundaryEvent>'
    drawing = nodes, "start>a\na>end\nm>b\nb>end"
    bare = Bare(*drawing)
    bare.tell()
    bare.tell()
    assert bare.ready() == ["a", "b"]
    case = ours(*drawing)
    case.tell("reply")
    case.tell("reply")
    assert case.waits == ["a", "b", "b", "m"]


def test_a_signal_end(ours):
    nodes = f'{ENDS}<parallelGateway id="g"/><userTask id="a"/><endEvent id="flood">{SIGNAL}</endEvent>{catching(SIGNAL)}'
    drawing = nodes, "start>g\ng>c\ng>a\na>flood\nc>end"
    bare = Bare(*drawing)
    bare.done("a")
    assert not bare.workflow.is_completed()
    case = ours(*drawing)
    case.done("a")
    assert case.ended == "end"


def test_links(ours):
    link = '<linkEventDefinition name="L"/>'
    nodes = f'{ENDS}<intermediateThrowEvent id="out">{link}</intermediateThrowEvent>{catching(link, "in")}<userTask id="a"/>'
    drawing = nodes, "start>out\nin>a\na>end"
    bare = Bare(*drawing)
    assert (bare.ready(), bare.workflow.is_completed()) == ([], True)
    assert ours(*drawing).waits == ["a"]


def test_an_interrupting_message_event_sub_process(ours):
    drawing = ENDS + '<userTask id="a"/>' + event_sub(MESSAGE), "start>a\na>end"
    bare = Bare(*drawing)
    bare.tell()
    assert bare.ready() == ["a", "reply"]
    case = ours(*drawing)
    case.tell("reply")
    assert case.waits == ["reply"]


def test_an_event_sub_process_that_never_began(ours):
    bare = Bare(ENDS + '<userTask id="a"/>' + event_sub(DAYS.format('"P7D"')), "start>a\na>end")
    bare.done("a")
    assert not bare.workflow.is_completed()
    case = ours(ENDS + '<userTask id="a"/>' + event_sub(DAYS.format("P7D")), "start>a\na>end")
    case.done("a")
    assert (case.ended, case.waits) == ("end", [])


LOOP = """<userTask id="a"><multiInstanceLoopCharacteristics><loopDataInputRef>items</loopDataInputRef>
<loopDataOutputRef>all</loopDataOutputRef><inputDataItem id="i" name="i"/><outputDataItem id="o" name="o"/>
<completionCondition>nrOfCompletedInstances = 3 and nrOfInstances = 3 and nrOfActiveInstances = 0 and loopCounter &lt; 3
</completionCondition></multiInstanceLoopCharacteristics></userTask>"""
ORDERED = LOOP[: LOOP.index("<completionCondition>")] + LOOP[LOOP.index("</multi") :]


def test_the_counters_of_a_multi_instance_activity(ours):
    bare = Bare(ENDS + LOOP.replace(" = 3", " == 3").replace(" = 0", " == 0"), "start>a\na>end", items=[1, 2, 3])
    with pytest.raises(WorkflowException):
        bare.done("a", o=1)
    case = ours(ENDS + LOOP, "start>a\na>end", items=[1, 2, 3])
    for _ in range(3):
        assert case.ended is None
        case.done("a")
    assert case.ended == "end"


def test_the_order_of_a_multi_instance_activitys_results(ours, bench):
    drawing = ENDS + ORDERED, "start>a\na>end"
    case = ours(*drawing, items=[1, 2, 3])
    for place in (2, 0, 0):
        waiting = case.move.waiting[place]
        case.facts["o"] = f"of {waiting.item}"
        case.take(engine.complete(case.drawing, case.move.state, waiting.token, case.facts, case.now))
    assert case.move.facts["all"] == ["of 1", "of 2", "of 3"]
    bare = Bare(*drawing, items=[1, 2, 3])
    tasks = bare.workflow.get_tasks(state=TaskState.READY, manual=True)
    for task in (tasks[2], tasks[0], tasks[1]):
        task.data["o"] = f"of {task.data['i']}"
        task.run()
        bare.go_on()
    assert bare.workflow.data["all"] == ["of 3", "of 1", "of 2"]


def test_a_condition_on_a_tasks_only_flow(ours, bench):
    drawing = ENDS + '<userTask id="a"/>', "start>a\na>end ? fine"
    bare = Bare(*drawing, fine=False)
    bare.done("a")
    assert bare.workflow.is_completed()
    case = ours(*drawing, fine=False)
    with pytest.raises(engine.NoFlowTaken):
        case.done("a")


def test_a_drawn_data_store(ours):
    nodes = f'{ENDS}<dataStoreReference id="d" dataStoreRef="ds"/><userTask id="a"/>'
    with pytest.raises(ValidationException):
        Bare(nodes.replace('<userTask id="a"/>', '<userTask id="a"><dataInputAssociation id="x"><sourceRef>d</sourceRef>'
                           "</dataInputAssociation></userTask>"), "start>a\na>end")  # fmt: skip
    assert ours(nodes, "start>a\na>end").waits == ["a"]


def test_a_service_task_without_an_operator(ours):
    drawing = ENDS + '<serviceTask id="a" camunda:type="external" camunda:topic="t"/>', "start>a\na>end"
    bare = Bare(*drawing)
    assert (bare.ready(), bare.workflow.is_completed()) == ([], False)
    case = ours(*drawing)
    assert [(w.kind, w.node.topic) for w in case.move.waiting] == [("service", "t")]
