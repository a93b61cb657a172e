"""退回: to earlier places, out of branches and out of the notice; what counts no longer, and which limits run on."""

from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import col, select

from tests import errand
from tests.makers import WAY, case_at, done, everything, open_item, standing, whole
from workflows import engine, releases
from workflows.cases import answers, clocks, decisions, facts, jobs, world
from workflows.cases.notice import notices
from workflows.cases.shown import overview
from workflows.cases.operations import redoing, send_back
from workflows.cases.operations.asking import Asked
from workflows.cases.operations.send_back import Wish
from workflows.cases.tables import Case, Document, FactChange, Job, Notice, Timer, WorkItem, WorkState
from workflows.engine import Place
from workflows.errors import Conflict, Invalid, NotAllowed, Refusal
from workflows.office import people
from workflows.records import audit

REASON = "收入情况与存款不符，请核实"


def back(house, case, node, target, login, others="cancel", reason=REASON, operation=send_back.send_back, path=()):
    """What stands at `node` (of a person, or an event), returned by that officer."""
    with house.work() as session:
        row, who = session.get_one(Case, case.id), people.by_login(session, login)
        token = next((one.token for one in waits(session, row) if one.node.id == node), "")
        subject = case.id if operation is send_back.send_back else row
        return operation(session, subject, Wish(token, Place(target, path), others), Asked(who, reason, house.now))


def waits(session, row):

    return engine.waiting(releases.load(session, row.release_id).drawing, row.engine)


def waiting(house, case):
    """Where the case waits for people."""
    with house.work() as session:
        return sorted(session.exec(select(WorkItem.node).where(WorkItem.case_id == case.id, WorkItem.state == WorkState.OPEN)))


def known(house, case):
    with house.work() as session:
        return facts.known(session.get_one(Case, case.id))


def test_the_returned_work_says_by_whom_and_why_and_begins_with_its_former_answers():
    house, case = standing("county_review")
    back(house, case, "county_review", "draft_opinion", "county_clerk1")
    assert waiting(house, case) == ["draft_opinion"]
    with house.work() as session:
        item, clerk = open_item(session, case, "draft_opinion")
        told = send_back.returned(session, item)
        assert (told.reason, people.officer(session, told.by).name, told.node) == (REASON, "县经办一", "county_review")
        first = decisions.initial(session, item, session.get_one(Case, case.id), clerk, house.now)
        assert first["opinion"] is None      # each decision is made anew
    back(house, case, "draft_opinion", "home_visit", "county_lead1")
    with house.work() as session:
        item, clerk = open_item(session, case, "home_visit")
        first = decisions.initial(session, item, session.get_one(Case, case.id), clerk, house.now)
        assert first["findings"] == "收入与申报一致"


def test_what_was_decided_after_that_place_counts_no_longer_and_is_kept():
    house, case = standing("county_decision")
    before = known(house, case)
    back(house, case, "county_decision", "draft_opinion", "county_lead1")
    after = known(house, case)
    void = {name for name in before if after.get(name) is None and before[name] is not None}
    assert void == {"draft_opinion", "sign_opinion", "confirm_posting", "report_to_county", "county_review"}
    assert after["means"] == before["means"]
    with house.work() as session:
        values = session.exec(select(FactChange.value).where(FactChange.name == "sign_opinion").order_by(col(FactChange.id))).all()
        assert [value and value["outcome"] for value in values] == ["agree", None]
        event = audit.events(session, f"case:{case.id}")[-1]
        assert (event.action, event.node, event.before["sign_opinion"]["outcome"], event.after["target"], event.after["reason"]) == (
            "case.send_back", "draft_opinion", "agree", "draft_opinion", REASON)
        assert whole(session)


def test_it_goes_on_to_its_end_and_is_decided_anew():
    house, case = standing("county_decision")
    back(house, case, "county_decision", "draft_opinion", "county_lead1")
    case = case_at(house, "confirmed", case=case)
    with house.work() as session:
        signed = session.exec(select(WorkItem).where(WorkItem.node == "sign_opinion", WorkItem.state == WorkState.DONE)).all()
        assert len(signed) == 2
        papers = [paper.number for paper in session.exec(select(Document).where(Document.kind == "preliminary_opinion"))]
        assert len(set(papers)) == 2
        assert len(session.exec(select(Notice).where(Notice.withdrawn == "")).all()) == 1


def test_who_did_another_step_is_kept_apart_all_the_same():
    house, case = standing("county_decision")
    with house.work() as session:
        reviewer = session.exec(select(WorkItem.done_by).where(WorkItem.node == "county_review")).one()
    back(house, case, "county_decision", "county_review", "county_lead1")
    done(house, case, "county_review", **WAY["county_review"][1])
    with house.work() as session:
        assert session.exec(select(WorkItem.done_by).where(WorkItem.node == "county_review", WorkItem.state == WorkState.DONE)
                            .order_by(col(WorkItem.id))).all()[0] == reviewer


@pytest.mark.parametrize(("others", "open_after"), [
    ("cancel", ["review_materials"]), ("keep", ["data_check", "review_materials"])])
