"""Taking over the households a bureau already pays: all or nothing."""

import zipfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from sqlmodel import Session, select

import workflows.cases.tables  # noqa: F401  (fills the metadata)
from workflows import messages, releases
from workflows.cases.tables import Household, Member
from workflows.errors import Invalid, NotAllowed, RowError, RowsInvalid
from workflows.office import people
from workflows.office.people import Officer
from workflows.payments.taking_over import book as household_import, sheet as household_sheet, registered as taken_over
from workflows.payments.taking_over.sheet import COLUMNS, HOUSEHOLDS, MEMBERS, as_day, as_month
from workflows.payments.tables import Entitlement
from workflows.payments.taking_over.registered import Known
from workflows.records import audit, tabular
from workflows.records.types import CHINA
from workflows.registers import entries, found
from workflows.registers.entries import Because
from workflows.registers.found import Wanted
from workflows.sample import fixture
from workflows.scenarios.databases import in_memory

NOW = datetime(2024, 6, 3, 9, tzinfo=CHINA)
HEAD, WIFE, CHILD = "990101198001010014", "990101198203030021", "990101201205050039"
ACCOUNT = "6228480402564890018"
FAMILY = ["H-1", "990101001002", "农村", "北门村3组", "13900000000", "示民保〔2024〕1号", "2024-04-08", "2024-05", "2024-05",
          "600.00", "2", "01", "王建国", HEAD, "ABC", ACCOUNT]
PLAIN = ["H-2", "990101002001", "城市", "", "", *[""] * 11]
PEOPLE = [["H-1", "王建国", HEAD, "户主"], ["H-1", "李秀英", WIFE, "配偶"], ["H-2", "张伟", CHILD, "户主"]]

Edit = Callable[[list[list[str]], list[list[str]]], object]


@pytest.fixture
def session() -> Iterator[Session]:
    """The fixture county."""
    with Session(in_memory(), expire_on_commit=False) as session:
        fixture.load(session)
        yield session


@pytest.fixture
def clerk(session: Session) -> Officer:
    """The county's clerk."""
    return people.by_login(session, "county_clerk1")


def book(edit: Edit = lambda _households, _members: None) -> bytes:
    """A good workbook of two households, changed by a test."""
    households, members = [FAMILY.copy(), PLAIN.copy()], [row.copy() for row in PEOPLE]
    edit(households, members)
    return household_sheet.workbook({HOUSEHOLDS: households, MEMBERS: members})


def cell(row: int, column: str, value: str) -> Edit:
    """Change one cell of the first sheet."""
    return lambda households, _members: households[row].__setitem__(COLUMNS[HOUSEHOLDS].index(column), value)


def member(row: int, column: str, value: str) -> Edit:
    """Change one cell of the second sheet."""
    return lambda _households, members: members[row].__setitem__(COLUMNS[MEMBERS].index(column), value)


def refused(session: Session, content: bytes, clerk: Officer) -> list[RowError]:
    """Why an import is refused; and that nothing was written."""
    before = len(session.exec(select(Household)).all())
    with pytest.raises(RowsInvalid) as found:
        household_import.take_in(session, content, clerk, NOW)
    assert len(session.exec(select(Household)).all()) == before
    return list(found.value.errors)


def test_a_good_workbook_is_taken_in_whole(session: Session, clerk: Officer) -> None:
    done = household_import.take_in(session, book(), clerk, NOW)
    assert (done.households, done.members, done.entitlements, done.already_there) == (2, 3, 1, 0)
    given = session.exec(select(Entitlement)).one()
    assert (given.base_fen, given.from_month, given.paid_till, given.people) == (60_000, "2024-05", "2024-05", 2)
    assert (given.category, given.fund_source, given.bank_code, given.case_id) == ("rural", "01", "ABC", None)
    head = session.exec(select(Member).where(Member.id_number == HEAD)).one()
    assert (head.name, head.relation) == ("王建国", "self")
    event = audit.events(session, "office")[-1]
    assert (event.action, event.after["households"]) == ("household.import", 2)


