"""A plan's life: made, changed, tried, started, paused, gone back on; each act by who may, each in the audit log."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlmodel import Session, col, delete, func, select, update

from bpmn.message import Message
from workflows import engine, releases
from workflows.cases.operations import asking
from workflows.cases.tables import Case
from workflows.errors import Conflict, NotAllowed, NotFound, Refusal
from workflows.migration import carrying
from workflows.migration.elements import alike
from workflows.migration.tables import Aim, CaseState, Plan, PlanCase, PlanReason, PlanState
from workflows.office import permissions
from workflows.office.people import Officer
from workflows.records import audit
from workflows.records.session import alone
from workflows.records.types import stored
from workflows.releases import Published
from workflows.releases.tables import Release

AT_WORK = (PlanState.CHECKING, PlanState.CARRYING, PlanState.RETURNING)
HOLDING = (PlanState.CARRYING, PlanState.RETURNING, PlanState.PAUSED, PlanState.STOPPED)
BY_AIM = {Aim.CHECK: PlanState.CHECKING, Aim.CARRY: PlanState.CARRYING, Aim.BACK: PlanState.RETURNING}
# From which states each act is possible; pages draw their buttons from the same table.
ACTS: Mapping[str, tuple[PlanState, ...]] = {
    "edit": (PlanState.DRAFT, PlanState.CHECKED, PlanState.RETURNED),
    "check": (PlanState.DRAFT, PlanState.CHECKED, PlanState.PAUSED, PlanState.STOPPED, PlanState.DONE, PlanState.RETURNED),
    "start": (PlanState.CHECKED,),
    "pause": AT_WORK,
    "resume": (PlanState.PAUSED, PlanState.STOPPED),
    "back": (PlanState.CHECKED, PlanState.DONE, PlanState.PAUSED, PlanState.STOPPED, PlanState.RETURNED),
    "drop": (PlanState.DRAFT, PlanState.CHECKED, PlanState.PAUSED, PlanState.STOPPED),
    "back_one": (PlanState.CHECKED, PlanState.DONE, PlanState.PAUSED, PlanState.STOPPED, PlanState.RETURNED),
}
DUTY = dict.fromkeys(("make", "edit", "check", "drop"), "plan_migration") \
    | dict.fromkeys(("start", "pause", "resume", "back", "back_one"), "start_migration")
AIMS = {"check": Aim.CHECK, "start": Aim.CARRY, "back": Aim.BACK}


def make(session: Session, process: str, from_version: int, to_version: int, who: Officer, now: datetime) -> Plan:
    """A draft from one version to another, each element mapped to its suggested counterpart."""
    permissions.demand(permissions.why_not_anywhere(who, "plan_migration"))
    if from_version == to_version:
        raise Conflict("A plan leads to another version.")
    old, new = (_release(session, process, version) for version in (from_version, to_version))
    plan = Plan(process=process, from_release_id=old, to_release_id=new, made_by=who.id, made_at=now,
                mapping=suggested(releases.load(session, old), releases.load(session, new)))
    session.add(plan)
    session.flush()
    _note(session, plan, "make", who, now, f"制定迁移方案 {process} 第 {from_version} 版 → 第 {to_version} 版",
          after={"from": from_version, "to": to_version, "mapping": plan.mapping})
    return plan


def edit(session: Session, plan_id: int, mapping: Mapping[str, str], who: Officer, now: datetime) -> Plan:
    """Map elements anew; the dry run that was made with the old mapping is void."""
    plan = _begin(session, plan_id, "edit", who)
    before, after = plan.mapping, {node: target for node, target in mapping.items() if target}
    if _has(session, plan, CaseState.MOVED, CaseState.KEPT):
        raise Conflict("Cases have moved by this mapping; it can't be changed any more.")
    plan.mapping, plan.state, plan.made_by, plan.made_at, plan.checked_at = after, PlanState.DRAFT, who.id, now, None
    changed = {node for node in {*before, *after} if before.get(node) != after.get(node)}
    _clear(session, plan)
    _note(session, plan, "edit", who, now, "修改迁移对应关系", before={node: before.get(node, "") for node in sorted(changed)},
          after={node: after.get(node, "") for node in sorted(changed)})
    return plan


def check(session: Session, plan_id: int, who: Officer, now: datetime) -> Plan:
    """Ask for a dry run over all cases of the old version; nothing of a case is written by it."""
    plan = _begin(session, plan_id, "check", who)
    wrong = problems(session, plan)
    if wrong:
        raise Conflict(wrong[0].text, **wrong[0].params)
    _clear(session, plan)
    return _set_to_work(session, plan, "check", who, now, "申请迁移预演", in_hand(session, plan))


def start(session: Session, plan_id: int, who: Officer, now: datetime, *, reason: str) -> Plan:
    """Carry the cases over; whoever made the plan does not start it."""
    plan = _begin(session, plan_id, "start", who)
    asking.demand_reason(reason)
    permissions.demand(why_not_start(plan, who))
    _demand_alone(session, plan)
    session.exec(update(PlanCase).where(
        col(PlanCase.plan_id) == plan.id, col(PlanCase.state).in_([CaseState.MOVABLE, CaseState.REFUSED, CaseState.FAILED,
                                                                   CaseState.BACK])).values(state=CaseState.WAITING))
    plan.started_by, plan.started_at = who.id, now
    return _set_to_work(session, plan, "start", who, now, f"启动迁移：{reason.strip()}", in_hand(session, plan), reason)


def back(session: Session, plan_id: int, who: Officer, now: datetime, *, reason: str) -> Plan:
    """Take every case that moved back to the old version, as far as each can."""
    plan = _begin(session, plan_id, "back", who)
    asking.demand_reason(reason)
    plan.returned_by = who.id
    if not _has(session, plan, CaseState.MOVED, CaseState.KEPT):
        raise Conflict("No case of this plan has moved.")
    _demand_alone(session, plan)
    session.exec(update(PlanCase).where(col(PlanCase.plan_id) == plan.id, col(PlanCase.state) == CaseState.KEPT)
                 .values(state=CaseState.MOVED))
    return _set_to_work(session, plan, "back", who, now, f"迁回原版本：{reason.strip()}", counts(session, plan).get(CaseState.MOVED, 0), reason)


def back_one(session: Session, plan_id: int, number: str, who: Officer, now: datetime, *, reason: str) -> Plan:
    """Take one moved case back; `Conflict` with the first reason where it can't go."""
    plan = _begin(session, plan_id, "back_one", who)
    asking.demand_reason(reason)
    plan.returned_by = who.id
    _demand_alone(session, plan)
    case_id = session.exec(select(PlanCase.case_id).join(Case, col(Case.id) == col(PlanCase.case_id)).where(
        PlanCase.plan_id == plan.id, Case.number == number,
        col(PlanCase.state).in_([CaseState.MOVED, CaseState.KEPT]))).first()
    if case_id is None:
        raise NotFound("The plan has not moved the case {number}.", number=number)
    with session.begin_nested():
        done = carrying.back(session, plan, case_id, now)
        if done.state != CaseState.BACK:
            old, new = releases.load(session, plan.to_release_id), releases.load(session, plan.from_release_id)
            raise Conflict("The case {number} can't go back: {reason}", number=number, reason=done.reasons[0].say(old, new))
    _note(session, plan, "back_one", who, now, f"迁回办件 {number}：{reason.strip()}", after={"case": number, "reason": reason.strip()})
    return plan


