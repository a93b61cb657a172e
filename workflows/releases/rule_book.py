"""规则一览: every rule in force on a day in a place: numbers with their documents, limits, duties kept apart, guards."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import chain

from sqlmodel import Session, col, select

from bpmn import sentences
from bpmn.clock_rules import ClockRule
from bpmn.message import Term
from bpmn.schema import Payment, Process, Word
from workflows.office import rates
from workflows.office.rate_files import Rate, Rule
from workflows.office.tables import Person
from workflows.records.types import CHINA, stored
from workflows.releases import shelf
from workflows.releases.shelf import Published
from workflows.releases.tables import Release

CLOCK, APART, GUARD, NOTICE, RETURN, MONEY = "clock", "apart", "guard", "notice", "return", "money"
FUNDS = {"01": Term("中央资金", "central funds"), "03": Term("省级资金", "provincial funds"), "05": Term("县级资金", "county funds")}


@dataclass(frozen=True)
class Number:
    """A rule with a number: the value in force, and what is shipped where the place has its own."""

    rule: Rule
    rate: Rate | None       # None: left to the place, which has not entered one for that day
    shipped: Rate | None
    entered_by: str = ""

    @property
    def sure(self) -> str:
        """How certain the value is; of a place's own that the place has set it."""
        return self.rate.sure if self.rate else self.rule.sure

    @property
    def source(self) -> str:
        """The document it comes from."""
        return self.rate.source if self.rate else self.rule.source


@dataclass(frozen=True)
class Clause:
    """A rule of a process without a number of its own: what it is about, what it says, and the law."""

    kind: str
    title: Term
    says: Term
    source: str
    clock: ClockRule | None = None
    sure: str = ""


@dataclass(frozen=True)
class Chapter:
    """One matter's rules."""

    process: str
    title: Term
    version: int        # 0: its folder is there, but it has not been published
    numbers: tuple[Number, ...]
    clauses: tuple[Clause, ...]


def book(session: Session, day: date, division: str) -> list[Chapter]:
    """All rules in force on a day in a place, matter by matter."""
    published = _in_force(session, day)
    people = {stored(person.id): person.name for person in session.exec(select(Person))}
    chapters = [_chapter(session, name, published.get(name), day, division, people)
                for name in sorted({*published, *rates.processes()}, key=lambda name: (name not in published, name))]
    return [chapter for chapter in chapters if chapter.numbers or chapter.clauses]


def _in_force(session: Session, day: date) -> dict[str, Published]:
    """Of each process the version that new cases began on that day; before the first the first."""
    end = datetime.combine(day, time.max, CHINA)
    found: dict[str, Published] = {}
    rows = session.exec(select(Release.process, Release.id, Release.published_at).order_by(col(Release.process), col(Release.version)))
    for process, release, published_at in rows:
        if process not in found or published_at <= end:
            found[process] = shelf.load(session, stored(release))
    return found


def _chapter(session: Session, name: str, published: Published | None, day: date, division: str,
             people: Mapping[int, str]) -> Chapter:
    numbers = tuple(Number(rule, rate, plain, people.get((rate and rate.entered_by) or 0, ""))
                    for rule, rate, plain in rates.on(session, name, day, division))
    if published is None:
        return Chapter(name, Term(name, name), 0, numbers, ())
    process = published.process
    rules = rates.of_process(session, process.lenders, name, day, division)
    return Chapter(name, Term(process.title, process.en), published.version, numbers, tuple(_clauses(published, rules)))


def _clauses(published: Published, rules: Mapping[str, object]) -> Iterator[Clause]:
    for process in _own_first(published):
        yield from chain(_clocks(published, process), _apart(published, process), _guards(published, process, rules),
                         _others(published, process))


def _own_first(published: Published) -> Sequence[Process]:
    own = published.process
    return (own, *(part for part in published.parts.values() if part is not own))


def _clocks(published: Published, process: Process) -> Iterator[Clause]:
    for clock in process.clocks:
        start, end = _names(published, clock.starts_with), _names(published, clock.ends_with)
        says = Term(f"自“{start.zh}”起，至“{end.zh}”止", f"from “{start.en}” to “{end.en}”") if end.zh else Term(
            f"自“{start.zh}”起", f"from “{start.en}” on")
        yield Clause(CLOCK, clock.title, says, clock.source, clock)


def _apart(published: Published, process: Process) -> Iterator[Clause]:
    for apart in process.apart:
        yield Clause(APART, Term("不得由同一人办理", "Not by the same person"), _names(published, apart.tasks), apart.source)


def _guards(published: Published, process: Process, rules: Mapping[str, object]) -> Iterator[Clause]:
    """Their sentences with the numbers in force."""
    for guard in process.guards:
        yield Clause(GUARD, published.name_of(guard.task), sentences.as_a_rule(guard.says, guard.en, rules), guard.source)


def _others(published: Published, process: Process) -> Iterator[Clause]:
    for notice in process.notices:
        ends = _names(published, notice.before)
        yield Clause(NOTICE, published.name_of(notice.element), Term(f"须在“{ends.zh}”之前", f"must come before “{ends.en}”"), notice.source)
    for limit in process.return_limits:
        yield Clause(RETURN, _names(published, limit.elements), Term(limit.says, limit.en), limit.source)
    if process.payment and process.payment.source:
        yield _money(process.payment, process.words)


def _money(pays: Payment, words: Mapping[str, Word]) -> Clause:
    """The fund that is drawn first, and what the money is booked under."""
    fund = FUNDS[pays.fund_source]
    named = [(words.get(category), code) for category, code in pays.budget.items()]
    zh, en = ("、".join(f"{word.zh} {code}" if word else code for word, code in named),
              ", ".join(f"{word.en} {code}" if word else code for word, code in named))
    return Clause(MONEY, Term("发放资金", "Money paid"), Term(f"先用{fund.zh}，预算科目：{zh}", f"first {fund.en}; budget code: {en}"),
                  pays.source, sure=pays.sure)


def _names(published: Published, elements: Iterable[str]) -> Term:
    names = [published.name_of(element) for element in elements]
    return Term("、".join(name.zh for name in names), ", ".join(name.en or name.zh for name in names))