def test_whoever_receives_already_stands_in_the_register_with_the_day_of_the_next_review(session: Session, clerk: Officer) -> None:
    releases.publish_all(session, NOW)
    household_import.take_in(session, book(lambda homes, people: (homes[0].extend(["320.00", "2024-11-01"]), people[1].append("丧失"))), clerk, NOW)
    entry, = found.entries(session, Wanted("dibao_household", "person", (WIFE,)), NOW.date())
    assert (entry["household"], entry["amount_fen"], entry["review_due_on"]) == ("H-1", 60_000, date(2024, 11, 1))
    assert (entry["incomes"][0]["amount"], entry["members"][1]["work_ability"], entry["means_unknown"]) == (32_000, "none", True)
    register = taken_over.Register(session, "dibao", clerk.actor(), NOW)
    assert not list(register.missing())
    entries.close(session, entry["id"], Because(NOW, reason="误入"))
    (home, given), = register.missing()
    assert register.enter(home, given, Known())
    again, = found.entries(session, Wanted("dibao_household", "household", ("H-1",)), NOW.date())
    assert (again["means_unknown"], again["review_months"], again["review_due_on"]) == (True, 6, date(2024, 10, 8))


def test_the_same_file_again_is_already_there(session: Session, clerk: Officer) -> None:
    household_import.take_in(session, book(), clerk, NOW)
    done = household_import.take_in(session, book(), clerk, NOW)
    assert (done.households, done.already_there) == (0, 2)


@pytest.mark.parametrize("edit", [cell(0, "住址", "别处"), cell(0, "月保障金额(元)", "700"), cell(1, "保障类别", "农村"),
                                  member(1, "姓名", "李秀花"), member(2, "与户主关系", "本人")],
                         ids=["address", "amount", "category", "member", "same"])
def test_other_data_under_a_known_number_is_an_error(session: Session, clerk: Officer, edit: Edit,
                                                     request: pytest.FixtureRequest) -> None:
    household_import.take_in(session, book(), clerk, NOW)
    if "same" in request.node.name:
        assert household_import.take_in(session, book(edit), clerk, NOW).already_there == 2
        return
    error, = refused(session, book(edit), clerk)
    assert (error.sheet, error.column) == (HOUSEHOLDS, "户编号")


@pytest.mark.parametrize(("edit", "sheet", "row", "column"), [
    (cell(0, "户编号", ""), HOUSEHOLDS, 2, "户编号"),
    (cell(0, "村(社区)代码", "990101001"), HOUSEHOLDS, 2, "村(社区)代码"),
    (cell(0, "村(社区)代码", "990101001009"), HOUSEHOLDS, 2, "村(社区)代码"),
    (cell(1, "户编号", "H-1"), HOUSEHOLDS, 3, "户编号"),
    (cell(0, "保障类别", "郊区"), HOUSEHOLDS, 2, "保障类别"),
    (cell(0, "联系电话", "12345"), HOUSEHOLDS, 2, "联系电话"),
    (cell(0, "住址", "长" * 201), HOUSEHOLDS, 2, "住址"),
    (cell(0, "决定书号", ""), HOUSEHOLDS, 2, "决定书号"),
    (cell(0, "决定日期", "2024-02-30"), HOUSEHOLDS, 2, "决定日期"),
    (cell(0, "决定日期", "2024-06-04"), HOUSEHOLDS, 2, "决定日期"),
    (cell(0, "起始月份", "2024-13"), HOUSEHOLDS, 2, "起始月份"),
    (cell(0, "起始月份", "2024-03"), HOUSEHOLDS, 2, "起始月份"),
    (cell(0, "已发至月份", "五月"), HOUSEHOLDS, 2, "已发至月份"),
    (cell(0, "已发至月份", "2024-07"), HOUSEHOLDS, 2, "已发至月份"),
    (cell(0, "月保障金额(元)", "六百"), HOUSEHOLDS, 2, "月保障金额(元)"),
    (cell(0, "月保障金额(元)", "0"), HOUSEHOLDS, 2, "月保障金额(元)"),
    (cell(0, "月保障金额(元)", "600.001"), HOUSEHOLDS, 2, "月保障金额(元)"),
    (cell(0, "保障人数", "3"), HOUSEHOLDS, 2, "保障人数"),
    (cell(0, "保障人数", "两人"), HOUSEHOLDS, 2, "保障人数"),
    (cell(0, "资金来源", "省长"), HOUSEHOLDS, 2, "资金来源"),
    (cell(0, "领款人身份证号", CHILD), HOUSEHOLDS, 2, "领款人身份证号"),
    (cell(0, "领款人", "王建军"), HOUSEHOLDS, 2, "领款人身份证号"),
    (cell(0, "开户行代码", "XYZ"), HOUSEHOLDS, 2, "开户行代码"),
    (cell(0, "账号", "62284804O2564890018"), HOUSEHOLDS, 2, "账号"),
    (member(0, "户编号", "H-9"), MEMBERS, 2, "户编号"),
    (member(1, "姓名", ""), MEMBERS, 3, "姓名"),
    (member(1, "姓名", "李1"), MEMBERS, 3, "姓名"),
    (member(1, "身份证号", "990101198203030022"), MEMBERS, 3, "身份证号"),
    (member(1, "身份证号", HEAD), MEMBERS, 3, "身份证号"),
    (member(2, "身份证号", WIFE), MEMBERS, 4, "身份证号"),
    (member(1, "与户主关系", "邻居"), MEMBERS, 3, "与户主关系"),
    (member(1, "与户主关系", "户主"), HOUSEHOLDS, 2, "户编号"),
    (member(2, "与户主关系", "其他"), HOUSEHOLDS, 3, "户编号"),
])
def test_each_wrong_cell_is_named(session: Session, clerk: Officer, edit: Edit, sheet: str, row: int,
                                  column: str) -> None:
    errors = refused(session, book(edit), clerk)
    assert (sheet, row, column) in {(error.sheet, error.row, error.column) for error in errors}


