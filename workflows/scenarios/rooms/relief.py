"""Scenario words about temporary relief: a township's petty cash, what was paid one-off, recoveries, the monthly list."""

from collections.abc import Iterator
from typing import Any

from sqlmodel import col, select

from workflows.payments.petty_cash import books, counts, requests
from workflows.payments.relief import published
from workflows.payments.relief.tables import ReliefPayment, ReliefRecovery
from workflows.scenarios.bureau import Bureau
from workflows.scenarios.shape import Step
from workflows.scenarios.words import Before, Look, given, then, verb


@given("petty_cash", dict[str, float], "township = yuan with which its petty cash of the year was opened")
def _open(before: Before, quotas: dict[str, float]) -> None:
    for division, yuan in quotas.items():
        books.open_book(before.session, division, before.now.year, round(yuan * 100), before.now)


@verb("petty_cash", "`top_up` = yuan (`township`, `memo`), `urgent` = yuan (`reason`), `replenish` = true, `decide` = approve or refuse (`opinion`), "
                    "`count` = month (`bank`, `box`, `reason`), `sign` = month, `open` = yuan (`year`), `close` = returned or carried")
def _cash(bureau: Bureau, step: Step) -> None:
    said = step.answers
    with bureau.work() as session:
        who, year = bureau.who(session, step.who), int(said.get("year", bureau.now.year))
        division = str(said.get("township", "990101001"))
        if "open" in said:
            books.open_book(session, division, year, _fen(said["open"]), bureau.now, who)
            return
        book = books.of(session, division, year)
        number = book.id or 0 if book else 0
        if "top_up" in said:
            books.top_up(session, number, _fen(said["top_up"]), str(said.get("memo", "")), who, bureau.now)
        if "urgent" in said:
            requests.urgent(session, number, _fen(said["urgent"]), str(said.get("reason", "")), who, bureau.now)
        if "replenish" in said:
            requests.replenish(session, number, who, bureau.now)
        if "decide" in said:
            newest = requests.of_book(session, number)[0]
            requests.decide(session, newest.id or 0, approve=said["decide"] == "approve", opinion=str(said.get("opinion", "")),
                            who=who, now=bureau.now)
        if "count" in said:
            counts.count(session, number, str(said["count"]), _fen(said["bank"]), _fen(said["box"]), str(said.get("reason", "")), who, bureau.now)
        if "sign" in said:
            row = next(one for one in counts.of_book(session, number) if one.month == said["sign"])
            counts.sign(session, row.id or 0, who, bureau.now)
        if "close" in said:
            books.close_year(session, number, str(said["close"]), who, bureau.now)


@then("petty_cash", dict[str, float], "township = yuan in its petty cash of this year; the books balance")
def _balance(look: Look, expected: dict[str, float]) -> Iterator[str]:
    for division, yuan in expected.items():
        book = books.of(look.session, division, look.bureau.now.year)
        found = book.balance_fen / 100 if book else None
        if found != yuan:
            yield f"petty cash of {division}: expected {yuan}, found {found}"
    yield from (f"petty cash: {entry} does not balance" for entry in books.unbalanced(look.session))


@then("cash_request", dict[str, Any], "the newest request for petty cash: `yuan`, `kind`, `state`, `releases` listed")
def _request(look: Look, expected: dict[str, Any]) -> Iterator[str]:
    books_ = books.under(look.session, "990101")
    found = [one for book in books_ for one in requests.of_book(look.session, book.id or 0)]
    if not found:
        yield "no petty cash was asked for"
        return
    newest = max(found, key=lambda one: one.id or 0)
    listed = [one for one in requests.releases(look.session, newest.book_id) if one.request_id == newest.id]
    said = {"yuan": newest.fen / 100, "kind": newest.kind, "state": newest.state, "releases": len(listed)}
    yield from (f"request.{key}: expected {value!r}, found {said.get(key)!r}" for key, value in expected.items() if said.get(key) != value)


@then("relief_paid", list[dict[str, Any]], "the case's bank payments in order: `yuan`, `payee`, `fund`, `stage`, `voucher`")
def _paid(look: Look, expected: list[dict[str, Any]]) -> Iterator[str]:
    rows = look.session.exec(select(ReliefPayment).where(ReliefPayment.case_id == look.case.id).order_by(col(ReliefPayment.stage))).all()
    if len(rows) != len(expected):
        yield f"relief paid: expected {len(expected)} payments, found {len(rows)}"
    for row, one in zip(rows, expected, strict=False):
        said = {"yuan": row.fen / 100, "payee": row.payee, "fund": row.fund_source, "stage": row.stage, "voucher": row.voucher}
        yield from (f"payment {row.stage}.{key}: expected {value!r}, found {said.get(key)!r}" for key, value in one.items() if said.get(key) != value)


@then("recovery", dict[str, Any], "the case's recovery: `yuan`, `fine`, `police` (transfer number), `repaid`")
def _recovery(look: Look, expected: dict[str, Any]) -> Iterator[str]:
    row = look.session.exec(select(ReliefRecovery).where(ReliefRecovery.case_id == look.case.id)).first()
    said = {"yuan": row.fen / 100, "fine": row.fine_fen / 100, "police": row.transfer_number, "repaid": row.repaid_fen / 100} if row else {}
    yield from (f"recovery.{key}: expected {value!r}, found {said.get(key)!r}" for key, value in expected.items() if said.get(key) != value)


@then("relief_list", dict[str, list[dict[str, Any]]], "month = the lines of its published list: `name`, `yuan`, `reason`; an empty list: none on display")
def _published(look: Look, expected: dict[str, list[dict[str, Any]]]) -> Iterator[str]:
    for month, lines in expected.items():
        shown = month in published.on_display(look.session, look.bureau.now)
        found = [{"name": one.name, "yuan": one.amount_fen / 100, "reason": one.reason}
                 for one in published.of(look.session, month, look.bureau.now.date())] if shown else []
        if found != [{**line, "yuan": float(line["yuan"])} for line in lines]:
            yield f"list of {month}: expected {lines}, found {found}"


def _fen(yuan: Any) -> int:
    return round(float(yuan) * 100)
