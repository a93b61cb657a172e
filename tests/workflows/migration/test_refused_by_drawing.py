"""The rarer reasons, each by a case that is really refused so, or warned of, with the sentence people read."""

import pytest

from tests.workflows.migration.conftest import Move
from tests.workflows.migration.small import ASK, begun, flows, gate, plan, publish, task
from workflows.cases.operations import asking, suspend
from workflows.cases.tables import Case
from workflows.migration import plans, results
from workflows.migration.tables import Aim
from workflows.office import people

PAIR, BESIDE = task("a") + task("b") + gate("s") + gate("j"), "start>s s>a s>b a>j b>j j>end"
THREE, D = task("a") + task("b") + task("d") + gate("s") + gate("j"), "start>s s>a s>b s>d "
OR = task("a") + task("b") + task("c") + gate("s") + gate("j", "inclusive") + ASK
AT_ONCE = ('<bpmn:boundaryEvent id="late" name="限期" attachedToRef="a"><bpmn:timerEventDefinition>'
           "<bpmn:timeDate>2020-01-01</bpmn:timeDate></bpmn:timerEventDefinition></bpmn:boundaryEvent>")
EACH = ('<bpmn:multiInstanceLoopCharacteristics isSequential="true"><bpmn:loopCardinality>3</bpmn:loopCardinality>'
        "</bpmn:multiInstanceLoopCharacteristics>")
INNER = ('<bpmn:subProcess id="box"><bpmn:startEvent id="bs" /><bpmn:endEvent id="be" />'
         + task("a") + flows("bs>a a>be") + "</bpmn:subProcess>")
ASKED = task("p") + PAIR + gate("x", "exclusive", "x_j")


def told(move: Move, code: str, language: str = "zh_CN") -> str:
    from workflows import messages
    with move.house.work() as session:
        found = {one.code: one.sentence for one in results.groups(session, plans.by_id(session, move.id))}
    assert code in found, found
    return messages.say(found[code], language)


def stands(move: Move, case: Case) -> tuple[bytes, int, int]:
    with move.house.work() as session:
        row = session.get_one(Case, case.id)
        return row.engine, row.release_id, row.version


REFUSED = {
    "repetition": ((task("a"), "start>a a>end", ()), (task("a", EACH), "start>a a>end"),
                   "“环节a”：环节a 的重复办理方式不同。", "“环节a”: 环节a is repeated in another way."),
    "scope": ((task("a"), "start>a a>end", ()), (INNER, "start>box box>end"),
              "“环节a”：环节a 在新流程图中属于另一（子）流程。", "“环节a”: 环节a lies in another (sub-)process there."),
    "join_unfilled": ((PAIR, BESIDE, ("a",)), (THREE, D + "a>j d>j b>end j>end"),
                      "“环节a、环节b之后的并行网关”：此汇聚网关将永远无法汇齐。", "“Parallel gateway after 环节a, 环节b”: this join could never be filled."),
    "way_gone": ((PAIR, BESIDE, ("a",)), (THREE, D + "a>end b>j d>j j>end"),
                 "“环节a、环节b之后的并行网关”：已有分支到达此汇聚网关，而其到达路径已不存在。", "“Parallel gateway after 环节a, 环节b”: a branch has reached this join by a way that is gone."),
}
WARNED = {
    "perhaps_other_form": ((task("a"), "start>a a>end", ()), (task("a", form="other"), "start>a a>end"),
                           "“环节a”使用的表单（small/other）与“环节a”不同。"),
    "timer_at_once": ((task("a"), "start>a a>end", ()), (task("a") + AT_ONCE, "start>a a>end late>end"), "新版本的定时“限期”将立即到期。"),
    "perhaps_missing": ((PAIR, BESIDE, ()), (ASKED, 'start>p p>s s>a s>b a>x x>a?p.note="again" x>j b>j j>end'),
                        "新版本在部分后续路径上要用到原版本不需要的“p”"),
}


@pytest.mark.parametrize("code", REFUSED)
def test_the_dry_run_says_why_and_the_move_leaves_the_case_as_it_is(tmp_path, code):
    old, new, chinese, english = REFUSED[code]
    move, case = begun(tmp_path, *old[:2], *old[2])
    before = stands(move, case)
    plan(move, *new, a="a").tried()
    assert (told(move, code), told(move, code, "en"), move.counts()) == (chinese, english, {"refused": 1})
    move.act("start")
    move.through()
    assert (move.counts(), stands(move, case)) == ({"refused": 1}, before)


def test_a_case_refused_on_the_way_forth_is_told_from_the_version_it_stands_on_though_others_go_back(tmp_path):
    move, _case = begun(tmp_path, task("gone"), "start>gone gone>end")
    plan(move, task("a"), "start>a a>end").moved()
    with move.house.work() as session:
        made = plans.by_id(session, move.id)
        made.aim = Aim.BACK
        session.add(made)
    assert told(move, "gone") == "“环节gone”：有工作停留在此环节，而新流程图中已没有该环节。"
    with move.house.work() as session:
        (line,), _more = results.lines(session, plans.by_id(session, move.id))
        assert line.reasons[0][1].zh == "“环节gone”：有工作停留在此环节，而新流程图中已没有该环节。"


@pytest.mark.parametrize("code", WARNED)
def test_what_is_only_told_moves_all_the_same(tmp_path, code):
    old, new, chinese = WARNED[code]
    move, _case = begun(tmp_path, *old[:2], *old[2])
    plan(move, *new).tried()
    assert (chinese in told(move, code), move.counts()) == (True, {"movable": 1}), told(move, code)


def test_a_suspended_case_is_refused_where_the_move_would_let_a_machine_begin(tmp_path):
    move, case = begun(tmp_path, OR, "start>s s>a s>b a>j b>j j>ask ask>c c>end", "a")
    with move.house.work() as session:
        suspend.suspend(session, case.id, asking.Asked(people.by_login(session, "county_lead1"), "核查", move.house.now))
    before = stands(move, case)
    plan(move, OR, "start>s s>a s>b a>j b>end j>ask ask>c c>end").moved()
    assert (move.counts(), stands(move, case)) == ({"refused": 1}, before)
    assert told(move, "suspended") == "该办件已挂起，迁移会使“请求”开始执行。"


def test_a_case_that_went_on_to_yet_another_version_is_not_taken_back(tmp_path):
    move, case = begun(tmp_path, task("a"), "start>a a>end")
    plan(move, task("a") + task("b"), "start>a a>b b>end").moved()
    first = move.id
    plan(move, task("a") + task("c"), "start>a a>c c>end", old=2).moved()
    move.id, before = first, stands(move, case)
    move.back()
    assert (move.counts(), told(move, "left"), stands(move, case)) == ({"kept": 1}, "该办件已转至其他版本。", before)


def test_the_helpers_publish_what_they_are_told(tmp_path):
    move, _case = begun(tmp_path, task("a"), "start>a a>end")
    assert publish(move, task("a") + task("b"), "start>a a>b b>end") == 2
