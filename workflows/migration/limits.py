"""Statutory limits by another version's rules: what both know runs on, what is new begins on its own day, the rest ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bpmn.clock_rules import ClockRule
from bpmn.schema import Process
from workflows.cases import clocks
from workflows.cases.tables import Case, Clock, Visit
from workflows.migration.reasons import Reason
from workflows.records.types import stored

Mapped = Mapping[str, str]
Been = tuple[str, str, datetime]      # element, what happened, when


@dataclass(frozen=True)
class Change:
    """What a move means for one limit of a case; `at` None: the limit ends."""

    rule: ClockRule
    at: datetime | None = None
    node: str = ""

    @property
    def reason(self) -> Reason:
        """The warning to give before it."""
        said = {"limit": self.rule.kind, "zh": self.rule.name, "en": self.rule.en}
        return Reason("limit_begins", self.node, {**said, "day": f"{self.at.date()}"}) if self.at else Reason("limit_ends", "", said)


def differ(old: Process, new: Process) -> bool:
    """Whether the versions know different limits: only then a case's own way has to be read."""
    return {rule.kind for rule in old.clocks} != {rule.kind for rule in new.clocks}


def changes(session: Session, case_ids: Sequence[int], old: Process, new: Process, mapping: Mapped) -> dict[int, list[Change]]:
    """What a move means for the limits of these cases."""
    if not differ(old, new):
        return {}
    known = {rule.kind: rule for rule in old.clocks}
    later = [rule for rule in new.clocks if rule.kind not in known]
    had = _clocks(session, case_ids)
    ways = _ways(session, case_ids, later, mapping) if later else {}
    found: dict[int, list[Change]] = {}
    for case_id in case_ids:
        kinds = had.get(case_id, {})
        ending = [Change(rule) for kind, rule in known.items()
                  if kinds.get(kind) and kind not in {rule.kind for rule in new.clocks}]
        begun = [change for rule in later if rule.kind not in kinds for change in _begun(rule, ways.get(case_id, []))]
        found[case_id] = [*ending, *begun]
    return found


def apply(session: Session, case: Case, found: Sequence[Change], now: datetime) -> list[int]:
    """End what ends, begin what begins; which limits have ended."""
    over: list[int] = []
    for change in found:
        if change.at:
            clocks.begin(session, case, change.rule, change.node, change.at)
        else:
            over += [stored(clock.id) for clock in clocks.end(session, case, change.rule, now)]
    return over


def _clocks(session: Session, case_ids: Sequence[int]) -> dict[int, dict[str, bool]]:
    """Case -> kind of each limit it has had -> whether it runs."""
    found: dict[int, dict[str, bool]] = {}
    query = select(Clock.case_id, Clock.kind, col(Clock.ended_on).is_(None)).where(col(Clock.case_id).in_(case_ids)).order_by(col(Clock.id))
    for case_id, kind, runs in session.exec(query):
        found.setdefault(case_id, {})[kind] = runs
    return found


def _ways(session: Session, case_ids: Sequence[int], rules: Sequence[ClockRule], mapping: Mapped) -> dict[int, list[Been]]:
    """Case -> where it has been, in the new version's words: element, what happened, and when."""
    names = {name for rule in rules for name in (*rule.starts_with, *rule.ends_with)}
    sources = {old: new for old, new in mapping.items() if new in names}
    query = select(Visit.case_id, Visit.node, Visit.what, Visit.at).where(
        col(Visit.case_id).in_(case_ids), col(Visit.node).in_(sources)).order_by(col(Visit.id))
    found: dict[int, list[Been]] = {}
    for case_id, node, what, at in session.exec(query):
        found.setdefault(case_id, []).append((sources[node], what, at))
    return found


def _begun(rule: ClockRule, way: Sequence[Been]) -> list[Change]:
    """Whether the limit would be running by now, had its rule been there all along."""
    running: list[Change] = []
    for node, what, at in way:
        if what == "completed" and node in rule.ends_with:
            running = []
        elif what == rule.starts_on and node in rule.starts_with and not running:
            running = [Change(rule, at, node)]
    return running
