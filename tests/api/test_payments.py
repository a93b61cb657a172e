"""发放: months, a month's parts, its lines, starting, closing, papers; each for the right people."""

from collections.abc import Callable
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine
from sqlmodel import Session, select

from tests.api import months
from tests.api.conftest import Enter, case_of, post
from tests.api.html import Page
from workflows.cases import jobs
from workflows.cases.tables import Document, Job
from workflows.office import people
from workflows.payments import month
from workflows.payments.cycle import closing
from workflows.payments.roster import rosters
from workflows.payments.tables import CycleState, Entitlement, LineState
from workflows.records.session import writing

Screen = Callable[..., Page]
PARTS = ("", "/roster", "/bank", "/checks")


@pytest.fixture(autouse=True)
def paid(county: Engine) -> None:
    with writing(county) as session:
        months.build(session)


@pytest.mark.parametrize("month", [months.PAID, months.OPEN])
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("login", ["county_finance1", "town_lead1", "auditor1"])
def test_every_part_of_a_month_is_whole(screen: Screen, login: str, month: str, part: str):
    shown = screen(login, f"/payments/dibao/{month}{part}")
    assert shown.heading == f"2024年{int(month[-1])}月低保发放"


@pytest.mark.parametrize("login", ["town_clerk1", "window_clerk1", "village1", "admin1"])
@pytest.mark.parametrize("path", ["/payments", "/payments/dibao/2024-02", "/payments/dibao/2024-02/roster", "/payments/trace"])
def test_payments_are_nobody_elses_business(screen: Screen, login: str, path: str):
    screen(login, path, 403)


def test_visitors_are_asked_to_sign_in(enter: Enter):
    assert enter().get("/payments/dibao/2024-02").headers["location"] == "/sign-in?next=/payments/dibao/2024-02"


@pytest.mark.parametrize("path", ["/payments/dibao/2023-01", "/payments/dibao/2024-13", "/payments/dibao/nonsense", "/payments/lines/999"])
def test_what_is_not_there(screen: Screen, path: str):
    screen("county_finance1", path, 404)


def test_the_list_says_how_each_month_stands(screen: Screen):
    rows = screen("county_finance1", "/payments").texts("//tbody/tr")
    assert "草稿" in rows[0]
    assert "已关账" in rows[1]
    assert "3,000.10" in rows[1]


def test_the_stepper_shows_what_failed(screen: Screen):
    shown = screen("county_finance1", f"/payments/dibao/{months.OPEN}")
    failed = shown.texts("//ol[contains(@class,'steps')]/li[contains(@class,'bad')]")
    assert [step[:2] for step in failed] == ["名册"]
    assert "网络中断" in shown.text


def test_the_bridge_is_a_table_and_a_picture(screen: Screen):
    shown = screen("county_finance1", f"/payments/dibao/{months.OPEN}")
    steps = months.cells(shown, "//table[contains(@class,'table-bridge')]/tbody/tr")
    assert steps[0][:3] == ["上月", "5", "3,000.10"]
    assert steps[-1][:3] == ["=本月", "4", "2,400.08"]
    assert len(shown.tree.xpath("//svg[contains(@class,'bar')]")) == len(steps) - 2


def test_a_town_lead_sees_his_own_town_only(screen: Screen):
    shown = screen("town_lead1", f"/payments/dibao/{months.PAID}/roster")
    assert "户主甲" in shown.text
    assert "户主丁" not in shown.text


def test_a_town_lead_can_not_open_another_towns_line(screen: Screen, db: Session):
    screen("town_lead1", f"/payments/lines/{months.line(db, months.PAID, 0).id}")
    screen("town_lead1", f"/payments/lines/{months.line(db, months.PAID, 4).id}", 404)


def test_the_roster_is_filtered(screen: Screen):
    shown = screen("county_finance1", f"/payments/dibao/{months.OPEN}/roster?state=held")
    assert "1 行" in shown.text
    assert "没有符合条件的名册行。" in screen("county_finance1", f"/payments/dibao/{months.OPEN}/roster?q=无此人").text


def test_wrong_data_stands_at_the_top_of_the_roster(screen: Screen):
    held = screen("county_finance1", f"/payments/dibao/{months.OPEN}/roster").texts("//section[1]//tbody/tr")
    assert held[0].startswith("户主丙")
    assert "数据有误" in held[0]


def test_a_serial_leads_to_its_payment(enter: Enter, screen: Screen):
    serial = "S20240200000000010" + "1"
    found = enter("auditor1").get(f"/payments/trace?serial={serial}")
    assert found.status_code == 303
    shown = screen("auditor1", found.headers["location"])
    assert serial in shown.text
    assert {"决定书", "名册", "一级 · 乡镇", "二级 · 县民政", "三级 · 县财政", "付款文件", "成功"} <= set(
        shown.texts("//ol[@class='log']//b"))
    assert screen("auditor1", "/payments/trace?serial=nope", 404).texts("//*[@role='alert']")