def pause(session: Session, plan_id: int, who: Officer, now: datetime) -> Plan:
    """Stop after the case in hand."""
    plan = _begin(session, plan_id, "pause", who)
    plan.state = PlanState.PAUSED
    _note(session, plan, "pause", who, now, "暂停迁移")
    return plan


def resume(session: Session, plan_id: int, who: Officer, now: datetime) -> Plan:
    """Go on where it stood; cases that failed are tried again."""
    plan = _begin(session, plan_id, "resume", who)
    retried = CaseState.MOVED if plan.aim == Aim.BACK else CaseState.WAITING
    session.exec(update(PlanCase).where(col(PlanCase.plan_id) == plan.id, col(PlanCase.state) == CaseState.FAILED)
                 .values(state=retried))
    plan.state, plan.cursor = BY_AIM[Aim(plan.aim)], 0 if plan.aim != Aim.CHECK else plan.cursor
    _note(session, plan, "resume", who, now, "继续迁移")
    return plan


def drop(session: Session, plan_id: int, who: Officer, now: datetime) -> Plan:
    """Give a plan up that has moved nothing."""
    plan = _begin(session, plan_id, "drop", who)
    if _has(session, plan, CaseState.MOVED, CaseState.KEPT):
        raise Conflict("Cases have moved by this plan; take them back first.")
    plan.state = PlanState.DROPPED
    _clear(session, plan)
    _note(session, plan, "drop", who, now, "作废迁移方案")
    return plan


