"""Sent back out of what an event began beside some work: the work itself goes back, from wherever it stands."""

import pytest

from tests.workflows.engine.test_returns import ENDS, back, gates, refusal, tasks

LATE = """<boundaryEvent id="late" attachedToRef="a" cancelActivity="false"><timerEventDefinition><timeDuration>PT0S</timeDuration>
    </timerEventDefinition></boundaryEvent><userTask id="look"/><endEvent id="seen"/>"""
SEEN = "\nlate>look\nlook>seen"
LOOP = (ENDS + LATE + tasks("o", "b", "a", "c") + gates("exclusive", "m") + '<exclusiveGateway id="x" default="x_end"/>',
        "start>o\no>m\nm>b\nb>a\na>c\nc>x\nx>m ? again\nx>end" + SEEN)


def reminded(draw, bench, nodes, flows, *before, **facts):
    """A case with a reminder of `a` open."""
    case = bench.Case(draw(nodes, flows), **facts)
    for node in before:
        case.done(node)
    case.fire("late")
    return case


def go_on(case, *nodes):
    for node in nodes:
        case.done(node)


@pytest.mark.parametrize("target", ["o", "b", "a", "c"])
@pytest.mark.parametrize("ahead", range(6))
def test_the_work_reminded_of_goes_along_however_far_round_a_loop_it_has_gone(draw, bench, ahead, target):
    case = reminded(draw, bench, *LOOP, "o", "b", again=True)
    go_on(case, *"acbac"[:ahead])
    assert refusal(case, "look", target, "keep") == "with_work"
    back(case, "look", target)
    assert [node for node in case.waits if node not in ("late", "look")] == [target]
    go_on(case, *"obac"["obac".index(target) : -1])
    case.done("c", again=False)
    assert case.waits in ([], ["look"])


@pytest.mark.parametrize("target", ["o", "b", "a"])
def test_work_that_was_sent_back_already_is_not_begun_beside_itself(draw, bench, target):
    case = reminded(draw, bench, *LOOP, "o", "b", again=False)
    back(case, "a", "o", "keep")
    assert case.waits == ["look", "o"]
    if target == "o":
        case.done("o")
    back(case, "look", target)
    assert [node for node in case.waits if node != "late"] == [target]


def branches(kind):
    """A fork whose first branch has the reminder."""
    when = " ? true" if kind == "inclusive" else ""
    flows = f"start>o\no>s\ns>n{when}\ns>b{when}\nn>a\na>j\nb>j\nj>z\nz>end{SEEN}"
    return ENDS + LATE + tasks("o", "n", "a", "b", "z") + gates(kind, "s", "j"), flows


@pytest.mark.parametrize("kind", ["parallel", "inclusive"])
@pytest.mark.parametrize("ahead", ["", "a"])
def test_a_branch_beside_the_work_goes_on(draw, bench, kind, ahead):
    case = reminded(draw, bench, *branches(kind), "o", "n")
    go_on(case, *ahead)
    token = case.token("b")
    back(case, "look", "n")
    assert case.waits == ["b", "n"]
    assert case.token("b") == token
    go_on(case, "n", "a", "b", "z")
    assert case.ended == "end"


@pytest.mark.parametrize("kind", ["parallel", "inclusive"])
def test_work_that_has_been_joined_with_a_branch_goes_back_and_the_branch_stays_done(draw, bench, kind):
    case = reminded(draw, bench, *branches(kind), "o", "n")
    go_on(case, "a", "b")
    back(case, "look", "n")
    assert case.waits == ["n"]
    go_on(case, "n", "a")
    assert case.waits == ["z"]


def test_the_branch_beside_is_begun_again_where_the_return_leads_before_the_fork(draw, bench):
    case = reminded(draw, bench, *branches("parallel"), "o", "n")
    case.done("a")
    back(case, "look", "o")
    assert case.waits == ["o"]
    case.done("o")
    assert case.waits == ["b", "n"]


def test_work_that_has_come_to_its_end_is_done_again_and_may_end_otherwise(draw, bench):
    nodes = ENDS + LATE + tasks("b", "a") + '<exclusiveGateway id="x" default="x_end"/><endEvent id="granted"/>'
    case = reminded(draw, bench, nodes, "start>b\nb>a\na>x\nx>granted ? grant\nx>end" + SEEN, "b", grant=True)
    case.done("a")
    assert case.move.ends == ("granted",)
    assert refusal(case, "look", "b", "keep") == "with_work"
    back(case, "look", "b")
    assert (case.waits, case.move.ends) == (["b"], ())
    case.done("b")
    case.done("a", grant=False)
    assert (case.ended, case.move.ends) == ("end", ("end",))


def test_along_its_own_path_a_reminder_goes_back_alone(draw, bench):
    nodes, flows = LOOP
    case = reminded(draw, bench, nodes + tasks("write"), flows.replace("look>seen", "look>write\nwrite>seen"), "o", "b", again=True)
    case.done("look")
    back(case, "write", "look", "keep")
    assert case.waits == ["a", "look"]


def test_what_accompanies_a_reminders_own_work_takes_only_that_along(draw, bench):
    nodes = LOOP[0] + tasks("write") + LATE.replace('"late"', '"later"').replace('"a"', '"write"').replace('"look"', '"press"').replace('"seen"', '"pressed"')
    flows = LOOP[1].replace("look>seen", "look>write\nwrite>seen\nlater>press\npress>pressed")
    case = reminded(draw, bench, nodes, flows, "o", "b", again=False)
    case.done("look")
    case.fire("later")
    work = case.token("a")
    back(case, "press", "look")
    assert (case.waits, case.token("a")) == (["a", "look"], work)
    case.done("look")
    case.fire("later")
    back(case, "press", "b")
    assert case.waits == ["b"]