def test_out_of_the_survey_the_check_beside_it_is_cancelled_or_kept(others, open_after):
    house, case = standing("home_visit")
    cancelled = [item.node for item in back(house, case, "home_visit", "review_materials", "town_clerk1", others,
                                            operation=send_back.preview).cancelled]
    assert cancelled == [node for node in ("home_visit", "data_check") if node not in open_after]
    back(house, case, "home_visit", "review_materials", "town_clerk1", others)
    assert waiting(house, case) == open_after
    done(house, case, "review_materials", **WAY["review_materials"][1])
    assert waiting(house, case) == ["data_check", "home_visit"]


@pytest.mark.parametrize(("others", "still_known"), [("cancel", False), ("keep", True)])
def test_what_a_kept_branch_has_found_still_counts(others, still_known):
    house, case = standing("home_visit")
    done(house, case, "data_check", **{**WAY["data_check"][1], "queried_on": "2024-03-04"})
    back(house, case, "home_visit", "review_materials", "town_clerk1", others)
    assert (known(house, case)["data_check"] is not None) == still_known
    done(house, case, "review_materials", **WAY["review_materials"][1])
    assert waiting(house, case) == (["home_visit"] if still_known else ["data_check", "home_visit"])


@pytest.mark.parametrize(("target", "path", "open_after"), [
    ("draft_opinion", (), ["draft_opinion"]), ("confirm_posting", ("public_notice",), ["confirm_posting"] * 2)])
def test_out_of_the_notice_it_comes_down_and_must_be_posted_again(target, path, open_after):
    house, case = standing("confirm_posting")
    done(house, case, "confirm_posting", **WAY["confirm_posting"][1])
    with house.work() as session:
        first = session.exec(select(Notice)).one()
    assert back(house, case, "notice_ends", target, "county_lead1", path=path, operation=send_back.preview).notice is not None
    back(house, case, "notice_ends", target, "county_lead1", path=path)
    assert waiting(house, case) == open_after
    with house.work() as session:
        row = session.get_one(Case, case.id)
        notice = session.get_one(Notice, first.id)
        assert (notice.taken_down_at, notice.withdrawn) == (house.now, REASON)
        assert world.notice_of(session, row)["posted_on"] is None
        assert notices.current(session, house.now) == []
        assert session.exec(select(Timer)).all() == []
    case = case_at(house, "report_to_county", case=case)
    with house.work() as session:
        again = world.latest_notice(session, case)
        assert (again.id, again.withdrawn, again.posted_on) != (first.id, "", None)
        assert again.ends_on >= first.ends_on


def test_the_bureaus_limits_run_on_from_their_first_day():
    house, case = standing("draft_opinion")
    with house.work() as session:
        before = {clock.kind: clock for clock in clocks.of(session, case)}
    assert before["check_start"].ended_on
    assert [clock.kind for clock in back(house, case, "draft_opinion", "data_check", "county_lead1",
                                         operation=send_back.preview).clocks] == ["check_start"]
    back(house, case, "draft_opinion", "data_check", "county_lead1")
    with house.work() as session:
        found = [clock for clock in clocks.of(session, case) if clock.kind == "check_start"]
        assert [(clock.started_on, clock.due_on, clock.ended_on) for clock in found] == [(date(2024, 3, 4), date(2024, 3, 7), None)]
        item, _ = open_item(session, case, "data_check")
        assert item.due_at.date() == date(2024, 3, 8)      # 24:00 of its last day


def test_a_limit_of_the_bureaus_that_is_past_marks_the_case_wherever_it_goes():
    house, case = standing("draft_opinion")
    back(house, case, "draft_opinion", "review_materials", "county_lead1")
    with house.work() as session:
        item, clerk = open_item(session, case, "review_materials")
        assert item.due_at.date() == date(2024, 3, 8)      # the check had to begin by the end of the 7th
        seen = overview.case_view(session, clerk, case.number, house.now)
        assert (seen.light, seen.due_at) == ("overdue", item.due_at)


def test_the_county_returns_a_case_once_by_whichever_way():
    house, case = standing("county_review")
    back(house, case, "county_review", "draft_opinion", "county_clerk1")
    case = case_at(house, "county_review", case=case)
    with pytest.raises(Conflict, match="returned once"):
        back(house, case, "county_review", "draft_opinion", "county_clerk1")
    with pytest.raises(Conflict, match="returned once"):
        back(house, case, "county_review", "home_visit", "county_lead1")
    with pytest.raises(Invalid, match="returned once"):
        done(house, case, "county_review", outcome="return", reason="再核", opinion="再核")


def test_a_fact_under_a_name_of_its_own_is_made_anew_too():
    house, case = standing("county_review")
    with house.work() as session:
        drawing = releases.load(session, case.release_id).drawing
        named = replace(drawing, nodes={**drawing.nodes, "home_visit": replace(
            drawing.nodes["home_visit"], properties={"fact": "data_check"})})
        row = session.get_one(Case, case.id)
        assert "data_check" not in redoing.void_facts(session, row, named, {"home_visit"})
        assert "data_check" in redoing.void_facts(session, row, named, {"home_visit", "data_check"})
        assert "application" not in redoing.void_facts(session, row, drawing, {"supplement_materials"})