def ended(session: Session, plan: Plan, state: PlanState, now: datetime, why: str = "") -> None:
    """The machine is through with a plan, or gives up on it."""
    plan.state, plan.finished_at, plan.cursor = state, now, 0
    if state == PlanState.CHECKED:
        plan.checked_at = now
    counted = counts(session, plan)
    session.add(plan)
    audit.append(session, chain(plan), audit.SYSTEM, f"migration.{state}", now,
                 summary=why or "、".join(f"{name} {n}" for name, n in sorted(counted.items())), after=counted)


def suggested(old: Published, new: Published) -> dict[str, str]:
    """Each element's counterpart, where there is one."""
    return {node: target for node, target in engine.suggest(old.drawing, new.drawing).items() if target}


def problems(session: Session, plan: Plan) -> list[Message]:
    """What is wrong with the mapping, told by both drawings alone."""
    old, new = releases.load(session, plan.from_release_id), releases.load(session, plan.to_release_id)
    return list(_problems(old, new, plan.mapping))


def why_not(session: Session, plan: Plan, act: str, who: Officer) -> Refusal | None:
    """Why somebody can't do that to the plan now; None: he can."""
    refusal = permissions.why_not_anywhere(who, DUTY[act])
    if refusal is None and plan.state not in ACTS[act]:
        refusal = Conflict("The plan is not in a state that allows this.")
    if refusal is None and act == "start":
        refusal = why_not_start(plan, who)
    if refusal is None and act == "drop" and _has(session, plan, CaseState.MOVED, CaseState.KEPT):
        refusal = Conflict("Cases have moved by this plan; take them back first.")
    if refusal is None and act == "back" and not _has(session, plan, CaseState.MOVED, CaseState.KEPT):
        refusal = Conflict("No case of this plan has moved.")
    return refusal


def why_not_start(plan: Plan, who: Officer) -> Refusal | None:
    """Four eyes: another person starts what one has planned."""
    return NotAllowed("You made this plan; another person must start it.") if plan.made_by == who.id else None


def counts(session: Session, plan: Plan) -> dict[str, int]:
    """How many cases of the plan are in each state."""
    query = select(PlanCase.state, func.count()).where(PlanCase.plan_id == plan.id).group_by(col(PlanCase.state))
    return dict(session.exec(query).all())


def rival(session: Session, plan: Plan) -> Plan | None:
    """Another plan of the same process that has begun with its cases and is not through."""
    return session.exec(select(Plan).where(
        Plan.process == plan.process, Plan.id != plan.id, col(Plan.state).in_(HOLDING), Plan.aim != Aim.CHECK)).first()


