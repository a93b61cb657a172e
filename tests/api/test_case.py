"""The case page and what hangs on it."""

import pytest
from sqlmodel import Session, select

from api.pages import verdicts
from api.rendering.words import Words
from tests.api.conftest import NOW, Enter, case_of, post
from tests.api.html import Page
from workflows.cases import attachments
from workflows.cases.tables import Clock, Document
from workflows.office import people


def test_the_drawing_comes_with_its_colours(enter: Enter, db: Session):
    number = case_of(db, "刘海燕").number
    told = enter("town_lead1").get(f"/cases/{number}/diagram").json()
    assert "<bpmn:definitions" in told["xml"]
    assert "home_visit" in told["done"]
    assert any(flow.startswith("draft_opinion_to_") for flow in told["flows"])
    assert told["now"] == [{"id": "sign_opinion", "text": "当前环节", "light": "normal"}]


def test_the_readers_own_step_stands_first(enter: Enter, db: Session):
    number = case_of(db, "赵德顺").number
    client = enter("town_clerk1")
    for node in ("home_visit", "data_check"):
        told = client.get(f"/cases/{number}/diagram?process=dibao&node={node}").json()
        assert told["now"][0]["id"] == node
        assert len(told["now"]) == 2


def test_a_case_that_waits_for_a_day_still_stands_somewhere(enter: Enter, db: Session):
    number = case_of(db, "马桂兰").number
    client = enter("town_clerk1")
    assert [one["id"] for one in client.get(f"/cases/{number}/diagram").json()["now"]] == ["public_notice"]
    inside = client.get(f"/cases/{number}/diagram?process=public_notice").json()
    assert "confirm_posting" in inside["done"]
    assert inside["last"] in {"notice_running", "notice_ends"}
    assert client.get(f"/cases/{number}/diagram?process=nothing").status_code == 404


def test_limits_say_how_they_are_counted(enter: Enter, db: Session):
    shown = enter("town_clerk1").get(f"/cases/{case_of(db, '刘海燕').number}").text
    assert "自2024年3月4日起算，当日不计入。" in shown
    assert "只计工作日" in shown
    assert "第二十二条" in shown or "依据：" in shown


def test_each_decision_shows_what_it_saw_its_version_and_the_row_that_applied_in_its_table(enter: Enter, db: Session):
    shown = Page(enter("town_lead1").get(f"/cases/{case_of(db, '刘海燕').number}").text)
    tables = shown.texts("//details[@class='hit verdict']/summary")
    assert tables[0].startswith("测算收入与补助")      # the decision itself, then what it required
    assert all("第 1 版" in words for words in tables)
    asked = next(place for place, words in enumerate(tables, start=1) if "命中第" in words)
    body = f"(//details[@class='hit verdict'])[{asked}]"
    assert shown.texts(f"{body}/dl[1]//dt")
    assert len(shown.texts(f"{body}//tr[@class='hit-line']")) >= 1
    assert len(shown.texts(f"{body}//tbody/tr")) > len(shown.texts(f"{body}//tr[@class='hit-line']"))
    assert shown.texts(f"{body}//tr[@class='hit-line']/td[1]")[0].startswith("命中")


def test_the_history_tells_who_did_what_and_which_answers_changed(enter: Enter, db: Session):
    shown = Page(enter("town_lead1").get(f"/cases/{case_of(db, '刘海燕').number}").text)
    log = shown.texts("//section[@id='history']//li")
    assert log[0].startswith("待办 签署初审意见")
    assert any("拟初审意见" in line and "镇经办一" in line and "拟按月补差 600 元" in line for line in log)
    assert any("收到申请" in line and "申请人姓名刘海燕" in line for line in log)


def test_the_whole_audit_chain_is_shown(enter: Enter, db: Session):
    shown = Page(enter("auditor1").get(f"/cases/{case_of(db, '刘海燕').number}").text)
    numbers = shown.texts("//details[@class='events']//tbody/tr/td[1]")
    assert numbers == [str(n) for n in range(1, len(numbers) + 1)]


def test_an_extension_is_offered_to_the_lead_only_and_signed_once(enter: Enter, db: Session):
    case = case_of(db, "刘海燕")
    path = f"/cases/{case.number}"
    assert "签批延长" not in enter("town_clerk1").get(path).text
    lead = enter("county_lead1")
    reason = Page(lead.get(path).text).texts("//select[@name='reason']/option")[0]
    assert post(lead, f"{path}/extension", {"reason": reason}, on=path).status_code == 303
    db.rollback()
    clock = db.exec(select(Clock).where(Clock.case_id == case.id, Clock.kind == "total")).one()
    assert clock.extension["reason"] == reason
    again = post(lead, f"{path}/extension", {"reason": reason}, on=path)
    assert again.status_code == 409
    assert reason in lead.get(path).text


def test_an_extension_without_one_of_the_laws_reasons_is_refused(enter: Enter, db: Session):
    path = f"/cases/{case_of(db, '刘海燕').number}"
    lead = enter("county_lead1")
    assert post(lead, f"{path}/extension", {"reason": "忙"}, on=path).status_code == 409
    assert post(enter("town_clerk1"), f"{path}/extension", {"reason": "忙"}, on=path).status_code == 403


def test_a_staged_file_is_shown_to_who_sent_it(enter: Enter, db: Session):
    clerk = people.by_login(db, "town_clerk1")
    kept = attachments.stage(db, "证明.pdf", b"%PDF-1.7 x", clerk.id, NOW)
    db.commit()
    answer = enter("town_clerk1").get(f"/attachments/{kept.token}")
    assert (answer.content, answer.headers["content-type"]) == (b"%PDF-1.7 x", "application/pdf")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert enter("town_clerk2").get(f"/attachments/{kept.token}").status_code == 404


def test_values_of_a_table_are_readable():
    told = dict(verdicts.flat({"a_fen": 123456, "b": [{"c": True}, {"c": None}], "d": {"$date": "2024-03-04"}, "e": ["x"]}))
    assert told == {"a_fen": "1,234.56", "b[1].c": "✓", "b[2].c": "—", "d": "2024-03-04", "e": "x"}


def test_a_role_nobody_named_is_shown_as_it_is():
    assert (Words("zh_CN").role("FINANCE"), Words("en").role("FINANCE"), Words("en").role("X")) == ("财政局", "Finance bureau", "X")


def test_a_paper_read_before_the_worker_made_it_is_rendered_once(enter: Enter, db: Session, monkeypatch: pytest.MonkeyPatch):
    paper = db.exec(select(Document).where(Document.case_id == case_of(db, "刘海燕").id)).first()
    made: list[str] = []
    monkeypatch.setattr("workflows.cases.documents.papers.render", lambda kind, *_: made.append(kind) or b"%PDF-1.7 x")
    client = enter("town_clerk1")
    answers = [client.get(f"/documents/{paper.id}.pdf") for _ in range(2)]
    assert [answer.content for answer in answers] == [b"%PDF-1.7 x"] * 2
    assert made == [paper.kind]
    db.rollback()
    db.refresh(paper)
    assert paper.sha256
