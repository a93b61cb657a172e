"""Carry one case over, or take it back: all of it in the caller's transaction, or nothing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, delete, select

from workflows import engine, releases
from workflows.cases import chains, clocks, names, progress, timers
from workflows.cases.tables import Case, Visit
from workflows.engine import Move
from workflows.migration import limits, settling, standing
from workflows.migration.judging import Judge, Verdict
from workflows.migration.limits import Change
from workflows.migration.reasons import Reason, once
from workflows.migration.tables import CaseState, Plan, PlanCase, PlanReason
from workflows.office.tables import Person
from workflows.records import audit
from workflows.records.types import stored
from workflows.releases import Published

@dataclass(frozen=True)
class Done:
    """What has become of one case, and why."""

    state: str
    reasons: tuple[Reason, ...] = ()


MIGRATED = "migrated"       # what a visit says that is no step of a token, but a change of the drawing under it


def carry(session: Session, plan: Plan, case_id: int, now: datetime) -> Done:
    """Judge a case anew as it stands now, and move it; moved, or given up, it is left alone."""
    case, row = _held(session, plan, case_id, now)
    if row.state != CaseState.WAITING:
        return Done(row.state)
    judge = judge_of(session, plan)
    if case.release_id != plan.from_release_id:
        return _settle(session, row, CaseState.REFUSED, [Reason("left")], now)
    verdict, changes = _judged(session, judge, case, now)
    if not verdict.moves or verdict.carried is None:
        return _settle(session, row, CaseState.REFUSED, verdict.reasons, now)
    row.before = case.engine
    row.limits = _write(session, plan, case, judge, verdict.carried, changes, now)
    row.after = case.engine
    return _settle(session, row, CaseState.MOVED, verdict.reasons, now)


def back(session: Session, plan: Plan, case_id: int, now: datetime) -> Done:
    """Take a moved case back: to the very state it had, if nothing has happened since, else by the inverse mapping."""
    case, row = _held(session, plan, case_id, now)
    if row.state not in (CaseState.MOVED, CaseState.KEPT):
        return Done(row.state)
    if case.release_id != plan.to_release_id:
        return _settle(session, row, CaseState.KEPT, [Reason("left")], now)
    judge = judge_of(session, plan, inverse=True)
    verdict, changes = _judged(session, judge, case, now)
    restored = _restored(judge, row) if case.engine == row.after and not case.ended_at else None
    refusing = [one for one in verdict.reasons if one.refuses and not (restored and one.by_engine)]
    made = restored or verdict.carried
    if refusing or made is None:
        return _settle(session, row, CaseState.KEPT, refusing or verdict.reasons, now)
    clocks.restore(session, row.limits)
    _write(session, plan, case, judge, made, changes, now)
    return _settle(session, row, CaseState.BACK, (), now)


def failed(session: Session, plan: Plan, case_id: int, state: CaseState, error: str, now: datetime) -> None:
    """Something unexpected kept a case where it is; what happened is told beside it."""
    row = _row(session, plan, case_id, now)
    row.error = error[:2000]
    _settle(session, row, state, [Reason("failed", params={"error": error[:500]})], now)


def note(session: Session, plan_id: int, case_id: int, reasons: Sequence[Reason]) -> None:
    """Keep these reasons, and no others, for the case."""
    session.exec(delete(PlanReason).where(col(PlanReason.plan_id) == plan_id, col(PlanReason.case_id) == case_id))
    session.add_all(PlanReason(plan_id=plan_id, case_id=case_id, code=one.code, node=one.node, params=dict(one.params))
                    for one in once(reasons))


def judge_of(session: Session, plan: Plan, *, inverse: bool = False) -> Judge:
    """The judge between a plan's versions, kept as long as the session."""
    old, new = releases.load(session, plan.from_release_id), releases.load(session, plan.to_release_id)
    return Judge(new, old, inverted(plan.mapping)) if inverse else Judge(old, new, plan.mapping)


def inverted(mapping: Mapping[str, str]) -> dict[str, str]:
    """The way back: of several that became one, the one of the same id, else none."""
    sources: dict[str, list[str]] = {}
    for old, new in mapping.items():
        sources.setdefault(new, []).append(old)
    return {new: new if new in old else old[0] for new, old in sources.items() if len(old) == 1 or new in old}


