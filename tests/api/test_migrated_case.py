"""The pages of a case that has moved: what happened is called as the version called it on which it happened."""

import pytest
from sqlmodel import Session, select

from tests.api.conftest import NOW
from tests.versions import FLOW, RENAMED, newer
from workflows.cases.tables import Case, WorkItem, WorkState
from workflows.migration import plans, work
from workflows.migration.tables import Plan
from workflows.office import people
from workflows.records.session import reading, writing

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
        plans.start(session, 1, people.by_login(session, "county_lead1"), NOW)
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
