"""What is wrong with a drawing's ways is said before any case has gone them, in words a clerk understands."""

import time

import pytest

from workflows import engine

ENDS = '<startEvent id="start"/><endEvent id="end"/>'
TASKS = '<userTask id="a" name="受理"/><userTask id="b" name="县级审核"/>'
XOR, JOIN = '<exclusiveGateway id="x" default="x_b"/>', '<parallelGateway id="j"/>'
FORK = '<parallelGateway id="s"/>'
MESSAGE, STOP = '<messageEventDefinition messageRef="m1"/>', '<message id="m1" name="stop"/>'
SCRIPT = '<scriptTask id="{0}" scriptFormat="feel" camunda:resultVariable="n"><script>1</script>{1}</scriptTask>'


def automatic(name, more=""):
    return SCRIPT.format(name, more)


def border(host, name="m", more=""):
    return f'<boundaryEvent id="{name}" attachedToRef="{host}" {more}>{MESSAGE}</boundaryEvent>'


@pytest.fixture
def found(bench):
    """Every finding about a drawing as (element, code, severity)."""

    def look(nodes, flows, *others):
        xml = f"{bench.HEAD}{STOP}{bench.process(nodes, flows)}{''.join(others)}</definitions>"
        findings = engine.check({"p.bpmn": xml.encode()}, "p")
        assert all(f.message_en and f.message_zh for f in findings)
        return [(f.element_id, f.code, f.severity) for f in findings]

    return look