def test_starting_a_month_asks_the_machines_once(enter: Enter, db: Session):
    client = enter("county_finance1")
    for _ in range(2):
        assert post(client, "/payments/runs", {"month": "2024-04"}, on="/payments").status_code == 303
    found = db.exec(select(Job).where(Job.topic == "run_cycle")).all()
    assert [job.payload for job in found] == [{"scheme": "dibao", "month": "2024-04", "division": "990101"}]
    assert "等待调度" in client.get("/payments").text


@pytest.mark.parametrize(("login", "month", "status"), [
    ("auditor1", "2024-04", 403), ("finance1", "2024-04", 403), ("county_finance1", "2024-02", 409),
    ("county_finance1", "2029-01", 409), ("county_finance1", "", 409)])
def test_a_month_that_may_not_be_started(enter: Enter, db: Session, login: str, month: str, status: int):
    client = enter(login)
    assert post(client, "/payments/runs", {"month": month}, on="/inbox").status_code == status
    assert not db.exec(select(Job).where(Job.topic == "run_cycle")).all()


def test_a_failed_run_says_why_and_is_tried_again(enter: Enter, county: Engine, db: Session):
    client = enter("county_finance1")
    post(client, "/payments/runs", {"month": "2024-04"}, on="/payments")
    job = db.exec(select(Job).where(Job.topic == "run_cycle")).one()
    with writing(county) as session:
        jobs.fail(session, job.id or 0, "连接不上调度", months.at(months.date(2024, 3, 4)), final=True)
    assert "连接不上调度" in client.get("/payments").text
    assert post(client, f"/payments/runs/{job.id}/retry", on="/payments").status_code == 303
    assert "等待调度" in client.get("/payments").text
    assert post(client, f"/payments/runs/{job.id}/retry", on="/payments").status_code == 409


def test_a_line_is_held_and_released(enter: Enter, db: Session):
    path = f"/payments/lines/{months.line(db, months.OPEN, 0).id}"
    client = enter("county_finance1")
    wrong = post(client, f"{path}/hold", {"hold_reason": ""}, on=path)
    assert wrong.status_code == 422
    assert Page(wrong.text).checked().tree.xpath("//*[contains(@class,'field-error')]")
    assert post(client, f"{path}/hold", {"hold_reason": "待核实"}, on=path).status_code == 303
    db.rollback()
    assert months.line(db, months.OPEN, 0).state == LineState.HELD
    assert "待核实" in Page(client.get(path).text).checked().text
    assert post(client, f"{path}/release", on=path).status_code == 303
    db.rollback()
    assert months.line(db, months.OPEN, 0).state == LineState.PENDING


def test_a_changed_line_makes_a_new_version(enter: Enter, db: Session):
    line = months.line(db, months.OPEN, 2)
    path, client = f"/payments/lines/{line.id}", enter("county_finance1")
    answers = {"base_fen": "580", "supplement_fen": "", "payee_name": line.payee_name,
               "payee_id_number": line.payee_id_number, "account_number": "6217000000000009", "bank_code": "CCB"}
    wrong = post(client, f"{path}/change", {**answers, "base_fen": "x", "reason": ""}, on=path)
    assert wrong.status_code == 422
    assert len(Page(wrong.text).checked().tree.xpath("//*[contains(@class,'field-error')]")) >= 2
    assert post(client, f"{path}/change", {**answers, "reason": "更正账号"}, on=path).status_code == 303
    assert "第 2 版" in client.get(f"/payments/dibao/{months.OPEN}").text


@pytest.mark.parametrize("login", ["auditor1", "county_clerk1", "town_lead1"])
def test_only_the_finance_section_edits_here(enter: Enter, db: Session, login: str):
    line = months.line(db, months.OPEN, 0)
    client = enter(login)
    assert "/hold" not in client.get(f"/payments/lines/{line.id}").text
    assert post(client, f"/payments/lines/{line.id}/hold", {"hold_reason": "x"}, on="/inbox").status_code == 403


def test_an_approved_line_is_not_edited(enter: Enter, db: Session):
    line = months.line(db, months.PAID, 0)
    client = enter("county_finance1")
    assert "/hold" not in client.get(f"/payments/lines/{line.id}").text
    assert post(client, f"/payments/lines/{line.id}/hold", {"hold_reason": "x"}, on="/inbox").status_code == 409


def test_all_thirteen_checks_are_shown(screen: Screen):
    shown = screen("auditor1", f"/payments/dibao/{months.PAID}/checks")
    assert len(shown.tree.xpath("//ol[@class='checks']/li")) == 13
    assert not shown.tree.xpath("//li[@class='broken']")


def test_an_open_month_says_why_it_can_not_be_closed(screen: Screen, enter: Enter):
    path = f"/payments/dibao/{months.OPEN}/checks"
    assert screen("county_finance1", path).tree.xpath("//button[@disabled]")
    assert post(enter("county_finance1"), f"/payments/dibao/{months.OPEN}/close", on=path).status_code == 409
    assert post(enter("auditor1"), f"/payments/dibao/{months.OPEN}/close", on="/inbox").status_code == 403