def _held(session: Session, plan: Plan, case_id: int, now: datetime) -> tuple[Case, PlanCase]:
    """The case and its row in the plan, held against every other writer."""
    case = session.exec(select(Case).where(Case.id == case_id).with_for_update()
                        .execution_options(populate_existing=True)).one()
    return case, _row(session, plan, case_id, now)


def _row(session: Session, plan: Plan, case_id: int, now: datetime) -> PlanCase:
    found = session.exec(select(PlanCase).where(PlanCase.plan_id == plan.id, PlanCase.case_id == case_id)
                         .execution_options(populate_existing=True)).first()
    return found or PlanCase(plan_id=stored(plan.id), case_id=case_id, state=CaseState.WAITING, at=now)


def _judged(session: Session, judge: Judge, case: Case, now: datetime) -> tuple[Verdict, Sequence[Change]]:
    found = standing.of(session, [stored(case.id)])[0]
    verdict = judge.one(session, found, now)
    changes = limits.changes(session, [found.case_id], judge.old.process, judge.new.process, judge.mapping)
    return verdict, changes.get(found.case_id, [])


def _restored(judge: Judge, row: PlanCase) -> Move:
    """The step that undoes a move after which nothing has happened."""
    waiting = engine.waiting(judge.new.drawing, row.before)
    return Move(state=row.before, opened=(), closed=(), visits=(), facts={}, decisions=(), ended=None, waiting=waiting)


def _write(session: Session, plan: Plan, case: Case, judge: Judge, made: Move, changes: Sequence[Change],
           now: datetime) -> list[int]:
    """Put the case on the other version: state, rows, limits, a note on its way, one event; which limits it ended."""
    before = {place.node.id for place in engine.waiting(judge.old.drawing, case.engine)}
    suspended = case.state == progress.SUSPENDED
    case.release_id, case.version, case.state = judge.new.id, case.version + 1, progress.RUNNING
    session.add(case)
    names.rename(session, case, judge.old.id, judge.mapping, back=judge.new.id == plan.from_release_id)
    session.flush()
    progress.move(session, case, lambda *_: made, progress.Cause(now))
    waiting = engine.waiting(judge.new.drawing, case.engine)
    settling.settle(session, case, waiting, now)
    over = limits.apply(session, case, changes, now)
    clocks.press(session, case, judge.new.process, now)
    if suspended and case.ended_at is None:
        case.state = progress.SUSPENDED
        timers.hold(session, case, held=True)
    session.add_all(Visit(case_id=stored(case.id), node=place.node.id, release_id=case.release_id, path="/".join(place.path), what=MIGRATED, at=now)
                    for place in waiting if place.attached_to is None)
    session.flush()
    audit.append(session, chains.of(case.id), audit.SYSTEM, "case.migrate", now,
                 summary=_told(session, plan, judge),
                 before=_said(judge.old, before),
                 after={**_said(judge.new, (place.node.id for place in waiting)), "plan": plan.id,
                        "back": judge.new.id == plan.from_release_id})
    return over


def _told(session: Session, plan: Plan, judge: Judge) -> str:
    """From where to where, by which plan, and whose."""
    def name(person: int | None) -> str:
        return session.get_one(Person, person).name if person else audit.SYSTEM.name
    back = judge.new.id == plan.from_release_id
    return (f"第 {judge.old.version} 版→第 {judge.new.version} 版，方案 {plan.id}，"
            + (f"{name(plan.returned_by)}迁回" if back else f"{name(plan.made_by)}制定、{name(plan.started_by)}启动"))


def _said(published: Published, nodes: Iterable[str]) -> dict[str, object]:
    return {"version": published.version, "at": sorted(set(nodes))}


def _settle(session: Session, row: PlanCase, state: CaseState, reasons: Sequence[Reason], now: datetime) -> Done:
    row.state, row.at = state, now
    row.error = row.error if state in (CaseState.FAILED, CaseState.KEPT) else ""
    session.add(row)
    session.flush()
    note(session, row.plan_id, row.case_id, reasons)
    session.flush()
    return Done(state, tuple(reasons))
