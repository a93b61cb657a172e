"""The household import's rows, checked one by one and put together as families."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from bpmn.message import Message, Term
from forms import checks
from workflows.cases.sources import BANKS
from workflows.errors import RowError
from workflows.payments.taking_over import sheet as sheet
from workflows.payments.taking_over.sheet import Row

CATEGORIES = {"城市": "urban", "农村": "rural", "城镇": "urban"}
FUNDS = {"01": "01", "03": "03", "05": "05", "1": "01", "3": "03", "5": "05",
         "中央": "01", "省级": "03", "县级": "05", "01中央": "01", "03省级": "03", "05县级": "05"}
RELATIONS = {"户主": "self", "本人": "self", "配偶": "spouse", "子女": "child", "子": "child", "女": "child", "儿子": "child",
             "女儿": "child", "父母": "parent", "父亲": "parent", "母亲": "parent", "父": "parent", "母": "parent",
             "其他": "other"}
WORK = {"完全": "full", "部分": "partial", "丧失": "none", "": ""}
NUMBER_MAX = 32
ADDRESS_MAX = 200
PEOPLE_MAX = 20


@dataclass(frozen=True)
class Person:
    """A member as the file has him."""

    name: str
    id_number: str
    relation: str
    work_ability: str = field(default="", compare=False)


@dataclass(frozen=True)
class Grant:
    """What an earlier decision granted."""

    decision_no: str
    decided_on: date
    from_month: str
    paid_till: str | None
    base_fen: int
    people: int
    fund_source: str
    payee_name: str
    payee_id_number: str
    bank_code: str
    account_number: str
    income_fen: int | None = field(default=None, compare=False)
    review_due_on: date | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Family:
    """A household row with its members."""

    row: Row
    number: str
    division_code: str
    category: str
    address: str
    phone: str
    members: tuple[Person, ...]
    grant: Grant | None
    member_rows: tuple[Row, ...] = ()
    warnings: tuple[RowError, ...] = field(default=(), compare=False)


def families(rows: dict[str, list[Row]], today: date) -> tuple[list[Family], list[RowError]]:
    """The families of a workbook, and every error of its rows."""
    errors: list[RowError] = []
    members: dict[str, list[tuple[Row, Person]]] = defaultdict(list)
    for row in rows[sheet.MEMBERS]:
        members[_number(row)].append((row, _person(row, today, errors)))
    found = [_family(row, members[_number(row)], today, errors) for row in rows[sheet.HOUSEHOLDS]]
    numbers = {family.number for family in found}
    errors += [row.error(sheet.NUMBER, Message("There is no household {number} in the sheet 家庭.", {"number": number}))
               for number, theirs in members.items() if number not in numbers for row, _ in theirs]
    errors += _twice(rows[sheet.HOUSEHOLDS], sheet.NUMBER, _number)
    errors += _twice(rows[sheet.MEMBERS], sheet.ID_NUMBER, lambda row: checks.compact(row.cells[sheet.ID_NUMBER]))
    return found, errors


def differences(new: Family, old: Family) -> list[str]:
    """The headings under which two families of one number differ."""
    pairs = ((sheet.VILLAGE, new.division_code, old.division_code), (sheet.CATEGORY, new.category, old.category),
             (sheet.ADDRESS, new.address, old.address), (sheet.PHONE, new.phone, old.phone),
             (sheet.MEMBERS, set(new.members), set(old.members)), ("待遇", new.grant, old.grant))
    return [heading for heading, ours, theirs in pairs if ours != theirs]


def _family(row: Row, theirs: list[tuple[Row, Person]], today: date, errors: list[RowError]) -> Family:
    cells, say = row.cells, _teller(row, errors)
    number = _number(row)
    if not number or len(number) > NUMBER_MAX:
        say(sheet.NUMBER, Message("“{label}” must have 1 to {most} characters.", {"most": NUMBER_MAX}))
    village = checks.compact(cells[sheet.VILLAGE])
    if not re.fullmatch(r"[0-9]{12}", village):
        say(sheet.VILLAGE, Message("“{label}” must be 12 digits."))
        village = ""
    phone = checks.compact(cells[sheet.PHONE])
    if phone:
        say(sheet.PHONE, checks.phone(phone, today))
    if len(cells[sheet.ADDRESS]) > ADDRESS_MAX:
        say(sheet.ADDRESS, Message("“{label}” must have 1 to {most} characters.", {"most": ADDRESS_MAX}))
    category = _choice(sheet.CATEGORY, cells[sheet.CATEGORY], CATEGORIES, say)
    heads = sum(member.relation == "self" for _, member in theirs)
    if heads != 1:
        say(sheet.NUMBER, Message("Household {number} has {count} heads (户主); it must have one.",
                                  {"number": number, "count": heads}))
    warnings: list[RowError] = []
    grant = _grant(row, [member for _, member in theirs], today, errors, warnings)
    return Family(row, number, village, category, cells[sheet.ADDRESS], phone, tuple(member for _, member in theirs),
                  grant, tuple(place for place, _ in theirs), tuple(warnings))


def _person(row: Row, today: date, errors: list[RowError]) -> Person:
    say = _teller(row, errors)
    name = checks.name_text(row.cells[sheet.NAME])
    say(sheet.NAME, checks.person_name(name, today) if name else _empty())
    id_number = checks.compact(row.cells[sheet.ID_NUMBER])
    say(sheet.ID_NUMBER, checks.gb11643(id_number, today))
    return Person(name, id_number, _choice(sheet.RELATION, row.cells[sheet.RELATION], RELATIONS, say),
                  _choice(sheet.WORK, row.cells[sheet.WORK], WORK, say))


def _grant(row: Row, members: list[Person], today: date, errors: list[RowError],
           warnings: list[RowError]) -> Grant | None:
    """The decision a row carries; none where all its cells are blank."""
    cells = row.cells
    if not any(cells[column] for column in sheet.GRANT):
        return None
    before = len(errors)
    say = _teller(row, errors)
    for column in (sheet.DECISION, sheet.PAYEE):
        say(column, None if cells[column] else _empty())
    decided, start, till = _dates(row, today, say)
    amount, people = _money(row, len(members), say)
    fund = _choice(sheet.FUND, cells[sheet.FUND], FUNDS, say)
    bank = _choice(sheet.BANK, cells[sheet.BANK], {code: code for code in BANKS} | {
        name: code for code, name in BANKS.items()}, say)
    payee, payee_id = checks.name_text(cells[sheet.PAYEE]), checks.compact(cells[sheet.PAYEE_ID])
    if not any((member.name, member.id_number) == (payee, payee_id) for member in members):
        say(sheet.PAYEE_ID, Message("The payee must be a member of the household, with the same name and number."))
    known = _known(row, say)
    account = checks.compact(cells[sheet.ACCOUNT])
    wrong = checks.bank_card(account, today)
    say(sheet.ACCOUNT, wrong)
    if not wrong:
        _teller(row, warnings)(sheet.ACCOUNT, checks.bank_card_doubt(account))
    if len(errors) > before or decided is None or start is None:
        return None
    return Grant(cells[sheet.DECISION], decided, start, till, amount, people, fund, payee, payee_id, bank, account, *known)


def _dates(row: Row, today: date, say: "Say") -> tuple[date | None, str | None, str | None]:
    decided = sheet.as_day(row.cells[sheet.DECIDED])
    if decided is None:
        say(sheet.DECIDED, Message("“{label}” must be a day, such as 2024-03-01."))
    elif decided > today:
        say(sheet.DECIDED, Message("“{label}” can't be in the future."))
    start = sheet.as_month(row.cells[sheet.FROM])
    if start is None:
        say(sheet.FROM, Message("“{label}” must be a month, such as 2024-05."))
    elif decided is not None and start < f"{decided:%Y-%m}":
        say(sheet.FROM, Message("“{label}” can't be before the month of the decision."))
    typed = row.cells[sheet.PAID_TILL]
    till = sheet.as_month(typed) if typed else None
    if typed and till is None:
        say(sheet.PAID_TILL, Message("“{label}” must be a month, such as 2024-05."))
    elif till is not None and till > f"{today:%Y-%m}":
        say(sheet.PAID_TILL, Message("“{label}” can't be in the future."))
    return decided, start, till


def _known(row: Row, say: "Say") -> tuple[int | None, date | None]:
    """The family's income a month and the day of its next review, where the bureau knows them."""
    typed, day = row.cells[sheet.INCOME], row.cells[sheet.REVIEW_DUE]
    income = checks.fen(typed) if typed else None
    if isinstance(income, Message):
        say(sheet.INCOME, income)
        income = None
    due = sheet.as_day(day) if day else None
    if day and due is None:
        say(sheet.REVIEW_DUE, Message("“{label}” must be a day, such as 2024-03-01."))
    return income, due


