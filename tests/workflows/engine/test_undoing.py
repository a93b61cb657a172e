"""A step is taken back as long as nobody has touched what it brought about."""

from datetime import timedelta

import pytest

from tests.workflows.engine.test_returns import BLOCK, ENDS, FLOWS, LOOP, gates, sub, tasks
from workflows import engine

TIMER = '<boundaryEvent id="late" attachedToRef="{}" cancelActivity="false"><timerEventDefinition><timeDuration>P7D</timeDuration></timerEventDefinition></boundaryEvent>'


def undo(case, before, after):
    return case.take(engine.undo(case.drawing, case.move.state, before.state, after.state, case.now))


def test_what_was_used_up_comes_back_under_its_old_number_and_with_its_old_moment(draw, bench):
    case = bench.Case(draw(BLOCK + TIMER.format("n"), FLOWS + "\nlate>end"))
    before = case.move
    case.now += timedelta(days=3)
    after = case.done("n")
    move = undo(case, before, after)
    assert move.waiting == before.waiting
    assert {place.node.id for place in move.opened} == {"n", "late"}
    assert {closed.node.id for closed in move.closed} == {"a", "b"}
    assert {(visit.node, visit.what) for visit in move.visits} == {("a", "cancelled"), ("b", "cancelled"), ("n", "entered")}
    case.done("n")
    assert {place.token for place in case.move.waiting}.isdisjoint(place.token for place in after.waiting)


def test_another_branch_keeps_what_it_did_meanwhile(draw, bench):
    case = bench.Case(draw(BLOCK.replace('"z"/>', '"z"/><userTask id="c"/>'), FLOWS.replace("b>j", "b>c\nc>j")))
    before = case.done("n")
    after = case.done("a")
    case.done("b")
    undo(case, before, after)
    assert case.waits == ["a", "c"]
    case.done("c")
    case.done("a")
    assert case.waits == ["z"]


def test_what_has_been_touched_is_not_taken_back(draw, bench):
    case = bench.Case(draw(BLOCK, FLOWS))
    before = case.done("n")
    after = case.done("a")
    case.done("b")
    with pytest.raises(engine.TouchedSince) as refused:
        undo(case, before, after)
    assert refused.value.nodes == ("j",)


def test_an_answer_of_several_is_taken_back_with_the_count(draw, bench):
    enough = LOOP.format("<completionCondition>nrOfCompletedInstances >= 2</completionCondition>")
    case = bench.Case(draw(f'{ENDS}{tasks("z")}<userTask id="a">{enough}</userTask>', "start>a\na>z\nz>end"))
    before = case.move
    after = case.done("a")
    undo(case, before, after)
    assert [place.item for place in case.move.waiting] == [7, 8, 9]
    case.done("a")
    assert case.waits == ["a", "a"]
    case.done("a")
    assert case.waits == ["z"]


def test_the_end_of_an_inner_process_and_of_the_case_is_taken_back(draw, bench):
    inner, _ = sub(bench)
    case = bench.Case(draw(ENDS + inner, "start>x\nx>end"))
    before = case.done("i")
    after = case.done("k")
    assert case.ended == "end"
    assert undo(case, before, after).ended is None
    assert [(place.node.id, place.path) for place in case.move.waiting] == [("k", ("x",))]
    case.done("k")
    assert case.ended == "end"


def test_termination_is_taken_back(draw, bench):
    case = bench.Case(draw(BLOCK, FLOWS))
    before = case.done("n")
    after = case.take(engine.terminate(case.drawing, case.move.state))
    assert undo(case, before, after).waiting == before.waiting


HEARD, WORK = "hs>look\nlook>he", "cs>a\na>ce"


def test_what_alone_kept_a_process_open_is_not_taken_back(draw, bench):
    begin = '<startEvent id="hs" isInterrupting="false"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></startEvent>'
    handler = f'<subProcess id="h" triggeredByEvent="true">{begin}<userTask id="look"/><endEvent id="he"/>{bench.flows(HEARD)}</subProcess>'
    inner = f'<subProcess id="c"><startEvent id="cs"/><userTask id="a"/><endEvent id="ce"/>{bench.flows(WORK)}{handler}</subProcess>'
    case = bench.Case(draw(f'<startEvent id="s"/><endEvent id="e"/>{inner}', "s>c\nc>e"))
    before = case.move.state
    case.fire("hs", timedelta(hours=1))
    after = case.move.state
    case.done("a")
    with pytest.raises(engine.TouchedSince) as refused:
        engine.undo(case.drawing, case.move.state, before, after, case.now)
    assert refused.value.nodes == ("h",)


def test_what_would_come_back_to_a_place_broken_off_since_is_not_taken_back(draw, bench):
    begin = '<startEvent id="hs"><timerEventDefinition><timeDuration>PT1H</timeDuration></timerEventDefinition></startEvent>'
    handler = f'<subProcess id="h" triggeredByEvent="true">{begin}<userTask id="look"/><endEvent id="he"/>{bench.flows(HEARD)}</subProcess>'
    case = bench.Case(draw(ENDS + tasks("a", "b") + gates("parallel", "s") + handler, "start>s\ns>a\ns>b\na>end\nb>end"))
    before, after = case.move, case.done("a")
    case.fire("hs", timedelta(hours=1))
    assert case.waits == ["look"]
    with pytest.raises(engine.TouchedSince) as refused:
        undo(case, before, after)
    assert refused.value.nodes == ("h",)


def test_what_an_instance_did_is_not_given_to_another_when_that_instance_is_over(draw, bench):
    inside = '<startEvent id="s2"/><parallelGateway id="f"/>' + tasks("i", "k") + '<endEvent id="e2"/>' + bench.flows("s2>f\nf>i\nf>k\ni>e2\nk>e2")
    case = bench.Case(draw(f'{ENDS}<subProcess id="x">{LOOP.format("")}{inside}</subProcess>', "start>x\nx>end"))
    before, after = case.move, case.done("i")
    case.done("k")
    with pytest.raises(engine.TouchedSince):
        undo(case, before, after)
