"""Cases that nobody applies for: those a start timer opens, and those that another case opens."""

from collections.abc import Iterator, Set as AbstractSet

from bpmn.feel.static import Record, read
from bpmn.message import Message
from workflows.engine.written import reading
from workflows.releases import facts, live
from workflows.releases.draft import RULES, Draft, Drawn, Part
from workflows.releases.house import house
from workflows.releases.report import Finding, nearest


def begins(draft: Draft) -> Iterator[Finding]:
    """A timer gives its case a ground, by process.toml, and no facts."""
    timers, rules = [drawn for drawn in draft.main.nodes.values() if _is_start_timer(draft, drawn)], draft.main.rules
    if rules.timer and not timers:
        yield draft.main.find("timer_unused", "warning", "", Message(
            "process.toml says for whom a timer opens cases, but the process does not begin by a timer."), file=RULES)
    for drawn in timers:
        if rules.timer is None:
            yield draft.main.find("timer_for_nobody", "error", drawn.node.id, Message(
                "A timer begins the process here; process.toml must say for whom: [timer] for_each."), file=RULES)
        given = facts.of(draft).given.keys() - _told(draft)
        for fact in sorted(live.used_from(live.of(draft).ahead(), [drawn.node.id]) & given):
            yield draft.main.find("timer_gives_nothing", "error", drawn.node.id, Message(
                "“{fact}” is needed on the way from here, but a case that a timer opens is given no facts.", {"fact": fact}))


def others(draft: Draft, known: AbstractSet[str]) -> Iterator[Finding]:
    """A process of which an element opens cases must be there: published, or beside this one in the folders."""
    for part, drawn, asked in opening(draft):
        if asked not in known:
            yield part.find("process_unknown", "error", drawn.node.id, Message(
                "There is no process {process}.", {"process": asked}), hint=nearest(asked, known))


def opening(draft: Draft) -> Iterator[tuple[Part, Drawn, str]]:
    """Each element that opens cases of another process, and which process."""
    for part, drawn in draft.elements():
        effect = house().effects.get(drawn.node.topic or "")
        for name, kind in effect.properties.items() if effect else ():
            if kind == "process" and (asked := drawn.node.properties.get(name)):
                yield part, drawn, asked


def _told(draft: Draft) -> AbstractSet[str]:
    """The facts that [timer] says of the entry a case is opened for."""
    timed = draft.main.rules.timer
    kind = read(timed.facts, {"entry": facts.of(draft).entry(timed.of.register_)}).kind if timed and timed.of else None
    return kind.entries.keys() if isinstance(kind, Record) else frozenset()


def _is_start_timer(draft: Draft, drawn: Drawn) -> bool:
    return drawn.node.kind == "startEvent" and drawn.xml.getparent() is draft.main.xml \
        and drawn.xml.find(f"{reading.BPMN}timerEventDefinition") is not None
