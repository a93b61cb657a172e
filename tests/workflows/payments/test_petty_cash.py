"""备用金: never below zero, every entry of two sides, whoever races; requests, counts and the year's end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given, settings as trial, strategies as st
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from tests.databases import at_file
from workflows.cases.tables import Case, Clock
from workflows.errors import Conflict, Invalid, NotAllowed
from workflows.office import people
from workflows.office.people import Officer
from workflows.payments.petty_cash import books, counts, requests
from workflows.payments.petty_cash.books import ShortOfCash
from workflows.payments.petty_cash.tables import CashBook, CashPosting, CashRelease
from workflows.records.session import writing
from workflows.records.types import CHINA
from workflows.releases.tables import Release
from workflows.sample import fixture
from workflows.sample.fixture import EAST
from workflows.scenarios.databases import in_memory

NOW = datetime(2024, 7, 13, 16, tzinfo=CHINA)
YUAN = 100
MOVES = st.lists(st.tuples(st.sampled_from(["release", "back", "top_up", "replenish", "approve", "refuse"]),
                           st.integers(1, 4000)), max_size=25)


def furnish(session: Session, quota: int = 50_000) -> CashBook:
    """The fixture county with one open book."""
    fixture.load(session)
    session.add(Release(process="emergency_relief", version=1, hash="0" * 64, title="急难救助", files={}, published_at=NOW))
    session.flush()
    return books.open_book(session, EAST, 2024, quota * YUAN, NOW)


def emergency(session: Session, number: int) -> Case:
    """An emergency of the township."""
    made = Case(number=f"JN-2024-07-{number:04d}", process="emergency_relief", subject="王建国", division_code=f"{EAST}001",
                release_id=session.exec(select(Release.id)).one(), state="running", opened_at=NOW)
    session.add(made)
    session.flush()
    return made


@pytest.fixture
def book(session: Session) -> CashBook:
    return furnish(session)


@pytest.fixture
def clerk(session: Session, book: CashBook) -> Officer:
    return people.by_login(session, "town_clerk1")


@pytest.fixture
def lead(session: Session, book: CashBook) -> Officer:
    return people.by_login(session, "county_lead1")


def owed(session: Session, made: Case, due: date) -> None:
    """The case's limit for its papers."""
    session.add(Clock(case_id=made.id, kind="papers", started_by="enter_granted", recorded_on=NOW.date(), started_on=NOW.date(), unit="WD", length=5, due_on=due))
    session.flush()


@pytest.fixture(scope="module")
def small() -> Engine:
    """A book of 5,000 yuan."""
    engine = in_memory()
    with writing(engine) as session:
        furnish(session, 5_000)
    return engine


@trial(max_examples=60, deadline=None)
@given(moves=MOVES)
def test_whatever_is_done_the_balance_is_that_of_the_entries_and_never_below_zero(small: Engine, moves: list[tuple[str, int]]) -> None:
    with Session(small) as session:         # never committed: every example begins anew
        book = books.of(session, EAST, 2024)
        clerk, lead, finance = (people.by_login(session, login) for login in ("town_clerk1", "county_lead1", "county_finance1"))
        expected = 5_000 * YUAN
        for number, (what, yuan) in enumerate(moves):
            fen, before = yuan * YUAN, expected
            try:
                match what:
                    case "release":
                        books.release(session, emergency(session, number), fen, "cash", NOW, clerk)
                        expected -= fen
                    case "back" if out := session.exec(select(CashRelease).where(CashRelease.fen > CashRelease.returned_fen)).first():
                        books.give_back(session, out, fen, NOW, clerk, "退回")
                        expected += fen
                    case "top_up":
                        books.top_up(session, book.id, fen, "追加", finance, NOW)
                        expected += fen
                    case "replenish":
                        requests.replenish(session, book.id, clerk, NOW)
                    case "approve" | "refuse" if waiting := [one for one in requests.of_book(session, book.id) if one.state == "asked"]:
                        requests.decide(session, waiting[0].id, approve=what == "approve", opinion="意见", who=lead, now=NOW)
                        expected += waiting[0].fen if what == "approve" else 0
            except Conflict:
                expected = before
            assert book.balance_fen == expected >= 0
            assert books.unbalanced(session) == []
        asked = [one.request_id for one in requests.releases(session, book.id) if one.request_id]
        assert all(session.get(requests.CashRequest, one).state != "refused" for one in asked)


