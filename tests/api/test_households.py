"""家庭: the list, and a workbook that is taken in whole or not at all."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, func, select

from tests.api import months
from tests.api.conftest import Enter, token
from tests.api.html import Page
from workflows.cases.tables import Household
from workflows.payments.taking_over import sheet as household_sheet
from workflows.payments.taking_over.sheet import HOUSEHOLDS, MEMBERS
from workflows.records.session import writing
from workflows.sample.fixture import EAST

Screen = Callable[..., Page]
IMPORT = "/households/import"


@pytest.fixture
def known(county: Engine) -> None:
    with writing(county) as session:
        months.build(session)


def workbook(village: str = f"{EAST}001", number: str = months.id_number(700)) -> bytes:
    home = ["N1", village, "城市", "一组1号", *[""] * 12]
    return household_sheet.workbook({HOUSEHOLDS: [home], MEMBERS: [["N1", "李明", number, "户主"]]})


def send(enter: Enter, content: bytes, login: str = "county_clerk1", name: str = "名单.xlsx"):
    client = enter(login)
    return client.post(IMPORT, data={"_csrf": token(client, "/inbox")}, files={"workbook": (name, content)})


def count(db: Session) -> int:
    db.rollback()
    return db.exec(select(func.count()).select_from(Household)).one()


@pytest.mark.parametrize("login", ["county_clerk1", "admin1"])
def test_the_pages_are_whole(screen: Screen, known: None, login: str):
    assert "户主甲" in screen(login, "/households").text
    assert "户主丁" not in screen(login, "/households?q=户主甲").texts("//tbody")[0]
    assert len(screen(login, "/households?township=990101002").texts("//tbody/tr")) == 2
    assert "没有找到家庭。" in screen(login, "/households?q=无此人").text
    screen(login, IMPORT)


@pytest.mark.parametrize("login", ["town_clerk1", "auditor1", "county_finance1", "village1"])
def test_only_the_county_bureau(screen: Screen, enter: Enter, login: str):
    screen(login, "/households", 403)
    screen(login, IMPORT, 403)
    assert enter(login).get(f"{IMPORT}/template.xlsx").status_code == 403
    assert send(enter, workbook(), login).status_code == 403


def test_the_template_comes_back_empty(enter: Enter):
    answer = enter("county_clerk1").get(f"{IMPORT}/template.xlsx")
    assert household_sheet.read(answer.content) == ({HOUSEHOLDS: [], MEMBERS: []}, [])


def test_a_good_workbook_is_taken_in_once(enter: Enter, db: Session):
    before = count(db)
    for new, there in ((1, 0), (0, 1)):
        answer = send(enter, workbook())
        assert answer.status_code == 200
        shown = Page(answer.text).checked().texts("//dl[@class='figures']/div")
        assert (f"新导入家庭{new}", f"原已存在{there}") == (shown[0], shown[3])
    assert count(db) == before + 1


def test_one_wrong_cell_and_nothing_is_kept(enter: Enter, db: Session):
    before = count(db)
    answer = send(enter, workbook(number=months.id_number(700)[:-1] + "A"))
    assert answer.status_code == 422
    shown = Page(answer.text).checked()
    assert months.cells(shown)[0][:3] == ["成员", "2", "身份证号"]
    assert count(db) == before


@pytest.mark.parametrize("content", [b"", b"not a workbook", workbook()[:100]])
def test_what_is_no_workbook_is_refused(enter: Enter, db: Session, content: bytes):
    answer = send(enter, content)
    assert answer.status_code == 422
    assert Page(answer.text).checked().tree.xpath("//*[@role='alert']")
    assert count(db) == 0


def test_no_file_at_all(enter: Enter):
    client = enter("county_clerk1")
    answer = client.post(IMPORT, data={"_csrf": token(client, IMPORT)})
    assert answer.status_code == 422
    assert "请先选择工作簿。" in answer.text


def test_without_the_pages_token_nothing_is_taken_in(enter: Enter, db: Session):
    assert enter("county_clerk1").post(IMPORT, files={"workbook": ("a.xlsx", workbook())}).status_code == 403
    assert count(db) == 0


def test_the_same_person_may_be_imported_for_what_one_may_have_besides_and_for_nothing_twice(enter: Enter, db: Session, known: None):
    home = ["S1", f"{EAST}001", "城市", "一组1号", *[""] * 12]
    twice = household_sheet.workbook({HOUSEHOLDS: [home], MEMBERS: [["S1", "户主乙", months.id_number(months.FIRST + 1), "户主"]]})
    client = enter("county_clerk1")
    for scheme, status in (("dibao", 422), ("disability_subsidy", 200), ("nothing", 404)):
        sent = {"_csrf": token(client, IMPORT), "scheme": scheme}
        assert client.post(IMPORT, data=sent, files={"workbook": ("a.xlsx", twice)}).status_code == status, scheme
