"""What drawings may ask of payments: names in `monthly_review` and `returned_payment` -> the commands.

A program that moves cases imports this file: it brings every effect there is, those of the cases themselves too.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, or_, select

from workflows.cases import acceptance as _acceptance, announcements as _announcements, intake, jobs, kin as _kin  # noqa: F401  (effects)
from workflows.cases.notice import objections as _objections, posting as _posting, taking_down as _taking_down  # noqa: F401  (effects)
from workflows.cases.effects import Step, effect
from workflows.cases.tables import Household, Member
from workflows.errors import Conflict
from workflows.payments import cycles, months
from workflows.payments.bank import corrections
from workflows.payments.cycle import papers
from workflows.payments.entitled import asked, entitlements
from workflows.payments.roster import rosters, signatures
from workflows.payments.entitled import changes as _changes, grants as _grants, readjustments as _readjustments  # noqa: F401  (their effects)
from workflows.registers import effects as _registers, names as _names  # noqa: F401  (effects)
from workflows.payments.relief import effects as _relief  # noqa: F401  (effects)
from workflows.payments.entitled.entitlements import Payee
from workflows.payments.tables import Cycle, CycleState, Entitlement, Line, PayeeException

Facts = Mapping[str, object]
RUN_CYCLE = "run_cycle"
NOTHING_SAID: Facts = {"town_review": [], "county_review": None, "finance_review": None}


@effect("sign_roster")
def sign_roster(step: Step) -> Facts:
    """A review's user task: property `level` says at which level, the element of a multi-instance for which ground."""
    cycle, level = _cycle(step), int(step.node.properties["level"])
    scope = str(step.item) if step.item else cycle.division_code
    result = str(step.answers.get("outcome") or signatures.AGREE)
    if step.who is None:
        raise Conflict("A signature needs a person.")
    if level == signatures.MAKER:
        cycle.state = CycleState.REVIEW
        step.session.add(cycle)
    signatures.sign(step.session, rosters.must(step.session, cycle), level, scope, step.who, result,
                    str(step.answers.get("comment") or ""), step.now)
    return {"roster": rosters.fact(step.session, cycle)} if level == signatures.MAKER else {}


@effect("roster_approved")
def roster_approved(step: Step) -> Facts:
    """All three levels agreed: the money is reserved, the papers are issued, and the month's flow goes on."""
    cycle = _cycle(step)
    signatures.approve(step.session, rosters.must(step.session, cycle), step.now, step.who)
    papers.issue(step.session, cycle, step.now, step.who)
    ask_run(step.session, cycle, f"approved:{step.case.id}", step.now)
    return {"approved_on": step.now.date()}


@effect("roster_returned")
def roster_returned(step: Step) -> Facts:
    """Somebody returned it: every signature is void, and no review has said anything yet."""
    cycle = _cycle(step)
    signatures.send_back(step.session, rosters.must(step.session, cycle), step.now, step.who)
    return NOTHING_SAID


@effect("apply_correction")
def apply_correction(step: Step) -> Facts:
    """A clerk's corrected account; whose it is follows from the holder's name, or is said with an agreement (A1 26)."""
    line = _line(step)
    if step.who is None:
        raise Conflict("A correction needs a person.")
    payee = _payee(step, line)
    _file_agreement(step, line, payee)
    made = corrections.correct(step.session, line, payee, str(step.answers.get("reason") or ""), step.who, step.now,
                               case_id=step.case.id)
    return {"correction": {"id": made.id}}


@effect("approve_correction")
def approve_correction(step: Step) -> Facts:
    """The second person's word on it."""
    made = corrections.must_open(step.session, _line(step))
    if step.who is None:
        raise Conflict("An approval needs a person.")
    if step.answers.get("outcome") == "approve":
        corrections.approve(step.session, made, step.who, step.now)
    else:
        corrections.reject(step.session, made, str(step.answers.get("opinion") or ""), step.who, step.now)
    return {}


@effect("payment_corrected")
def payment_corrected(step: Step) -> Facts:
    """The line may be sent again: the month's flow takes it up."""
    cycle = cycles.get(step.session, _line(step).cycle_id)
    ask_run(step.session, cycle, f"corrected:{step.case.id}", step.now)
    return {}


def ask_run(session: Session, cycle: Cycle, why: str, now: datetime) -> None:
    """Ask the machines to go on with a month; no person's data travels."""
    jobs.ask(session, RUN_CYCLE, f"{RUN_CYCLE}:{cycle.id}:{why}",
             {"month": cycle.month, "scheme": cycle.scheme, "division": cycle.division_code}, now)


def already_paid(session: Session, schemes: Collection[str], id_numbers: Sequence[str],
                 now: datetime) -> Iterable[intake.Duplicate]:
    """Who of these people belongs to a household that any of these matters pays now: he can't be taken in again."""
    month = months.of(now.date())
    found = session.exec(
        select(Member, Household).join(Household, col(Household.id) == col(Member.household_id))
        .join(Entitlement, col(Entitlement.household_id) == col(Household.id))
        .where(col(Member.id_number).in_(id_numbers), col(Entitlement.scheme).in_(schemes), col(Member.died_on).is_(None),
               or_(col(Entitlement.to_month).is_(None), col(Entitlement.to_month) >= month)).distinct())
    return [intake.Duplicate(member.id_number, member.name, home.number) for member, home in found]


intake.FINDERS.append(already_paid)


def _cycle(step: Step) -> Cycle:
    return cycles.hold(step.session, step.case.cycle_id or 0)


def _line(step: Step) -> Line:
    return step.session.get_one(Line, int(asked.fact(step, "payment")["line"]))


def _payee(step: Step, line: Line) -> Payee:
    """The member of that name; the same account only has its name mended; anybody else says his ID number."""
    said = {name: str(step.answers.get(name) or "").strip()
            for name in ("account_holder", "account_number", "bank_code", "holder_id_number")}
    named = step.session.exec(select(Member.id_number).where(
        Member.household_id == line.household_id, Member.name == said["account_holder"])).first()
    mended = line.payee_id_number if said["account_number"] == line.account_number else ""
    return Payee(said["account_holder"], named or said["holder_id_number"] or mended, said["account_number"],
                 said["bank_code"])


def _file_agreement(step: Step, line: Line, payee: Payee) -> None:
    """File the agreement that lets this stranger receive the money, once."""
    number = str(step.answers.get("agreement_no") or "").strip()
    known = step.session.exec(select(PayeeException.id).where(
        PayeeException.household_id == line.household_id, PayeeException.payee_id_number == payee.id_number)).first()
    if number and step.answers.get("holder_id_number") and known is None:
        entitlements.file_exception(step.session, line.household_id, payee, number, step.now.date(), step.now, step.who)
