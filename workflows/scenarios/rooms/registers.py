"""Scenario words about registers: what stands there before the first step, and what must stand there afterwards."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any

from pydantic import Field

from bpmn.message import Message
from workflows.records.types import CHINA
from workflows.registers import entries, found
from workflows.registers.entries import Because
from workflows.registers.found import Wanted
from workflows.sample import fixture
from workflows.scenarios import told
from workflows.scenarios.shape import Shape
from workflows.scenarios.words import Before, Look, given, then


class GivenEntry(Shape):
    """Something that stands in a register before the scenario begins, and may have been struck off again."""

    register_: str = Field(alias="register")
    data: dict[str, Any] = Field(description="the register's fields; money in fen")
    division: str = fixture.COUNTY
    since: date = Field(default=date(2020, 1, 1), alias="from")
    to: date | None = Field(default=None, description="last day, where it was known beforehand")
    closed_on: date | None = None
    close_reason: str = ""
    former: list[dict[str, Any]] = Field(default_factory=list, description="what stood there before: `until` a day, and fields")


class Entry(Shape):
    """What must stand in a register."""

    register_: str = Field(alias="register")
    by: str = ""
    value: str = ""
    count: int = Field(default=1, description="how many entries are found so, valid on the day of the look")
    former: bool = Field(default=False, description="count also those that hold no more")
    says: dict[str, Any] = Field(default_factory=dict, description="of the newest: dotted path -> value; a number is a row, from 0")


@given("register", list[GivenEntry], "an entry of a register: register, data, from, to, closed_on, former")
def _entries(before: Before, said: list[GivenEntry]) -> None:
    for one in said:
        _enter(before, one)


@then("register", list[Entry], "what stands in a register: register, by, value, count (1), former, says: path = value")
def _standing(look: Look, expected: list[Entry]) -> Iterator[Message]:
    for one in expected:
        wanted = Wanted(one.register_, one.by, (one.value,) if one.value else (), one.former)
        stands = found.entries(look.session, wanted, look.bureau.now.date())
        key = f"{one.by} = {one.value}" if one.by else ""
        where = Message("{register} · {key}", {"register": told.register(one.register_), "key": key}) if key else told.register(one.register_)
        if len(stands) != one.count:
            yield told.differs(Message("entries in {register}", {"register": where}), one.count, len(stands))
        for path, value in one.says.items() if stands else ():
            said = _at(stands[-1], path)
            if said != value and str(said) != str(value):
                yield told.differs(told.part(path, where), value, said)


def _enter(before: Before, one: GivenEntry) -> None:
    """Lay down what stood first, and change it day by day to what stands now."""
    stages = [(stage["until"], {key: value for key, value in stage.items() if key != "until"}) for stage in one.former]
    days = [one.since, *(until for until, _ in stages)]
    texts = [{**one.data, **earlier} for _, earlier in stages] + [one.data]
    entry = entries.enter(before.session, one.register_, texts[0], one.division, _on(days[0]), valid_from=one.since, valid_to=one.to)
    for day, text in zip(days[1:], texts[1:], strict=True):
        entries.change(before.session, entry.id or 0, text, _on(day), on=day)
    if one.closed_on:
        entries.close(before.session, entry.id or 0, _on(one.closed_on, one.close_reason), on=one.closed_on)


def _on(day: date, reason: str = "") -> Because:
    return Because(datetime.combine(day, time(9), CHINA), reason=reason)


def _at(value: Any, path: str) -> Any:
    for name in path.split("."):
        if isinstance(value, list):
            value = value[int(name)] if name.lstrip("-").isdigit() and -len(value) <= int(name) < len(value) else None
        else:
            value = value.get(name) if isinstance(value, Mapping) else None
    return value
