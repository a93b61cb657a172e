"""Scenario words about statutory limits: extend one; when it is due, how much of it is used, whether it was met."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Literal

from bpmn.message import Message
from workflows import releases
from workflows.cases import clocks, extensions
from workflows.office import working_days
from workflows.records.types import CHINA
from workflows.scenarios import told
from workflows.scenarios.bureau import Bureau
from workflows.scenarios.shape import Shape, Step
from workflows.scenarios.words import Look, then, verb


class Extend(Shape):
    """Why a limit is extended, and which."""

    reason: str
    limit: str = ""


@verb("extend", "whom the rule names signs an extension for one of its reasons, `reason`; of the limit `limit`, else of the first "
                "that can be extended", Extend)
def _extend(bureau: Bureau, step: Step) -> None:
    with bureau.work() as session:
        case = bureau.case(session, step.case)
        rules = releases.load(session, case.release_id).process.clocks
        said = Extend.model_validate(step.answers)
        kind = said.limit or next((rule.kind for rule in rules if rule.may_extend), "")
        extensions.sign(session, case.id or 0, kind, said.reason, bureau.who(session, step.who), bureau.now)


@then("clocks", dict[str, datetime | date | Literal[""]], "limit = the day it is due, or for hours the moment; \"\" when it has none now, "
                                                          "because it stands still or its length is not set here")
def _clocks(look: Look, expected: dict[str, datetime | date | Literal[""]]) -> Iterator[Message]:
    latest = clocks.latest(look.session, look.case)
    for kind, due in expected.items():
        clock = latest.get(kind)
        found = clock and (clock.due_at if isinstance(due, datetime) else clock.due_on)
        wanted = due.replace(tzinfo=due.tzinfo or CHINA) if isinstance(due, datetime) else due or None
        if clock is None or found != wanted:
            yield _differs(Message("Limit {limit} is due"), look, kind, wanted, found if clock else _known(look, latest))


@then("used", dict[str, int], "limit = days, months or hours of it used by now, or when it ended")
def _used(look: Look, expected: dict[str, int]) -> Iterator[Message]:
    latest, calendar = clocks.latest(look.session, look.case), working_days.calendar(look.session)
    for kind, days in expected.items():
        used = clocks.used(calendar, latest[kind], look.bureau.now) if kind in latest else _known(look, latest)
        if used != days:
            yield _differs(Message("Used of limit {limit}"), look, kind, days, used)


@then("late", dict[str, int], "limit = by how many days, or hours, it is past or was when it ended; 0: it was met")
def _late(look: Look, expected: dict[str, int]) -> Iterator[Message]:
    latest, calendar = clocks.latest(look.session, look.case), working_days.calendar(look.session)
    for kind, days in expected.items():
        found = clocks.late(calendar, latest[kind], look.bureau.now) if kind in latest else None
        by = (found.n if found else 0) if kind in latest else _known(look, latest)
        if by != days:
            yield _differs(Message("Limit {limit} is late by"), look, kind, days, by)


@then("ended", dict[str, bool], "limit = whether it has ended")
def _ended(look: Look, expected: dict[str, bool]) -> Iterator[Message]:
    latest = clocks.latest(look.session, look.case)
    for kind, over in expected.items():
        found = latest[kind].ended_on is not None if kind in latest else _known(look, latest)
        if found != over:
            yield _differs(Message("Limit {limit} has ended"), look, kind, over, found)


def _differs(what: Message, look: Look, kind: str, expected: object, found: object) -> Message:
    return told.differs(what.with_params(limit=told.limit(look.published, kind)), expected, found)


def _known(look: Look, latest: Iterable[str]) -> Message:
    """That a limit has not begun, and which have."""
    return Message("no such limit; those that have begun: {limits}", {"limits": told.names(told.limit(look.published, kind) for kind in latest)})
