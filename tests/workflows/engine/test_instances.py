"""An activity done for each of several items, or again and again."""

import time

import pytest

from workflows import engine

ENDS = '<startEvent id="start"/><endEvent id="end"/>'


def each(inner="", sequential="false", collection="members", task="userTask"):
    loop = (
        f'<multiInstanceLoopCharacteristics isSequential="{sequential}" camunda:collection="{collection}" '
        f'camunda:elementVariable="member">{inner}</multiInstanceLoopCharacteristics>'
    )
    return f'{ENDS}<{task} id="a">{loop}</{task}>'


FLOWS = "start>a\na>end"


def test_each_member_is_asked_at_the_same_time(draw, bench):
    case = bench.Case(draw(each(), FLOWS), members=["赵", "钱", "孙"])
    assert [w.item for w in case.move.waiting] == ["赵", "钱", "孙"]
    for left in (2, 1, 0):
        case.done("a")
        assert len(case.move.waiting) == left
    assert case.ended == "end"


def test_members_are_asked_one_after_another(draw, bench):
    case = bench.Case(draw(each(sequential="true"), FLOWS), members=[{"name": "赵"}, {"name": "钱"}])
    assert [w.item for w in case.move.waiting] == [{"name": "赵"}]
    case.done("a", members=[])
    assert [w.item for w in case.move.waiting] == [{"name": "钱"}]
    case.done("a")
    assert case.ended == "end"


@pytest.mark.parametrize("sequential", ["true", "false"])
def test_equal_members_are_told_apart_by_their_turn(draw, bench, sequential):
    case, seen = bench.Case(draw(each(sequential=sequential), FLOWS), members=["赵", {"n": [1]}, "赵", {"n": [1]}, "赵"]), []
    while case.ended is None:
        first = min(case.move.waiting, key=lambda place: int(place.token))
        seen.append((str(first.item), first.turn))
        case.move = engine.complete(case.drawing, case.move.state, first.token, {"members": []}, bench.now)
    assert [turn for _, turn in seen] == [0, 0, 1, 1, 2]


def test_the_rest_is_spared_when_enough_have_answered(draw, bench):
    enough = "<completionCondition>nrOfCompletedInstances / nrOfInstances >= 0.5</completionCondition>"
    case = bench.Case(draw(each(enough), FLOWS), members=[1, 2, 3, 4])
    case.done("a")
    move = case.done("a")
    assert case.ended == "end"
    assert sorted(c.why for c in move.closed) == ["cancelled", "cancelled", "completed"]


def test_nobody_to_ask_is_no_trouble(draw, bench):
    case = bench.Case(draw(each(), FLOWS), members=[])
    assert case.ended == "end"
    assert case.path() == ["start", "a", "end"]


def test_a_number_of_times_will_do(draw, bench):
    loop = (
        "<multiInstanceLoopCharacteristics><loopCardinality>=1 + 1</loopCardinality></multiInstanceLoopCharacteristics>"
    )
    case = bench.Case(draw(f'{ENDS}<userTask id="a">{loop}</userTask>', FLOWS))
    assert [w.item for w in case.move.waiting] == [0, 1]


@pytest.mark.parametrize("members", [None, "text", 10_001, list(range(10_001))])
def test_too_many_or_none_at_all_is_reported(draw, bench, members):
    with pytest.raises(engine.EngineError):
        bench.Case(draw(each(), FLOWS), members=members)


def test_conditions_inside_an_instance_see_its_element(draw, bench):
    inner = (
        '<startEvent id="s2"/><exclusiveGateway id="g" default="g_small"/><userTask id="big"/><userTask id="small"/>'
        '<endEvent id="e2"/>' + bench.flows("s2>g\ng>big ? member > 10\ng>small\nbig>e2\nsmall>e2")
    )
    case = bench.Case(
        draw(
            each(inner, task="subProcess").replace("<multi", inner + "<multi", 1).replace(inner + "</multi", "</multi"),
            FLOWS,
        ),
        members=[5, 50],
    )
    assert [(w.node.id, w.item, w.path) for w in case.move.waiting] == [("small", 5, ("a",)), ("big", 50, ("a",))]
    case.done("big")
    case.done("small")
    assert case.ended == "end"


def test_an_interrupted_activity_takes_all_its_instances_along(draw, bench):
    nodes = each() + '<boundaryEvent id="m" attachedToRef="a"><messageEventDefinition messageRef="m1"/></boundaryEvent>'
    case = bench.Case(draw(nodes, FLOWS + "\nm>end", extra='<message id="m1" name="stop"/>'), members=[1, 2])
    move = case.tell("stop")
    assert case.ended == "end"
    assert sorted((c.node.id, c.why) for c in move.closed) == [
        ("a", "cancelled"),
        ("a", "cancelled"),
        ("m", "completed"),
    ]


def test_a_standard_loop_goes_round_while_its_condition_holds(draw, bench):
    loop = '<standardLoopCharacteristics loopMaximum="3"><loopCondition>=again</loopCondition></standardLoopCharacteristics>'
    drawing = draw(f'{ENDS}<userTask id="a">{loop}</userTask>', FLOWS)
    case = bench.Case(drawing)
    case.done("a", again=True)
    case.done("a", again=False)
    assert case.ended == "end"
    case = bench.Case(drawing, again=True)
    for _ in range(3):
        case.done("a")
    assert case.ended == "end"


def test_a_wide_activity_costs_no_more_than_its_width(draw, bench):
    case = bench.Case(draw(each(), FLOWS), members=list(range(2_000)))
    full = len(case.move.state)
    for _ in range(5):
        case.done("a")
    assert len(case.move.state) < full


def test_thousands_of_instances_take_no_more_than_seconds(draw, bench):
    loop = '<multiInstanceLoopCharacteristics camunda:collection="=for i in 1..4000 return i" camunda:elementVariable="m"/>'
    nodes = (
        f'{ENDS}<scriptTask id="a" scriptFormat="feel" camunda:resultVariable="x"><script>m</script>{loop}</scriptTask>'
    )
    begun = time.perf_counter()
    assert bench.Case(draw(nodes, FLOWS)).ended == "end"
    assert time.perf_counter() - begun < 5


def test_an_instance_does_not_end_the_process_by_itself(draw, bench):
    nodes = each() + '<userTask id="b"/>'
    case = bench.Case(draw(nodes, "start>a\na>b\nb>end"), members=[1])
    case.done("a")
    assert case.waits == ["b"]
    case.done("b")
    assert case.path() == ["start", "a", "b", "end"]


def test_a_case_of_more_tokens_than_any_honest_one_is_stopped(draw, bench):
    nodes = (
        '<startEvent id="start"/><endEvent id="end"/><subProcess id="sub">'
        '<multiInstanceLoopCharacteristics camunda:collection="many"/><startEvent id="i"/><userTask id="u">'
        '<multiInstanceLoopCharacteristics camunda:collection="many"/></userTask>'
        '<sequenceFlow id="f" sourceRef="i" targetRef="u"/></subProcess>'
    )
    with pytest.raises(engine.RanAway, match="20000 tokens"):
        engine.start(draw(nodes, "start>sub\nsub>end"), {"many": list(range(9_000))}, bench.now)
