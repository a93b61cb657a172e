"""What a later decision does to an entitlement, as drawings ask for it in FEEL: raise or cut, hold, resume, exit, stop, ask back."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlmodel import Session, col, func, select

from workflows.cases.effects import Step, effect
from workflows.cases.tables import Case, Household, Member, Recusal
from workflows.errors import Conflict, NotFound
from workflows.office.accrual import first_month
from workflows.payments import duties, months, schemes
from workflows.payments.entitled import asked, entitlements, recoveries
from workflows.payments.tables import Entitlement, Line, LinePart, LineState
from workflows.records import audit, days
from workflows.records.types import stored

ACTION = "change_entitlement"


@effect("take_up_household")
def take_up(step: Step) -> None:
    """The case is about `household`, of which no other case of the process is under way."""
    home = _home(step)
    other = step.session.exec(select(Case).where(
        Case.process == step.case.process, Case.household_id == home.id, Case.id != step.case.id, col(Case.ended_at).is_(None))).first()
    if other:
        raise Conflict("This household is in case {number} already.", number=other.number)
    step.case.household_id = home.id
    step.session.add(step.case)
    _stand_back(step, home)


def _stand_back(step: Step, home: Household) -> None:
    """Who was a near relative in an earlier case of the household is one in this case too (A1 11)."""
    there = set(step.session.exec(select(Recusal.person_id).where(Recusal.case_id == step.case.id)))
    earlier = step.session.exec(select(Recusal).join(Case, col(Case.id) == col(Recusal.case_id)).where(
        Case.household_id == home.id, Case.id != step.case.id).order_by(col(Recusal.id))).all()
    for row in {one.person_id: one for one in earlier}.values():
        if row.person_id not in there:
            step.session.add(Recusal(case_id=stored(step.case.id), person_id=row.person_id, relation=row.relation))


@effect("record_deaths")
def record_deaths(step: Step) -> None:
    """Members of `household` who have died, as `dead` says with `id_number` and `died_on`: nothing is paid for them unnoticed."""
    home = _home(step)
    for row in asked.rows(step, "dead"):
        member = step.session.exec(select(Member).where(
            Member.household_id == home.id, Member.id_number == str(row.get("id_number") or "").upper())).first()
        died_on = days.read(row.get("died_on"))
        if member is None or died_on is None:
            raise Conflict("A death needs a member of the household and its day.")
        if member.died_on != died_on:
            member.died_on = died_on
            step.session.add(member)
            audit.append(step.session, _chain(home), step.actor, "member.died", step.now, node=step.node.id,
                         summary=f"{member.name} 于 {died_on} 死亡", after={"member": member.id, "died_on": died_on.isoformat()})


@effect("adjust_entitlement")
def adjust(step: Step) -> Mapping[str, object]:
    """`household` receives `amount_fen` and `supplement_fen` a month from `from` on: by the rule the month after the decision."""
    home, scheme = _decided(step)
    first, number, on = _first(step, scheme), *_decision(step)
    given = _running(step, home, scheme, first)
    amount, supplement = asked.fen(step, "amount_fen"), asked.fen(step, "supplement_fen")
    if amount + supplement <= 0:
        raise Conflict("“{property}” of element {node} must give an amount.", property="amount_fen", node=step.node.id)
    people = asked.fen(step, "persons") or given[-1].people
    changed = [entitlements.change(step.session, one, max(first, one.from_month), step.case, number, on, amount, supplement, people,
                                   step.now, step.who) for one in given]
    return {"entitlement": {"id": changed[-1].id, "from_month": changed[0].from_month, "household": home.number}}


@effect("stop_entitlement")
def stop(step: Step) -> Mapping[str, object]:
    """Nothing more for `household` from `from` on: by the rule from the month after the decision."""
    home, scheme = _decided(step)
    first, (number, _) = _first(step, scheme), _decision(step)
    given = _running(step, home, scheme, first)
    for one in given:
        entitlements.stop(step.session, one, max(first, one.from_month), asked.text(step, "reason"), number, step.now, step.who)
    return {"entitlement": {"id": given[-1].id, "from_month": first, "household": home.number}}


@effect("suspend_entitlement")
def suspend(step: Step) -> Mapping[str, object]:
    """Payment to `household` waits for so many `months`, its right goes on; what waited is due when the time is over."""
    home, scheme = _decided(step)
    first, count = _first(step, scheme), asked.fen(step, "months")
    given = _running(step, home, scheme, first)
    if count < 1:
        raise Conflict("“{property}” of element {node} must give an amount.", property="months", node=step.node.id)
    last = months.add(first, count - 1)
    for one in given:
        entitlements.hold(step.session, one, first, last, asked.text(step, "reason"), step.now, step.who)
    return {"suspension": {"from_month": first, "to_month": last}}


@effect("resume_entitlement")
def resume(step: Step) -> None:
    """Payment to `household` waits no more: the months that waited are paid with the next."""
    home, scheme = _decided(step)
    held = [one for one in entitlements.of_households(step.session, scheme, [stored(home.id)]).get(stored(home.id), ()) if one.held_from]
    if not held:
        raise Conflict("Payment to this household is not suspended.")
    for one in held:
        entitlements.release(step.session, one, step.now, step.who)


@effect("exit_gradually")
def exit_gradually(step: Step) -> Mapping[str, object]:
    """`household` is paid for so many `months` more, on wish another `amount_fen`; then it is over by itself."""
    home, scheme = _decided(step)
    first, count, (number, on) = _first(step, scheme), asked.fen(step, "months"), _decision(step)
    if count < 1:
        raise Conflict("“{property}” of element {node} must give an amount.", property="months", node=step.node.id)
    given, amount = _running(step, home, scheme, first), asked.fen(step, "amount_fen")
    if amount:
        given = [entitlements.change(step.session, one, max(first, one.from_month), step.case, number, on, amount, 0, one.people,
                                     step.now, step.who) for one in given]
    last = months.add(first, count - 1)
    for one in given:
        if one.to_month is None or one.to_month > last:
            entitlements.stop(step.session, one, max(months.after(last), one.from_month), asked.text(step, "reason"), number, step.now, step.who)
    return {"exit": {"from_month": first, "to_month": last}}


@effect("find_overpaid")
def find_overpaid(step: Step) -> Mapping[str, object]:
    """What `household` was paid and, by the decisions that hold now, should not have been: month by month, as the fact `into`."""
    home, scheme = _home(step), asked.scheme(step)
    found = overpaid(step.session, stored(home.id), scheme)
    said = [{"month": month, "amount_fen": fen} for month, fen in sorted(found.items())]
    return {step.node.properties["into"]: {"months": said, "total_fen": sum(found.values())}}


@effect("ask_back")
def ask_back(step: Step) -> Mapping[str, object]:
    """`months` of money paid too much are asked back of `household`, in the `way` the decision says."""
    home, scheme = _decided(step)
    too_much = {str(row.get("month")): int(row.get("amount_fen") or 0) for row in asked.rows(step, "months")}
    number, on = _decision(step)
    given = entitlements.of_households(step.session, scheme, [stored(home.id)]).get(stored(home.id), [])
    if not given:
        raise NotFound("This household receives nothing.")
    ruling = recoveries.Ruling(number, on, asked.text(step, "reason"), asked.text(step, "way") or recoveries.REPAYMENT,
                               asked.fen(step, "per_month_fen"), asked.value(step, "consent") is True)
    made = recoveries.decide(step.session, given[-1], too_much, ruling, home.division_code, step.who, step.now)
    return {"recovery": {"id": made.id, "total_fen": sum(too_much.values())}}


def overpaid(session: Session, home: int, scheme: str) -> dict[str, int]:
    """Month -> fen paid, or on its way, above what the decisions of a household grant for it."""
    rows = session.exec(select(LinePart.month, func.sum(LinePart.fen)).join(Line, col(Line.id) == col(LinePart.line_id)).where(
        LinePart.household_id == home, LinePart.scheme == scheme, col(LinePart.live), Line.state == LineState.PAID)
        .group_by(col(LinePart.month)))
    paid = {month: int(fen) for month, fen in rows}
    due = entitlements.owed(entitlements.of_households(session, scheme, [home]).get(home, []), max(paid, default=""))
    return {month: fen - due.get(month, 0) for month, fen in paid.items() if fen > due.get(month, 0)}


def current(session: Session, home: int, scheme: str, first: str) -> list[Entitlement]:
    """What a household is entitled to from that month on, in the order of the months."""
    found = [one for one in entitlements.of_households(session, scheme, [home]).get(home, [])
             if (one.to_month is None or one.to_month >= first) and (one.to_month is None or one.to_month >= one.from_month)]
    return sorted(found, key=lambda one: one.from_month)


def _running(step: Step, home: Household, scheme: str, first: str) -> Sequence[Entitlement]:
    found = current(step.session, stored(home.id), scheme, first)
    if not found:
        raise Conflict("From {month} on this household is entitled to nothing.", month=first)
    return found


def _decided(step: Step) -> tuple[Household, str]:
    """The household and the scheme, where whoever decides may."""
    home = _home(step)
    duties.need(step.who, home.division_code, ACTION)
    return home, asked.scheme(step)


def _home(step: Step) -> Household:
    number = asked.text(step, "household")
    found = step.session.exec(select(Household).where(Household.number == number)).first()
    if found is None:
        raise NotFound("There is no household {number}.", number=number)
    return found


def _first(step: Step, scheme: str) -> str:
    _, on = _decision(step)
    return asked.month(step, asked.value(step, "from")) or first_month(on, schemes.change_start(step.session, scheme, on, step.case.division_code))


def _decision(step: Step) -> tuple[str, date]:
    said: Mapping[str, Any] = asked.row(step, "decision")
    return str(said.get("number") or step.case.number), days.read(said.get("decided_on")) or step.now.date()


def _chain(home: Household) -> str:
    return f"household:{home.id}"
