"""The household import's workbook: its two sheets."""

import re
from collections.abc import Iterable, Mapping, Sequence

from workflows.records import tabular
from workflows.records.tabular import BYTES_MAX, ROWS_MAX, Read, Row, Sheet, as_day

__all__ = ["BYTES_MAX", "COLUMNS", "ROWS_MAX", "Row", "as_day", "as_month", "read", "template_xlsx", "workbook"]

HOUSEHOLDS, MEMBERS = "家庭", "成员"
NUMBER, VILLAGE, CATEGORY, ADDRESS, PHONE = "户编号", "村(社区)代码", "保障类别", "住址", "联系电话"
DECISION, DECIDED, FROM, PAID_TILL = "决定书号", "决定日期", "起始月份", "已发至月份"
AMOUNT, PEOPLE, FUND = "月保障金额(元)", "保障人数", "资金来源"
PAYEE, PAYEE_ID, BANK, ACCOUNT = "领款人", "领款人身份证号", "开户行代码", "账号"
NAME, ID_NUMBER, RELATION = "姓名", "身份证号", "与户主关系"
INCOME, REVIEW_DUE, WORK = "家庭月收入(元)", "下次核查日期", "劳动能力"

COLUMNS = {
    HOUSEHOLDS: (NUMBER, VILLAGE, CATEGORY, ADDRESS, PHONE, DECISION, DECIDED, FROM, PAID_TILL, AMOUNT, PEOPLE, FUND,
                 PAYEE, PAYEE_ID, BANK, ACCOUNT),
    MEMBERS: (NUMBER, NAME, ID_NUMBER, RELATION),
}
OPTIONAL = {HOUSEHOLDS: (INCOME, REVIEW_DUE), MEMBERS: (WORK,)}     # a bureau may not know them
GRANT = (DECISION, DECIDED, FROM, PAID_TILL, AMOUNT, PEOPLE, FUND, PAYEE, PAYEE_ID, BANK, ACCOUNT)


def read(content: bytes) -> Read:
    """Both sheets' rows that aren't blank, and what is wrong with the sheets themselves."""
    return tabular.workbook_rows(content, [Sheet(name, columns, frozenset(COLUMNS[name])) for name, columns in _sheets().items()])


def template_xlsx() -> bytes:
    """The empty workbook: both sheets with their headings."""
    return workbook({})


def workbook(rows: Mapping[str, Iterable[Sequence[str]]]) -> bytes:
    """A workbook of the import's shape."""
    return tabular.workbook(_sheets(), rows)


def _sheets() -> dict[str, tuple[str, ...]]:
    """All columns of each sheet."""
    return {name: (*columns, *OPTIONAL[name]) for name, columns in COLUMNS.items()}


def as_month(text: str) -> str | None:
    """A month as typed: 2024-05, 2024/5, 2024年5月, 202405, or any day of it."""
    day = as_day(text) if re.fullmatch(r"\d{4}\D\d{1,2}\D\d{1,2}日?", text) else None
    if day:
        return f"{day:%Y-%m}"
    found = re.fullmatch(r"(\d{4})(?:[-/.年]?)(\d{1,2})月?", text)
    if not found or not 1 <= int(found[2]) <= 12:
        return None
    return f"{found[1]}-{int(found[2]):02}"
