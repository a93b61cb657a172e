"""备用金 pages: balance, ledger, top-up, requests, counts; for those whose ground it is."""

from datetime import date, datetime
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine

from tests.api.conftest import Enter, token
from workflows.payments.petty_cash import books
from workflows.records.session import writing
from workflows.records.types import CHINA
from workflows.registers.tables import RegisterEntry
from workflows.sample.fixture import EAST


@pytest.fixture
def book(county: Engine) -> int:
    with writing(county) as session:
        return books.open_book(session, EAST, 2024, 5_000_000, datetime(2024, 1, 2, 9, tzinfo=CHINA)).id


def send(enter: Enter, login: str, path: str, **data: str):
    client = enter(login)
    return client.post(f"/petty-cash/{path}", data={"_csrf": token(client, "/inbox"), **data}, follow_redirects=True)


def test_the_county_sees_every_township_s_balance_and_a_township_its_own(enter: Enter, book: int) -> None:
    assert "50,000.00" in enter("county_finance1").get("/petty-cash").text
    assert "城关镇" in enter("town_clerk1").get("/petty-cash").text
    assert "城关镇" not in enter("town_clerk3").get("/petty-cash").text.split("<main")[-1]
    assert enter("town_clerk3").get(f"/petty-cash/{book}").status_code == 403
    assert enter("village1").get("/petty-cash").status_code == 403


def test_an_urgent_top_up_is_asked_for_and_approved_on_the_pages(enter: Enter, book: int) -> None:
    asked = send(enter, "town_clerk1", f"{book}/urgent", amount_fen="3000", reason="火灾救助")
    assert asked.status_code == 200
    assert "火灾救助" in asked.text
    decided = send(enter, "county_lead1", f"{book}/requests/1", decision="approve", opinion="同意")
    assert "53,000.00" in decided.text


def test_a_wrong_amount_is_told_beside_its_field_and_nothing_is_asked(enter: Enter, book: int) -> None:
    wrong = send(enter, "town_clerk1", f"{book}/urgent", amount_fen="12.345", reason="火灾救助")
    assert wrong.status_code == 422
    assert 'aria-invalid="true"' in wrong.text
    assert "尚无申请" in wrong.text


def test_the_finance_section_opens_and_tops_up_and_the_ledger_shows_it(enter: Enter, book: int) -> None:
    shown = send(enter, "county_finance1", f"{book}/top-up", amount_fen="1000", memo="年中追加")
    assert "年中追加" in shown.text
    assert "51,000.00" in shown.text
    opened = send(enter, "county_finance1", "", division="990101002", year="2024", quota_fen="20000")
    assert opened.status_code == 200
    assert "20,000.00" in opened.text


def test_a_count_is_entered_by_the_clerk_and_signed_by_the_lead(enter: Enter, book: int) -> None:
    counted = send(enter, "town_clerk1", f"{book}/count", month="2024-03", bank_fen="50000", box_fen="0", reason="")
    assert "2024年3月" in counted.text
    assert "镇领导一" in send(enter, "town_lead1", f"{book}/counts/1").text


def test_who_may_not_decide_is_told(enter: Enter, book: int) -> None:
    send(enter, "town_clerk1", f"{book}/urgent", amount_fen="3000", reason="火灾救助")
    assert send(enter, "town_lead1", f"{book}/requests/1", decision="approve").status_code == 403


def test_the_public_reads_the_monthly_list_without_signing_in(enter: Enter, county: Engine) -> None:
    assert enter().get("/public/relief").status_code == 200
    assert enter().get("/public/relief/2024-01").status_code == 404


def test_a_count_that_differs_without_a_reason_is_refused_beside_its_field(enter: Enter, book: int) -> None:
    wrong = send(enter, "town_clerk1", f"{book}/count", month="2024-03", bank_fen="100", box_fen="0", reason="")
    assert wrong.status_code == 422
    assert "请说明原因" in wrong.text
    assert 'aria-invalid="true"' in wrong.text


def test_a_refusal_without_reasons_is_told_beside_the_opinion(enter: Enter, book: int) -> None:
    send(enter, "town_clerk1", f"{book}/urgent", amount_fen="3000", reason="火灾救助")
    refused = send(enter, "county_lead1", f"{book}/requests/1", decision="refuse")
    assert refused.status_code == 422
    assert 'aria-describedby="opinion-1-error"' in refused.text


def test_ledger_and_request_are_papers_and_workbooks(enter: Enter, book: int) -> None:
    send(enter, "town_clerk1", f"{book}/urgent", amount_fen="3000", reason="火灾救助")
    clerk = enter("town_clerk1")
    assert clerk.get(f"/petty-cash/{book}/ledger.pdf").content.startswith(b"%PDF")
    sheet = load_workbook(BytesIO(clerk.get(f"/petty-cash/{book}/ledger.xlsx?month=2024-01").content)).worksheets[0]
    assert 50000 in {cell.value for row in sheet.rows for cell in row}
    assert "城关镇" in str(sheet["A1"].value)
    asked = clerk.get(f"/petty-cash/{book}/requests/1/paper.pdf")
    assert asked.content.startswith(b"%PDF")
    assert clerk.get(f"/petty-cash/{book}/ledger.pdf?month=2023-01").status_code == 404
    assert enter("town_clerk3").get(f"/petty-cash/{book}/ledger.pdf").status_code == 403


def test_the_month_s_relief_is_summed_by_township_and_listed_for_publication(enter: Enter, county: Engine) -> None:
    with writing(county) as session:
        for number, (name, ground, kind) in enumerate((("王建国", EAST, "expenditure"), ("赵小满", "990101002", "expenditure"), ("孙大山", EAST, "emergency"))):
            session.add(RegisterEntry(register_name="granted_relief", title=name, division_code=f"{ground}001", valid_from=date(2024, 2, 5), data={
                "name": name, "id_number": "990101198001010014", "reason": "illness", "kind": kind, "fen": 100_000, "year": 2024, "decided_on": {"$date": "2024-02-05"},
                "case_number": f"LS-2024-02-{number:04}"}))
    whole = enter("county_finance1").get("/relief/2024-02").text
    assert "3,000.00" in whole
    assert "孙大山" not in whole
    own = enter("town_clerk1")
    assert "赵小满" not in own.get("/relief/2024-02").text
    assert own.get("/relief/2024-02/published.xlsx?township=990101002").status_code == 404
    rows = load_workbook(BytesIO(own.get("/relief/2024-02/published.xlsx").content)).worksheets[0].rows
    assert [cell.value for row in rows for cell in row if cell.value in ("王建国", "医疗", 1000)] == ["王建国", "医疗", 1000]
    assert enter("county_finance1").get("/relief/2024-02/summary.pdf").content.startswith(b"%PDF")
    assert enter("village1").get("/relief").status_code == 403
