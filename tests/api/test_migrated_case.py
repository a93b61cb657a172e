"""The pages of a case that has moved: what happened is called as the version called it on which it happened."""

import pytest
from sqlmodel import Session, select

from tests.api.conftest import NOW, post
from tests.versions import FLOW, RENAMED, newer
from workflows.cases.tables import Case, WorkItem, WorkState
from workflows.migration import plans, work
from workflows.migration.tables import Plan
from workflows.office import people
from workflows.records.session import reading, writing
from workflows.records.tables import AuditEvent

WHY = "按新流程办理"


def other_names(text: str) -> str:
    return RENAMED[FLOW](text).replace('name="签署初审意见"', 'name="签批初审意见"').replace('name="入户调查"', 'name="上门调查"')


def words(page) -> str:
    """What a reader sees of a page's main part, the audit log's own codes aside."""
    return " ".join(page.tree.xpath("//main//text()[not(ancestor::script) and not(ancestor::td)]"))


@pytest.fixture
def moved(county, tmp_path) -> str:
    """The county's cases on a version with another id and other names; the number of one that was signed and visited."""
    with writing(county) as session:
        newer(session, tmp_path / "newer", NOW, {**RENAMED, FLOW: other_names})
        designer = people.by_login(session, "designer1")
        plan = plans.make(session, "dibao", 1, 2, designer, NOW)
        plans.edit(session, plan.id, {**plan.mapping, "home_visit": "house_visit"}, designer, NOW)
        plans.check(session, plan.id, designer, NOW)
    work.finish(1, lambda _: NOW, county)
    with writing(county) as session:
        plans.start(session, 1, people.by_login(session, "county_lead1"), NOW, reason=WHY)
    work.finish(1, lambda _: NOW, county)
    with reading(county) as session:
        assert plans.counts(session, session.get_one(Plan, 1)).get("moved")
        return session.exec(select(Case.number).join(WorkItem).where(
            WorkItem.node == "home_visit", WorkItem.state == WorkState.DONE, Case.release_id == session.get_one(Plan, 1).to_release_id)).first()


def test_the_case_page_shows_old_steps_by_their_old_names_and_none_by_an_id(screen, moved, db: Session):
    page = screen("county_lead1", f"/cases/{moved}")
    assert "入户调查" in page.text
    assert "home_visit" not in words(page)
    assert "上门调查" not in words(page)
    assert page.texts("//*[@id='fact-home_visit-title']") == ["入户调查"]


def test_the_facts_page_names_a_fact_as_the_version_did_that_wrote_it(screen, moved):
    page = screen("county_lead1", f"/cases/{moved}/facts")
    assert "入户调查" in words(page)
    assert "home_visit" not in words(page)


def test_the_history_says_by_whose_plan_it_moved_and_back_differently(screen, moved, enter, county, db: Session):
    designer, lead = (people.by_login(db, login).name for login in ("designer1", "county_lead1"))
    assert f"第 1 版→第 2 版，方案 1，{designer}制定、{lead}启动" in words(screen("county_lead1", f"/cases/{moved}"))
    where = "/processes/dibao/plans/1"
    assert "1 件" in words(screen("county_lead1", f"{where}/confirm/back_one?case={moved}"))
    answer = post(enter("county_lead1"), f"{where}/confirm/back_one?case={moved}", {"reason": WHY}, on=f"{where}/confirm/back_one?case={moved}")
    assert answer.status_code == 303
    page = words(screen("county_lead1", f"/cases/{moved}"))
    assert f"第 2 版→第 1 版，方案 1，{lead}迁回" in page
    assert "迁回原流程版本" in page


def test_without_a_reason_nothing_goes_back_and_the_reason_is_asked_for_again(screen, moved, enter, county, db: Session):
    where = "/processes/dibao/plans/1"
    answer = post(enter("county_lead1"), f"{where}/confirm/back", {"reason": " "}, on=f"{where}/confirm/back")
    assert (answer.status_code, "bulk-reason-error" in answer.text) == (422, True)
    assert db.get(Plan, 1).state == "done"
    post(enter("county_lead1"), f"{where}/confirm/back", {"reason": WHY}, on=f"{where}/confirm/back")
    work.finish(1, lambda _: NOW, county)
    with reading(county) as session:
        event = session.exec(select(AuditEvent).where(AuditEvent.action == "migration.back")).one()
    assert (event.after["reason"], WHY in event.summary) == (WHY, True)
    assert screen("county_lead1", where).texts("//h2[@id='progress-title']") == ["已迁回"]
