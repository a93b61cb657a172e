"""What of a case each role is shown."""

import pytest
from sqlmodel import Session

from tests.api.conftest import NOW, Enter, case_of
from workflows.cases import attachments, facts

SUBJECT = "刘海燕"


def _numbers(db: Session) -> tuple[str, str, str]:
    told = facts.known(case_of(db, SUBJECT))["application"]
    return told["applicant_id_number"], told["phone"], told["account_number"]


@pytest.mark.parametrize("login", ["town_clerk1", "town_lead1", "county_clerk1", "county_lead1", "auditor1"])
def test_who_works_the_content_sees_numbers_whole(enter: Enter, db: Session, login: str):
    shown = enter(login).get(f"/cases/{case_of(db, SUBJECT).number}").text
    assert all(number in shown for number in _numbers(db))
    assert "收入种类" in shown


@pytest.mark.parametrize("login", ["window_clerk1", "check_org1"])
def test_others_see_numbers_masked(enter: Enter, db: Session, login: str):
    shown = enter(login).get(f"/cases/{case_of(db, SUBJECT).number}").text
    identity, phone, account = _numbers(db)
    assert not any(number in shown for number in (identity, phone, account))
    assert identity[:6] + "********" + identity[-4:] in shown
    assert "…" + account[-4:] in shown
    assert "收入种类" in shown


@pytest.mark.parametrize(("login", "events"), [("village1", False), ("finance1", True), ("county_finance1", True)])
def test_village_and_money_see_neither_means_nor_files(enter: Enter, db: Session, login: str, events: bool):
    case = case_of(db, SUBJECT)
    kept = attachments.stage(db, "诊断证明.pdf", b"%PDF-1.7 x", None, NOW)
    kept.case_id = case.id
    db.commit()
    client = enter(login)
    answer = client.get(f"/cases/{case.number}")
    assert answer.status_code == 200
    assert SUBJECT in answer.text
    for word in (*_numbers(db), "收入种类", "财产种类", "健康状况", "病种", "诊断证明.pdf", "fact-home_visit"):
        assert word not in answer.text, word
    assert ('class="events"' in answer.text) is events
    assert client.get(f"/attachments/{kept.token}").status_code == 404
    assert enter("town_clerk1").get(f"/attachments/{kept.token}").status_code == 200


def test_the_audit_page_hides_phone_address_illness_and_holder(enter: Enter, db: Session):
    case = case_of(db, SUBJECT)
    told = facts.known(case)["application"]
    shown = enter("auditor1").get(f"/audit?case={case.number}&action=case.open").text
    for name in ("phone", "registered_address", "residence_address", "applicant_id_number", "account_number"):
        assert not told.get(name) or f">{told[name]}<" not in shown, name
