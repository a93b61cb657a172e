"""The sample county: real places, invented people, everything through the product's own doors."""

import socket
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlmodel import Session, col, func, select

from forms import checks
from workflows.cases.shown import worklist
from workflows.cases.tables import Case, Household, Member, WorkItem
from workflows.errors import Conflict, NotFound
from workflows.office import clock, jurisdiction, people, rates, sign_in
from workflows.office.tables import Division, Duty, Person, Role, SampleClock, Unit
from workflows.payments import funds
from workflows.payments.tables import Entitlement
from workflows.records import audit, schema
from workflows.records.session import make_engine, writing
from workflows.records.types import CHINA
from workflows.sample import __main__ as command
from workflows.registers import sight
from workflows.sample import accounts, county, households, in_flight, organisations, places
from workflows.settings import settings

NOW = datetime(2026, 11, 24, 9, tzinfo=CHINA)

pytestmark = [pytest.mark.skipif(not places.FOLDER.exists(), reason="the list of places comes with `npm ci`"),
              pytest.mark.xdist_group("sample")]


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """The sample county in a database made by the migrations."""
    var = tmp_path_factory.mktemp("var")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings(), "sample", True)
        patch.setattr(settings(), "var", var)
        patch.setattr(settings(), "database_url", "")
        schema.upgrade()
        engine = make_engine(settings().url)
        with writing(engine) as session:
            county.load(session, NOW)
            yield session
        engine.dispose()


def test_all_places_of_the_county_are_there(loaded: Session) -> None:
    assert len(jurisdiction.townships(loaded, places.COUNTY)) == 15
    assert loaded.exec(select(func.count()).select_from(Division).where(func.length(Division.code) == 12)).one() == 204
    assert jurisdiction.name_of(loaded, "430621100276") == "岳阳县荣家湾镇友爱村"
    assert jurisdiction.name_of(loaded, "430621108003") == "岳阳县公田镇公田社区"


def test_no_two_units_share_a_name_and_every_township_has_one(loaded: Session) -> None:
    units = loaded.exec(select(Unit)).all()
    assert max(Counter(unit.name for unit in units).values()) == 1
    assert Counter(unit.kind for unit in units)["TOWNSHIP"] == 15


def test_everybody_can_sign_in_with_the_shown_password(loaded: Session) -> None:
    hashes = set(loaded.exec(select(Person.password_hash)))
    assert len(hashes) == 1
    signed = sign_in.sign_in(loaded, "town.clerk", accounts.PASSWORD, NOW)
    assert signed
    assert sign_in.who(loaded, signed[0], NOW)


def test_each_role_has_an_account_with_title_and_desk(loaded: Session) -> None:
    assert {account.role for account in accounts.ACCOUNTS} == set(Role)
    for account in accounts.ACCOUNTS:
        officer = people.by_login(loaded, account.login)
        assert officer.holds(account.role), account.login
        assert officer.duties[0].title == account.title


@pytest.mark.parametrize("town", places.STAFFED.values())
def test_a_case_finds_its_desks_in_each_staffed_township(loaded: Session, town: str) -> None:
    village = jurisdiction.villages(loaded, town)[-1].code
    for role in (Role.WINDOW_CLERK, Role.VILLAGE, Role.TOWN_CLERK, Role.TOWN_LEAD, Role.COUNTY_LEAD, Role.CHECK_ORG):
        assert jurisdiction.unit_for(loaded, role, village)


def test_each_staffed_township_has_two_clerks_for_a_home_visit(loaded: Session) -> None:
    for town in places.STAFFED.values():
        clerks = loaded.exec(select(Duty).join(Unit, col(Unit.id) == col(Duty.unit_id))
                             .where(Unit.division_code == town, Duty.role == Role.TOWN_CLERK)).all()
        assert len(clerks) >= 2


def test_the_standards_are_the_county_s_own_with_their_source(loaded: Session) -> None:
    rate = rates.explain(loaded, "dibao.standard.rural", NOW.date(), "430621100276")
    assert (rate.value, rate.unit, rate.local) == (540_000, "fen/YEAR", True)
    assert "岳阳县2024年工作计划" in rate.source


def test_two_hundred_households_came_through_the_import(loaded: Session) -> None:
    assert loaded.exec(select(func.count()).select_from(Household)).one() == households.COUNT
    given = loaded.exec(select(Entitlement)).all()
    assert len(given) == households.GRANTED
    assert {row.paid_till for row in given} == {"2026-11"}
    assert all(checks.luhn(row.account_number) for row in given)
    event = next(event for event in audit.events(loaded, "office") if event.action == "household.import")
    assert event.after["households"] == households.COUNT


def test_every_invented_person_has_a_good_number_and_fits_the_family(loaded: Session) -> None:
    members = loaded.exec(select(Member)).all()
    for member in members:
        assert checks.gb11643(member.id_number, NOW.date()) is None
        assert member.id_number.startswith(places.COUNTY)
    heads = {member.household_id: checks.birth_date(member.id_number) for member in members if member.relation == "self"}
    for member in members:
        born, head = checks.birth_date(member.id_number), heads[member.household_id]
        assert born and head
        assert member.relation != "child" or born.year - head.year >= 18
        assert member.relation != "parent" or head.year - born.year >= 18
    assert max(Counter(member.household_id for member in members).values()) == 6


