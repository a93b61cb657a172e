"""The case page and what hangs on it."""

import re

import pytest
from sqlmodel import Session, select

from api.pages.cases import fact_words
from api.rendering.words import Words
from tests.api.conftest import NOW, Enter, case_of, post
from tests.api.html import Page
from workflows import releases
from workflows.cases import attachments
from workflows.cases.tables import Clock, Document
from workflows.messages import say
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


def test_limits_lead_to_how_they_are_counted(enter: Enter, db: Session):
    client, case = enter("town_clerk1"), case_of(db, "刘海燕")
    assert f'class="light-link" href="/cases/{case.number}/limits"' in client.get(f"/cases/{case.number}").text
    told = client.get(f"/cases/{case.number}/limits", follow_redirects=True).text
    assert "2024年3月4日；当日不计入" in told
    assert "30 个工作日" in told
    assert "第二十二条" in told
    assert "清明节" in told
    assert "国务院办公厅关于2024年部分节假日安排的通知" in told


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
    assert post(lead, f"{path}/extension", {"kind": "total", "reason": reason}, on=path).status_code == 303
    db.rollback()
    clock = db.exec(select(Clock).where(Clock.case_id == case.id, Clock.kind == "total")).one()
    assert clock.extensions[0]["reason"] == reason
    again = post(lead, f"{path}/extension", {"kind": "total", "reason": reason}, on=path)
    assert again.status_code == 409
    assert reason in lead.get(path).text


def test_an_extension_without_one_of_the_laws_reasons_is_refused(enter: Enter, db: Session):
    path = f"/cases/{case_of(db, '刘海燕').number}"
    lead = enter("county_lead1")
    assert post(lead, f"{path}/extension", {"kind": "total", "reason": "忙"}, on=path).status_code == 409
    assert post(enter("town_clerk1"), f"{path}/extension", {"kind": "total", "reason": "忙"}, on=path).status_code == 403


def test_a_staged_file_is_shown_to_who_sent_it(enter: Enter, db: Session):
    clerk = people.by_login(db, "town_clerk1")
    kept = attachments.stage(db, "证明.pdf", b"%PDF-1.7 x", clerk.id, NOW)
    db.commit()
    answer = enter("town_clerk1").get(f"/attachments/{kept.token}")
    assert (answer.content, answer.headers["content-type"]) == (b"%PDF-1.7 x", "application/pdf")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert enter("town_clerk2").get(f"/attachments/{kept.token}").status_code == 404


def test_a_nested_value_comes_as_its_paths_and_plain_values():
    told = dict(fact_words.flat({"a_fen": 123456, "b": [{"c": True}, {"c": None}], "d": {"$date": "2024-03-04"}, "e": ["x"]}))
    assert told == {"a_fen": 123456, "b[1].c": True, "b[2].c": None, "d": {"$date": "2024-03-04"}, "e": ["x"]}


@pytest.fixture
def wording(enter: Enter, db: Session):
    published = releases.load(db, case_of(db, "刘海燕").release_id)
    return lambda language: fact_words.Wording(lambda words: say(words, language), published)


def test_computed_values_have_names_units_and_words_for_their_codes(wording):
    zh, en = wording("zh_CN"), wording("en")
    assert (zh.value("benefit.amount", 65000).text, zh.value("income_lines[1].amount", 90000).text) == ("650.00 元", "900.00 元")
    third = zh.value("household.per_capita", {"$number": "23333.333333333333333333"})
    assert (third.text, third.exact) == ("233.33 元", "233.33333333333333333333")
    assert zh.value("x", {"$number": "1.23456"}) == fact_words.Said("1.23", "1.23456")
    assert [zh.path("[1].work_ability", "members"), zh.value("members[1].work_ability", "full").text] == ["1 · 劳动能力", "完全"]
    assert zh.value("income_lines[1].kind", "wage").text != "wage"
    assert (zh.value("means.reason", "OK").text, en.value("reason", "OK").text) == ("符合条件", "Qualifies")
    assert (zh.path("amount", "benefit"), en.path("amount", "benefit")) == ("基本保障金", "Basic allowance")
    assert zh.value("x", {"$date": "2024-03-04"}).text == "2024-03-04"


