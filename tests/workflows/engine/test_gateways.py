"""Gateways choose and join by facts, in any order, in any loop."""

import pytest

from workflows import engine

ENDS = '<startEvent id="start"/><endEvent id="end"/>'


def test_a_user_task_waits_and_its_completion_ends_the_process(draw, bench):
    case = bench.Case(draw(ENDS + '<userTask id="review"/>', "start>review\nreview>end"))
    assert case.waits == ["review"]
    assert case.ended is None
    case.done("review")
    assert case.ended == "end"
    assert case.waits == []
    assert case.path() == ["start", "review", "end"]


def test_an_exclusive_gateway_takes_the_first_true_flow_or_the_default(draw, bench):
    drawing = draw(
        ENDS + '<userTask id="a"/><userTask id="b"/><userTask id="c"/><exclusiveGateway id="g" default="g_c"/>',
        "start>g\ng>a ? amount > 100\ng>b ? =amount > 10\ng>c\na>end\nb>end\nc>end",
    )
    assert bench.Case(drawing, amount=1000).waits == ["a"]
    assert bench.Case(drawing, amount=11).waits == ["b"]
    assert bench.Case(drawing, amount=1).waits == ["c"]
    assert bench.Case(drawing).waits == ["c"]


def test_an_exclusive_gateway_without_a_way_out_says_so(draw, bench):
    drawing = draw(ENDS + '<exclusiveGateway id="g"/>', "start>g\ng>end ? x = 1\ng>end ? x = 2")
    with pytest.raises(engine.NoFlowTaken) as refusal:
        bench.Case(drawing, x=3)
    assert refusal.value.node == "g"


def test_two_flows_between_the_same_nodes_are_told_apart(draw, bench):
    drawing = draw(ENDS + '<exclusiveGateway id="g"/>', "start>g\ng>end ? x = 1\ng>end ? x = 2")
    flows = [v.flow for v in bench.Case(drawing, x=2).move.visits if v.what == "entered"]
    assert flows == [None, "start_g", "g_end_2"]


def test_parallel_branches_wait_for_each_other(draw, bench):
    drawing = draw(
        ENDS
        + '<parallelGateway id="s"/><parallelGateway id="j"/><userTask id="a"/><userTask id="b"/><userTask id="c"/>',
        "start>s\ns>a\ns>b\na>j\nb>j\nj>c\nc>end",
    )
    case = bench.Case(drawing)
    assert case.waits == ["a", "b"]
    case.done("b")
    assert case.waits == ["a"]
    case.done("a")
    assert case.waits == ["c"]
    case.done("c")
    assert case.ended == "end"


def test_an_inclusive_gateway_joins_only_what_it_split(draw, bench):
    drawing = draw(
        ENDS + '<inclusiveGateway id="s" default="s_c"/><inclusiveGateway id="j"/>'
        '<userTask id="a"/><userTask id="b"/><userTask id="c"/><userTask id="z"/>',
        "start>s\ns>a ? x\ns>b ? y\ns>c\na>j\nb>j\nc>j\nj>z\nz>end",
    )
    case = bench.Case(drawing, x=True, y=True)
    assert case.waits == ["a", "b"]
    case.done("a")
    assert case.waits == ["b"]
    case.done("b")
    assert case.waits == ["z"]
    case = bench.Case(drawing, x=True, y=False)
    case.done("a")
    assert case.waits == ["z"]
    case = bench.Case(drawing, x=False, y=False)
    assert case.waits == ["c"]


def test_a_starved_join_is_reported_and_not_left_for_ever(draw, bench):
    drawing = draw(
        ENDS + '<parallelGateway id="s"/><exclusiveGateway id="x" default="x_gone"/><parallelGateway id="j"/>'
        '<userTask id="a"/><userTask id="b"/><endEvent id="gone"/>',
        "start>s\ns>a\ns>b\na>x\nx>j ? fine\nx>gone\nb>j\nj>end",
    )
    case = bench.Case(drawing, fine=False)
    case.done("a")
    with pytest.raises(engine.Stuck) as refusal:
        case.done("b")
    assert refusal.value.nodes == ("j",)


def test_several_flows_out_of_a_task_are_all_taken(draw, bench):
    drawing = draw(ENDS + '<userTask id="a"/><userTask id="b"/><userTask id="c"/>', "start>a\na>b\na>c\nb>end\nc>end")
    case = bench.Case(drawing)
    case.done("a")
    assert case.waits == ["b", "c"]
    case.done("b")
    assert case.ended is None
    case.done("c")
    assert case.ended == "end"


def test_a_task_without_a_way_out_ends_its_token(draw, bench):
    case = bench.Case(draw('<startEvent id="start"/><userTask id="a"/>', "start>a"))
    case.done("a")
    assert case.ended == "a"


def test_an_automatic_loop_that_never_ends_is_stopped(draw, bench):
    drawing = draw(
        ENDS + '<exclusiveGateway id="m"/><exclusiveGateway id="g" default="g_m"/><intermediateCatchEvent id="c">'
        "<conditionalEventDefinition><condition>true</condition></conditionalEventDefinition></intermediateCatchEvent>",
        "start>m\nm>c\nc>g\ng>m\ng>end ? never",
    )
    with pytest.raises(engine.RanAway):
        bench.Case(drawing)


def test_a_terminate_end_takes_every_other_token_away(draw, bench):
    drawing = draw(
        '<startEvent id="start"/><endEvent id="end"><terminateEventDefinition/></endEvent><parallelGateway id="s"/>'
        '<userTask id="a"/><userTask id="b"/>',
        "start>s\ns>a\ns>b\na>end\nb>end",
    )
    case = bench.Case(drawing)
    move = case.done("a")
    assert case.ended == "end"
    assert case.waits == []
    assert {(c.node.id, c.why) for c in move.closed} == {("a", "completed"), ("b", "cancelled")}