def test_a_release_the_balance_does_not_bear_writes_nothing_and_names_two_ways_on(session: Session, book: CashBook) -> None:
    with pytest.raises(ShortOfCash) as refused:
        books.release(session, emergency(session, 1), 50_001 * YUAN, "cash", NOW, None)
    assert refused.value.message.params == {"balance": "50000.00", "needed": "50001.00"}
    assert book.balance_fen == 50_000 * YUAN
    assert session.exec(select(CashRelease)).all() == []
    assert len(session.exec(select(CashPosting)).all()) == 2


def race(engine: Engine, number: int) -> list[str]:
    """So many at once each release 2,100 of 5,000 yuan, each for his own case."""
    with writing(engine) as session:
        furnish(session, 5_000)
        ids = [emergency(session, one).id for one in range(number)]
    together = Barrier(number)

    def one(case_id: int) -> str:
        together.wait(30)
        try:
            with writing(engine) as session:
                books.release(session, session.get_one(Case, case_id), 2_100 * YUAN, "cash", NOW, None)
        except ShortOfCash:
            return "short"
        return "paid"

    with ThreadPoolExecutor(number) as pool:
        return sorted(pool.map(one, ids))


def test_two_who_release_at_once_never_spend_the_same_yuan_on_sqlite(tmp_path: Path) -> None:
    engine = at_file(tmp_path / "cash.sqlite")
    assert race(engine, 4) == ["paid", "paid", "short", "short"]
    with Session(engine) as session:
        assert books.of(session, EAST, 2024).balance_fen == 800 * YUAN
        assert books.unbalanced(session) == []


def test_two_who_release_at_once_never_spend_the_same_yuan_on_postgresql(postgresql_database: Engine) -> None:
    assert race(postgresql_database, 6) == ["paid", "paid", *["short"] * 4]
    with Session(postgresql_database) as session:
        assert books.of(session, EAST, 2024).balance_fen == 800 * YUAN
        assert books.unbalanced(session) == []


def test_a_case_is_released_to_once(session: Session, book: CashBook) -> None:
    made = emergency(session, 1)
    books.release(session, made, 100, "cash", NOW, None)
    with pytest.raises(IntegrityError):
        books.release(session, made, 100, "cash", NOW, None)


def test_a_release_whose_papers_are_overdue_is_left_out_of_the_request(session: Session, book: CashBook, clerk: Officer) -> None:
    late, good = emergency(session, 1), emergency(session, 2)
    for made, due in ((late, date(2024, 7, 19)), (good, date(2024, 7, 26))):
        books.release(session, made, 1_000 * YUAN, "cash", NOW, clerk)
        owed(session, made, due)
    asked = requests.replenish(session, book.id, clerk, NOW.replace(day=22))
    assert asked.fen == 1_000 * YUAN
    assert [one.case_id for one in requests.releases(session, book.id) if one.request_id] == [good.id]


def test_who_asks_for_money_does_not_decide_about_it(session: Session, book: CashBook, clerk: Officer, lead: Officer) -> None:
    books.release(session, emergency(session, 1), 1_000 * YUAN, "cash", NOW, clerk)
    asked = requests.replenish(session, book.id, clerk, NOW)
    with pytest.raises(NotAllowed):
        requests.decide(session, asked.id, approve=True, opinion="", who=clerk, now=NOW)
    requests.decide(session, asked.id, approve=True, opinion="", who=lead, now=NOW)
    assert book.balance_fen == 50_000 * YUAN
    with pytest.raises(Conflict):
        requests.decide(session, asked.id, approve=True, opinion="", who=lead, now=NOW)