def test_acceptance_issued_again_does_not_restart_the_whole_limit():
    house, case = standing("draft_opinion")
    back(house, case, "draft_opinion", "review_materials", "county_lead1")
    done(house, case, "review_materials", **WAY["review_materials"][1])
    with house.work() as session:
        row = session.get_one(Case, case.id)
        total, = (clock for clock in clocks.of(session, row) if clock.kind == "total")
        assert (row.accepted_at.date(), total.started_on) == (date(2024, 3, 4), date(2024, 3, 4))
        assert len(session.exec(select(Document).where(Document.kind == "acceptance_notice")).all()) == 2


def test_the_applicants_limit_begins_anew():
    house, case = standing("review_materials")
    done(house, case, "review_materials", outcome="supplement", gaps=[{"item": "收入证明"}])
    done(house, case, "supplement_materials")
    house.pass_time(house.now.replace(month=4))
    seen = back(house, case, "review_materials", "supplement_materials", "county_lead1", operation=send_back.preview)
    assert ([clock.kind for clock in seen.anew], seen.clocks) == (["correction"], ())
    back(house, case, "review_materials", "supplement_materials", "county_lead1")
    assert waiting(house, case) == ["supplement_materials"]
    with house.work() as session:
        found = [clock for clock in clocks.of(session, case) if clock.kind == "correction"]
        assert [(clock.started_on.month, clock.ended_on is None) for clock in found] == [(3, False), (4, True)]


@pytest.mark.parametrize(("login", "said"), [
    ("town_clerk1", NotAllowed), ("county_finance1", NotAllowed), ("auditor1", NotAllowed), ("check_org1", NotAllowed)])
def test_only_who_holds_the_work_or_the_countys_lead_may(login, said):
    house, case = standing("county_review")
    before = everything(house.engine)
    with pytest.raises(said):
        back(house, case, "county_review", "draft_opinion", login)
    assert everything(house.engine) == before


@pytest.mark.parametrize(("target", "path"), [("county_decision", ()), ("nowhere", ()), ("supplement_materials", ()), ("county_visit", ())])
def test_only_places_the_case_has_passed_and_that_lie_before(target, path):
    house, case = standing("county_review")
    with pytest.raises(Conflict, match="can't be returned"):
        back(house, case, "county_review", target, "county_clerk1", path=path)


def test_the_places_offered_are_those_where_people_worked_the_nearest_first():
    house, case = standing("county_review")
    with house.work() as session:
        row = session.get_one(Case, case.id)
        token, = (one.token for one in waits(session, row))
        assert [place.node for place in send_back.places(session, row, token)][:3] == ["report_to_county", "confirm_posting", "sign_opinion"]
        assert {place.node for place in send_back.places(session, row, token)} == {
            "report_to_county", "confirm_posting", "sign_opinion", "draft_opinion", "home_visit", "data_check", "review_materials"}


def test_a_reason_is_compulsory_and_a_suspended_case_stays_where_it_is():
    house, case = standing("county_review")
    with pytest.raises(Invalid):
        back(house, case, "county_review", "draft_opinion", "county_clerk1", reason="")


def test_a_preview_changes_nothing():
    house, case = standing("county_review")
    before = everything(house.engine)
    found = back(house, case, "county_review", "home_visit", "county_clerk1", operation=send_back.preview)
    assert {node for node in found.redone if node in WAY} == {
        "home_visit", "draft_opinion", "sign_opinion", "confirm_posting", "report_to_county"}
    assert next(paper.kind for paper in found.papers) == "receipt"
    assert everything(house.engine) == before


def test_a_job_asked_before_the_return_completes_nothing_afterwards():
    house, case = errand.sent()
    done(house, case, "prepare", note="急件")
    with house.work() as session:
        job = jobs.claim(session, house.now)
    back(house, case, "ask", "prepare", "county_lead1")
    assert waiting(house, case) == ["prepare"]
    done(house, case, "prepare", note="再来")
    with house.work() as session:
        answers.keep(session, job.id, job.claims, {"rung": "late"}, house.now)
        answers.take_in(session, job.id, house.now)
        row = session.get_one(Case, case.id)
        assert (row.facts.get("rung"), session.get_one(Job, job.id).stale) == (None, {"rung": "late"})
        second = jobs.claim(session, house.now)
        answers.keep(session, second.id, second.claims, {"rung": "now"}, house.now)
        answers.take_in(session, second.id, house.now)
    assert waiting(house, case) == ["check"]
    assert known(house, case)["rung"] == "now"


def test_a_review_of_a_month_is_returned_by_its_drawing_only():
    house, case = standing("home_visit")
    with house.work() as session:

        row = session.get_one(Case, case.id).model_copy(update={"release_id": releases.newest(session, "monthly_review").id})
        found: Refusal | None = send_back.why_not(session, row, "1", people.by_login(session, "county_lead1"))
    assert "only the way its drawing shows" in str(found)
