"""Sent back to an earlier place: out of branches, instances, sub-processes and called processes."""

import pytest

from workflows import engine

ENDS = '<startEvent id="start"/><endEvent id="end"/>'
LOOP = '<multiInstanceLoopCharacteristics camunda:collection="=[7, 8, 9]" camunda:elementVariable="m">{}</multiInstanceLoopCharacteristics>'


def tasks(*names):
    return "".join(f'<userTask id="{name}"/>' for name in names)


def gates(kind, *names):
    return "".join(f'<{kind}Gateway id="{name}"/>' for name in names)


BLOCK = ENDS + tasks("n", "a", "b", "z") + gates("parallel", "s", "j")
FLOWS = "start>n\nn>s\ns>a\ns>b\na>j\nb>j\nj>z\nz>end"


def back(case, node, target, others="cancel", path=()):
    place, token = engine.Place(target, path), case.token(node)
    return case.take(engine.send_back(case.drawing, case.move.state, token, place, others, case.facts, case.now))


def places(case, node):
    return [(place.node, place.path) for place in engine.earlier(case.drawing, case.move.state, case.token(node))]


def refusal(case, node, target, others="cancel", path=()):
    before = case.move.state
    with pytest.raises(engine.NotReturnable) as refused:
        back(case, node, target, others, path)
    assert refused.value.message_en and refused.value.message_zh and case.move.state == before
    return refused.value.code


def test_other_branches_are_cancelled_with_the_one_sent_back(draw, bench):
    case = bench.Case(draw(BLOCK, FLOWS))
    case.done("n")
    move = back(case, "a", "n")
    assert case.waits == ["n"]
    assert sorted((closed.node.id, closed.why) for closed in move.closed) == [("a", "cancelled"), ("b", "cancelled")]
    case.done("n")
    assert case.waits == ["a", "b"]


def test_a_kept_branch_goes_on_and_is_not_begun_again(draw, bench):
    case = bench.Case(draw(BLOCK, FLOWS))
    case.done("n")
    token = case.token("b")
    back(case, "a", "n", "keep")
    assert case.waits == ["b", "n"]
    assert case.token("b") == token
    case.done("n")
    assert case.waits == ["a", "b"]
    assert case.token("b") == token
    case.done("b")
    case.done("a")
    assert case.waits == ["z"]


def test_a_kept_branch_that_is_done_meanwhile_stays_done(draw, bench):
    case = bench.Case(draw(BLOCK, FLOWS))
    case.done("n")
    case.done("b")
    back(case, "a", "n", "keep")
    case.done("n")
    assert case.waits == ["a"]
    case.done("a")
    assert case.waits == ["z"]


def test_kept_work_goes_when_the_token_takes_a_way_that_never_comes_for_it(draw, bench):
    nodes = BLOCK + '<exclusiveGateway id="x" default="x_s"/>'
    case = bench.Case(draw(nodes, FLOWS.replace("n>s", "n>x\nx>s\nx>end ? give_up")), give_up=False)
    case.done("n")
    back(case, "a", "n", "keep")
    move = case.done("n", give_up=True)
    assert case.ended == "end"
    assert ("b", "cancelled") in {(closed.node.id, closed.why) for closed in move.closed}


def test_the_branch_kept_for_another_can_take_the_whole_back_but_not_begin_it_twice(draw, bench):
    case = bench.Case(draw(BLOCK, FLOWS))
    case.done("n")
    back(case, "a", "n", "keep")
    assert refusal(case, "b", "n", "keep") == "sent_back_already"
    back(case, "b", "n")
    assert case.waits == ["n"]
    case.done("n")
    assert case.waits == ["a", "b"]


def test_back_into_a_branch_long_joined_the_others_count_as_done(draw, bench):
    case = bench.Case(draw(BLOCK, FLOWS))
    for node in "nab":
        case.done(node)
    assert places(case, "z") == [("a", ()), ("b", ()), ("n", ())]
    back(case, "z", "a")
    assert case.waits == ["a"]
    case.done("a")
    assert case.waits == ["z"]


def test_a_branch_is_not_before_its_neighbour(draw, bench):
    case = bench.Case(draw(BLOCK, FLOWS))
    case.done("n")
    assert places(case, "a") == [("n", ())]
    assert refusal(case, "a", "b") == "beside"
    assert refusal(case, "a", "a") == "same"
    assert refusal(case, "a", "z") == "not_earlier"
    assert refusal(case, "a", "nowhere") == "unknown"


def test_a_boundary_timer_is_armed_again_but_cannot_be_sent_back_itself(draw, bench):
    timer = '<boundaryEvent id="late" attachedToRef="n"><timerEventDefinition><timeDuration>P7D</timeDuration></timerEventDefinition></boundaryEvent>'
    case = bench.Case(draw(BLOCK + timer, FLOWS + "\nlate>end"))
    assert refusal(case, "late", "n") == "accompanies"
    case.done("n")
    back(case, "b", "n")
    assert case.waits == ["late", "n"]


