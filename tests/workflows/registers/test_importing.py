"""Taking over a book kept elsewhere: all of it or nothing, every wrong cell told in the reader's language."""

from datetime import date

import pytest
from sqlmodel import func, select

from tests.workflows.registers.conftest import CHAIR, CODE, HEAD, NOW, OTHER_CODE
from workflows import messages
from workflows.errors import Invalid, NotAllowed, RowsInvalid
from workflows.office import people
from workflows.records import audit, tabular
from workflows.records.session import writing
from workflows.registers import declared, found, import_rows, importing
from workflows.registers import __main__ as command_line
from workflows.registers.found import Wanted
from workflows.registers.tables import RegisterEntry

BOOK, SHEET, PEOPLE = "organisation", "社会组织", "负责人及任职"
TEA = {"名称": "示例县茶叶协会", "统一社会信用代码": CODE, "组织类型": "社会团体", "住所": "解放路 8 号", "注册（开办、原始）资金": "30000",
       "登记方式": "双重管理", "业务主管单位": "示例县农业农村局", "法定代表人": "王建国", "法定代表人证件号": CHAIR,
       "成立登记日期": "2019-05-06", "登记证书有效期至": "2024/7/15"}
SCHOOL = {"名称": "示例县晨光培训学校", "统一社会信用代码": OTHER_CODE, "组织类型": "民办非企业单位（社会服务机构）", "法律形式": "法人",
          "慈善组织": "否", "成立登记日期": "20200506"}


def book(*rows, people=()):
    """A workbook of the register's shape."""
    sheets = {sheet.name: sheet.columns for sheet in import_rows.sheets(declared.named(BOOK))}
    return tabular.workbook(sheets, {SHEET: [[row.get(column, "") for column in sheets[SHEET]] for row in rows],
                                     PEOPLE: [[row.get(column, "") for column in sheets[PEOPLE]] for row in people]})


@pytest.fixture
def import_(county):
    def taken(content, file="存量.xlsx", login="reg_auth1"):
        with writing(county.source) as session:
            return importing.take_in(session, BOOK, content, file, people.by_login(session, login), NOW)
    return taken


@pytest.fixture
def entered(county):
    def standing():
        with writing(county.source) as session:
            return {one["code"]: one for one in found.entries(session, Wanted(BOOK), NOW.date())}
    return standing


def wrong(import_, content, file="存量.xlsx", language=messages.CHINESE):
    with pytest.raises(RowsInvalid) as refused:
        import_(content, file)
    return [(one.sheet, one.row, one.column, messages.say(one.message, language)) for one in refused.value.errors]


def test_a_workbook_is_entered_with_its_rows_and_the_days_it_tells(county, import_, entered):
    chair = {"统一社会信用代码": CODE, "姓名": "王建国", "证件号": CHAIR.lower(), "职务": "会长", "公务员（退休）任职": "否", "任职自": "2019-05-06"}
    assert import_(book(TEA, SCHOOL, people=[chair])) == importing.Imported(2, 0)
    tea = entered()[CODE]
    assert (tea["kind"], tea["fund_fen"], tea["valid_from"], tea["certificate_valid_to"]) == (
        "association", 3_000_000, date(2019, 5, 6), date(2024, 7, 15))
    assert tea["people"][0] == {"name": "王建国", "id_number": CHAIR, "post": "会长", "official": False, "approval_number": None,
                                "since": date(2019, 5, 6), "until": None}
    with writing(county.source) as session:
        assert audit.broken_at(session, f"register:{BOOK}:{tea['id']}") is None
    assert import_(book(TEA, SCHOOL, people=[chair])) == importing.Imported(0, 2)     # handed in again


def test_one_wrong_cell_and_nothing_is_kept(county, import_):
    bad = {**SCHOOL, "统一社会信用代码": f"{OTHER_CODE[:-1]}O", "组织类型": "学校", "成立登记日期": "五月", "注册（开办、原始）资金": "许多"}
    stranger = {"统一社会信用代码": "52990101MJ0000003P", "姓名": "李秀兰", "证件号": HEAD}
    told = wrong(import_, book(TEA, bad, people=[stranger]))
    assert [one[:3] for one in told] == [
        (SHEET, 3, "统一社会信用代码"), (SHEET, 3, "组织类型"), (SHEET, 3, "注册（开办、原始）资金"), (SHEET, 3, "成立登记日期"),
        (PEOPLE, 2, "统一社会信用代码")]
    assert "I、O" in told[0][3]
    assert "Type" in wrong(import_, book(bad), language=messages.ENGLISH)[1][3]
    with writing(county.source) as session:
        assert session.exec(select(func.count()).select_from(RegisterEntry)).one() == 0


@pytest.mark.parametrize(("row", "column", "says"), [
    ({**TEA, "组织类型": "基金会"}, "统一社会信用代码", "前两位与组织类型不符"),
    ({**TEA, "业务主管单位": ""}, "业务主管单位", "双重管理"),
    ({**TEA, "登记证书有效期至": "2018-01-01"}, "登记证书有效期至", "晚于成立登记日期"),
    ({**TEA, "名称": ""}, "名称", "未填写"),
    ({**TEA, "区划代码": "990102"}, "区划代码", "990102"),
    ({**TEA, "法定代表人证件号": "990101198001010015"}, "法定代表人证件号", "校验"),
])
def test_what_the_register_itself_forbids_is_told_at_its_cell(import_, row, column, says):
    (told,) = wrong(import_, book(row))
    assert told[:3] == (SHEET, 2, column)
    assert says in told[3]


def test_what_stands_there_already_with_other_data_is_refused_and_named_as_is_a_code_given_twice(import_):
    import_(book(TEA))
    assert "住所" in wrong(import_, book({**TEA, "住所": "别处"}))[0][3]
    assert "第 2 行" in wrong(import_, book(SCHOOL, {**SCHOOL, "名称": "示例县另一学校"}))[0][3]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_a_csv_file_holds_the_entries_in_either_encoding(import_, entered, encoding):
    text = ",".join(TEA) + "\r\n" + ",".join(f'"{value}"' for value in TEA.values()) + "\r\n\r\n"
    import_(text.encode(encoding), "存量.CSV")
    assert entered()[CODE]["name"] == "示例县茶叶协会"


@pytest.mark.parametrize(("content", "file"), [(b"", "a.xlsx"), ("名称,,\0".encode(), "a.csv"), (b"\x81", "a.csv"), (b"", "a.pdf")])
def test_what_can_not_be_read_is_refused_in_a_sentence(import_, content, file):
    with pytest.raises(Invalid):
        import_(content, file)


def test_only_whom_the_register_names_may_import(import_):
    for login in ("county_lead1", "auditor1", "county_clerk1"):
        with pytest.raises(NotAllowed):
            import_(book(TEA), login=login)


def test_the_command_line_makes_a_template_and_takes_a_file_in(county, entered, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(command_line, "writing", lambda: writing(county.source))
    template, filled = tmp_path / "t.xlsx", tmp_path / "f.xlsx"
    assert command_line.main(["template", BOOK, str(template)]) == 0
    assert import_rows.read(declared.named(BOOK), template.read_bytes(), "t.xlsx", NOW.date()) == ([], [])
    filled.write_bytes(book({**TEA, "住所": "解放路 8 号", "成立登记日期": "昨天"}))
    assert command_line.main(["import", BOOK, str(filled), "reg_auth1"]) == 1
    assert "社会组织!2 成立登记日期" in capsys.readouterr().err
    filled.write_bytes(book(TEA))
    assert command_line.main(["import", BOOK, str(filled), "reg_auth1"]) == 0
    assert CODE in entered()
