"""What keeps a line out of a roster: wrong data (PY-17), a death, one person in two households (PY-9)."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from bpmn.message import Message
from workflows.cases.tables import Member
from workflows.payments import months
from workflows.payments.entitled.entitlements import Payee
from workflows.payments.tables import Entitlement, Line, PayeeException

ACCOUNT = re.compile(r"\d{12,19}")

WRONG: Mapping[str, Message] = {
    "bad_account": Message("The account number is not 12 to 19 digits."),
    "no_payee": Message("The payee's name is missing."),
    "payee_not_member": Message("The payee is not a member of the household, and no agreement is filed."),
    "zero_amount": Message("The amount is zero."),
    "negative_total": Message("The amount is negative after recovery."),
}
HELD: Mapping[str, Message] = {
    "payee_died": Message("The payee has died."),
    "member_died": Message("A member has died since the decision: the amount must be decided anew."),
    "duplicate_id": Message("A member belongs to another household that is paid too."),
    "suspended": Message("Payment is suspended by decision."),
    "failed_before": Message("The bank returned the money month after month: visit the household."),
    "wrong_data": Message("Wrong data."),
}


def wrong_data(line: Line, members: Sequence[Member], filed: Sequence[PayeeException], day: date) -> list[str]:
    """What is wrong with a line, as keys of `WRONG`."""
    found = []
    if not ACCOUNT.fullmatch(line.account_number):
        found.append("bad_account")
    if not line.payee_name.strip():
        found.append("no_payee")
    if not payee_allowed(line.payee_id_number, members, filed, day):
        found.append("payee_not_member")
    if line.total_fen == 0:
        found.append("zero_amount")
    if line.total_fen < 0:
        found.append("negative_total")
    return found


def payee_allowed(id_number: str, members: Sequence[Member], filed: Sequence[PayeeException], day: date) -> bool:
    """A member of the household, or somebody with a filed agreement still in force (V9, A1 26)."""
    return any(member.id_number == id_number for member in members) or any(
        paper.payee_id_number == id_number and (paper.ends_on is None or paper.ends_on >= day) for paper in filed)


def holder_allowed(to: Payee, line: Line, members: Sequence[Member], filed: Sequence[PayeeException],
                   day: date) -> bool:
    """Whether a correction may lead there: to a member by his own name, to a stranger by his own filed agreement.

    The account that was on the roster may get another name: the same person, misspelt.
    """
    if any((member.id_number, member.name) == (to.id_number, to.name) for member in members):
        return True
    if any((paper.payee_id_number, paper.payee_name) == (to.id_number, to.name)
           and (paper.ends_on is None or paper.ends_on >= day) for paper in filed):
        return True
    return to.account_number == line.account_number and to.id_number == line.payee_id_number


def suspended(given: Entitlement, month: str) -> bool:
    """Whether payment of that month waits by decision."""
    return given.held_from is not None and given.held_from <= month and (given.held_to is None or month <= given.held_to)


def died_before(member: Member, month: str) -> bool:
    """Whether the month lies after the month of death."""
    return member.died_on is not None and months.of(member.died_on) < month


def death(line: Line, members: Sequence[Member], decided_on: date) -> str:
    """The hold a death asks for: none once a later decision has taken account of it, but never for a dead payee."""
    dead = [member for member in members if died_before(member, line.month)]
    if any(member.id_number == line.payee_id_number for member in dead):
        return "payee_died"
    return "member_died" if any(member.died_on and member.died_on >= decided_on for member in dead) else ""
