"""What machines do for a plan at work, a handful of cases at a time: each case in its own transaction, exactly once.

The cursor only spares looking at what is done: what has become of each case stands in its own row, written with the case.
Killed anywhere, the work goes on where it stood; several workers may share it.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import Engine
from sqlmodel import Session, col, delete, insert, select

from workflows.migration import carrying, limits, plans, standing
from workflows.migration.judging import Judge
from workflows.migration.reasons import Reason, once
from workflows.migration.tables import Aim, CaseState, Plan, PlanCase, PlanReason, PlanState
from workflows.records.session import reading, writing
from workflows.records.types import stored

Now = Callable[[Session], datetime]
HANDFUL = 25            # cases carried between two looks at timers and jobs
FAILURES_MIN, FAILURES_SHARE = 5, 10    # stop at that many failures, if they are more than one in ten

log = logging.getLogger(__name__)


def turn(now: Now, source: Engine | None = None) -> int:
    """The next cases of the plan that was set to work first; how many were looked at."""
    with reading(source) as session:
        plan = session.exec(select(Plan).where(col(Plan.state).in_(plans.AT_WORK)).order_by(col(Plan.id)).limit(1)).first()
    if plan is None:
        return 0
    if plan.state == PlanState.CHECKING:
        return _check(plan, now, source)
    return _carry(plan, now, source)


def finish(plan_id: int, now: Now, source: Engine | None = None) -> Plan:
    """Work on until that plan is through, or stopped."""
    while True:
        with reading(source) as session:
            plan = plans.by_id(session, plan_id)
        if plan.state not in plans.AT_WORK:
            return plan
        turn(now, source)


# ---- the dry run -------------------------------------------------------------------------------------------------

_JUDGES: dict[int, Judge] = {}     # of the dry runs under way: shapes are known across the pages of one


def _check(plan: Plan, now: Now, source: Engine | None) -> int:
    """Judge a page of cases without touching them, then keep what was found in one short transaction."""
    with reading(source) as session:
        moment = now(session)
        ids = standing.on_release(session, plan.from_release_id, plan.cursor)
        found = _judged(session, plan, ids, moment)
    with writing(source) as session:
        held = plans.by_id(session, stored(plan.id), locked=True)
        if (held.state, held.cursor, held.made_at) != (plan.state, plan.cursor, plan.made_at):
            return 0        # paused, changed, or another worker was faster
        if ids:
            _keep(session, stored(plan.id), found, moment)
            held.cursor = ids[-1]
            session.add(held)
        else:
            _JUDGES.pop(stored(plan.id), None)
            plans.ended(session, held, PlanState.CHECKED, moment)
    return len(ids)


def _judged(session: Session, plan: Plan, ids: Sequence[int], now: datetime) -> list[tuple[int, bool, list[Reason]]]:
    judge = _judge(session, plan)
    other = plans.rival(session, plan)
    common = [Reason("other_plan", params={"plan": str(other.id)})] if other else []
    changes = limits.changes(session, ids, judge.old.process, judge.new.process, judge.mapping)
    found = []
    for verdict in judge.page(session, standing.of(session, ids), now):
        told = [*common, *verdict.reasons, *(change.reason for change in changes.get(verdict.case_id, ()))]
        found.append((verdict.case_id, verdict.moves and not common, once(told)))
    return found


def _judge(session: Session, plan: Plan) -> Judge:
    number = stored(plan.id)
    if plan.cursor == 0 or number not in _JUDGES:
        _JUDGES[number] = carrying.judge_of(session, plan)
    return _JUDGES[number]


def _keep(session: Session, plan_id: int, found: Sequence[tuple[int, bool, list[Reason]]], now: datetime) -> None:
    known = set(session.exec(select(PlanCase.case_id).where(
        PlanCase.plan_id == plan_id, col(PlanCase.case_id).in_([case_id for case_id, _, _ in found]))))
    rows: list[dict[str, object]] = [{"plan_id": plan_id, "case_id": case_id, "state": CaseState.MOVABLE if moves else CaseState.REFUSED,
             "before": b"", "after": b"", "limits": [], "at": now, "error": ""}
            for case_id, moves, _ in found if case_id not in known]
    reasons = [{"plan_id": plan_id, "case_id": case_id, "code": one.code, "node": one.node, "params": dict(one.params)}
               for case_id, _, told in found for one in told if case_id not in known]
    for table, lines in ((PlanCase, rows), (PlanReason, reasons)):
        if lines:
            session.execute(insert(table), lines)


# ---- carrying, and back ------------------------------------------------------------------------------------------

def _carry(plan: Plan, now: Now, source: Engine | None) -> int:
    """Carry a handful of cases over, or back."""
    step, ids = _next(plan, source)
    for case_id in ids:
        if not _one(plan, case_id, step, now, source):
            return len(ids)
    with writing(source) as session:
        held = plans.by_id(session, stored(plan.id), locked=True)
        if held.state != plan.state:
            return len(ids)
        if ids:
            held.cursor = max(held.cursor, ids[-1])
            session.add(held)
        else:
            _through(session, held, now(session))
    return len(ids)


Step = Callable[[Session, Plan, int, datetime], carrying.Done]


def _next(plan: Plan, source: Engine | None) -> tuple[Step, list[int]]:
    with reading(source) as session:
        if plan.aim == Aim.CARRY:
            return carrying.carry, standing.on_release(session, plan.from_release_id, plan.cursor, HANDFUL)
        moved = select(PlanCase.case_id).where(PlanCase.plan_id == plan.id, PlanCase.state == CaseState.MOVED,
                                               col(PlanCase.case_id) > plan.cursor)
        return carrying.back, list(session.exec(moved.order_by(col(PlanCase.case_id)).limit(HANDFUL)))


def _one(plan: Plan, case_id: int, step: Step, now: Now, source: Engine | None) -> bool:
    """One case in its own transaction; whether the plan is still at work."""
    try:
        with writing(source) as session:
            if plans.by_id(session, stored(plan.id)).state != plan.state:
                return False
            step(session, plan, case_id, now(session))
    except Exception as failure:  # noqa: BLE001  one case must not hold up the others; too many stop the plan
        log.warning("plan %s, case %s: %s", plan.id, case_id, type(failure).__name__)
        return _failed(plan, case_id, f"{type(failure).__name__}: {failure}", now, source)
    return True


def _failed(plan: Plan, case_id: int, error: str, now: Now, source: Engine | None) -> bool:
    with writing(source) as session:
        moment = now(session)
        held = plans.by_id(session, stored(plan.id), locked=True)
        carrying.failed(session, held, case_id, CaseState.KEPT if plan.aim == Aim.BACK else CaseState.FAILED, error, moment)
        if held.state == plan.state and _too_many(session, held):
            plans.ended(session, held, PlanState.STOPPED, moment, "失败过多，已自动停止")
        return held.state == plan.state


def _too_many(session: Session, plan: Plan) -> bool:
    settled = {state: n for state, n in plans.counts(session, plan).items() if state != CaseState.WAITING}
    wrong = session.exec(select(PlanCase.id).where(PlanCase.plan_id == plan.id, PlanCase.error != "").limit(10_000)).all()
    return len(wrong) >= FAILURES_MIN and len(wrong) * FAILURES_SHARE > sum(settled.values())


def _through(session: Session, plan: Plan, now: datetime) -> None:
    """Nothing is left to do: what ended meanwhile, or went elsewhere, is no case of the plan any more."""
    gone = select(PlanCase.case_id).where(PlanCase.plan_id == plan.id, PlanCase.state == CaseState.WAITING)
    session.exec(delete(PlanReason).where(col(PlanReason.plan_id) == plan.id, col(PlanReason.case_id).in_(gone)))
    session.exec(delete(PlanCase).where(col(PlanCase.plan_id) == plan.id, col(PlanCase.state) == CaseState.WAITING))
    plans.ended(session, plan, PlanState.DONE if plan.aim == Aim.CARRY else PlanState.RETURNED, now)