def test_money_is_allocated_and_covers_a_year_s_payments(loaded: Session) -> None:
    for source, amount_fen, _ in county.FUNDS:
        assert funds.available(loaded, source) == amount_fen
        monthly = sum(row.base_fen for row in loaded.exec(select(Entitlement).where(Entitlement.fund_source == source)))
        assert 0 < monthly * 12 < amount_fen


def test_baskets_are_not_empty_at_first_and_some_cases_press(loaded: Session) -> None:
    def waiting(login: str, light: str = "") -> int:
        return len(worklist.of(loaded, people.by_login(loaded, login), NOW, light=light).rows)

    assert len(loaded.exec(select(Case).where(Case.process == "dibao")).all()) == len(in_flight.APPLICANTS)
    assert all(waiting(login) for login in ("town.clerk", "town.lead", "checker", "village", "reg.auth", "county.lead", "supervising_unit"))
    assert waiting("town.clerk", "overdue")
    assert waiting("town.clerk", "normal")
    paid = set(loaded.exec(select(Member.id_number)))
    for case in loaded.exec(select(Case).where(Case.process == "dibao")):
        family = {one["id_number"] for one in case.facts["application"]["members"]}
        assert not family & paid
        assert all(checks.gb11643(number, NOW.date()) is None for number in family)


def test_organisations_are_on_record_with_good_codes_and_some_certificates_press(loaded: Session) -> None:
    clerk = people.by_login(loaded, "reg.auth")
    book = sight.listed(loaded, clerk, "organisation", sight.Wish(), NOW.date())
    assert len(book.rows) == len(organisations.ON_RECORD)
    assert [checks.credit_code(str(row.data["code"]), NOW.date()) for row in book.rows] == [None] * book.count
    assert book.falling_due >= 2
    assert {case.process for case in loaded.exec(select(Case))} >= {"org_name_check", "org_establishment", "org_change", "org_supervisor_lost"}


def test_loading_again_changes_nothing(loaded: Session) -> None:
    def figures() -> list[int]:
        return [loaded.exec(select(func.count()).select_from(table)).one()
                for table in (Division, Unit, Person, Duty, Household, Entitlement, Case, WorkItem, audit.AuditEvent)]

    before = figures()
    county.load(loaded, NOW)
    assert figures() == before


def test_the_generator_gives_the_same_households_each_time() -> None:
    villages = places.villages()
    assert households.workbook(villages, "2026-11") == households.workbook(villages, "2026-11")


def test_the_clock_is_there_and_shows_today(loaded: Session) -> None:
    row = loaded.get_one(SampleClock, 1)
    assert (row.offset_seconds, row.fixed_at) == (0, None)
    assert clock.is_movable(loaded)


def test_a_real_bureau_is_never_filled_or_wiped(loaded: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "sample", False)
    with pytest.raises(Conflict):
        county.load(loaded, NOW)
    with pytest.raises(Conflict):
        county.wipe()


def test_wiping_removes_database_and_files_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "sample", True)
    monkeypatch.setattr(settings(), "var", tmp_path)
    monkeypatch.setattr(settings(), "database_url", "")
    (tmp_path / "yimen.sqlite").touch()
    for name in ("yimen.sqlite-wal", "secret"):
        (tmp_path / name).write_text("x")
    for name in ("files", "bank_simulator", "prefect"):
        (tmp_path / name / "inner").mkdir(parents=True)
    county.wipe()
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]
    monkeypatch.setattr(settings(), "database_url", "postgresql://elsewhere/yimen")
    with pytest.raises(Conflict):
        county.wipe()


def test_without_the_list_of_places_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="npm ci"):
        places.townships(tmp_path)


def test_the_command_line_explains_itself_and_refuses_politely(monkeypatch: pytest.MonkeyPatch,
                                                               capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(settings(), "sample", False)
    assert command.main([]) == 2
    assert command.main(["reset"]) == 1
    assert "load | reset | start" in capsys.readouterr().err


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bureau's own database, for which somebody claims that it is a sample."""
    monkeypatch.setattr(settings(), "sample", True)
    monkeypatch.setattr(settings(), "var", tmp_path)
    monkeypatch.setattr(settings(), "database_url", "")
    schema.upgrade()
    engine = make_engine(settings().url)
    with writing(engine) as session:
        session.add(Person(login="he", name="何芳"))
    engine.dispose()
    return tmp_path / "yimen.sqlite"


@pytest.mark.parametrize("what", ["load", "reset", "start"])
def test_a_bureaus_database_is_left_alone_whatever_the_settings_say(
        bureau: Path, what: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(county, "refuse_while_running", lambda: None)
    assert command.main([what]) == 1
    assert "belongs to a bureau" in capsys.readouterr().err
    engine = make_engine(settings().url)
    with Session(engine) as session:
        assert session.exec(select(Person.login)).all() == ["he"]
    engine.dispose()


def test_starting_a_bureau_loads_nothing_and_is_no_error(bureau: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings(), "sample", False)
    assert command.main(["start"]) == 0
    assert command.main(["load"]) == 1


def test_nothing_begins_anew_while_the_product_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
                                                    capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(settings(), "sample", True)
    monkeypatch.setattr(settings(), "var", tmp_path)
    monkeypatch.setattr(settings(), "database_url", "")
    (tmp_path / "yimen.sqlite").touch()
    with socket.create_server(("127.0.0.1", 0)) as busy:
        monkeypatch.setattr(settings(), "port", busy.getsockname()[1])
        assert command.main(["reset"]) == 1
    assert "stop the product first" in capsys.readouterr().err
    assert (tmp_path / "yimen.sqlite").exists()
