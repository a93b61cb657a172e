"""Whether a case can move to another version, and every reason why not; nothing is written.

Cases that stand alike are asked about once: what the engine said of one holds for all of its shape, unless it read facts.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from workflows import engine, releases
from workflows.cases import elements, world
from workflows.cases.tables import Case, JobState, WorkItem
from workflows.engine import EngineError, Move, Node, NotMigratable, Waiting
from workflows.migration.reasons import Reason
from workflows.migration.standing import Standing
from workflows.office import jurisdiction
from workflows.errors import NotFound
from workflows.records.types import stored
from workflows.releases import Published

SHAPES_MAX = 2_000
Mapped = Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """What the engine says of a state: where it comes to stand, or why it can't; `own` if it looked at the case's facts.

    `reads`: the facts that only the new version reads from there on; whether it does so wherever the case goes.
    """

    carried: Move | None
    reasons: tuple[Reason, ...]
    own: bool
    reads: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """One case: every reason against its move, and every warning."""

    case_id: int
    reasons: tuple[Reason, ...]
    carried: Move | None = None

    @property
    def moves(self) -> bool:
        """Whether the case can move."""
        return self.carried is not None and not any(reason.refuses for reason in self.reasons)


class Facts(Mapping[str, Any]):
    """A case's world, looked up only when the engine asks for it."""

    def __init__(self, session: Session, case_id: int, now: datetime) -> None:
        """Nothing is read yet."""
        self._asked = (session, case_id, now)
        self._world: world.World | None = None

    @property
    def read(self) -> bool:
        """Whether anything was looked up."""
        return self._world is not None

    def __getitem__(self, name: str) -> Any:
        """A fact."""
        return self._here()[name]

    def __iter__(self) -> Iterator[str]:
        """All names."""
        return iter(self._here())

    def __len__(self) -> int:
        """How many names there are."""
        return len(self._here())

    def _here(self) -> world.World:
        if self._world is None:
            session, case_id, now = self._asked
            self._world = world.of(session, session.get_one(Case, case_id), now)
        return self._world