def in_hand(session: Session, plan: Plan) -> int:
    """How many cases are the plan's: those that stand on the old version and have not ended, and those it has moved."""
    standing = session.exec(select(func.count()).select_from(Case).where(
        Case.release_id == plan.from_release_id, col(Case.ended_at).is_(None))).one()
    moved = counts(session, plan)
    return int(standing) + moved.get(CaseState.MOVED, 0) + moved.get(CaseState.KEPT, 0)


def chain(plan: Plan) -> str:
    """The audit chain of a plan."""
    return f"migration:{plan.id}"


def by_id(session: Session, plan_id: int, *, locked: bool = False) -> Plan:
    """The plan of that number; `locked` against every other writer till the transaction ends."""
    query = select(Plan).where(Plan.id == plan_id)
    if locked:
        query = query.with_for_update().execution_options(populate_existing=True)
    plan = session.exec(query).first()
    if plan is None:
        raise NotFound("There is no migration plan {number}.", number=plan_id)
    return plan


def _begin(session: Session, plan_id: int, act: str, who: Officer) -> Plan:
    permissions.demand(permissions.why_not_anywhere(who, DUTY[act]))
    plan = by_id(session, plan_id, locked=True)
    if plan.state not in ACTS[act]:
        raise Conflict("The plan is not in a state that allows this.")
    session.add(plan)
    return plan


def _set_to_work(session: Session, plan: Plan, act: str, who: Officer, now: datetime, summary: str, total: int,
                 reason: str = "") -> Plan:
    aim = AIMS[act]
    plan.aim, plan.state, plan.cursor, plan.total, plan.finished_at = aim, BY_AIM[aim], 0, total, None
    _note(session, plan, act, who, now, summary, after={"cases": total, **({"reason": reason.strip()} if reason else {})})
    return plan


def _demand_alone(session: Session, plan: Plan) -> None:
    alone(session, f"migration:{plan.process}")
    other = rival(session, plan)
    if other is not None:
        raise Conflict("Plan {number} of this process is still at work; wait for it, or go back on it.", number=stored(other.id))


def _note(session: Session, plan: Plan, act: str, who: Officer, now: datetime, summary: str, *,
          before: Mapping[str, object] | None = None, after: Mapping[str, object] | None = None) -> None:
    duty = next(held.role for held in who.duties if held.role in permissions.MAY[DUTY[act]])
    session.flush()
    audit.append(session, chain(plan), who.actor(duty), f"migration.{act}", now, summary=summary, before=before, after=after)


def _clear(session: Session, plan: Plan) -> None:
    """Forget what a dry run said; what has moved stays known."""
    kept = select(PlanCase.case_id).where(PlanCase.plan_id == plan.id, col(PlanCase.state).in_([CaseState.MOVED, CaseState.KEPT]))
    for table in (PlanReason, PlanCase):
        session.exec(delete(table).where(col(table.plan_id) == plan.id, col(table.case_id).not_in(kept)))


def _has(session: Session, plan: Plan, *states: CaseState) -> bool:
    found = select(PlanCase.id).where(PlanCase.plan_id == plan.id, col(PlanCase.state).in_(states)).limit(1)
    return session.exec(found).first() is not None


def _release(session: Session, process: str, version: int) -> int:
    found = session.exec(select(Release.id).where(Release.process == process, Release.version == version)).first()
    if found is None:
        raise NotFound("There is no version {version} of {process}.", version=version, process=process)
    return found


def _problems(old: Published, new: Published, mapping: Mapping[str, str]) -> Iterator[Message]:
    for source, target in mapping.items():
        before, after = old.drawing.nodes.get(source), new.drawing.nodes.get(target)
        if before is None:
            yield Message("The old version has no element “{node}”.", {"node": source})
        elif after is None:
            yield Message("The new version has no element “{node}”.", {"node": target})
        elif not alike(before, after):
            yield Message("“{old}” and “{new}” are elements of different kinds.",
                          {"old": old.name_of(source), "new": new.name_of(target)})
