"""The ways a case can go, through sub-processes, boundary events, event sub-processes, links and calls."""

import pytest

from workflows import releases

HEAD = '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn">'
RULES = b'title = "p"\nen = "p"\nshort = "p"\nnumber_prefix = "P"\nlaw = []\n[end.end]\nname = "\xe5\xae\x8c"\nen = "End"\nkind = "granted"\n'
MESSAGE = '<message id="m" name="m"/>'
IF = '<sequenceFlow id="t_a" sourceRef="t" targetRef="a"><conditionExpression>=case.complaint</conditionExpression></sequenceFlow>'
HAPPENS = '<messageEventDefinition messageRef="m"/>'


def writes(name, source="1", fact=""):
    return f'<scriptTask id="{name}" scriptFormat="feel" camunda:resultVariable="{fact or name}"><script>={source}</script></scriptTask>'


def goes(*ways):
    return "".join(f'<sequenceFlow id="{way.replace(">", "_")}" sourceRef="{way.split(">")[0]}" targetRef="{way.split(">")[1]}"/>'
                   for way in ways)


def told(nodes, *ways, more=None):
    """The codes and elements of what is found about facts."""
    drawn = f'{HEAD}{MESSAGE}<process id="p" isExecutable="true"><startEvent id="start"/>{nodes}<endEvent id="end"/>{goes(*ways)}</process></definitions>'
    made = {"p/flow.bpmn": drawn.encode(), "p/process.toml": RULES, **(more or {})}
    report = releases.check("p", made)
    assert [each for each in report.errors if each.code not in ("fact_too_early", "parallel_writers")] == []
    return [(each.code, each.element) for each in report.errors]


def test_what_a_sub_process_writes_is_known_after_it_and_not_before():
    inner = f'<subProcess id="sub"><startEvent id="i"/>{writes("a")}<endEvent id="o"/>{goes("i>a", "a>o")}</subProcess>'
    assert told(inner + writes("b", "a"), "start>sub", "sub>b", "b>end") == []
    assert told(inner + writes("b", "a"), "start>b", "b>sub", "sub>end") == [("fact_too_early", "b")]


def test_a_boundary_event_knows_what_was_done_inside_before_and_not_what_its_host_would_have_written():
    inner = f'<subProcess id="sub"><startEvent id="i"/>{writes("a")}<task id="t"/><endEvent id="o"/>{goes("i>a", "a>t", "t>o")}</subProcess>'
    event = f'<boundaryEvent id="e" attachedToRef="sub">{HAPPENS}</boundaryEvent>{writes("b", "a")}'
    assert told(inner + event, "start>sub", "sub>end", "e>b", "b>end") == []
    host = f'{writes("a")}<boundaryEvent id="e" attachedToRef="a">{HAPPENS}</boundaryEvent>{writes("b", "a")}'
    assert told(host, "start>a", "a>end", "e>b", "b>end") == [("fact_too_early", "b")]


def test_an_event_sub_process_beside_the_process_may_overwrite_and_one_that_ends_it_may_not():
    def beside(interrupting):
        return (f'<subProcess id="sub" triggeredByEvent="true"><startEvent id="i" isInterrupting="{interrupting}">{HAPPENS}</startEvent>'
                f'{writes("b", fact="a")}<endEvent id="o"/>{goes("i>b", "b>o")}</subProcess>{writes("a")}')
    assert told(beside("false"), "start>a", "a>end") in ([("parallel_writers", "a")], [("parallel_writers", "b")])
    assert told(beside("true"), "start>a", "a>end") == []


def ends_it(interrupting, name):
    return (f'<subProcess id="{name}" triggeredByEvent="true"><startEvent id="{name}_i" isInterrupting="{interrupting}">{HAPPENS}</startEvent>'
            f'{writes(f"{name}_b", fact="a")}<endEvent id="{name}_o"/>{goes(f"{name}_i>{name}_b", f"{name}_b>{name}_o")}</subProcess>')


@pytest.mark.parametrize(("nodes", "ways"), [
    (f'<parallelGateway id="s"/>{writes("a")}{writes("b")}<parallelGateway id="j"/>', ("start>s", "s>a", "s>b", "a>j", "b>j", "j>end")),
    (f'<task id="t"/><boundaryEvent id="e" attachedToRef="t" cancelActivity="false">{HAPPENS}</boundaryEvent>{writes("a")}{writes("b")}',
     ("start>t", "t>a", "a>end", "e>b")),
    ((f'<subProcess id="aside" triggeredByEvent="true"><startEvent id="ai" isInterrupting="false">{HAPPENS}</startEvent>{writes("c")}'
     f'<endEvent id="ao"/>{goes("ai>c", "c>ao")}</subProcess>{writes("a")}'), ("start>a", "a>end")),
], ids=["a split", "a reminder", "another event sub-process"])
def test_what_ends_everything_is_under_way_with_nothing(nodes, ways):
    """An interrupting event sub-process beside a split, a reminder, or one that goes on beside the process."""
    assert told(nodes + ends_it("true", "last"), *ways) == []
    assert told(nodes + ends_it("false", "last"), *ways) != []


def test_a_link_leads_on():
    link = ('<intermediateThrowEvent id="t"><linkEventDefinition name="l"/></intermediateThrowEvent>'
            '<intermediateCatchEvent id="c"><linkEventDefinition name="l"/></intermediateCatchEvent>')
    assert told(writes("a") + link + writes("b", "a"), "start>a", "a>t", "c>b", "b>end") == []


def test_a_called_process_is_laid_out_where_it_is_called():
    called = f'{HEAD}<process id="q" isExecutable="true"><startEvent id="s"/>{writes("x", "a", "y")}<endEvent id="end"/>{goes("s>x", "x>end")}</process></definitions>'
    more = {"q/flow.bpmn": called.encode(), "q/process.toml": RULES}
    call = '<callActivity id="call" calledElement="q"/>'
    assert told(writes("a") + call + writes("b", "y"), "start>a", "a>call", "call>b", "b>end", more=more) == []
    assert told(writes("a") + call, "start>call", "call>a", "a>end", more=more) == [("fact_too_early", "x")]


def test_branches_that_come_together_are_not_at_once_with_what_follows():
    both = f'<parallelGateway id="s"/>{writes("a")}{writes("b")}<parallelGateway id="j"/>{writes("c", fact="a")}'
    assert told(both, "start>s", "s>a", "s>b", "a>j", "b>j", "j>c", "c>end") == []
    same = f'<parallelGateway id="s"/>{writes("a")}{writes("b", fact="a")}<parallelGateway id="j"/>'
    assert told(same, "start>s", "s>a", "s>b", "a>j", "b>j", "j>end") == [("parallel_writers", "b")]


def test_several_ways_out_of_a_task_are_a_split_and_those_of_a_choice_are_none():
    ways = ("start>t", "t>a", "t>b", "a>end", "b>end")
    assert told(f'<task id="t"/>{writes("a")}{writes("b", fact="a")}', *ways) == [("parallel_writers", "b")]
    choice = f'<exclusiveGateway id="t" default="t_b"/>{writes("a")}{writes("b", fact="a")}{IF}'
    assert told(choice, "start>t", "t>b", "a>end", "b>end") == []