class Judge:
    """Judges the cases of one plan; remembers what the engine said of each shape."""

    def __init__(self, old: Published, new: Published, mapping: Mapped) -> None:
        """From one version to the other, each element to its counterpart."""
        self.old, self.new, self.mapping = old, new, mapping
        self._whole = {node: mapping.get(node) for node in old.drawing.nodes}   # without a counterpart: None, and told so
        self.asked = 0
        self._known: dict[bytes, Answer] = {}
        self._desks: dict[tuple[str, str], Reason | None] = {}

    def one(self, session: Session, standing: Standing, now: datetime) -> Verdict:
        """One case with its own new state, to be written down."""
        return self._verdicts(session, [(standing, self._ask(session, standing, now))], now)[0]

    def page(self, session: Session, cases: Sequence[Standing], now: datetime) -> list[Verdict]:
        """Many cases, without asking twice about the same shape; the states carried may be those of others."""
        return self._verdicts(session, [(case, self._alike(session, case, now)) for case in cases], now)

    def _verdicts(self, session: Session, asked: Sequence[tuple[Standing, Answer]], now: datetime) -> list[Verdict]:
        had = _facts(session, [case.case_id for case, answer in asked if answer.reads])
        return [Verdict(case.case_id, (*self._reasons(session, case, answer, now), *_missing(answer, had.get(case.case_id, ()))),
                        answer.carried) for case, answer in asked]

    def _alike(self, session: Session, case: Standing, now: datetime) -> Answer:
        key = engine.shape(case.engine)
        if key not in self._known:
            if len(self._known) >= SHAPES_MAX:
                self._known.clear()
            self._known[key] = self._ask(session, case, now)
        known = self._known[key]
        return self._ask(session, case, now) if known.own else known

    def _ask(self, session: Session, case: Standing, now: datetime) -> Answer:
        self.asked += 1
        facts = Facts(session, case.case_id, now)
        try:
            carried = engine.migrate(self.old.drawing, case.engine, self.new.drawing, self._whole, facts, now)
        except NotMigratable as refused:
            return Answer(None, tuple(self._said(one) for one in refused.reasons), facts.read)
        except EngineError as error:
            return Answer(None, (Reason("failed", params={"error": f"{type(error).__name__}: {error}"}),), facts.read)
        return Answer(carried, (), facts.read, self._reads(case.engine, carried.waiting))

    def _said(self, refused: engine.Reason) -> Reason:
        """The engine's reason; where the plan alone leaves an element without a counterpart, the plan's."""
        if refused.code == "gone" and refused.node in self.new.drawing.nodes and not self.mapping.get(refused.node):
            return Reason("unmapped", refused.node)
        return Reason(refused.code, refused.node, {"en": refused.message_en, "zh": refused.message_zh})

    def _reads(self, state: bytes, arrived: Sequence[Waiting]) -> dict[str, bool]:
        """The facts that the new version reads ahead and the old one did not; true where every place at work reads them."""
        before = releases.used_facts(self.old, {place.node.id for place in engine.waiting(self.old.drawing, state)})
        each = [(place, releases.used_facts(self.new, [place.node.id])) for place in arrived]
        at_work = [names for place, names in each if place.attached_to is None]
        return {name: all(name in names for names in at_work)
                for name in sorted(frozenset[str]().union(*(names for _, names in each)) - before)}

    def _reasons(self, session: Session, case: Standing, answer: Answer, now: datetime) -> Iterator[Reason]:
        yield from answer.reasons
        if case.over:
            yield Reason("ended")
        for item in case.items:
            yield from self._item(session, case, item)
        for timer in case.timers:
            if timer.due_at <= now and not timer.held:
                yield Reason("timer_due", timer.node)
        yield from self._jobs(case)
        if answer.carried:
            yield from self._brings(case, answer.carried, now)

    def _brings(self, case: Standing, carried: Move, now: datetime) -> Iterator[Reason]:
        """What the move itself would set off."""
        for opened in carried.opened:
            if opened.kind == "service" and case.suspended:
                yield Reason("suspended", params={"at": opened.node.id})
            if opened.kind == "timer" and opened.due_at and opened.due_at <= now:
                yield Reason("timer_at_once", params={"at": opened.node.id})

    def _item(self, session: Session, case: Standing, item: WorkItem) -> Iterable[Reason]:
        node = self.new.drawing.nodes.get(self.mapping.get(item.node, ""))
        if node is None:
            return      # the engine says so
        if item.claimed_by is not None:
            yield Reason("claimed", item.node)
        before = self.old.drawing.nodes[item.node]
        if set(node.candidate_groups) != set(before.candidate_groups):
            yield Reason("perhaps_other_desk", item.node, {"at": node.id, "roles": ", ".join(node.candidate_groups)})
        if node.form_key != before.form_key:
            yield Reason("perhaps_other_form", item.node, {"at": node.id, "form": node.form_key or ""})
        if node.form_key and node.form_key not in self.new.forms:
            yield Reason("no_form", item.node, {"at": node.id, "form": node.form_key})
        if case.cycle_id is not None and self._signs_otherwise(item, node):
            yield Reason("month", item.node)
        ground = jurisdiction.ground(session, elements.text(item.scope), case.division_code)
        for role in node.candidate_groups:
            missing = self._desk(session, role, ground, node, item)
            if missing:
                yield missing

    def _signs_otherwise(self, item: WorkItem, node: Node) -> bool:
        """A month's signatures are bound to the elements that ask for them: their place and who may sign."""
        before = self.old.drawing.nodes[item.node]
        return (node.id, node.candidate_groups, node.properties) != (before.id, before.candidate_groups, before.properties)

    def _desk(self, session: Session, role: str, ground: str, node: Node, item: WorkItem) -> Reason | None:
        if (role, ground) not in self._desks:
            try:
                jurisdiction.unit_for(session, role, ground)
                self._desks[role, ground] = None
            except NotFound:
                self._desks[role, ground] = Reason("no_desk", params={"role": role})
        missing = self._desks[role, ground]
        return missing and Reason(missing.code, item.node, {**missing.params, "at": node.id})

    def _jobs(self, case: Standing) -> Iterator[Reason]:
        at = {place.token: place.node for place in engine.waiting(self.old.drawing, case.engine)} if case.jobs else {}
        for job in case.jobs:
            node = at.get(job.token or "")
            target = self.new.drawing.nodes.get(self.mapping.get(node.id, "")) if node else None
            if node and job.state == JobState.RUNNING:
                yield Reason("job_running", node.id)
            elif node and target and target.topic != job.topic:
                yield Reason("job_other", node.id, {"topic": job.topic, "at": target.id, "other": target.topic or ""})


def _facts(session: Session, case_ids: Sequence[int]) -> dict[int, Collection[str]]:
    """Case -> the names of its facts; read only where the new version asks for something new."""
    if not case_ids:
        return {}
    query = select(Case.id, Case.facts).where(col(Case.id).in_(case_ids))
    return {stored(case_id): known.keys() for case_id, known in session.exec(query)}


def _missing(answer: Answer, had: Collection[str]) -> Iterator[Reason]:
    for name, everywhere in answer.reads.items():
        if name not in had:
            yield Reason("missing_fact" if everywhere else "perhaps_missing", params={"fact": name})