@pytest.mark.parametrize(("key", "cell", "told"), [
    ("reason", '"INCOME_NOT_LOWER"', ("人均收入不低于保障标准", "")), ("x", "-", ("—", "")), ("x", "true", ("是", "")),
    ("x", "> 0", ("> 0", "")), ("standard", "< 70000", ("< 700.00 元", "")), ("x", "[1..5]", ("[1..5]", "")),
    ("application.protection_category", '"urban", "rural"', ("城市, 农村", "")), ("gap", '["承诺书"]', ("承诺书", "")),
    ("standard", "round half up(rules.standard.rural / 12, 0)", ("按公式计算", "round half up(rules.standard.rural / 12, 0)"))])
def test_cells_of_a_table_are_words_and_a_formula_says_that_it_is_one(wording, key: str, cell: str, told: tuple[str, str]):
    assert wording("zh_CN").cell(key, cell) == fact_words.Said(*told)


def test_the_grounds_of_decisions_show_no_raw_name_or_code(enter: Enter, db: Session):
    client, path = enter("town_lead1"), f"/cases/{case_of(db, '刘海燕').number}"
    shown = Page(client.get(path).text)
    words = shown.texts("//section[@id='verdicts']//dt | //section[@id='verdicts']//dd | //section[@id='verdicts']//th | //section[@id='verdicts']//td")
    raw = re.compile(r"[a-z]{3,}|[A-Z]{2,}|\b\d{5,6}\b")
    assert not [word for word in words if raw.search(word)]
    assert "700.00 元" in words


def test_a_role_nobody_named_is_shown_as_it_is():
    assert (Words("zh_CN").role("FINANCE"), Words("en").role("FINANCE"), Words("en").role("X")) == ("财政局", "Finance bureau", "X")


def test_a_paper_read_before_the_worker_made_it_is_rendered_once(enter: Enter, db: Session, monkeypatch: pytest.MonkeyPatch):
    paper = db.exec(select(Document).where(Document.case_id == case_of(db, "刘海燕").id)).first()
    made: list[str] = []
    monkeypatch.setattr("workflows.cases.papers.documents.papers.print_out", lambda said, *_: made.append(said["title"]) or b"%PDF-1.7 x")
    client = enter("town_clerk1")
    answers = [client.get(f"/documents/{paper.id}.pdf") for _ in range(2)]
    assert [answer.content for answer in answers] == [b"%PDF-1.7 x"] * 2
    assert made == [paper.said["title"]]
    db.rollback()
    db.refresh(paper)
    assert paper.sha256


def test_a_drawing_comes_with_its_elements_names_for_another_reader(enter: Enter, db: Session):
    client, path = enter("town_lead1"), f"/cases/{case_of(db, '马桂兰').number}"
    assert client.get(f"{path}/diagram").json()["names"] == {}
    assert post(client, "/language", {"language": "en", "next": path}, on=path).status_code == 303
    told = client.get(f"{path}/diagram").json()
    assert (told["names"]["home_visit"], told["names"]["TOWN_CLERK"]) == ("Home visit", "Township clerk")
    events = Page(client.get(path).text).checked().texts("//details[@class='events']//td[4]")
    assert any(event.startswith("Issue notice of acceptance") for event in events)


def test_an_answered_form_is_printed_as_a_sheet_as_far_as_its_reader_is_shown_it(enter: Enter, db: Session):
    number = case_of(db, "马桂兰").number
    answer = enter("town_clerk1").get(f"/cases/{number}/forms/home_visit.pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    assert enter("village1").get(f"/cases/{number}/forms/home_visit.pdf").status_code == 404
    assert enter("town_clerk1").get(f"/cases/{number}/forms/nothing.pdf").status_code == 404


def test_a_copy_that_may_be_edited_is_handed_out_and_remembered(enter: Enter, db: Session):
    paper = db.exec(select(Document).where(Document.case_id == case_of(db, "马桂兰").id, Document.kind == "acceptance_notice")).one()
    client = enter("town_clerk1")
    answers = [client.get(f"/documents/{paper.id}/copy") for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert answers[0].content.startswith(b"PK")
    db.rollback()
    db.refresh(paper)
    assert paper.copy_sha256
    notice = db.exec(select(Document).where(Document.case_id == paper.case_id, Document.kind == "public_notice")).first()
    assert client.get(f"/documents/{notice.id}/copy").status_code == 404
