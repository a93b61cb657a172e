"""What drawings ask of one-off relief: pay it from petty cash or by the bank, complete its papers, recover it."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import select

from bpmn.message import Message
from forms.answers import FieldError
from workflows.cases.effects import Step, effect
from workflows.cases.messages import mailbox
from workflows.errors import Conflict, Invalid
from workflows.payments import funds
from workflows.payments.entitled import asked
from workflows.payments.petty_cash import books
from workflows.payments.relief import claims as _claims, standing as _standing  # noqa: F401  (they register their effects)
from workflows.payments.relief.tables import ReliefPayment, ReliefRecovery
from workflows.records import days
from workflows.records.types import stored

PAID, REPAID = "paid", "repaid"


@effect("petty_cash_balance")
def balance(step: Step) -> Mapping[str, object]:
    """What the township's petty cash holds now; nothing where none is open."""
    return _held(step)


@effect("demand_petty_cash")
def demand(step: Step) -> Mapping[str, object]:
    """Refuse what the petty cash does not hold at this moment; how much it holds stands on record."""
    books.demand(step.session, step.case.division_code, step.now.year, _fen(step))
    return _held(step)


@effect("release_petty_cash")
def release(step: Step) -> Mapping[str, object]:
    """Pay `fen` from the township's petty cash, for this case alone."""
    fen, mode = _fen(step), str(mailbox.computed(step.node.properties.get("mode", ""), step.facts, step.now) or "")
    paid = books.release(step.session, step.case, fen, mode, step.now, step.who)
    return {"released": {"fen": paid.fen, "balance_fen": books.get(step.session, paid.book_id).balance_fen}}


@effect("papers_complete")
def papers_complete(step: Step) -> None:
    """The papers of the release are in: the township may have it replaced."""
    paid = books.of_case(step.session, stored(step.case.id))
    if paid is not None:
        paid.papers_on = step.now.date()
        step.session.add(paid)
        step.session.flush()


@effect("pay_relief")
def pay(step: Step) -> None:
    """The finance section has paid one stage by the bank: booked from its fund, under its voucher."""
    if step.answers.get("outcome", PAID) != PAID:
        return
    stage, said = _stage(step), step.answers
    voucher = str(said["voucher"]).strip()
    if step.session.exec(select(ReliefPayment.id).where(ReliefPayment.voucher == voucher)).first() is not None:
        raise Invalid([FieldError("voucher", Message("This voucher stands for another payment already."))])
    funds.pay_directly(step.session, str(said["fund"]), int(stage["fen"]), step.case.number, step.now)
    step.session.add(ReliefPayment(
        case_id=stored(step.case.id), stage=int(stage["number"]), fen=int(stage["fen"]), payee=str(said["payee"]),
        account_number=str(said["account_number"]), fund_source=str(said["fund"]), voucher=voucher,
        paid_on=days.must(said["paid_on"]), paid_by=step.who.id if step.who else None, at=step.now))
    step.session.flush()


@effect("recover_relief")
def recover(step: Step) -> None:
    """Register what is to be given back, never more than was given, with fine and transfer."""
    said = asked.fact(step, "decide_recovery")
    given = _given(step)
    if int(said["amount"]) > given:
        raise Conflict("No more can be recovered than was given.")
    step.session.add(ReliefRecovery(
        case_id=stored(step.case.id), fen=int(said["amount"]), fine_fen=int(said.get("fine") or 0),
        transfer_number=str(said.get("transfer_number") or ""), repay_by=days.must(said["repay_by"])))
    step.session.flush()


@effect("repay_relief")
def repay(step: Step) -> None:
    """The money came back: first into the petty cash it was released from, else to its fund; or it is written off."""
    owed = step.session.exec(select(ReliefRecovery).where(ReliefRecovery.case_id == step.case.id)).one()
    if step.answers.get("outcome") != REPAID:
        owed.written_off = str(step.answers.get("reason") or "")
    else:
        owed.repaid_fen, owed.receipt = int(str(step.answers["amount"])), str(step.answers["receipt"])
        owed.repaid_on = days.must(step.answers["repaid_on"])
        _book(step, owed.repaid_fen)
    step.session.add(owed)
    step.session.flush()


def _held(step: Step) -> Mapping[str, object]:
    book = books.of(step.session, step.case.division_code, step.now.year)
    return {"petty_cash": {"open": book is not None, "balance_fen": book.balance_fen if book else 0}}


def _book(step: Step, fen: int) -> None:
    paid = books.of_case(step.session, stored(step.case.id))
    into_cash = min(fen, paid.fen - paid.returned_fen) if paid else 0
    if paid and into_cash:
        books.give_back(step.session, paid, into_cash, step.now, step.who, f"{step.case.number} 退回")
    left = fen - into_cash
    for payment in _payments(step) if left else []:
        share = min(left, payment.fen)
        funds.take_back_directly(step.session, payment.fund_source, share, step.case.number, step.now)
        left -= share
        if not left:
            break


def _payments(step: Step) -> list[ReliefPayment]:
    return list(step.session.exec(select(ReliefPayment).where(ReliefPayment.case_id == step.case.id).order_by(ReliefPayment.stage)))  # type: ignore[arg-type]


def _given(step: Step) -> int:
    paid = books.of_case(step.session, stored(step.case.id))
    return (paid.fen if paid else 0) + sum(one.fen for one in _payments(step)) + _delivered(step)


def _delivered(step: Step) -> int:
    """What goods or a service handed over were worth: as written at the hand-over, else as decided."""
    handed_over = step.facts.get("deliver_aid")
    if not isinstance(handed_over, Mapping):
        return 0
    value = handed_over.get("value")
    return int(asked.fact(step, "aid")["fen"] if value is None else value)


def _stage(step: Step) -> Mapping[str, Any]:
    """The stage that a repeated task pays, else the only one."""
    if isinstance(step.item, Mapping):
        return step.item
    return dict(asked.fact(step, "aid")["stages"][0])


def _fen(step: Step) -> int:
    fen = mailbox.computed(step.node.properties["fen"], step.facts, step.now)
    if fen is None:
        raise Conflict("“{property}” of element {node} must give an amount.", property="fen", node=step.node.id)
    return int(str(fen))