def test_a_refused_request_gives_its_releases_free(session: Session, book: CashBook, clerk: Officer, lead: Officer) -> None:
    books.release(session, emergency(session, 1), 1_000 * YUAN, "cash", NOW, clerk)
    asked = requests.replenish(session, book.id, clerk, NOW)
    with pytest.raises(Invalid):
        requests.decide(session, asked.id, approve=False, opinion=" ", who=lead, now=NOW)
    requests.decide(session, asked.id, approve=False, opinion="票据不全", who=lead, now=NOW)
    assert requests.replenish(session, book.id, clerk, NOW).fen == 1_000 * YUAN


def test_a_month_is_counted_by_one_and_signed_by_another(session: Session, book: CashBook, clerk: Officer) -> None:
    books.release(session, emergency(session, 1), 2_100 * YUAN, "cash", NOW, clerk)
    with pytest.raises(Invalid):
        counts.count(session, book.id, "2024-07", 47_000 * YUAN, 800 * YUAN, "", clerk, NOW)
    row = counts.count(session, book.id, "2024-07", 47_000 * YUAN, 900 * YUAN, "", clerk, NOW)
    assert row.ledger_fen == 47_900 * YUAN
    with pytest.raises(NotAllowed):
        counts.sign(session, row.id, clerk, NOW)
    counts.sign(session, row.id, people.by_login(session, "town_lead1"), NOW)
    with pytest.raises(Invalid):
        counts.count(session, book.id, "2024-07", 47_900 * YUAN, 0, "", clerk, NOW)


@pytest.mark.parametrize("month", ["2024-13", "2023-07", "2024-08", "七月"])
def test_only_a_month_of_the_book_that_has_begun_can_be_counted(session: Session, book: CashBook, clerk: Officer, month: str) -> None:
    with pytest.raises(Invalid):
        counts.count(session, book.id, month, 50_000 * YUAN, 0, "", clerk, NOW)


@pytest.mark.parametrize(("how", "new"), [("returned", 60_000), ("carried", 110_000)])
def test_at_the_year_s_end_the_balance_goes_back_or_over(session: Session, book: CashBook, how: str, new: int) -> None:
    finance = people.by_login(session, "county_finance1")
    january = NOW.replace(year=2025, month=1, day=6)
    with pytest.raises(Conflict):
        books.close_year(session, book.id, how, finance, NOW)
    following = books.open_book(session, EAST, 2025, 60_000 * YUAN, january, finance)
    books.close_year(session, book.id, how, finance, january)
    assert (book.balance_fen, following.balance_fen) == (0, new * YUAN)
    with pytest.raises(Conflict):
        books.top_up(session, book.id, 100, "再补", finance, january)
    assert books.unbalanced(session) == []


def test_what_comes_back_after_the_year_is_closed_goes_into_the_new_year_s_book(session: Session, book: CashBook, clerk: Officer) -> None:
    paid = books.release(session, emergency(session, 1), 1_000 * YUAN, "cash", NOW, clerk)
    finance, january = people.by_login(session, "county_finance1"), NOW.replace(year=2025, month=1, day=6)
    asked = requests.urgent(session, book.id, 100, "急用", clerk, NOW)
    with pytest.raises(Conflict):
        books.close_year(session, book.id, "returned", finance, january)
    requests.decide(session, asked.id, approve=False, opinion="年终", who=people.by_login(session, "county_lead1"), now=january)
    books.close_year(session, book.id, "returned", finance, january)
    with pytest.raises(Conflict):
        books.give_back(session, paid, 400 * YUAN, january, finance, "追回")
    new = books.open_book(session, EAST, 2025, 10_000 * YUAN, january, finance)
    books.give_back(session, paid, 400 * YUAN, january, finance, "追回")
    assert (new.balance_fen, paid.returned_fen) == (10_400 * YUAN, 400 * YUAN)
    assert books.unbalanced(session) == []


def test_a_township_reaches_into_no_other_s_cash(session: Session, book: CashBook) -> None:
    other = people.by_login(session, "town_clerk3")
    with pytest.raises(NotAllowed):
        requests.urgent(session, book.id, 100, "用款", other, NOW)
