"""The rail: the pages there are, for the duties a person holds."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from api.rendering.pages import Entry
from bpmn.message import Message
from workflows.office.people import Officer
from workflows.office.permissions import MAY
from workflows.registers import sight


@dataclass(frozen=True)
class Around:
    """What decides about some pages beside a person's duties."""

    sample: bool = False
    matters: bool = False       # whether there is any that he may take in


Test = Callable[[Officer, Around], bool]


def _may(action: str) -> Test:
    return lambda who, _around: who.holds(*MAY[action])


def _everybody(_who: Officer, _around: Around) -> bool:
    return True


def _counter(_who: Officer, around: Around) -> bool:
    return around.matters


def _sample_only(who: Officer, around: Around) -> bool:
    return around.sample and who.holds(*MAY["move_sample_clock"])


def _reads_registers(who: Officer, _around: Around) -> bool:
    return bool(sight.readable(who))


@dataclass(frozen=True)
class Place:
    """A page of the rail, and who sees it."""

    key: str
    url: str
    icon: str
    title: Message
    seen_by: Test = _everybody


# In this order; the first four are the tabs of a phone.
PLACES = (
    Place("inbox", "/inbox", icon="inbox", title=Message("My work")),
    Place("done", "/done", icon="file-check", title=Message("Done by me")),
    Place("cases", "/cases", icon="folder", title=Message("Find a case")),
    Place("public", "/public", icon="speakerphone", title=Message("Public notices")),
    Place("intake", "/intake", icon="file-plus", title=Message("Register an application"), seen_by=_counter),
    Place("payments", "/payments", icon="cash-banknote", title=Message("Payments"), seen_by=_may("read_payments")),
    Place("petty_cash", "/petty-cash", icon="wallet", title=Message("Petty cash"), seen_by=_may("read_petty_cash")),
    Place("households", "/households", icon="home", title=Message("Households and import"),
          seen_by=_may("import_households")),
    Place("inspections", "/inspections", icon="file-check", title=Message("Annual inspections"), seen_by=_may("read_inspections")),
    Place("registers", "/registers", icon="book", title=Message("Registers"), seen_by=_reads_registers),
    Place("processes", "/processes", icon="sitemap", title=Message("Processes"), seen_by=_may("read_processes")),
    Place("rules", "/rules", icon="scale", title=Message("Rules in force"), seen_by=_may("read_rules")),
    Place("calendar", "/calendar", icon="calendar", title=Message("Working-day calendar"), seen_by=_may("read_calendar")),
    Place("audit", "/audit", icon="shield-check", title=Message("Audit"), seen_by=_may("read_audit")),
    Place("jobs", "/jobs", icon="alert-triangle", title=Message("Failed jobs"), seen_by=_may("read_jobs")),
    Place("clock", "/sample/clock", icon="clock-play", title=Message("Sample clock"), seen_by=_sample_only),
)


def entries(who: Officer, existing: frozenset[str], around: Around, say: Callable[[Message], str],
            counts: Mapping[str, int]) -> Iterator[Entry]:
    """The lines of this person's rail: only pages that exist and that he may open."""
    heads = frozenset(map(_head, existing))
    for place in PLACES:
        if _head(place.url) in heads and place.seen_by(who, around):
            yield Entry(place.key, place.url, place.icon, say(place.title), counts.get(place.key, 0))


def _head(path: str) -> str:
    return path.split("/")[1]
