"""Read the State Council's yearly notice on days off as it is published: holiday by holiday, days off and make-up days."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bpmn.message import Message
from forms.answers import FieldError
from workflows.errors import Invalid
from workflows.office.arrangements import MAKEUP_WORK, OFF

LONGEST = 12    # days that a holiday has at most
HOLIDAYS = ("元旦", "春节", "清明", "劳动", "端午", "中秋", "国庆")
WEEKDAYS = "一二三四五六日"
_HOLIDAY = re.compile(r"[一二三四五六七八九十]+、\s*([^：:。]{2,12})[：:]([^\n]*?)(?=(?:\s*[一二三四五六七八九十]+、[^：:。]{2,12}[：:])|$)", re.DOTALL)
_DAY = r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:（[^）]*?周([一二三四五六日])[^）]*）)?"
_OFF = re.compile(rf"{_DAY}(?:至{_DAY})?(?:[^。；0-9]*?)(?:放假|休息)")
_WORK = re.compile(r"([^。；]*?)上班")


@dataclass(frozen=True)
class Arranged:
    """One day of the notice."""

    day: date
    kind: str
    name: str


def read(text: str, year: int) -> list[Arranged]:
    """Every day the notice names, in order; `Invalid` where it contradicts the calendar or itself, or names none."""
    squeezed, found, errors = re.sub(r"[ \t\u3000]+", "", text), dict[date, Arranged](), list[FieldError]()
    for name, said in _HOLIDAY.findall(squeezed):
        for one in _days(name, said, year, errors):
            if one.day in found and found[one.day].kind != one.kind:
                errors.append(FieldError("text", Message("{day} is both off and worked.", {"day": one.day.isoformat()})))
            found[one.day] = one
    if not found:
        errors.append(FieldError("text", Message("No holiday was found; paste the notice's numbered list: 一、元旦：1月1日…放假…")))
    elif date(year, 1, 1) not in found:
        errors.append(FieldError("text", Message("The arrangement of {year} does not begin with its New Year's Day.", {"year": year})))
    missing = [holiday for holiday in HOLIDAYS if not any(holiday in one.name for one in found.values())]
    if found and missing:
        errors.append(FieldError("text", Message("The notice lacks {names}: a year is entered whole.", {"names": "、".join(missing)})))
    if errors:
        raise Invalid(errors)
    return sorted(found.values(), key=lambda one: one.day)


def _days(name: str, said: str, year: int, errors: list[FieldError]) -> Iterator[Arranged]:
    month = 0
    for sentence in filter(None, re.split(r"[。；\n]", said)):
        if "鼓励" in sentence:      # units are encouraged to give leave: nobody is off by it
            continue
        for hit in _OFF.finditer(sentence):
            first, last = hit.groups()[:4], hit.groups()[4:]
            start = _day(first, month, year, errors)
            end = _day(last, start.month, year, errors) if start and last[2] else start
            if not start or not end:
                continue
            month = end.month
            if not timedelta() <= end - start < timedelta(days=LONGEST):
                errors.append(FieldError("text", Message("“{name}” is off from {first} to {last}?", {
                    "name": name, "first": start.isoformat(), "last": end.isoformat()})))
                continue
            yield from (Arranged(start + timedelta(days=n), OFF, name) for n in range((end - start).days + 1))
        for worked in _WORK.findall(sentence):
            for parts in re.findall(_DAY, worked):
                if day := _day(parts, month, year, errors):
                    yield Arranged(day, MAKEUP_WORK, name)


def _day(parts: tuple[str | None, ...], month: int, year: int, errors: list[FieldError]) -> date | None:
    """A day as the notice writes it; the weekday beside it must be right."""
    try:
        day = date(int(parts[0] or year), int(parts[1] or month), int(parts[2] or 0))
    except ValueError:
        errors.append(FieldError("text", Message("“{month}月{day}日” is no day.", {"month": parts[1] or month, "day": parts[2] or ""})))
        return None
    if parts[3] and WEEKDAYS[day.weekday()] != parts[3]:
        errors.append(FieldError("text", Message("{day} is no 周{weekday}: is it the notice of that year?", {"day": day.isoformat(), "weekday": parts[3]})))
    return day