def test_one_of_several_instances_is_sent_back_and_comes_again(draw, bench):
    enough = "<completionCondition>nrOfCompletedInstances = 2 and nrOfActiveInstances = 0</completionCondition>"
    drawing = draw(ENDS + tasks("n", "z") + f'<userTask id="a">{LOOP.format(enough)}</userTask>', "start>n\nn>a\na>z\nz>end")
    case = bench.Case(drawing)
    case.done("n")
    back(case, "a", "n", "keep")
    assert [w.item for w in case.move.waiting if w.node.id == "a"] == [8, 9]
    case.done("a")
    case.done("n")
    assert [w.item for w in case.move.waiting] == [9, 7]
    back(case, "a", "n", "keep")
    case.done("a")
    assert case.waits == ["z"]     # two are done and none is active: the one sent back is withdrawn
    case = bench.Case(drawing)
    case.done("n")
    back(case, "a", "n")
    assert case.waits == ["n"]


def sub(bench, tag="subProcess", more=""):
    inside = '<startEvent id="s2"/>' + tasks("i", "k") + '<endEvent id="e2"/>' + bench.flows("s2>i\ni>k\nk>e2")
    if tag == "callActivity":
        return '<callActivity id="x" calledElement="q"/>', f'<process id="q" isExecutable="true">{inside}</process>'
    return f'<subProcess id="x">{more}{inside}</subProcess>', ""


@pytest.mark.parametrize("tag", ["subProcess", "callActivity"])
def test_out_of_an_inner_process_and_into_it(draw, bench, tag):
    inner, other = sub(bench, tag)
    late = '<boundaryEvent id="late" attachedToRef="x"><timerEventDefinition><timeDuration>P7D</timeDuration></timerEventDefinition></boundaryEvent>'
    nodes = ENDS + tasks("n", "z") + inner + late
    case = bench.Case(draw(nodes, "start>n\nn>x\nx>z\nlate>z\nz>end", *filter(None, [other])))
    case.done("n")
    case.done("i")
    assert places(case, "k") == [("i", ("x",)), ("x", ()), ("n", ())]
    back(case, "k", "i", path=("x",))
    assert case.waits == ["i", "late"]
    back(case, "i", "n")
    assert case.waits == ["n"]
    for node in "nik":
        case.done(node)
    back(case, "z", "k", path=("x",))
    assert case.waits == ["k", "late"]
    case.done("k")
    assert case.waits == ["z"]


def test_a_repeated_sub_process_is_begun_anew_as_a_whole(draw, bench):
    inner, _ = sub(bench, more=LOOP.format(""))
    case = bench.Case(draw(ENDS + tasks("z") + inner, "start>x\nx>z\nz>end"))
    for node in "iiikkk":
        case.done(node)
    assert refusal(case, "z", "k", path=("x",)) == "inside_instances"
    back(case, "z", "x")
    assert case.waits == ["i", "i", "i"]


def test_an_inclusive_join_waits_for_the_one_that_was_sent_back(draw, bench):
    nodes = ENDS + tasks("n", "a", "b", "z") + gates("inclusive", "s", "j")
    case = bench.Case(draw(nodes, FLOWS.replace("s>a", "s>a ? true").replace("s>b", "s>b ? true")))
    case.done("n")
    back(case, "a", "n", "keep")
    case.done("b")
    assert case.waits == ["n"]
    case.done("n")
    case.done("a")
    assert case.waits == ["z"]


def test_thousands_of_returns_leave_nothing_behind(draw, bench):
    case = bench.Case(draw(BLOCK, FLOWS))
    sizes = []
    for _ in range(400):
        case.done("n")
        back(case, "a", "n", "keep")
        sizes.append(len(case.move.state))
        case.done("n")
        case.done("b")
        case.done("a")
        back(case, "z", "n")
    assert max(sizes[1:]) <= min(sizes[1:]) + 12


def test_skipping_goes_on_and_says_so(draw, bench):
    case = bench.Case(draw(BLOCK, FLOWS))
    move = case.take(engine.skip(case.drawing, case.move.state, case.token("n"), {}, case.now))
    assert ("n", "skipped") in {(visit.node, visit.what) for visit in move.visits}
    assert [closed.why for closed in move.closed] == ["skipped"]
    assert case.waits == ["a", "b"]


def test_what_accompanies_other_work_is_not_skipped_by_itself(draw, bench):
    timer = '<boundaryEvent id="late" attachedToRef="n"><timerEventDefinition><timeDuration>P7D</timeDuration></timerEventDefinition></boundaryEvent>'
    case = bench.Case(draw(BLOCK + timer, FLOWS + "\nlate>end"))
    with pytest.raises(engine.NotSkippable):
        engine.skip(case.drawing, case.move.state, case.token("late"), {}, case.now)


