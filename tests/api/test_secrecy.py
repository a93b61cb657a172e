"""AD-14: a secret matter is found, listed and told by nobody but its registrars, and every look is logged."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from tests.api.conftest import NOW, Enter
from workflows.cases import decisions, intake
from workflows.cases.tables import Case, Notice, WorkItem
from workflows.office import people
from workflows.office.tables import Person
from workflows.records.session import writing
from workflows.records.tables import AuditEvent
from workflows.scenarios.bureau import typed

SCENARIOS = Path(__file__).resolve().parents[2] / "bpmn" / "adoption" / "scenarios"
NAMES = ("周立诚", "沈若兰", "何小禾", "990101202006011138")
OPEN_TO = {"reg_auth1", "reg_auth2", "county_lead1", "county_lead2", "auditor1"}


def answers(scenario: str = "ad_01_normal") -> Any:
    return as_typed(tomllib.loads((SCENARIOS / f"{scenario}.toml").read_text(encoding="utf-8"))["application"])


def as_typed(application: Any) -> Any:
    return typed(_days_as_text(application))


def _days_as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _days_as_text(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_days_as_text(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else value


@pytest.fixture
def adoption(county: Engine) -> str:
    with writing(county) as session:
        return intake.apply(session, "adoption", answers(), people.by_login(session, "reg_auth1"), NOW).number


def events(db: Session, action: str) -> list[AuditEvent]:
    db.rollback()   # a new look: others have written
    return list(db.exec(select(AuditEvent).where(AuditEvent.action == action)))


def test_nobody_else_finds_it_by_a_name_and_each_attempt_is_logged(enter: Enter, db: Session, adoption: str):
    others = [one for one in db.exec(select(Person.login)) if one not in OPEN_TO]
    assert len(others) > 15
    for login in others:
        client = enter(login)
        before = len(events(db, "case.seek"))
        assert adoption not in client.get("/cases", params={"q": NAMES[2]}).text
        assert client.get(f"/cases/{adoption}").status_code == 404
        assert len(events(db, "case.seek")) == before + 1, login
    assert not any(name in str(event.after) + event.summary for event in events(db, "case.seek") for name in NAMES)


def test_its_registrars_find_it_and_their_reading_is_logged(enter: Enter, db: Session, adoption: str):
    for login in sorted(OPEN_TO):
        client = enter(login)
        assert adoption in client.get("/cases", params={"q": "沈若兰"}).text, login
        assert client.get(f"/cases/{adoption}").status_code == 200
    case = db.exec(select(Case).where(Case.number == adoption)).one()
    readers = {event.actor_id for event in events(db, "case.read") if event.chain == f"case:{case.id}"}
    assert readers == {db.exec(select(Person.id).where(Person.login == login)).one() for login in OPEN_TO}
    assert events(db, "case.seek") == []


def test_the_public_sees_nothing_of_it(enter: Enter, adoption: str):
    visitor = enter("")
    for page in ("/public", "/", "/cases"):
        told = visitor.get(page).text
        assert not any(name in told for name in (*NAMES, adoption)), page


SEARCHED = (("first_look", {"outcome": "accept"}), ("consent", {"outcome": "agree", "signed": True}), ("confirm_posting", {"medium": "示例日报"}))


def test_the_search_notice_shows_the_child_alone_and_invites_to_claim_it(enter: Enter, county: Engine):
    with writing(county) as session:
        who = people.by_login(session, "reg_auth1")
        case = intake.apply(session, "adoption", answers("ad_02_search_notice"), who, NOW)
        for node, given in SEARCHED:
            item = session.exec(select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.node == node)).one()
            decisions.complete(session, item.id or 0, {**decisions.initial(session, item, case, who, NOW), **given}, who, NOW)
        notice = session.exec(select(Notice).where(Notice.case_id == case.id)).one().id
        number = case.number
    visitor = enter("")
    for page in ("/public", f"/public/notices/{notice}", f"/public/notices/{notice}/objection"):
        told = visitor.get(page).text
        assert not any(hidden in told for hidden in ("周立诚", "沈若兰", "晓晨", "13900000001", number)), page
    told = visitor.get(f"/public/notices/{notice}").text
    assert all(shown in told for shown in ("黑痣", "汽车站", "2023年12月20日", "认领或者提供线索"))
    assert "提出异议" not in told
