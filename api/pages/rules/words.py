"""How a rule's value, its unit and its certainty are said."""

from datetime import date
from decimal import Decimal

from bpmn.message import Message, Term
from forms import checks
from workflows.office.rate_files import Rule

SURE = {
    "read": Message("text read"), "high": Message("rather sure"), "medium": Message("fairly sure"), "low": Message("unsure"),
    "local": Message("left to the place"), "product": Message("our default, no law"),
}
COUNTED = {
    "WD": Message("{n} working days"), "CD": Message("{n} days"), "days": Message("{n} days"), "M": Message("{n} months"),
    "months": Message("{n} months"), "Y": Message("{n} years"), "years": Message("{n} years"), "H": Message("{n} hours"),
    "hours": Message("{n} hours"), "percent": Message("{n} %"), "persons": Message("{n} persons"), "times": Message("{n} times"),
    "day_of_month": Message("day {n} of the month"), "ratio": Message("{n} times as much"),
}
MONEY = {"fen": Message("{n} yuan"), "fen/MONTH": Message("{n} yuan a month"), "fen/YEAR": Message("{n} yuan a year")}
FLAGS = {True: Message("yes"), False: Message("no")}
CODES = {"WD": Message("working days"), "CD": Message("calendar days")}


def length(n: object, unit: str) -> Message:
    """So many of a unit: 30 working days."""
    return Message(COUNTED[unit].text, {"n": n}) if unit in COUNTED else Message("{n}", {"n": n})


def value(found: object, rule: Rule) -> Message | Term:
    """A rule's value in words: 5,400.00 yuan a year."""
    if isinstance(found, bool):
        return FLAGS[found]
    if isinstance(found, list):
        said = [rule.words.get(str(one), (str(one), str(one))) for one in found]
        return Term("、".join(zh for zh, _ in said) or "无", ", ".join(en for _, en in said) or "none")
    return _word(found, rule) if isinstance(found, str) else _number(found, rule.unit)


def _word(found: str, rule: Rule) -> Message | Term:
    if rule.unit == "day_of_year":
        day = date.fromisoformat(f"2023-{found}")
        return Term(f"{day.month}月{day.day}日", f"{day.day} {day:%B}")
    if found in rule.words:
        return Term(*rule.words[found])
    return CODES.get(found, Term(found, found))


def _number(found: object, unit: str) -> Message:
    if unit in MONEY and isinstance(found, int):
        return Message(MONEY[unit].text, {"n": checks.yuan(found)})
    if isinstance(found, Decimal | float):
        found = f"{Decimal(str(found)).normalize():f}"
    return length(found, unit)


CLAUSES = {"clock": Message("time limit"), "apart": Message("duties apart"), "guard": Message("the software refuses"),
           "notice": Message("public notice first"), "return": Message("returns"), "money": Message("money and budget")}
