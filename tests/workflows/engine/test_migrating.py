"""A running case is carried to another drawing, or every reason against it is told."""

from datetime import timedelta

import pytest

from tests.workflows.engine.test_returns import BLOCK, ENDS, FLOWS, LOOP, gates, sub, tasks
from workflows import engine

LINE = "start>a\na>z\nz>end"


def timer(name, host, span, interrupting="true"):
    return (
        f'<boundaryEvent id="{name}" attachedToRef="{host}" cancelActivity="{interrupting}">'
        f"<timerEventDefinition><timeDuration>{span}</timeDuration></timerEventDefinition></boundaryEvent>"
    )


def carried(case, new, mapping=None, **facts):
    return engine.migrate(case.drawing, case.move.state, new, mapping or {}, facts, case.now)


def codes(case, new, mapping=None):
    with pytest.raises(engine.NotMigratable) as refused:
        carried(case, new, mapping)
    assert all(reason.message_en and reason.message_zh for reason in refused.value.reasons)
    return {(reason.code, reason.node) for reason in refused.value.reasons}


def test_there_and_back_again_nothing_has_changed(draw, bench):
    case = bench.Case(draw(BLOCK + timer("late", "a", "P7D"), FLOWS + "\nlate>z"))
    case.done("n")
    case.done("b")
    renamed = BLOCK.replace('"a"', '"aa"').replace('"j"', '"jj"')
    new = draw(renamed + timer("late", "aa", "P7D"), FLOWS.replace("a>j", "aa>j").replace("s>a", "s>aa").replace("j", "jj") + "\nlate>z")
    there = carried(case, new, {"a": "aa", "j": "jj"})
    assert [(place.node.id, place.token) for place in there.waiting] == [("aa", case.token("a")), ("late", case.token("late"))]
    back = engine.migrate(new, there.state, case.drawing, {"aa": "a", "jj": "j"}, {}, case.now)
    assert (back.state, back.waiting, back.visits) == (case.move.state, case.move.waiting, ())
    done = engine.complete(new, there.state, case.token("a"), {}, case.now)
    assert [place.node.id for place in done.waiting] == ["z"]


def test_timers_keep_their_moment_unless_they_changed(draw, bench):
    nodes = ENDS + tasks("a", "z")
    more = "\nsame>end\nlonger>end\ngone>end"
    case = bench.Case(draw(nodes + timer("same", "a", "P7D") + timer("longer", "a", "P7D") + timer("gone", "a", "P7D"), LINE + more))
    case.now += timedelta(days=2)
    new = draw(nodes + timer("same", "a", "P7D") + timer("longer", "a", "P9D") + timer("new", "a", "P1D"), LINE + more.replace("gone", "new"))
    move = carried(case, new)
    due = {place.node.id: (place.due_at - bench.now).days for place in move.waiting if place.due_at}
    assert due == {"same": 7, "longer": 11, "new": 3}
    assert {closed.node.id for closed in move.closed} == {"longer", "gone"}
    assert {place.node.id for place in move.opened} == {"longer", "new"}


def test_borders_appear_and_vanish(draw, bench):
    plain, bordered = draw(ENDS + tasks("a", "z"), LINE), draw(ENDS + tasks("a", "z") + timer("late", "a", "P7D"), LINE + "\nlate>end")
    case = bench.Case(plain)
    there = carried(case, bordered)
    assert [place.node.id for place in there.waiting] == ["a", "late"]
    back = engine.migrate(bordered, there.state, plain, {}, {}, case.now)
    assert back.waiting == case.move.waiting
    assert [place.node.id for place in engine.complete(plain, back.state, case.token("a"), {}, case.now).waiting] == ["z"]


def test_an_event_sub_process_is_armed_and_disarmed(draw, bench):
    message = '<messageEventDefinition messageRef="m1"/>'
    event = f'<subProcess id="ev" triggeredByEvent="true"><startEvent id="s3">{message}</startEvent>{tasks("reply")}<endEvent id="e3"/>{bench.flows("s3>reply" + chr(10) + "reply>e3")}</subProcess>'
    extra = '<message id="m1" name="withdraw"/>'
    plain, wider = draw(ENDS + tasks("a", "z"), LINE, extra=extra), draw(ENDS + tasks("a", "z") + event, LINE, extra=extra)
    case = bench.Case(plain)
    there = carried(case, wider)
    assert [place.node.id for place in there.waiting] == ["a", "s3"]
    assert [place.node.id for place in engine.tell(wider, there.state, "withdraw", {}, case.now).waiting] == ["reply"]
    assert engine.migrate(wider, there.state, plain, {}, {}, case.now).waiting == case.move.waiting


def test_inside_called_and_repeated_work(draw, bench):
    inner, other = sub(bench, "callActivity")
    drawing = draw(ENDS + tasks("z") + inner, "start>x\nx>z\nz>end", other)
    case = bench.Case(drawing)
    new = draw(ENDS + tasks("z") + inner.replace('"q"', '"r"').replace('"x"', '"y"'), "start>y\ny>z\nz>end", other.replace('"q"', '"r"').replace('"i"', '"ii"').replace('sourceRef="i"', 'sourceRef="ii"').replace('targetRef="i"', 'targetRef="ii"'))
    move = carried(case, new, {"x": "y", "i": "ii"})
    assert [(place.node.id, place.path) for place in move.waiting] == [("ii", ("y",))]
    assert codes(case, new, {"x": "y"}) == {("gone", "i")}
    each = f'<userTask id="a">{LOOP.format("")}</userTask>'
    case = bench.Case(draw(ENDS + tasks("z") + each, LINE))
    case.done("a")
    move = carried(case, draw(ENDS + tasks("z") + each.replace('"a"', '"b"'), LINE.replace("a", "b").replace("stbrt", "start")), {"a": "b"})
    assert [(place.node.id, place.item) for place in move.waiting] == [("b", 8), ("b", 9)]
    one_by_one = each.replace("<multi", '<multi').replace("Characteristics ", 'Characteristics isSequential="true" ')
    assert codes(case, draw(ENDS + tasks("z") + one_by_one, LINE)) == {("repetition", "a")}
    assert codes(case, draw(ENDS + tasks("a", "z"), LINE)) == {("repetition", "a")}


