"""Scenario words about temporary relief: a township's petty cash, what was paid one-off, recoveries, the monthly list."""

from collections.abc import Iterator
from typing import Any, Literal

from sqlmodel import col, select

from bpmn.message import Message
from workflows.payments.petty_cash import books, counts, requests
from workflows.payments.relief import published
from workflows.payments.relief.tables import ReliefPayment, ReliefRecovery
from workflows.sample import fixture
from workflows.scenarios import told
from workflows.scenarios.bureau import Bureau
from workflows.scenarios.shape import Shape, Step, fen
from workflows.scenarios.words import Before, Look, given, then, verb


@given("petty_cash", dict[str, float], "township = yuan with which its petty cash of the year was opened")
def _open(before: Before, quotas: dict[str, float]) -> None:
    for division, yuan in quotas.items():
        books.open_book(before.session, division, before.now.year, fen(yuan), before.now)


class PettyCash(Shape):
    """What is done to a township's petty cash; each word is an act of its own."""

    township: str = fixture.EAST
    year: int | None = None
    open: float | None = None
    top_up: float | None = None
    memo: str = ""
    urgent: float | None = None
    reason: str = ""
    replenish: bool = False
    decide: Literal["approve", "refuse"] | None = None
    opinion: str = ""
    count: str = ""
    bank: float = 0
    box: float = 0
    sign: str = ""
    close: Literal["returned", "carried"] | None = None


@verb("petty_cash", "`top_up` = yuan (`township`, `memo`), `urgent` = yuan (`reason`), `replenish` = true, `decide` = approve or refuse (`opinion`), "
                    "`count` = month (`bank`, `box`, `reason`), `sign` = month, `open` = yuan (`year`), `close` = returned or carried", PettyCash)
def _cash(bureau: Bureau, step: Step) -> None:
    said = PettyCash.model_validate(step.answers)
    with bureau.work() as session:
        who, year = bureau.who(session, step.who), said.year or bureau.now.year
        if said.open is not None:
            books.open_book(session, said.township, year, fen(said.open), bureau.now, who)
            return
        book = books.of(session, said.township, year)
        number = book.id or 0 if book else 0
        if said.top_up is not None:
            books.top_up(session, number, fen(said.top_up), said.memo, who, bureau.now)
        if said.urgent is not None:
            requests.urgent(session, number, fen(said.urgent), said.reason, who, bureau.now)
        if said.replenish:
            requests.replenish(session, number, who, bureau.now)
        if said.decide:
            asked = requests.of_book(session, number)
            requests.decide(session, asked[0].id or 0 if asked else 0, approve=said.decide == "approve", opinion=said.opinion,
                            who=who, now=bureau.now)
        if said.count:
            counts.count(session, number, said.count, fen(said.bank), fen(said.box), said.reason, who, bureau.now)
        if said.sign:
            signed = next((one.id for one in counts.of_book(session, number) if one.month == said.sign), 0)
            counts.sign(session, signed or 0, who, bureau.now)
        if said.close:
            books.close_year(session, number, said.close, who, bureau.now)


@then("petty_cash", dict[str, float], "township = yuan in its petty cash of this year; the books balance")
def _balance(look: Look, expected: dict[str, float]) -> Iterator[Message]:
    for division, yuan in expected.items():
        book = books.of(look.session, division, look.bureau.now.year)
        found = book.balance_fen / 100 if book else None
        if found != yuan:
            yield told.differs(Message("Petty cash of {division}", {"division": told.division(division)}), yuan, found)
    yield from (Message("The petty cash does not balance: {entry}", {"entry": entry}) for entry in books.unbalanced(look.session))


class Request(Shape):
    """What is expected of a request for petty cash."""

    yuan: int | float = 0
    kind: str = ""
    state: str = ""
    releases: int = 0


class Payment(Shape):
    """What is expected of one payment out of the counter's hand."""

    yuan: int | float = 0
    payee: str = ""
    fund: str = ""
    stage: int = 0
    voucher: str = ""


class Recovery(Shape):
    """What is expected of money that is asked back."""

    yuan: int | float = 0
    fine: float = 0
    police: str = ""
    repaid: float = 0


class Published(Shape):
    """One line of the published list."""

    name: str
    yuan: int | float
    reason: str


@then("cash_request", Request, "the newest request for petty cash: `yuan`, `kind`, `state`, `releases` listed")
def _request(look: Look, expected: Request) -> Iterator[Message]:
    books_ = books.under(look.session, "990101")
    found = [one for book in books_ for one in requests.of_book(look.session, book.id or 0)]
    if not found:
        yield Message("No petty cash was asked for.")
        return
    newest = max(found, key=lambda one: one.id or 0)
    listed = [one for one in requests.releases(look.session, newest.book_id) if one.request_id == newest.id]
    said = {"yuan": newest.fen / 100, "kind": newest.kind, "state": newest.state, "releases": len(listed)}
    yield from told.differing("cash_request", _said(expected), said)


@then("relief_paid", list[Payment], "the case's bank payments in order: `yuan`, `payee`, `fund`, `stage`, `voucher`")
def _paid(look: Look, expected: list[Payment]) -> Iterator[Message]:
    rows = look.session.exec(select(ReliefPayment).where(ReliefPayment.case_id == look.case.id).order_by(col(ReliefPayment.stage))).all()
    if len(rows) != len(expected):
        yield told.differs("relief_paid", len(expected), len(rows))
    for place, (row, one) in enumerate(zip(rows, expected, strict=False)):
        said = {"yuan": row.fen / 100, "payee": row.payee, "fund": row.fund_source, "stage": row.stage, "voucher": row.voucher}
        yield from told.differing(f"relief_paid.{place}", _said(one), said)


@then("recovery", Recovery, "the case's recovery: `yuan`, `fine`, `police` (transfer number), `repaid`")
def _recovery(look: Look, expected: Recovery) -> Iterator[Message]:
    row = look.session.exec(select(ReliefRecovery).where(ReliefRecovery.case_id == look.case.id)).first()
    said = {"yuan": row.fen / 100, "fine": row.fine_fen / 100, "police": row.transfer_number, "repaid": row.repaid_fen / 100} if row else {}
    yield from told.differing("recovery", _said(expected), said)


@then("relief_list", dict[str, list[Published]], "month = the lines of its published list: `name`, `yuan`, `reason`; an empty list: none on display")
def _published(look: Look, expected: dict[str, list[Published]]) -> Iterator[Message]:
    for month, lines in expected.items():
        shown = month in published.on_display(look.session, look.bureau.now)
        found = [Published(name=one.name, yuan=one.amount_fen / 100, reason=one.reason)
                 for one in published.of(look.session, month)] if shown else []
        if found != lines:
            yield told.differs(f"relief_list.{month}", *([line.model_dump() for line in one] for one in (lines, found)))


def _said(expected: Shape) -> dict[str, Any]:
    """What the scenario asks, and nothing else."""
    return expected.model_dump(exclude_unset=True)
