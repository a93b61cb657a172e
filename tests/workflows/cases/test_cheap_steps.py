"""A step's cost is a matter of how many statements it says: few, and no more of them however old the case is."""

import pytest
from sqlalchemy import event
from sqlmodel import col, select

from benchmarks.step import Round, statements
from benchmarks.engine.databases import sqlite
from benchmarks.engine.process import NOW
from tests.makers import WAY, open_item, standing
from workflows.cases import decisions
from workflows.cases.shown import overview
from workflows.cases.tables import Case, FactChange, Visit, WorkItem
from workflows.records import audit
from workflows.records.session import reading


@pytest.fixture(scope="module")
def case():
    with sqlite() as engine:
        yield Round.opened(engine)


def explained(engine, statement, *values):
    with engine.connect() as connection:
        return [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]


def test_a_plain_step_says_at_most_nine_statements_at_any_age(case):
    for _ in range(2):
        case.step()()
    young = statements(case)
    for _ in range(60):
        case.step()()
    assert len(young) <= 9
    assert statements(case) == young


def test_such_a_step_writes_each_table_once_and_everything_it_must(case):
    with reading(case.engine) as session:
        before = session.exec(select(WorkItem).order_by(col(WorkItem.id).desc())).first()
        chain = len(audit.events(session, f"case:{case.case}"))
    written = [said.split("(")[0].split(" SET")[0].split(" WHERE")[0].strip() for said in statements(case) if not said.startswith("SELECT")]
    assert sorted(written) == ["INSERT INTO audit_event", "INSERT INTO case_visit", "INSERT INTO fact_change", "INSERT INTO work_item",
                               "UPDATE approval_case", "UPDATE work_item"]
    with reading(case.engine) as session:
        after = session.exec(select(WorkItem).order_by(col(WorkItem.id).desc())).first()
        assert (session.get_one(WorkItem, before.id).state, after.state, after.id) == ("done", "open", before.id + 1)
        assert session.exec(select(FactChange.name).order_by(col(FactChange.id).desc())).first() == "step"
        newest = session.exec(select(Visit.node, Visit.what).order_by(col(Visit.id).desc()).limit(4)).all()
        assert newest[::-1] == [("step", "completed"), ("more", "entered"), ("more", "completed"), ("step", "entered")]
        assert len(audit.events(session, f"case:{case.case}")) == chain + 1
        assert audit.broken_at(session, f"case:{case.case}") is None


def test_every_question_of_a_step_is_answered_by_an_index(case):
    asked = [said for said in statements(case) if said.startswith("SELECT")]
    for said in asked:
        plan = explained(case.engine, said, *([0] * said.count("?")))
        assert not [line for line in plan if line.startswith("SCAN")], plan


def test_a_step_of_the_law_with_duties_kept_apart_limits_and_guards_says_two_more():
    house, found = standing("draft_opinion")
    with house.work() as session:
        item, who = open_item(session, found, "draft_opinion")
        answers = {**decisions.initial(session, item, session.get_one(Case, found.id), who, house.now),
                   **WAY["draft_opinion"][1]}
    said = []
    with house.work() as session:
        event.listen(house.engine, "before_cursor_execute", lambda *given: said.append(given[2]))
        decisions.complete(session, item.id, answers, who, house.now)
    assert len([one for one in said if not one.startswith("BEGIN")]) <= 11


def test_the_page_of_an_old_case_shows_its_newest_and_reads_no_more_than_that(case, monkeypatch):
    monkeypatch.setattr(overview, "SHOWN", 10)
    for _ in range(30):
        case.step()()
    with reading(case.engine) as session:
        number = session.get_one(Case, case.case).number
        view = overview.case_view(session, case.who, number, NOW)
        chain = audit.events(session, f"case:{case.case}")
    assert [event.seq for event in view.events] == [event.seq for event in chain[-10:]]
    assert (view.event_count, len(view.items), len(view.open_items)) == (len(chain), 10, 1)
    assert [section.shown[1].value[0].zh for section in view.sections if section.fact == "step"] == [f"同意 {case.said}"]
    assert view.colours[0].done == ("begin", "more", "step")


def test_an_elements_last_answer_is_shown_however_long_ago_it_was_given(case, monkeypatch):
    monkeypatch.setattr(overview, "SHOWN", 0)
    case.step()()
    with reading(case.engine) as session:
        view = overview.case_view(session, case.who, session.get_one(Case, case.case).number, NOW)
    assert sorted(one.item.state for one in view.items) == ["done", "open"]
    assert not view.events
