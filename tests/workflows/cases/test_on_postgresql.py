"""The same cases on a real PostgreSQL: migrated, walked to the end, raced, and guarded by its triggers."""

import pytest
from sqlalchemy import Engine, make_url, text
from sqlalchemy.exc import DatabaseError
from sqlmodel import col, select

from tests.makers import WAY, applied, bureau, case_at, done, everything, open_item, at_once, whole
from workflows.cases import decisions, facts, jobs, progress, timers, world
from workflows.cases.tables import Case, Document, FactChange, Timer, WorkItem, WorkState
from workflows.errors import Conflict
from workflows.messages import say
from workflows.office import people
from workflows.payments.tables import Entitlement
from workflows.records import append_only, audit, schema
from workflows.records.session import writing

pytestmark = [pytest.mark.postgresql, pytest.mark.xdist_group("postgresql")]


@pytest.fixture
def database(postgresql_database: Engine) -> Engine:
    """A migrated database of one's own."""
    return postgresql_database


def test_the_migrations_build_there_what_the_tables_say(database):
    url = str(make_url(database.url).render_as_string(hide_password=False))
    assert schema.check(url) == ""
    schema.upgrade(url)


def test_db_1_goes_to_its_end(database):
    house = bureau(database=database)
    case = case_at(house, "confirmed")
    with house.work() as session:
        row = session.get_one(Case, case.id)
        assert (row.state, row.number, row.opened_at) == ("confirmed", "DB-2024-03-0001", case.opened_at)
        assert facts.known(row)["means"]["total_fen"] == 60_000
        granted = session.exec(select(Entitlement)).one()
        assert (granted.base_fen, granted.from_month) == (60_000, "2024-05")
        assert [paper.kind for paper in session.exec(select(Document).order_by(col(Document.id)))] == [
            "receipt", "acceptance_notice", "check_request", "survey_form", "check_report", "preliminary_opinion", "public_notice",
            "notice_proof", "report_form", "decision", "certificate"]
        assert session.exec(select(Timer)).all() == []
        assert whole(session)


def test_a_refused_step_leaves_nothing_there_either(database):
    house = bureau(database=database)
    case = case_at(house, "draft_opinion", incomes=[{"member": "王建国", "kind": "wage", "amount": "2100", "months": "1"}])
    before = everything(database)
    with pytest.raises(Exception, match="not below the standard"):
        done(house, case, "draft_opinion", outcome="grant", opinion="拟予保障")
    assert everything(database) == before


def test_of_two_who_decide_at_once_one_wins_and_the_other_hears_it(database):
    house = bureau(database=database)
    case = case_at(house, "county_decision")
    with house.work() as session:
        item, _ = open_item(session, case, "county_decision")
        officers = [people.by_login(session, login) for login in ("county_lead1", "county_lead2")]

    def decide(who):
        with writing(database) as session:
            decisions.complete(session, item.id, {"outcome": "confirm"}, who, house.now)
            return who.id

    found = at_once(*[lambda who=who: decide(who) for who in officers * 2])
    lost = [one for one in found if not isinstance(one, int)]
    assert [type(one) for one in lost] == [Conflict] * 3
    assert say(lost[0].message, "zh_CN") == "此事项已办结。"
    with house.work() as session:
        events = [one for one in audit.events(session, f"case:{case.id}")
                  if (one.action, one.node) == ("work_item.complete", "county_decision")]
        assert [one.actor_id for one in events] == [one for one in found if isinstance(one, int)]
        assert len(session.exec(select(Entitlement)).all()) == 1
        assert whole(session)


def test_two_workers_fire_one_timer_once(database):
    house = bureau(database=database)
    case = case_at(house, "confirm_posting")
    done(house, case, "confirm_posting", **WAY["confirm_posting"][1])
    with house.work() as session:
        timer, notice = session.exec(select(Timer)).one(), world.latest_notice(session, case)

    def fire():
        with writing(database) as session:
            return timers.fire(session, timer.id, notice.ends_at)

    assert sorted(at_once(fire, fire, fire)) == [False, False, True]
    with house.work() as session:
        assert session.exec(select(WorkItem.node).where(WorkItem.state == WorkState.OPEN)).all() == ["report_to_county"]


