"""How a rule's value, its unit and its certainty are said."""

from datetime import date
from decimal import Decimal

from bpmn.message import Message, Term
from forms import checks

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


def value(found: object, unit: str) -> Message | Term:
    """A rule's value in words: 5,400.00 yuan a year."""
    if isinstance(found, bool):
        return FLAGS[found]
    if unit in MONEY and isinstance(found, int):
        return Message(MONEY[unit].text, {"n": checks.yuan(found)})
    if isinstance(found, list):
        return Term("、".join(map(str, found)) or "无", ", ".join(map(str, found)) or "none")
    if isinstance(found, Decimal | float):
        found = f"{found:f}".rstrip("0").rstrip(".") if "." in f"{found:f}" else found
    if isinstance(found, str) and found in CODES:
        return CODES[found]
    if unit == "day_of_year":
        day = date.fromisoformat(f"2023-{found}")
        return Term(f"{day.month}月{day.day}日", f"{day.day} {day:%B}")
    return length(found, unit)