def test_lateness_is_explained(enter: Enter):
    path, client = f"/payments/dibao/{months.OPEN}/checks", enter("county_finance1")
    wrong = post(client, f"/payments/dibao/{months.OPEN}/lateness", {"reason": ""}, on=path)
    assert wrong.status_code == 422
    Page(wrong.text).checked()
    assert post(client, f"/payments/dibao/{months.OPEN}/lateness", {"reason": "系统故障"}, on=path).status_code == 303
    assert "系统故障" in client.get(path).text


def test_the_roster_is_a_workbook(enter: Enter):
    answer = enter("county_finance1").get(f"/payments/dibao/{months.PAID}/roster.xlsx?township=990101001")
    assert answer.headers["content-disposition"].startswith("attachment")
    sheet = load_workbook(BytesIO(answer.content))["发放名册"]
    assert [row[2].value for row in sheet.iter_rows(min_row=5, max_row=7)] == ["户主甲", "户主乙", "户主丙"]
    assert enter("town_lead1").get(f"/payments/dibao/{months.PAID}/roster.xlsx?township=990101002").status_code == 403


def test_the_papers_are_issued_once(enter: Enter, db: Session):
    path, client = f"/payments/dibao/{months.PAID}", enter("county_finance1")
    for _ in range(2):
        assert post(client, f"{path}/papers", on="/payments").status_code == 303
    papers = db.exec(select(Document).order_by(Document.id)).all()
    mine = [paper for paper in papers if paper.cycle_id]
    assert [paper.kind for paper in mine] == ["payment_application", "joint_review_sheet", "joint_review_sheet"]
    assert mine[1].data["signatures"][0]["signer"] == "镇领导一"
    assert post(client, f"/payments/dibao/{months.OPEN}/papers", on="/payments").status_code == 409
    assert post(enter("auditor1"), f"{path}/papers", on="/inbox").status_code == 403
    pdf = client.get(f"/payments/papers/{mine[0].id}.pdf")
    assert pdf.content.startswith(b"%PDF")
    assert enter("town_clerk1").get(f"/payments/papers/{mine[0].id}.pdf").status_code == 403


def test_pages_speak_english(enter: Enter, db: Session):
    client = enter("county_finance1")
    post(client, "/language", {"language": "en"}, on="/payments")
    line = months.line(db, months.PAID, 0).id
    for path in ("/payments", *(f"/payments/dibao/{months.PAID}{part}" for part in PARTS), f"/payments/lines/{line}"):
        shown = Page(client.get(path).text).checked()
        assert not any("一" <= c <= "鿿" for text in shown.texts("//h2 | //th[@scope='col'] | //dt") for c in text), path


def test_the_public_reads_the_newest_list_masked(screen: Screen, enter: Enter):
    assert enter().get("/public/payments").headers["location"] == f"/public/payments/dibao/{months.PAID}"
    shown = screen("", f"/public/payments/dibao/{months.PAID}")
    rows = months.cells(shown)
    assert [rows[0], rows[-1]] == [["户主甲", "1", "600.00"], ["户某", "1", "600.04"]]
    assert "990101" not in "".join(shown.texts("//table"))
    screen("", f"/public/payments/dibao/{months.OPEN}", 404)


def test_a_month_is_closed_when_all_holds(county: Engine, db: Session):
    assert months.cycle_of(db, months.PAID).state == CycleState.CLOSED
    assert all(one.holds for one in closing.check(db, months.cycle_of(db, months.PAID)))


def test_a_month_asked_for_early_says_when_it_begins(enter: Enter, county: Engine, db: Session):
    client = enter("county_finance1")
    post(client, "/payments/runs", {"month": "2024-04"}, on="/payments")
    job = db.exec(select(Job).where(Job.topic == "run_cycle")).one()
    with writing(county) as session:
        jobs.finish(session, job.id or 0, months.at(months.date(2024, 3, 4)))
    assert "03-25 周一 自动开始" in Page(client.get("/payments").text).checked().text


def test_a_case_leads_to_what_was_paid_on_it(screen: Screen, county: Engine, db: Session):
    case = case_of(db, "王建国")
    with writing(county) as session:
        given = session.get_one(Entitlement, months.line(session, months.PAID, 0).entitlement_id)
        given.case_id = case.id
        session.add(given)
    line = months.line(db, months.PAID, 0).id
    assert f"/payments/lines/{line}" in screen("auditor1", f"/cases/{case.number}").links()
    assert f"/payments/lines/{line}" not in screen("town_clerk1", f"/cases/{case.number}").links()
    assert f"/cases/{case.number}" in screen("auditor1", f"/payments/lines/{line}").links()


def test_a_review_in_the_inbox_shows_the_months_figures(screen: Screen, county: Engine, db: Session):
    with writing(county) as session:
        rosters.hold(session, [months.line(session, months.OPEN, 2)], "待更正", people.by_login(session, "county_clerk1"),
                     months.at(months.date(2024, 2, 23), 19))
    assert month.review(month.Key(months.OPEN, "dibao", "990101"), month.Desk(None, source=county)).state == "waiting"
    shown = screen("county_finance1", "/inbox")
    assert "2,400.08" in shown.texts("//dl[@class='figures']")[0]
    assert f"/payments/dibao/{months.OPEN}" in shown.links()
