"""规则一览: all rules in force on a day in a place, and how a place sets its own value."""

import csv
import io
import re
from collections.abc import Callable

import pytest
from httpx import Client
from openpyxl import load_workbook
from sqlmodel import Session, select

from tests.api.conftest import Enter, post
from tests.api.html import Page
from workflows.office.tables import LocalRate
from workflows.records import audit

CHINESE = re.compile(r"[\u4e00-\u9fff]")
PLACE = "990101"
CODE = "dibao.limit.county_review"
SENT = {"value": "5", "scope": PLACE, "valid_from": "2024-03-10", "source": "县政府办〔2024〕5号"}


def test_every_rule_is_shown_with_value_unit_day_source_and_how_sure(screen: Callable[..., Page]):
    page = screen("county_lead1", "/rules")
    text = page.text
    for said in ("30 个工作日", "第二十二条", "已核对原文", "产品默认，法律未规定", "每月 700.00 元", "本地设定", "岗位分离", "系统拦截"):
        assert said in text


@pytest.mark.parametrize(("login", "may"), [("county_lead1", True), ("auditor1", True), ("designer1", True), ("admin1", True),
                                            ("town_clerk1", False), ("village1", False)])
def test_leads_auditors_designers_and_administrators_read_the_rules(enter: Enter, login: str, may: bool):
    client = enter(login)
    assert client.get("/rules").status_code == (200 if may else 403)
    assert ('href="/rules"' in client.get("/inbox").text) is may


def test_rules_are_narrowed_by_matter_certainty_words_and_day(enter: Enter):
    client = enter("county_lead1")
    assert "dibao.limit.total" not in client.get("/rules?sure=product").text
    assert "dibao.rounding" in client.get("/rules?sure=product").text
    assert "payment.pay_day" not in client.get("/rules?matter=dibao").text
    assert "dibao.limit.total" not in client.get("/rules?words=渐退").text
    assert "dibao.exit_months_max" in client.get("/rules?words=渐退").text
    before = client.get("/rules?on=2022-01-01&words=exit_months").text
    assert "本地未设定" in before


def test_the_same_rules_are_taken_away_as_text_and_as_a_workbook(enter: Enter):
    client = enter("auditor1")
    text = client.get("/rules.csv?matter=dibao").content.decode("utf-8-sig")
    row = next(line for line in text.splitlines() if "dibao.limit.total," in line)
    assert "30 个工作日" in row and "已核对原文" in row and "2021-07-01" in row
    book = load_workbook(io.BytesIO(client.get("/rules.xlsx?matter=dibao").content))
    assert {cells[3] for cells in book.active.iter_rows(values_only=True)} >= {"代码", "dibao.limit.total", "dibao.standard.urban"}


def test_an_english_reader_reads_every_rule_and_no_rule_cites_a_law_by_a_sign_of_its_authors(enter: Enter):
    client = enter("auditor1")
    post(client, "/language", {"language": "en", "next": "/rules"}, on="/rules")
    heads, *rows = list(csv.reader(io.StringIO(client.get("/rules.csv").content.decode("utf-8-sig"))))
    assert heads[:4] == ["Matter", "Kind of rule", "Rule", "Code"]
    assert [row[2] for row in rows if row[3] and CHINESE.search(row[2])] == []
    assert [row[7] for row in rows if re.search(r"\b[A-E]\d{1,2}\b(?!\d)", row[7])] == []
    limit = next(row for row in rows if row[3] == "dibao.limit.total" and row[1] == "Value")
    assert (limit[2], limit[7]) == ("Whole time (confirmed by the county)",
                                    "Measures for the Review and Confirmation of the Minimum Living Allowance art. 22")


def test_a_places_own_value_is_set_with_its_document_and_shown_beside_the_old(enter: Enter, db: Session):
    client = enter("county_lead1")
    assert post(client, f"/rules/{CODE}", SENT, on=f"/rules/{CODE}").status_code == 303
    db.rollback()
    row = db.exec(select(LocalRate).where(LocalRate.code == CODE)).one()
    assert (row.value, row.source, str(row.valid_from)) == (5, "县政府办〔2024〕5号", "2024-03-10")
    assert audit.events(db, "office")[-1].action == "rate.set"
    shown = client.get("/rules?words=county_review&on=2024-03-11").text
    assert "5 个工作日" in shown and "替代 10 个工作日" in shown and "县领导一录入" in shown
    assert "5 个工作日" not in client.get("/rules?words=county_review&on=2024-03-09").text


@pytest.mark.parametrize(("change", "said"), [
    ({"value": "很多"}, "不是该规则的有效取值"), ({"value": "-1"}, "不能作为规则"), ({"valid_from": ""}, "须填写起始日期"),
    ({"valid_to": "2024-01-01"}, "早于"), ({"source": " "}, "文件"), ({"scope": "110101"}, "本辖区"),
])
def test_what_makes_no_sense_is_refused_beside_its_field_and_nothing_is_kept(enter: Enter, db: Session, change: dict[str, str], said: str):
    client: Client = enter("county_lead1")
    answer = post(client, f"/rules/{CODE}", SENT | change, on=f"/rules/{CODE}")
    assert answer.status_code in (403, 422)
    assert said in answer.text
    db.rollback()
    assert db.exec(select(LocalRate).where(LocalRate.code == CODE)).first() is None


def test_an_auditor_sees_a_rule_and_may_not_set_it(enter: Enter):
    client = enter("auditor1")
    page = client.get(f"/rules/{CODE}")
    assert "设定本地取值" not in page.text
    assert post(client, f"/rules/{CODE}", SENT, on=f"/rules/{CODE}").status_code in (403, 422)
