"""What the inbox's panel says of a month's review and of a returned payment."""

from sqlmodel import col, select

import forms.checks
from api.desk import Desk
from api.pages.cases import panels
from api.pages.payments import words as words
from api.pages.cases.panels import Figure
from bpmn.message import Message, Term
from workflows.cases.shown.overview import CaseView
from workflows.payments.cycle import papers
from workflows.payments.roster import rosters
from workflows.payments.tables import Attempt, Cycle

YUAN, NONE = Message("yuan"), Term("")


@panels.figures_for("monthly_review")
def month(desk: Desk, view: CaseView) -> tuple[Figure, ...]:
    """Households, total, the change against last month, and the way to the roster."""
    cycle = desk.session.get(Cycle, view.case.cycle_id) if view.case.cycle_id else None
    roster = rosters.current(desk.session, cycle) if cycle else None
    if cycle is None or roster is None:
        return ()
    whole = papers.bridge_of(desk.session, cycle, roster)[-1:]
    change = roster.total_fen - whole[0].last_fen if whole else roster.total_fen
    return (Figure(Message("Roster"), desk.say(words.month_name(cycle.month)), NONE, url=f"/payments/{cycle.scheme}/{cycle.month}"),
            Figure(Message("Household count"), str(roster.households), Message("households")),
            Figure(Message("To be paid"), forms.checks.yuan(roster.total_fen), YUAN, key=True),
            Figure(Message("Against last month"), ("+" if change >= 0 else "−") + forms.checks.yuan(abs(change)), YUAN))


@panels.figures_for("returned_payment")
def returned(desk: Desk, view: CaseView) -> tuple[Figure, ...]:
    """Whose money came back, how much, why, and what to do."""
    attempt = desk.session.exec(select(Attempt).where(Attempt.case_id == view.case.id)
                                .order_by(col(Attempt.id).desc())).first()
    if attempt is None:
        return ()
    meaning, action = words.CODES.get(attempt.code, words.CODES["R99"])
    return (Figure(Message("Payee"), attempt.account_name, NONE, url=f"/payments/lines/{attempt.line_id}"),
            Figure(Message("Amount"), forms.checks.yuan(attempt.amount_fen), YUAN, key=True),
            Figure(Message("Bank's answer"), f"{attempt.code} {desk.say(meaning)}", NONE),
            Figure(Message("What to do"), desk.say(action), NONE, wide=True))