def test_manual_work_may_become_a_users_but_not_a_machines(draw, bench):
    case = bench.Case(draw(ENDS + '<manualTask id="a"/>' + tasks("z"), LINE))
    assert carried(case, draw(ENDS + tasks("a", "z"), LINE)).waiting[0].node.kind == "userTask"
    machine = '<serviceTask id="a" camunda:type="external" camunda:topic="{}"/>'
    assert codes(case, draw(ENDS + machine.format("t") + tasks("z"), LINE)) == {("kind", "a")}
    case = bench.Case(draw(ENDS + machine.format("t") + tasks("z"), LINE))
    assert codes(case, draw(ENDS + machine.format("u") + tasks("z"), LINE)) == {("topic", "a")}


def test_targets_that_do_not_exist_or_lie_elsewhere(draw, bench):
    inner, _ = sub(bench)
    case = bench.Case(draw(ENDS + tasks("a", "z"), LINE))
    assert codes(case, draw(ENDS + tasks("z"), "start>z\nz>end")) == {("gone", "a")}
    assert codes(case, case.drawing, {"a": "nowhere"}) == {("unknown_target", "a")}
    assert codes(case, case.drawing, {"never": "a"}) == {("unknown_source", "never")}
    moved = draw(ENDS + tasks("z") + inner.replace('"i"', '"a"'), "start>x\nx>z\nz>end")
    assert codes(case, moved) == {("scope", "a")}


def test_what_no_longer_runs_side_by_side_or_could_never_meet(draw, bench):
    case = bench.Case(draw(BLOCK, FLOWS))
    line = draw(ENDS + tasks("n", "a", "b", "z"), "start>n\nn>a\na>b\nb>z\nz>end")
    case.done("n")
    assert codes(case, line) == {("not_parallel", "b")}
    assert codes(case, case.drawing, {"a": "b"}) == {("merged", "b")}
    alone = bench.Case(line)
    alone.done("n")
    assert codes(alone, case.drawing) == {("join_unfilled", "j")}
    case.done("b")
    wider = draw(BLOCK + tasks("c"), FLOWS.replace("b>j", "b>c\nc>j"))
    assert codes(case, wider) == {("way_gone", "j")}
    third = draw(BLOCK + tasks("c"), FLOWS + "\ns>c\nc>j")
    assert codes(case, third) == {("join_unfilled", "j")}


def test_a_case_that_has_ended_stays_where_it_is(draw, bench):
    case = bench.Case(draw(ENDS + tasks("a", "z"), LINE))
    case.done("a")
    case.done("z")
    assert codes(case, case.drawing) == {("ended", "")}


def test_all_reasons_are_told_at_once(draw, bench):
    case = bench.Case(draw(BLOCK, FLOWS))
    case.done("n")
    new = draw(ENDS + '<serviceTask id="a" camunda:type="external" camunda:topic="t"/>' + tasks("n", "z") + gates("parallel", "s"), "start>n\nn>s\ns>a\na>z\nz>end")
    assert codes(case, new) == {("kind", "a"), ("gone", "b")}


def test_work_kept_for_a_return_is_carried_along(draw, bench):
    case = bench.Case(draw(BLOCK, FLOWS))
    case.done("n")
    place = engine.Place("n")
    case.take(engine.send_back(case.drawing, case.move.state, case.token("a"), place, "keep", {}, case.now))
    new = draw(BLOCK.replace('"b"', '"bb"').replace('"s"', '"ss"') + timer("late", "bb", "P1D"), FLOWS.replace("b", "bb").replace("s>", "ss>").replace(">s", ">ss").replace("sstart", "start") + "\nlate>end")
    move = carried(case, new, {"b": "bb", "s": "ss"})
    move = engine.complete(new, move.state, case.token("n"), {}, case.now)
    assert sorted(place.node.id for place in move.waiting) == ["a", "bb", "late"]
    lost = draw(ENDS + tasks("n", "a", "b", "z") + gates("parallel", "s", "j"), "start>n\nn>s\ns>a\ns>z\na>j\nz>j\nj>b\nb>end")
    assert ("kept", "n") in codes(case, lost)


def test_a_plan_suggests_what_bears_the_same_name_and_is_alike(draw, bench):
    old = draw(ENDS + tasks("a", "z"), LINE)
    new = draw(ENDS + '<manualTask id="a"/><serviceTask id="z" camunda:type="external" camunda:topic="t"/>', LINE)
    assert engine.suggest(old, new) == {"start": "start", "end": "end", "a": "a", "z": None}


def test_a_state_of_the_first_days_still_thaws(draw, bench):
    import json
    import zlib

    drawing = draw(BLOCK + timer("late", "n", "P7D"), FLOWS + "\nlate>end")
    case = bench.Case(drawing)
    parts = json.loads(zlib.decompress(case.move.state))
    for task in parts["t"]:
        task[4].pop("b", None)
    assert parts["v"] == 1
    old = zlib.compress(json.dumps(parts).encode())
    assert engine.waiting(drawing, old) == case.move.waiting
    assert [place.node.id for place in engine.complete(drawing, old, case.token("n"), {}, case.now).waiting] == ["a", "b"]