def test_all_errors_are_told_at_once_and_in_chinese(session: Session, clerk: Officer) -> None:
    def edit(households: list[list[str]], members: list[list[str]]) -> None:
        cell(0, "账号", "1")(households, members)
        cell(1, "保障类别", "?")(households, members)
        member(1, "身份证号", "990101198001010015")(households, members)

    errors = refused(session, book(edit), clerk)
    assert [(error.row, error.column) for error in errors] == [(2, "账号"), (3, "保障类别"), (3, "身份证号")]
    said = [messages.say(error.message, "zh_CN") for error in errors]
    assert not any("{" in words for words in said)
    assert "身份证号" in said[2]
    assert "4" in said[2]


def test_a_person_of_another_household_is_refused(session: Session, clerk: Officer) -> None:
    household_import.take_in(session, book(), clerk, NOW)

    def edit(households: list[list[str]], members: list[list[str]]) -> None:
        households[:] = [["H-3", "990101001001", "城市", "", "", *[""] * 11]]
        members[:] = [["H-3", "李秀英", WIFE, "户主"]]

    error, = refused(session, book(edit), clerk)
    assert (error.sheet, error.column, error.message.params["number"]) == (MEMBERS, "身份证号", "H-1")


def test_a_doubtful_card_number_only_warns(session: Session, clerk: Officer) -> None:
    done = household_import.take_in(session, book(cell(0, "账号", "6228480402564890019")), clerk, NOW)
    assert [(warning.row, warning.column) for warning in done.warnings] == [(2, "账号")]


def test_only_the_county_s_own_clerk_imports(session: Session) -> None:
    for login in ("town_clerk1", "auditor1", "county_lead1"):
        with pytest.raises(NotAllowed):
            household_import.take_in(session, book(), people.by_login(session, login), NOW)


def test_the_template_is_an_empty_workbook_of_the_same_shape(session: Session, clerk: Officer) -> None:
    template = household_import.template_xlsx()
    assert household_import.take_in(session, template, clerk, NOW).households == 0
    assert openpyxl.load_workbook(BytesIO(template)).sheetnames == [HOUSEHOLDS, MEMBERS]


def _plain_book(change: Callable[[Any], object]) -> bytes:
    """A workbook as an office program would save it."""
    workbook = openpyxl.load_workbook(BytesIO(book()))
    change(workbook)
    target = BytesIO()
    workbook.save(target)
    return target.getvalue()


