"""Several at once on one file: one wins, the others hear it, and every chain stays whole."""


import pytest
from sqlmodel import col, select

from tests.databases import at_file
from tests.makers import NORMAL_WAY, applied, bureau, done, open_item, standing, at_once, whole
from workflows.cases import decisions, timers, world
from workflows.cases.notice import objections
from workflows.cases.tables import Case, Document, FactChange, Objection, Timer, WorkItem, WorkState
from workflows.errors import Conflict
from workflows.office import people
from workflows.records import audit
from workflows.records.session import writing

INCOMES = [{"member": "王建国", "kind": "wage", "amount": "900", "months": "1"},
           {"member": "李秀兰", "kind": "wage", "amount": "600", "months": "1"}]


@pytest.fixture
def file(tmp_path):
    """An empty database in a file."""
    made = at_file(tmp_path / "case.sqlite")
    yield made
    made.dispose()


def on_file(element, path):
    """DB-1's case at that element, in a file that several threads can open."""
    house, case = standing(element)
    house.engine = at_file(path, like=house.engine)
    return house, case


@pytest.mark.parametrize(("element", "logins", "answers"), [
    ("home_visit", ("town_clerk1", "town_clerk2"), {
        "visited_at": "2024-03-04T08:30", "respondent": "王建国", "surveyors": [{"name": "张伟"}, {"name": "何芳"}],
        "findings": "好", "differences": "现无收入", "conclusion": "好", "household_signed": True}),
    ("sign_opinion", ("town_lead1", "town_lead1"), {"outcome": "agree"}),
    ("county_decision", ("county_lead1", "county_lead2"), {"outcome": "confirm"}),
])
def test_of_two_who_complete_the_same_item_one_wins_and_the_other_hears_it(element, logins, answers, tmp_path):
    house, case = on_file(element, tmp_path / "case.sqlite")
    with house.work() as session:
        item, _ = open_item(session, case, element)
        officers = [people.by_login(session, login) for login in logins]

    def complete(who):
        with writing(house.engine) as session:
            decisions.complete(session, item.id, answers, who, house.now)
            return who.login

    found = at_once(*[lambda who=who: complete(who) for who in officers * 2])
    assert sorted(type(one).__name__ for one in found) == ["Conflict", "Conflict", "Conflict", "str"]
    with house.work() as session:
        events = [one for one in audit.events(session, f"case:{case.id}")
                  if (one.action, one.node) == ("work_item.complete", element)]
        winner = next(one for one in found if isinstance(one, str))
        assert [one.actor for one in events] == [people.by_login(session, winner).name]
        assert session.get_one(WorkItem, item.id).done_by == people.by_login(session, winner).id
        assert whole(session)


def test_two_branches_done_at_the_same_moment_are_both_kept(tmp_path):
    house, case = on_file("home_visit", tmp_path / "case.sqlite")
    found = at_once(*[lambda node=node: done(house, case, node, **ANSWERS[node]) for node in ("home_visit", "data_check")])
    assert [type(one) for one in found] == [Case, Case]
    with house.work() as session:
        row = session.get_one(Case, case.id)
        assert {"home_visit", "data_check", "means"} <= set(row.facts)
        assert session.exec(select(WorkItem.node).where(WorkItem.state == WorkState.OPEN)).all() == ["draft_opinion"]


def test_the_village_and_the_township_confirm_one_posting_only_once(tmp_path):
    house, case = on_file("confirm_posting", tmp_path / "case.sqlite")
    said = {"posted_on": "2024-03-18", "place": "公开栏", "posted_by": "张贴员"}
    found = at_once(lambda: done(house, case, "confirm_posting", "village1", **said),
                    lambda: done(house, case, "confirm_posting", "town_clerk1", **said))
    assert sum(isinstance(one, Case) for one in found) == 1
    with house.work() as session:
        assert len(session.exec(select(Timer)).all()) == 1
        assert whole(session)


def test_an_objection_in_the_notices_last_moment_and_its_end_do_not_both_count(tmp_path):
    house, case = on_file("confirm_posting", tmp_path / "case.sqlite")
    done(house, case, "confirm_posting", "village1", posted_on="2024-03-18", place="公开栏", posted_by="张贴员")
    with house.work() as session:
        timer, notice = session.exec(select(Timer)).one(), world.latest_notice(session, case)

    def end():
        with writing(house.engine) as session:
            return timers.fire(session, timer.id, notice.ends_at)

    def object_to():
        with writing(house.engine) as session:
            return objections.object_to(session, notice.id, "有门面", "", "", house.now)

    at_once(end, object_to)
    with house.work() as session:
        waits = set(session.exec(select(WorkItem.node).where(WorkItem.state == WorkState.OPEN)))
        raised = [one for one in session.exec(select(Objection)) if not one.late]
        assert whole(session)
    if not raised:       # the end came first: whoever objects now complains
        assert waits == {"report_to_county"}
    else:
        assert (len(raised), waits) == (1, {"resurvey"})


def test_many_cases_at_once_keep_every_chain_whole_and_every_number_once(file):
    house = bureau(database=file)

    def walk(number):
        case = applied(house, number)
        for element in NORMAL_WAY[:5]:
            done(house, case, element, **ANSWERS[element])
        return case.number

    found = at_once(*[lambda first=first: [walk(number) for number in range(first, 12, 4)] for first in range(4)])
    numbers = sorted(number for run in found for number in run)
    assert numbers == [f"DB-2024-03-{n:04d}" for n in range(1, 13)]
    with house.work() as session:
        assert whole(session)
        papers = session.exec(select(Document.kind, Document.serial).order_by(col(Document.id))).all()
        for kind in {kind for kind, _ in papers}:
            assert [serial for name, serial in papers if name == kind] == list(range(1, 13)), kind
        for case in session.exec(select(Case)):
            facts = session.exec(select(FactChange).where(FactChange.case_id == case.id).order_by(col(FactChange.id))).all()
            assert {change.name: change.value for change in facts} == case.facts
            assert case.version == 6      # the application and five steps


ANSWERS = {
    "review_materials": {"outcome": "accept"},
    "home_visit": {"visited_at": "TODAYT08:30", "respondent": "王建国", "surveyors": [{"name": "张伟"}, {"name": "何芳"}],
                   "findings": "好", "conclusion": "好", "household_signed": True, "incomes": INCOMES},
    "data_check": {"queried_on": "TODAY", "authorisation_number": "SQ-1", "conclusion": "consistent"},
    "draft_opinion": {"outcome": "grant", "opinion": "拟予保障"},
    "sign_opinion": {"outcome": "agree"},
}


def test_a_claim_is_one_persons(tmp_path):
    house, case = on_file("home_visit", tmp_path / "case.sqlite")
    with house.work() as session:
        item, _ = open_item(session, case, "home_visit")
        officers = [people.by_login(session, login) for login in ("town_clerk1", "town_clerk2")]

    def claim(who):
        with writing(house.engine) as session:
            return decisions.claim(session, item.id, who, house.now).claimed_by

    found = at_once(*[lambda who=who: claim(who) for who in officers])
    assert sorted(isinstance(one, Conflict) for one in found) == [False, True]