def test_terminating_leaves_nothing_open_and_reaches_no_end(draw, bench):
    case = bench.Case(draw(BLOCK, FLOWS))
    case.done("n")
    move = engine.terminate(case.drawing, case.move.state)
    assert (move.waiting, move.ended, {closed.why for closed in move.closed}) == ((), None, {"cancelled"})
    with pytest.raises(engine.NotWaiting):
        engine.complete(case.drawing, move.state, case.token("a"), {}, case.now)


ROUNDS = (
    ENDS + tasks("n", "a", "b", "c", "q") + gates("parallel", "s", "j") + gates("exclusive", "m", "k")
    + '<exclusiveGateway id="x" default="x_s"/><exclusiveGateway id="l" default="l_end"/>',
    "start>m\nm>n\nn>x\nx>s\nx>c ? bad\ns>a\ns>b\na>j\nb>j\nj>k\nc>k\nk>q\nq>l\nl>m ? again\nl>end",
)


def test_kept_work_goes_when_the_rerun_takes_another_way_though_a_loop_leads_there_again(draw, bench):
    case = bench.Case(draw(*ROUNDS), bad=False, again=True)
    case.done("n")
    back(case, "a", "n", "keep")
    case.facts["bad"] = True
    move = case.done("n")
    assert case.waits == ["c"]
    assert [closed.node.id for closed in move.closed if closed.why == "cancelled"] == ["b"]


def test_an_earlier_round_of_a_loop_is_before_too_but_nothing_can_be_kept_for_it(draw, bench):
    case = bench.Case(draw(*ROUNDS), bad=False, again=True)
    case.done("n")
    assert refusal(case, "a", "q", "keep") == "another_round"
    back(case, "a", "q")
    assert case.waits == ["q"]
    case.done("q")
    case.done("n")
    assert case.waits == ["a", "b"]


def test_a_loop_inside_a_branch_is_gone_round_without_touching_the_other_branches(draw, bench):
    nodes = ENDS + tasks("a", "b", "c") + gates("parallel", "s", "j") + gates("exclusive", "m", "o")
    nodes += '<exclusiveGateway id="l" default="l_j"/><exclusiveGateway id="r" default="r_end"/>'
    flows = "start>o\no>s\ns>m\nm>a\na>c\nc>l\nl>m ? again\nl>j\ns>b\nb>j\nj>r\nr>o ? more\nr>end"
    case = bench.Case(draw(nodes, flows), again=False, more=False)
    back(case, "a", "c")
    assert case.waits == ["b", "c"]
    case.done("c")
    case.done("b")
    assert case.move.ended == "end"


def two_ends(draw, bench):
    """A fork with an end for each of its branches; the first branch decides which."""
    nodes = '''<startEvent id="start"/><userTask id="t"/><parallelGateway id="f"/><userTask id="a"/><exclusiveGateway id="x" default="x_no"/>
        <endEvent id="yes"/><endEvent id="no"/><userTask id="b"/><userTask id="c"/><endEvent id="over"/>'''
    flows = "start>t\nt>f\nf>a\na>x\nx>yes ? grant\nx>no\nf>b\nb>c\nc>over"
    return bench.Case(draw(nodes, flows), grant=True)


def test_a_branch_that_had_come_to_its_end_is_done_again_and_may_end_otherwise(draw, bench):
    case = two_ends(draw, bench)
    for node in "tab":
        case.done(node)
    assert case.move.ends == ("yes",)
    back(case, "c", "t", "cancel")
    assert (case.waits, case.move.ends) == (["t"], ())
    case.done("t", grant=False)
    for node in "abc":
        case.done(node)
    assert (case.move.ends, case.ended) == (("no", "over"), "over")


def test_a_branch_that_had_come_to_its_end_stays_where_others_are_kept(draw, bench):
    case = two_ends(draw, bench)
    for node in "tab":
        case.done(node)
    back(case, "c", "t", "keep")
    assert (case.waits, case.move.ends) == (["t"], ("yes",))
    case.done("t", grant=False)
    assert case.waits == ["b"]
    case.done("b")
    case.done("c")
    assert (case.move.ends, case.ended) == (("yes", "over"), "over")


def test_a_branch_that_ends_while_the_other_is_on_its_way_again_is_not_begun_anew_by_a_second_return(draw, bench):
    case = two_ends(draw, bench)
    case.done("t")
    case.done("b")
    back(case, "c", "t", "keep")
    case.done("a")
    case.done("t")
    assert case.waits == ["b"]
    back(case, "b", "t", "keep")
    case.done("t")
    assert case.waits == ["b"]


def test_ends_reached_outside_of_what_is_done_again_stay(draw, bench):
    nodes = '''<startEvent id="start"/><parallelGateway id="f"/><userTask id="a"/><endEvent id="granted"/>
        <userTask id="t"/><userTask id="b"/><endEvent id="over"/>'''
    case = bench.Case(draw(nodes, "start>f\nf>a\na>granted\nf>t\nt>b\nb>over"))
    case.done("a")
    case.done("t")
    back(case, "b", "t", "cancel")
    case.done("t")
    case.done("b")
    assert (case.move.ends, case.ended) == (("granted", "over"), "over")