WRONG = {
    "a task nothing leads to": (ENDS + TASKS, "start>a\na>end\nb>end", [("b", "unreachable", "error")]),
    "a chain nothing leads to": (
        ENDS + TASKS + '<task id="c"/>',
        "start>end\na>b\nb>c\nc>end",
        [("a", "unreachable", "error"), ("b", "unreachable", "error"), ("c", "unreachable", "error")],
    ),
    "a circle of people without a way out": (
        ENDS + TASKS + XOR + '<task id="c"/>',
        "start>x\nx>a ? y\nx>b\na>end\nb>c\nc>b",
        [("b", "no_end", "error")],
    ),
    "a way out only beside the work": (
        '<startEvent id="start"/>' + TASKS + border("b", more='cancelActivity="false"'),
        "start>a\na>b\nb>a",
        [("a", "no_end", "error")],
    ),
    "alternatives into a parallel join": (
        ENDS + TASKS + XOR + JOIN,
        "start>x\nx>a ? y\nx>b\na>j\nb>j\nj>end",
        [("j", "join_starves", "error")],
    ),
    "racing events into a parallel join": (
        ENDS + TASKS + '<eventBasedGateway id="g"/><receiveTask id="r" messageRef="m1"/><intermediateCatchEvent id="t">'
        "<timerEventDefinition><timeDuration>P1D</timeDuration></timerEventDefinition></intermediateCatchEvent>" + JOIN,
        "start>a\na>b\nb>g\ng>r\ng>t\nr>j\nt>j\nj>end",
        [("j", "join_starves", "error")],
    ),
    "a task and what interrupts it into a parallel join": (
        ENDS + TASKS + border("a") + JOIN,
        "start>a\na>j\nm>b\nb>j\nj>end",
        [("j", "join_starves", "error")],
    ),
    "one branch too many into a parallel join": (
        ENDS + TASKS + '<userTask id="c"/>' + FORK + XOR + JOIN,
        "start>s\ns>x\ns>c\nx>a ? y\nx>b\na>j\nb>j\nc>j\nj>end",
        [("j", "join_starves", "error")],
    ),
    "a join that one choice leaves waiting": (
        ENDS + TASKS + FORK + '<exclusiveGateway id="x" default="x_no"/>' + JOIN + '<endEvent id="no"/>',
        "start>s\ns>a\ns>b\na>x\nx>j ? fine\nx>no\nb>j\nj>end",
        [("j", "join_may_starve", "warning")],
    ),
    "a reminder that may never come, joined": (
        ENDS + TASKS + JOIN + border("a", more='cancelActivity="false"'),
        "start>a\na>j\nm>b\nb>j\nj>end",
        [("j", "join_may_starve", "warning")],
    ),
    "a condition and its default into a parallel join": (
        ENDS + TASKS + XOR.replace("exclusive", "inclusive") + JOIN,
        "start>x\nx>a ? y\nx>b\na>j\nb>j\nj>end",
        [("j", "join_starves", "error")],
    ),
    "conditions out of a task into a parallel join": (
        ENDS + TASKS + '<userTask id="x" default="x_end"/>' + JOIN,
        "start>x\nx>a ? y\nx>b ? z\nx>end\na>j\nb>j\nj>end",
        [("j", "join_may_starve", "warning")],
    ),
    "branches that meet where nothing joins them": (
        ENDS + TASKS + FORK + '<exclusiveGateway id="m"/><userTask id="c"/>',
        "start>s\ns>a\ns>b\na>m\nb>m\nm>c\nc>end",
        [("m", "done_twice", "warning")],
    ),
    "alternatives into a parallel join after a fork that was joined": (
        ENDS + TASKS + XOR + JOIN + FORK + '<parallelGateway id="k"/><userTask id="c"/><userTask id="d"/>',
        "start>s\ns>c\ns>d\nc>k\nd>k\nk>x\nx>a ? y\nx>b\na>j\nb>j\nj>end",
        [("j", "join_starves", "error")],
    ),
    "a loop without anybody": (
        ENDS + automatic("c") + '<exclusiveGateway id="x" default="x_end"/>',
        "start>c\nc>x\nx>c ? n &lt; 1\nx>end",
        [("c", "unbounded_loop", "error")],
    ),
    "an automatic task that repeats itself": (
        ENDS + automatic("c", "<standardLoopCharacteristics><loopCondition>n = 1</loopCondition></standardLoopCharacteristics>"),
        "start>c\nc>end",
        [("c", "unbounded_loop", "error")],
    ),
    "a loop that may find nobody to ask": (
        ENDS + '<userTask id="c"><multiInstanceLoopCharacteristics camunda:collection="who"/></userTask>'
        + XOR.replace("x_b", "x_end"),
        "start>c\nc>x\nx>c ? y\nx>end",
        [("c", "loop_may_not_wait", "warning")],
    ),
    "a loop around a moment": (
        ENDS + "<intermediateCatchEvent id=\"c\"><timerEventDefinition><timeDuration>PT0S</timeDuration>"
        "</timerEventDefinition></intermediateCatchEvent>" + XOR.replace("x_b", "x_end"),
        "start>c\nc>x\nx>c ? y\nx>end",
        [("c", "loop_may_not_wait", "warning")],
    ),
    "repetitions that multiply": (
        ENDS + '<subProcess id="sub"><multiInstanceLoopCharacteristics camunda:collection="=300"/><startEvent id="i"/>'
        '<userTask id="u"><multiInstanceLoopCharacteristics camunda:collection="=300"/></userTask>'
        '<sequenceFlow id="f" sourceRef="i" targetRef="u"/></subProcess>',
        "start>sub\nsub>end",
        [("u", "too_many", "error")],
    ),
    "a process that calls itself at once": (
        ENDS + '<callActivity id="call" calledElement="p"/>',
        "start>call\ncall>end",
        [("call", "endless_call", "error")],
    ),
    "a choice without a last resort": (
        ENDS + TASKS + '<exclusiveGateway id="x"/>',
        "start>x\nx>a ? y\nx>b ? z\na>end\nb>end",
        [("x", "no_default", "warning")],
    ),
    "two flows to the same task": (ENDS + TASKS, "start>a\na>b\na>b\nb>end", [("a", "twin_flows", "warning")]),
    "a lane that holds what is not there": (
        '<laneSet><lane id="l"><flowNodeRef>a</flowNodeRef><flowNodeRef>nobody</flowNodeRef></lane></laneSet>' + ENDS + TASKS,
        "start>a\na>b\nb>end",
        [("l", "no_member", "warning")],
    ),
    "more instances than are begun": (
        ENDS + '<task id="c"><multiInstanceLoopCharacteristics><loopCardinality>10001</loopCardinality>'
        "</multiInstanceLoopCharacteristics></task>",
        "start>c\nc>end",
        [("c", "too_many", "error")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_a_trap_is_found_before_anybody_falls_into_it(found, what):
    nodes, flows, expected = WRONG[what]
    assert found(nodes, flows.replace("&lt;", "<")) == expected


SUB = '<subProcess id="sub"><startEvent id="s2"/><userTask id="c"/><userTask id="d"/>{}</subProcess>'
INNER = "s2>c\nc>d\nd>c"
FINE = {
    "a correction loop": (ENDS + TASKS + XOR, "start>a\na>x\nx>end ? y\nx>b\nb>a"),
    "a circle that a message breaks": (ENDS + TASKS + border("b"), "start>a\na>b\nb>a\nm>end"),
    "a circle beside a terminating end": (
        ENDS.replace('"end"/>', '"end"><terminateEventDefinition/></endEvent>') + TASKS + '<task id="c"/>' + FORK,
        "start>s\ns>a\ns>b\na>end\nb>c\nc>b",
    ),
    "branches without a join": (ENDS + TASKS + FORK, "start>s\ns>a\ns>b\na>end\nb>end"),
    "branches that are joined": (ENDS + TASKS + FORK + JOIN, "start>s\ns>a\ns>b\na>j\nb>j\nj>end"),
    "a branch given up by terminating all": (
        ENDS + TASKS + FORK + '<exclusiveGateway id="x" default="x_no"/>' + JOIN
        + '<endEvent id="no"><terminateEventDefinition/></endEvent>',
        "start>s\ns>a\ns>b\na>x\nx>j ? fine\nx>no\nb>j\nj>end",
    ),
    "a loop that waits for a machine": (
        ENDS + '<serviceTask id="c" camunda:type="external" camunda:topic="t"/>' + XOR.replace("x_b", "x_end"),
        "start>c\nc>x\nx>c ? y\nx>end",
    ),
    "a loop around a called process that waits": (
        ENDS + '<callActivity id="c" calledElement="q"/>' + XOR.replace("x_b", "x_end"), "start>c\nc>x\nx>c ? y\nx>end",
    ),
    "a process that calls itself after somebody agreed": (
        ENDS + TASKS + '<callActivity id="c" calledElement="p"/>' + XOR.replace("x_b", "x_end"),
        "start>a\na>x\nx>c ? y\nx>end\nc>b\nb>end",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", FINE)
def test_an_honest_drawing_is_not_complained_of(found, bench, what):
    nodes, flows = FINE[what]
    called = '<startEvent id="qs"/><userTask id="qa"/><endEvent id="qe"/>'
    assert found(nodes, flows, bench.process(called, "qs>qa\nqa>qe", name="q")) == []


def test_a_circle_inside_a_sub_process_ends_with_what_takes_the_sub_process_away(found, bench):
    nodes = ENDS + SUB.format(bench.flows(INNER))
    assert found(nodes, "start>sub\nsub>end") == [("c", "no_end", "error")]
    assert found(nodes + border("sub"), "start>sub\nsub>end\nm>end") == []


def test_two_processes_that_call_each_other_at_once_are_both_named(found, bench):
    other = bench.process('<startEvent id="qs"/><callActivity id="back" calledElement="p"/>', "qs>back", name="q")
    nodes = ENDS + '<callActivity id="there" calledElement="q"/>'
    assert found(nodes, "start>there\nthere>end", other) == [
        ("there", "endless_call", "error"), ("back", "endless_call", "error"),
    ]  # fmt: skip


def test_a_clerk_reads_the_names_and_not_the_ids(bench):
    nodes, flows, _ = WRONG["a circle of people without a way out"]
    xml = f"{bench.HEAD}{bench.process(nodes, flows)}</definitions>".encode()
    (finding,) = engine.check({"p.bpmn": xml}, "p")
    assert (finding.element_name, finding.code) == ("县级审核", "no_end")
    assert finding.message_zh == "从“县级审核”出发到不了任何结束事件，办件将无法办结"
    assert finding.message_en == "from '县级审核' no end event can be reached: the case would never end"


def test_a_warning_does_not_keep_a_drawing_from_running_and_an_error_does(draw):
    nodes, flows, _ = WRONG["two flows to the same task"]
    assert draw(nodes, flows).nodes["b"].name == "县级审核"
    with pytest.raises(engine.DrawingRefused) as refusal:
        draw(nodes + '<task id="d"/>', flows + "\nd>end")
    assert [f.code for f in refusal.value.findings] == ["unreachable"]


@pytest.mark.parametrize("content", [b"", b"<definitions>", b"<html/>", b"<!DOCTYPE a><a/>"])
def test_a_file_that_cannot_be_read_is_a_finding_too(content):
    assert [f.severity for f in engine.check({"p.bpmn": content}, "p")] == ["error"]


def wide(count):
    gates = "".join(f'<parallelGateway id="g{n}"/><exclusiveGateway id="x{n}" default="x{n}_g{n}"/>' for n in range(count))
    ways = [f"g{n}>x{n + 1}\nx{n + 1}>g{n + 1} ? y\nx{n + 1}>g{n + 1}\ng{n}>g{n + 1}" for n in range(count - 1)]
    return ENDS + gates, "\n".join(["start>x0", "x0>g0 ? y", "x0>g0", *ways, f"g{count - 1}>end"])


def test_a_monstrous_drawing_is_answered_in_seconds(found, bench):
    begun = time.process_time()
    assert found(*wide(25))
    assert ("p", "too_tangled", "warning") in found(*wide(2_000))
    chain = [f"n{n}" for n in range(5_001)]
    nodes = ENDS + "".join(f'<userTask id="{name}"/>' for name in chain)
    pairs = zip(["start", *chain], [*chain, "end"], strict=True)
    assert found(nodes, "\n".join(f"{a}>{b}" for a, b in pairs)) == [("p", "too_large", "error")]
    assert time.process_time() - begun < 30


@pytest.mark.parametrize("gate", ["parallel", "exclusive"])
def test_a_fork_of_many_branches_is_looked_at_in_seconds(found, gate):
    """Each branch alone, not each with every other: a hundred times as many took minutes."""
    tasks = "".join(f'<userTask id="t{n}"/>' for n in range(1_200))
    default = 'default="s_t0"' if gate == "exclusive" else ""
    gates = f'<{gate}Gateway id="s" {default}/><{gate}Gateway id="j"/>'
    ways = [f"s>t{n}{f' ? n = {n}' if gate == 'exclusive' and n else ''}\nt{n}>j" for n in range(1_200)]
    begun = time.process_time()
    assert found(ENDS + tasks + gates, "\n".join(["start>s", "j>end", *ways])) == []
    assert time.process_time() - begun < 5


def test_a_loop_through_work_that_is_done_at_once_waits_for_nobody(bench):
    nodes = ENDS + '<serviceTask id="c" camunda:type="external" camunda:topic="quick"/>' + XOR.replace("x_b", "x_end")
    flows = "start>c\nc>x\nx>c ? y\nx>end"
    files = {"p.bpmn": f"{bench.HEAD}{bench.process(nodes, flows)}</definitions>".encode()}
    assert engine.check(files, "p") == ()
    assert [f.code for f in engine.check(files, "p", frozenset({"quick"}))] == ["unbounded_loop"]