def _money(row: Row, members: int, say: "Say") -> tuple[int, int]:
    amount = checks.fen(row.cells[sheet.AMOUNT])
    if isinstance(amount, Message):
        say(sheet.AMOUNT, amount)
        amount = 0
    elif amount == 0:
        say(sheet.AMOUNT, Message("“{label}” must be more than 0."))
    typed = row.cells[sheet.PEOPLE]
    people = int(typed) if re.fullmatch(r"[0-9]{1,2}", typed) else 0
    if not 1 <= people <= min(PEOPLE_MAX, max(1, members)):
        say(sheet.PEOPLE, Message("“{label}” must be between 1 and the number of members, {most}.", {"most": members}))
    return amount, people


def _twice(rows: list[Row], column: str, key: Callable[[Row], str]) -> Iterator[RowError]:
    counted = Counter(key(row) for row in rows)
    first: dict[str, int] = {}
    for row in rows:
        value = key(row)
        if value and counted[value] > 1 and first.setdefault(value, row.number) != row.number:
            yield row.error(column, Message("“{value}” already stands in row {row}.",
                                            {"value": value, "row": first[value]}))


Say = Callable[[str, Message | None], None]


def _teller(row: Row, errors: list[RowError]) -> Say:
    def say(column: str, message: Message | None) -> None:
        if message is not None:
            errors.append(row.error(column, message.with_params(label=Term(column))))

    return say


def _choice(column: str, typed: str, choices: dict[str, str], say: Say) -> str:
    if typed not in choices:
        say(column, Message("“{label}” must be one of: {allowed}.", {"allowed": "、".join(filter(None, choices))}))
    return choices.get(typed, "")


def _number(row: Row) -> str:
    return row.cells[sheet.NUMBER]


def _empty() -> Message:
    return Message("“{label}” is missing.")