def test_two_branches_done_at_the_same_moment_are_both_kept(database):
    house = bureau(database=database)
    case = case_at(house, "home_visit")
    for _ in range(3):      # the moment has to be met: three families, three chances
        found = at_once(*[lambda node=node, case=case: done(house, case, node, **WAY[node][1])
                          for node in ("home_visit", "data_check")])
        assert [type(one) for one in found] == [Case, Case]
        with house.work() as session:
            row = session.get_one(Case, case.id)
            assert {"home_visit", "data_check", "means"} <= set(row.facts)
            open_items = select(WorkItem.node).where(WorkItem.state == WorkState.OPEN, WorkItem.case_id == case.id)
            assert session.exec(open_items).all() == ["draft_opinion"]
        case = case_at(house, "home_visit", number=case.id)


def test_who_locks_a_case_second_reads_what_the_first_has_written(database):
    house = bureau(database=database)
    case = case_at(house, "home_visit")
    with writing(database) as first, writing(database) as second:
        assert second.get_one(Case, case.id).version == case.version      # read before the first has written
        progress.locked(first, case.id)
        first.commit()
        assert progress.locked(second, case.id).version == case.version + 2
    with writing(database) as first, pytest.raises(DatabaseError, match="lock timeout"), writing(database) as second:
        first.exec(select(Case).where(Case.id == case.id).with_for_update())
        second.execute(text("SET LOCAL lock_timeout = '50ms'"))
        progress.locked(second, case.id)


def test_a_second_worker_takes_the_next_job_and_does_not_wait_for_the_first(database):
    house = bureau(database=database)
    with house.work() as session:
        for key in ("a", "b"):
            jobs.ask(session, "render_document", key, {}, house.now)
    with writing(database) as first, writing(database) as second:
        second.execute(text("SET LOCAL lock_timeout = '5s'"))
        assert [jobs.claim(first, house.now).key, jobs.claim(second, house.now).key] == ["a", "b"]
        assert jobs.claim(second, house.now) is None


def test_many_cases_at_once_keep_every_chain_whole_and_every_number_once(database):
    house = bureau(database=database)
    steps = ("review_materials", "home_visit", "data_check", "draft_opinion", "sign_opinion")

    def walk(number):
        case = applied(house, number)
        for element in steps:
            done(house, case, element, **WAY[element][1])
        return case.number

    found = at_once(*[lambda first=first: [walk(number) for number in range(first, 12, 4)] for first in range(4)])
    assert [one for one in found if isinstance(one, Exception)] == []
    assert sorted(number for run in found for number in run) == [f"DB-2024-03-{n:04d}" for n in range(1, 13)]
    with house.work() as session:
        assert whole(session)
        papers = session.exec(select(Document.kind, Document.serial)).all()
        for kind in {kind for kind, _ in papers}:
            assert sorted(serial for name, serial in papers if name == kind) == list(range(1, 13)), kind
        for case in session.exec(select(Case)):
            changes = session.exec(select(FactChange).where(FactChange.case_id == case.id).order_by(col(FactChange.id))).all()
            assert {change.name: change.value for change in changes} == case.facts


def test_one_family_handed_in_at_two_counters_at_once_is_taken_in_once(database):
    house = bureau(database=database)
    found = at_once(*[lambda who=who: applied(house, who=who) for who in ("town_clerk1", "window_clerk1", "village1")])
    assert sorted(type(one).__name__ for one in found) == ["Case", "Invalid", "Invalid"]
    with house.work() as session:
        assert len(session.exec(select(Case)).all()) == 1


def test_its_triggers_refuse_to_change_or_remove_what_was_written(database):
    house = bureau(database=database)
    case_at(house, "draft_opinion")
    before = everything(database)
    for table in append_only.TABLES:
        touching = ("UPDATE {table} SET id = id", "DELETE FROM {table}") if before[table] else ()     # a trigger of rows needs one
        for statement in (*touching, "TRUNCATE {table} CASCADE"):
            with pytest.raises(DatabaseError, match="append-only"), database.begin() as connection:
                connection.execute(text(statement.format(table=table)))
    assert everything(database) == before