def test_dates_and_money_may_be_real_cells(session: Session, clerk: Officer) -> None:
    def change(workbook: Any) -> None:
        sheet = workbook[HOUSEHOLDS]
        sheet["G2"], sheet["H2"], sheet["J2"], sheet["K2"] = datetime(2024, 4, 8), datetime(2024, 5, 1), 600.5, 2.0

    household_import.take_in(session, _plain_book(change), clerk, NOW)
    assert session.exec(select(Entitlement.base_fen)).one() == 60_050


def test_a_number_that_lost_digits_is_told(session: Session, clerk: Officer) -> None:
    errors = refused(session, _plain_book(lambda workbook: workbook[MEMBERS].__setitem__("C2", int(HEAD))), clerk)
    assert any(error.column == "身份证号" and "lost digits" in str(error.message) for error in errors)


@pytest.mark.parametrize("change", [
    lambda workbook: workbook[HOUSEHOLDS].__setitem__("A1", "编号"),
    lambda workbook: workbook[HOUSEHOLDS].__setitem__("Q1", "备注"),
    lambda workbook: workbook[MEMBERS].__setitem__("A1", "姓名"),
    lambda workbook: workbook[MEMBERS].delete_rows(1, 9),
    lambda workbook: workbook.remove(workbook[MEMBERS]),
], ids=["missing", "foreign", "twice", "empty", "no sheet"])
def test_another_heading_is_refused(session: Session, clerk: Officer, change: Callable[[Any], object]) -> None:
    assert any(error.row == 1 for error in refused(session, _plain_book(change), clerk))


def test_columns_may_stand_in_another_order_and_blank_rows_are_passed_over(session: Session, clerk: Officer) -> None:
    def change(workbook: Any) -> None:
        sheet = workbook[MEMBERS]
        sheet.move_range("B1:B9", cols=4)
        sheet.delete_cols(2)
        sheet.insert_rows(3, 5)

    assert household_import.take_in(session, _plain_book(change), clerk, NOW).members == 3


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04nonsense", b"%PDF-1.7", "户编号,姓名".encode()])
def test_what_is_no_workbook_is_refused_clearly(session: Session, clerk: Officer, content: bytes) -> None:
    with pytest.raises(Invalid, match=r"not an \.xlsx"):
        household_import.take_in(session, content, clerk, NOW)


def _zip(**files: bytes) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return target.getvalue()


@pytest.mark.parametrize("content", [
    _zip(word__document_dot_xml=b"<w/>"),
    _zip(xl__workbook_dot_xml=b"<workbook/>", xl__vbaProject_dot_bin=b"x"),
    _zip(xl__workbook_dot_xml=b"<!DOCTYPE x [<!ENTITY a 'b'>]><workbook/>"),
    _zip(xl__workbook_dot_xml=b"<workbook/>"),
    _zip(xl__workbook_dot_xml=b"<workbook/>", big=b"\0" * (tabular.UNPACKED_MAX + 1)),
], ids=["word", "macro", "entity", "hollow", "bomb"])
def test_a_hostile_or_foreign_package_is_refused(session: Session, clerk: Officer, content: bytes) -> None:
    with pytest.raises(Invalid):
        household_import.take_in(session, content, clerk, NOW)


def test_sizes_have_limits(session: Session, clerk: Officer, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Invalid, match="20 MB"):
        household_import.take_in(session, b"x" * (tabular.BYTES_MAX + 1), clerk, NOW)
    monkeypatch.setattr(tabular, "ROWS_MAX", 2)
    assert any("at most 2 rows" in str(error.message) for error in refused(session, book(), clerk))


@pytest.mark.parametrize("text", ["2024-03-01", "2024/3/1", "2024.3.1", "2024年3月1日", "20240301"])
def test_days_as_people_type_them(text: str) -> None:
    day = as_day(text)
    assert day
    assert day.isoformat() == "2024-03-01"


@pytest.mark.parametrize(("text", "month"), [("2024-05", "2024-05"), ("2024/5", "2024-05"), ("2024年5月", "2024-05"),
                                             ("202405", "2024-05"), ("2024-05-01", "2024-05"), ("2024-00", None),
                                             ("五月", None), ("24-05", None)])
def test_months_as_people_type_them(text: str, month: str | None) -> None:
    assert as_month(text) == month
