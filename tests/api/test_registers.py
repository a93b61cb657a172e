"""登记簿: who reads which, what a list and an entry show, and the workbook."""

from dataclasses import replace
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlmodel import select

from tests.api.conftest import token
from tests.api.html import Page
from tests.workflows.registers.conftest import CHAIR, CODE, HEAD, OTHER_CODE, on, organisation
from workflows.cases.tables import Case
from workflows.records.session import writing
from workflows.registers import declared, entries

BOOK = "/registers/organisation"


@pytest.fixture
def kept(county):
    """Two organisations on record, one struck off, one whose certificate ends soon and whose residence has changed."""
    with writing(county) as session:
        first = entries.enter(session, "organisation", organisation(residence="旧址", certificate_valid_to="2024-04-01", fund_fen=3_000_000),
                              "990101", on(2020, 5, 6)).id
        entries.change(session, first, {"residence": "解放路 8 号"}, on(2022, 1, 4, "变更登记 1 号"))
        other = organisation(name="示例县晨光培训学校", code=OTHER_CODE, kind="non_enterprise", legal_representative_id_number=HEAD, people=[])
        second = entries.enter(session, "organisation", other, "990101", on(2019, 5, 6)).id
        entries.close(session, second, on(2023, 7, 3, "注销登记 3 号"))
    return first, second


@pytest.mark.parametrize("login", ["reg_auth1", "county_lead1", "auditor1", "supervising_unit1"])
def test_its_readers_find_it_in_the_rail(screen, kept, login):
    page = screen(login, "/registers")
    assert "社会组织登记簿" in page.text
    assert "1 项即将到期" in page.text
    assert "1" in page.texts("//nav//a[@href='/registers']")[0]       # what falls due is counted there


@pytest.mark.parametrize("login", ["town_clerk1", "village1", "finance1", "admin1"])
def test_nobody_else_is_told_that_there_is_one(screen, kept, login):
    assert "社会组织登记簿" not in screen(login, "/registers").text
    for path in (BOOK, f"{BOOK}/{kept[0]}", f"{BOOK}?q={CODE}"):
        screen(login, path, 404)


def test_the_list_shows_what_holds_and_finds_by_name_code_and_person(screen, kept):
    def rows(query=""):
        return screen("reg_auth1", BOOK + query).texts("//tbody/tr")

    assert len(rows()) == 1
    assert "示例县物业管理协会" in rows()[0]
    assert "30,000.00" in rows()[0]
    assert "登记证书有效期满" in rows("?state=due")[0]
    assert "晨光" in rows("?state=ended")[0]
    assert len(rows("?state=all")) == 2
    for wanted in ("物业", CODE, CHAIR):
        assert len(rows(f"?q={wanted}")) == 1, wanted
    assert "没有找到登记。" in screen("reg_auth1", f"{BOOK}?q=无此").text


def test_an_entry_shows_every_change_and_whom_it_concerns(screen, kept):
    text = screen("reg_auth1", f"{BOOK}/{kept[0]}").text
    for part in ("解放路 8 号", "旧址", "变更登记 1 号", "会长", CHAIR, "社会团体"):
        assert part in text, part
    struck = screen("reg_auth1", f"{BOOK}/{kept[1]}").text
    assert "注销登记 3 号" in struck
    screen("reg_auth1", f"{BOOK}/999", 404)
    screen("reg_auth1", f"/registers/organisation_name/{kept[0]}", 404)


def test_the_workbook_has_the_entries_and_nothing_that_is_hidden(enter, kept):
    answer = enter("reg_auth1").get(f"{BOOK}/sheet.xlsx?state=all")
    assert answer.status_code == 200
    sheet = load_workbook(BytesIO(answer.content)).active
    cells = [[str(cell.value) for cell in row] for row in sheet.iter_rows()]
    assert len(cells) == 3
    assert "法定代表人" in cells[0]
    assert "法定代表人证件号" not in cells[0]
    text = "".join(map("".join, cells))
    assert "示例县晨光培训学校" in text
    assert "职务：会长" in text
    assert CHAIR not in text


@pytest.mark.parametrize(("login", "secret", "status"), [
    ("auditor1", True, 200), ("town_clerk1", True, 200), ("county_clerk1", True, 404), ("county_clerk1", False, 200), ("village3", False, 404)])
def test_a_secret_entry_is_opened_by_its_readers_and_by_who_has_work_in_its_case(screen, county, monkeypatch, login, secret, status):
    book = declared.named("organisation").model_copy(update={"secret": secret, "readers": ("AUDITOR",)})
    monkeypatch.setattr(declared, "registers", lambda: {"organisation": book})
    with writing(county) as session:
        case = session.exec(select(Case).where(Case.subject == "王建国")).one()     # it waits for the township's clerk
        kept = entries.enter(session, "organisation", organisation(), "990101", replace(on(2024, 3, 4), case_id=case.id)).id
    screen(login, f"{BOOK}/{kept}", status)


def test_the_registrar_imports_a_book_from_its_page_and_is_told_every_wrong_cell(enter, screen, county):
    page = f"{BOOK}/import"
    assert page in screen("reg_auth1", BOOK).links()
    assert page not in screen("county_lead1", BOOK).links()
    screen("county_lead1", page, 404)
    client = enter("reg_auth1")
    assert load_workbook(BytesIO(client.get(f"{page}/template.xlsx").content)).sheetnames[0] == "社会组织"
    head = client.get(f"{page}/template.csv").content.decode("utf-8-sig").split(",")[:3]
    for code, status, said in ((f"{CODE}9", 422, "统一社会信用代码"), (CODE, 200, "已导入")):
        sent = ",".join(head) + f"\r\n示例县茶叶协会,{code},社会团体\r\n"
        answer = client.post(page, data={"_csrf": token(client, page)}, files={"file": ("a.csv", sent.encode())})
        assert answer.status_code == status
        assert said in Page(answer.text).checked().text
    assert "请先选择文件。" in client.post(page, data={"_csrf": token(client, page)}).text
