"""调标: a new standard changes what every household receives, by one decision with a line for each; carried out one by one."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from workflows.cases.papers import issuing
from workflows.cases.effects import Step, effect
from workflows.cases.tables import Case, Household
from workflows.errors import Conflict, NotFound
from workflows.office import jurisdiction
from workflows.payments import months, schemes
from workflows.payments.entitled import asked, entitlements, recomputing
from workflows.payments.tables import Entitlement, Readjustment, ReadjustmentLine, ReadjustmentState
from workflows.records import audit
from workflows.records.types import stored
from workflows.registers import entries, found
from workflows.registers.entries import Because
from workflows.registers.found import Wanted

TOPIC = "carry_out_readjustment"
PAGE = 50


@effect("prepare_readjustment")
def prepare(step: Step) -> Mapping[str, object]:
    """Compute anew what every household of `scheme` receives from the month of `from` on; nothing is changed yet."""
    month = asked.month(step, asked.value(step, "from"))
    if not month:
        raise Conflict("“{property}” of element {node} must give a month.", property="from", node=step.node.id)
    scheme = asked.scheme(step)
    made = of_case(step.session, step.case) or Readjustment(case_id=stored(step.case.id), scheme=scheme, division_code="", from_month=month,
                                                            prepared_at=step.now)
    made.division_code, made.from_month, made.prepared_at = step.case.division_code[:jurisdiction.COUNTY], month, step.now
    step.session.add(made)
    step.session.flush()
    for line in lines(step.session, made):
        step.session.delete(line)
    step.session.flush()
    step.session.add_all(recomputing.lines(step.session, made, step.now))
    step.session.flush()
    return {"readjustment": totals(step.session, made)}


@effect("list_readjustment")
def list_lines(step: Step) -> Mapping[str, object]:
    """Issue the decision's list: each household with the old amount, the new one and the difference."""
    made = must(step.session, step.case)
    decide(step.session, made, str(asked.row(step, "decision").get("number") or step.case.number), step.now)
    rows = [{"number": number, "household": home.number, "applicant": line.payee_name, "people": line.people, "before_fen": line.before_fen,
             "after_fen": line.after_fen, "difference_fen": line.after_fen - line.before_fen, "from_month": line.from_month}
            for number, (line, home) in enumerate(with_homes(step.session, made), start=1)]
    paper = issuing.issue(step, "readjustment_list", given={"lines": rows})
    return {"list": {"number": paper.number}}


def carry_out(session: Session, line_id: int, now: datetime) -> ReadjustmentLine:
    """Change one household's entitlement as the signed line says, once.

    What was decided anew since is left as it is, and so is who would receive nothing: that needs a review of its own.
    """
    line = session.exec(select(ReadjustmentLine).where(ReadjustmentLine.id == line_id).with_for_update().execution_options(
        populate_existing=True)).one()
    if line.state != ReadjustmentState.WAITING:
        return line
    made, given = session.get_one(Readjustment, line.readjustment_id), session.get_one(Entitlement, line.entitlement_id)
    line.done_at = now
    if not _as_signed(line, given) or line.after_fen == 0:
        line.state = ReadjustmentState.LEFT
    elif line.after_fen == line.before_fen:
        line.state = ReadjustmentState.DONE
    else:
        case = session.get_one(Case, made.case_id)
        changed = entitlements.change(session, given, line.from_month, case, made.decision_no or case.number, now.date(), line.base_after_fen,
                                      line.supplement_after_fen, given.people, now)
        line.state, line.changed_to = ReadjustmentState.DONE, changed.id
        _note(session, made, line, now)
    session.add(line)
    return line


def decide(session: Session, made: Readjustment, decision_no: str, now: datetime) -> None:
    """The decision is signed under that number: its lines may be carried out."""
    if made.decided_at is None:
        made.decision_no, made.decided_at = decision_no, now
        session.add(made)
        audit.append(session, f"readjustment:{made.id}", audit.SYSTEM, "readjustment.begin", now,
                     summary=f"{decision_no} 自{made.from_month}起调整", after=dict(totals(session, made)))


def waiting(session: Session, made: Readjustment) -> list[int]:
    """The lines not carried out yet."""
    return [stored(number) for number in session.exec(select(ReadjustmentLine.id).where(
        ReadjustmentLine.readjustment_id == made.id, ReadjustmentLine.state == ReadjustmentState.WAITING).order_by(col(ReadjustmentLine.id)))]


def lines(session: Session, made: Readjustment) -> Sequence[ReadjustmentLine]:
    """Every line, in the order of the list."""
    return session.exec(select(ReadjustmentLine).where(ReadjustmentLine.readjustment_id == made.id).order_by(col(ReadjustmentLine.id))).all()


def with_homes(session: Session, made: Readjustment) -> list[tuple[ReadjustmentLine, Household]]:
    """Every line with its household, in the order of the list."""
    rows = session.exec(select(ReadjustmentLine, Household).join(Household, col(Household.id) == col(ReadjustmentLine.household_id)).where(
        ReadjustmentLine.readjustment_id == made.id).order_by(col(ReadjustmentLine.id)))
    return [(line, home) for line, home in rows]


def page(session: Session, made: Readjustment, number: int) -> list[tuple[ReadjustmentLine, Household]]:
    """One page of the lines with their households, and one line more where there is another page."""
    return with_homes(session, made)[(number - 1) * PAGE:number * PAGE + 1]


def totals(session: Session, made: Readjustment) -> dict[str, object]:
    """What the whole comes to, and how far it has been carried out."""
    rows = lines(session, made)
    before, after = sum(line.before_fen for line in rows), sum(line.after_fen for line in rows)
    return {"id": made.id, "from_month": made.from_month, "lines": len(rows), "before_fen": before, "after_fen": after,
            "difference_fen": after - before, "raised": sum(line.after_fen > line.before_fen for line in rows),
            "cut": sum(line.after_fen < line.before_fen for line in rows),
            "done": sum(line.state == ReadjustmentState.DONE for line in rows),
            "left": sum(line.state == ReadjustmentState.LEFT for line in rows)}


def of_case(session: Session, case: Case) -> Readjustment | None:
    """The change of standard that a case is about."""
    return session.exec(select(Readjustment).where(Readjustment.case_id == case.id)).first()


def must(session: Session, case: Case) -> Readjustment:
    """The change of standard that a case is about; `NotFound` where there is none."""
    made = of_case(session, case)
    if made is None:
        raise NotFound("Nothing has been computed yet.")
    return made


def _note(session: Session, made: Readjustment, line: ReadjustmentLine, now: datetime) -> None:
    """The register of households says the new amounts too."""
    how = schemes.rule(session, made.scheme).recompute
    home = session.get_one(Household, line.household_id)
    for entry in found.entries(session, Wanted(how.register_, how.by, (home.number,)), now.date()) if how else ():
        entries.change(session, int(entry["id"]), {"amount_fen": line.base_after_fen, "supplement_fen": line.supplement_after_fen},
                       Because(now, case_id=made.case_id, reason=made.decision_no))


def _as_signed(line: ReadjustmentLine, given: Entitlement) -> bool:
    """Whether the entitlement is still what the list showed."""
    return ((given.base_fen, given.supplement_fen) == (line.base_before_fen, line.supplement_before_fen)
            and (given.to_month is None or given.to_month >= line.from_month) and given.from_month <= line.from_month
            and months.is_month(line.from_month))
