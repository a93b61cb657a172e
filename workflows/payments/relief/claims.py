"""What an application may not share with another: an invoice, and the same cause of the same person in a running case."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from bpmn.message import Message
from forms.answers import FieldError
from workflows import releases
from workflows.cases import facts
from workflows.cases.effects import Step, effect
from workflows.cases.tables import Case, CasePerson
from workflows.errors import Invalid
from workflows.payments.relief.tables import ReliefInvoice
from workflows.records.session import alone
from workflows.records.types import stored


@effect("claim_relief")
def claim(step: Step) -> None:
    """Keep the application's invoices for this case alone; refused beside each field that another case has already."""
    application = step.facts.get("application")
    if not isinstance(application, Mapping):
        return
    alone(step.session, "relief:claims")
    expenses = [one for one in application.get("expenses") or [] if one.get("invoice_number")]
    errors = [*_invoices(step.session, step.case, expenses), *_same_cause(step.session, step.case, application)]
    if errors:
        raise Invalid(errors)
    for row in step.session.exec(select(ReliefInvoice).where(ReliefInvoice.case_id == step.case.id)).all():
        step.session.delete(row)
    step.session.flush()
    for one in expenses:
        step.session.merge(ReliefInvoice(number=one["invoice_number"], case_id=stored(step.case.id)))
    step.session.flush()


def _invoices(session: Session, case: Case, expenses: Sequence[Mapping[str, Any]]) -> Iterator[FieldError]:
    numbers = [one["invoice_number"] for one in expenses]
    taken = {row.number: other for row, other in session.exec(select(ReliefInvoice, Case).join(
        Case, col(Case.id) == col(ReliefInvoice.case_id)).where(col(ReliefInvoice.number).in_(numbers), ReliefInvoice.case_id != case.id))}
    for place, number in enumerate(numbers):
        if number in taken and _counts(session, taken[number]):
            yield FieldError(f"expenses[{place}].invoice_number", Message(
                "This invoice is used in case {number} already.", {"number": taken[number].number}))


def _same_cause(session: Session, case: Case, application: Mapping[str, Any]) -> Iterator[FieldError]:
    """Nobody has two running cases of this matter for one cause; the case that opened this one is about to end."""
    people = select(CasePerson.id_number).where(CasePerson.case_id == case.id)
    running = session.exec(select(Case).join(CasePerson, col(CasePerson.case_id) == col(Case.id)).where(
        col(CasePerson.id_number).in_(people), Case.process == case.process,
        col(Case.id).not_in([case.id, case.parent_id or 0]), col(Case.ended_at).is_(None)).distinct())
    for other in running:
        known = facts.known(other).get("application")
        if isinstance(known, Mapping) and known.get("reason") == application.get("reason"):
            yield FieldError("reason", Message("Case {number} of the same person and cause is still running.", {"number": other.number}))


def _counts(session: Session, other: Case) -> bool:
    """A case that ended with nothing granted gives its invoices free."""
    if other.ended_at is None:
        return True
    end = releases.load(session, other.release_id).process.ends.get(other.state)
    return end is not None and end.kind == "granted"
