"""Write down what a move of the engine brought about: the one place where engine meets database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bpmn import feel
from bpmn.schema import End
from sqlalchemy import String, bindparam, cast, delete, update
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from workflows import engine
from workflows import releases
from workflows.cases import chains, clocks, elements, facts, held, incidents, instances, jobs, world
from workflows.cases.messages import mailbox
from workflows.cases.effects import EFFECTS, LATER, Failed, Step
from workflows.cases.tables import Case, DecisionRecord, Timer, Visit, WorkItem, WorkState
from workflows.errors import Conflict, NotFound
from workflows.office import jurisdiction
from workflows.office.people import Officer
from workflows.records import audit, ledger, rows
from workflows.records.tables import AuditHead
from workflows.releases.tables import Release

EFFECTS_MAX, EFFECTS_DONE = 1_000, "effects done"     # that one step may ask for: more than any honest drawing does
RUNNING, SUSPENDED, TERMINATED = "running", "suspended", "terminated"
Perform = Callable[[engine.Drawing, bytes, Mapping[str, Any]], engine.Move]
# A case is held so that rows of other cases may still refer to it: two that write to each other would else wait for ever.
_CASE = select(Case).where(Case.id == bindparam("case")).with_for_update(key_share=True).execution_options(populate_existing=True)
# All that changes is held, and so is read as the last writer left it; a release never changes.
# PostgreSQL compares a row it waited for with what was joined before it waited: a case just carried to another
# version seems gone at the first look.
LOOKS = 3
_ITEM = (columns(*rows.columns_of(Case), *rows.columns_of(WorkItem), col(Release.hash), col(Release.version), col(AuditHead.seq),
                 col(AuditHead.hash)).select_from(Case)
         .join(WorkItem, col(WorkItem.case_id) == col(Case.id)).join(Release, col(Release.id) == col(Case.release_id))
         .join(AuditHead, col(AuditHead.chain) == "case:" + cast(Case.id, String)).where(col(WorkItem.id) == bindparam("item"))
         .with_for_update(of=(Case, WorkItem, AuditHead), key_share=True))
_WIDTH = len(rows.columns_of(Case))


@dataclass(frozen=True)
class Cause:
    """Why a case moves: who did what, and when."""

    now: datetime
    who: Officer | None = None
    role: str = ""
    done: str = ""      # the token whose work he, or a machine's element at once, has just done
    due_at: datetime | None = None      # of the timer that fires: it may be late
    takes_back: bool = False    # what waits again is the same work as before

    @property
    def author(self) -> str:
        """Whose name a new fact bears."""
        return self.who.name if self.who else audit.SYSTEM.name

    @property
    def actor(self) -> audit.Actor:
        """How the cause stands in the audit log."""
        return self.who.actor(self.role) if self.who else audit.SYSTEM


def keep(session: Session, case_id: int) -> Case:
    """The case's row, held against every other writer till the transaction ends."""
    case: Case = session.scalars(_CASE, {"case": case_id}).one()
    return case


def locked(session: Session, case_id: int) -> Case:
    """The case's row, held against every other writer till the transaction ends; its next version begins."""
    case = keep(session, case_id)
    ledger.change(session, case, version=case.version + 1)
    return case


def locked_item(session: Session, work_item_id: int) -> tuple[WorkItem, Case]:
    """A work item with its case, both held and as the last writer left them; the case's next version begins."""
    looks = (ledger.ask_anew(session, _ITEM, item=work_item_id).one_or_none() for _ in range(LOOKS))
    found = next(filter(None, looks), None)
    if found is None:
        raise NotFound("This item was not found.")
    *values, release, published, seq, digest = found
    case, item = rows.loaded(session, Case, values[:_WIDTH]), rows.loaded(session, WorkItem, values[_WIDTH:])
    releases.remember(session, case.release_id, release, published)
    audit.ends_with(session, chains.of(case.id), seq, digest)
    ledger.change(session, case, version=case.version + 1)
    return item, case


def free(session: Session, case_id: int) -> bool:
    """Take the case's row if nobody else holds it just now; whether it was free."""
    found = select(Case.id).where(Case.id == case_id).with_for_update(skip_locked=True, key_share=True)
    return session.exec(found).first() is not None


def move(session: Session, case: Case, perform: Perform, cause: Cause) -> list[engine.Move]:
    """Make one move and every machine's step that follows inside this transaction; all of them, in order."""
    demand_running(case)
    published = releases.load(session, case.release_id)
    at = incidents.Standing(case.process, case.id if case.engine else None, case.engine)
    with ledger.gathering(session) as memory:
        try:
            return _move(session, case, perform, published, cause, memory)
        except engine.EngineError as failure:
            raise incidents.Halted(at, published, failure) from failure
        except incidents.Halted as halted:  # a case that this one opened: it is gone with the step, this one stays
            halted.standing = at
            raise


def _move(session: Session, case: Case, perform: Perform, published: releases.Published, cause: Cause,
          memory: dict[str, Any]) -> list[engine.Move]:
    waiting, moves, pressed = [(perform, cause)], list[engine.Move](), False
    while waiting:
        step, why = waiting.pop(0)
        made = step(published.drawing, case.engine, world.of(session, case, cause.now, cause.due_at))
        pressed |= _write(session, case, made, published, why)
        moves.append(made)
        for place in made.opened:
            if place.kind == "service" and place.node.topic in EFFECTS:
                _count(memory, place)
                waiting += _run_effect(session, case, place, cause)
    if pressed:
        clocks.press(session, case, published.process, cause.now)
        if any(rule.pauses for rule in published.process.clocks):
            retime(session, case, cause.now)
    mailbox.correlate(session, case, published.process.correlations)
    return moves


def _count(memory: dict[str, Any], place: engine.Waiting) -> None:
    """One more effect of this step, those of the cases it opens included."""
    memory[EFFECTS_DONE] = memory.get(EFFECTS_DONE, 0) + 1
    if memory[EFFECTS_DONE] > EFFECTS_MAX:
        raise engine.RanAway(f"more than {EFFECTS_MAX} effects in one step", place.node.id)


def demand_running(case: Case) -> None:
    """Nothing moves a case that is suspended or has ended."""
    if case.state == SUSPENDED:
        raise Conflict("This case is suspended.")
    if case.state != RUNNING:
        raise Conflict("This case has ended.")


def note(session: Session, case: Case, changes: Mapping[str, object], author: str, cause: Cause) -> None:
    """Write facts outside a move; whoever writes them for a move that follows goes to `facts.write`."""
    facts.write(session, case, changes, author, cause.now)
    refresh(session, case, cause)


def refresh(session: Session, case: Case, cause: Cause) -> None:
    """What expressions read was changed outside a move: let conditional events that wait for it happen."""
    drawing = releases.load(session, case.release_id).drawing
    if case.state == RUNNING and any(place.kind == "condition" for place in engine.waiting(drawing, case.engine)):
        move(session, case, lambda drawn, state, seen: engine.refresh(drawn, state, seen, cause.now), cause)


def retime(session: Session, case: Case, now: datetime) -> dict[str, datetime]:
    """Limits of the case have moved outside a move: timers that wait for their ends go with them; which, by token."""
    if not case.engine or case.ended_at is not None:
        return {}
    drawing = releases.load(session, case.release_id).drawing
    state, moved = engine.rearm(drawing, case.engine, ["clocks"], world.of(session, case, now), now)
    if moved:
        ledger.change(session, case, engine=state)
    for token, due_at in moved.items():
        session.execute(update(Timer).where(col(Timer.case_id) == case.id, col(Timer.token) == token).values(due_at=due_at))
    return moved


def tell(session: Session, case: Case, message: str, cause: Cause) -> bool:
    """Let a message move the case, if anything in it waits for that message; whether it did, or will once resumed.

    Who tells something has mostly written it down before: where nobody waits for the message a condition may.
    """
    drawing = releases.load(session, case.release_id).drawing
    if not any(place.message == message for place in engine.waiting(drawing, case.engine)):
        refresh(session, case, cause)
        return False
    if case.state == SUSPENDED:
        held.message(session, case, message, cause.now)
        return True
    move(session, case, lambda drawn, state, seen: engine.tell(drawn, state, message, seen, cause.now), cause)
    return True


def _write(session: Session, case: Case, made: engine.Move, published: releases.Published, cause: Cause) -> bool:
    """Write one move down; whether it started or ended a limit."""
    instances.begin_anew(session, case, published.drawing, made, cause.now)
    facts.write(session, case, made.facts, _author_of(made), cause.now)
    ledger.change(session, case, engine=made.state)
    for visit in made.visits:
        ledger.add(session, Visit, case_id=case.id, node=visit.node, release_id=case.release_id, path="/".join(visit.path), what=visit.what,
                   flow=visit.flow or "", at=cause.now)
    for trace in made.decisions:
        ledger.add(session, DecisionRecord, case_id=case.id, node=trace.node, decision=trace.decision_id, at=cause.now,
                   release_id=case.release_id, inputs=facts.encode(trace.inputs), rows=[_row(row) for row in trace.matched_rows],
                   value=facts.encode(trace.value))
    happened = {what: [visit.node for visit in made.visits if visit.what == what] for what in ("entered", "completed")}
    pressed = clocks.mark(session, case, published.process, happened, world.of(session, case, cause.now), cause.now)
    _close(session, case, made, cause)
    _open(session, case, made.opened, published, cause)
    if made.ended:
        _end(session, case, _outcome(made.ends, published.process.ends), published, cause)
    return pressed


def _close(session: Session, case: Case, made: engine.Move, cause: Cause) -> None:
    """Nobody works any longer where no token waits; what has just been done is done already, and awaits nothing."""
    events = [closed.token for closed in made.closed if closed.node.kind.endswith("Event")]
    others = [closed.token for closed in made.closed if closed.node.candidate_groups
              and (closed.token != cause.done or len(closed.node.candidate_groups) > 1)]
    if others:
        session.execute(update(WorkItem).where(
            col(WorkItem.case_id) == case.id, col(WorkItem.state) == WorkState.OPEN, col(WorkItem.token).in_(others),
        ).values(state=WorkState.CANCELLED))
    if events:
        session.execute(delete(Timer).where(col(Timer.case_id) == case.id, col(Timer.token).in_(events)))
    asked = [closed.token for closed in made.closed if closed.why == "cancelled" and closed.node.topic]
    if asked:
        jobs.withdraw(session, case, asked, cause.now)
    hearing = [closed.token for closed in made.closed if closed.token != cause.done and (closed.node.message or closed.node.topic)]
    if hearing:
        mailbox.forget(session, case, hearing, cause.now)


def _open(session: Session, case: Case, places: Sequence[engine.Waiting], published: releases.Published,
          cause: Cause) -> None:
    people = [place for place in places if place.kind == "user"]
    ends = clocks.ends(session, case, published.process) if people else {}
    for place in people:
        _open_work(session, case, place, clocks.due_at(published.process, ends, place.node.id, cause.now), cause)
    for place in places:
        if place.kind == "timer" and place.due_at:
            ledger.add(session, Timer, case_id=case.id, token=place.token, node=place.node.id, due_at=place.due_at)
        elif place.kind == "message" and place.message:
            mailbox.wait(session, case, place.token, place.node.id, place.message)
        elif place.kind == "service" and place.node.topic not in EFFECTS:
            jobs.ask(session, place.node.topic or place.node.id, f"{case.number}:{place.token}",
                     dict(place.node.properties), cause.now, case_id=case.id, token=place.token)


def _open_work(session: Session, case: Case, place: engine.Waiting, due_at: datetime | None, cause: Cause) -> None:
    scope = elements.key(place.item, place.turn)
    if cause.takes_back:
        session.execute(update(WorkItem).where(col(WorkItem.case_id) == case.id, col(WorkItem.token) == place.token).values(
            state=WorkState.OPEN, done_at=None, done_by=None, claimed_by=None, outcome="", opinion="", due_at=due_at))
        return
    ground = jurisdiction.ground(session, elements.text(scope), case.division_code)
    for role in _offered(session, case, place.node, cause):
        ledger.add(session, WorkItem, case_id=case.id, token=place.token, node=place.node.id, release_id=case.release_id,
                   name=place.node.name, role=role,
                   unit_id=jurisdiction.desk_for(session, role, ground), form_key=place.node.form_key or "", scope=scope, opened_at=cause.now, version=case.version, due_at=due_at)


def _offered(session: Session, case: Case, node: engine.Node, cause: Cause) -> Sequence[str]:
    """To which of its candidate groups work is offered: all of them, unless its property `offered_to` names fewer."""
    source = node.properties.get("offered_to", "").strip().removeprefix("=")
    if not source:
        return node.candidate_groups
    named = feel.to_python(feel.compile(source).evaluate(world.of(session, case, cause.now), cause.now))
    chosen = [role for role in node.candidate_groups if isinstance(named, list) and role in named]
    if not chosen:
        raise Conflict("“{node}” is offered to nobody: its property offered_to names none of its candidate groups.", node=node.id)
    return chosen


def _run_effect(session: Session, case: Case, place: engine.Waiting, cause: Cause) -> list[tuple[Perform, Cause]]:
    """Do what a machine's element asks for, then let the engine go on from it, unless the answer comes later."""
    known = world.of(session, case, cause.now, cause.due_at)
    step = Step(session, case, place.node, known, {}, cause.now, cause.who, cause.role, place.item, place.token)
    try:
        result = EFFECTS[place.node.topic or ""](step)
    except Failed as failure:
        return [(_astray(session, case, place, failure, cause), cause)]
    result = {} if result is None else result
    facts.write(session, case, result, place.node.id, cause.now)
    audit.append(session, chains.of(case.id), audit.SYSTEM, f"effect.{place.node.topic}", cause.now, node=place.node.id,
                 summary=place.node.name, after=facts.encode(result))
    if result is LATER:
        return []
    return [(lambda drawing, state, known: engine.complete(drawing, state, place.token, known, cause.now),
             replace(cause, done=place.token))]


def _astray(session: Session, case: Case, place: engine.Waiting, failure: Failed, cause: Cause) -> Perform:
    """The drawing's error event takes over; where it has none the step is refused."""
    if not engine.catches(releases.load(session, case.release_id).drawing, case.engine, place.token, failure.code):
        raise failure
    audit.append(session, chains.of(case.id), audit.SYSTEM, f"effect.{place.node.topic}", cause.now, node=place.node.id,
                 summary=str(failure), after={"code": failure.code})
    return lambda drawing, state, known: engine.fail(drawing, state, place.token, failure.code, known, cause.now)


def _end(session: Session, case: Case, end: str, published: releases.Published, cause: Cause) -> None:
    ledger.change(session, case, state=end, ended_at=cause.now)
    clocks.end_all(session, case, cause.now)
    mailbox.close(session, case, cause.now)
    meaning = published.process.ends.get(end)
    audit.append(session, chains.of(case.id), audit.SYSTEM, "case.end", cause.now, node=end,
                 summary=meaning.name if meaning else end, before={"state": RUNNING}, after={"state": end})


def _outcome(ends: Sequence[str], meanings: Mapping[str, End]) -> str:
    """The end that decides: the first to grant or refuse; else the last that means something, or simply the last."""
    known = [end for end in ends if end in meanings]
    return next((end for end in known if meanings[end].kind != "closed"), (known or ends)[-1])


def _author_of(made: engine.Move) -> str:
    return made.decisions[-1].node if made.decisions else audit.SYSTEM.name


def _row(row: Any) -> Any:
    return {"index": row.index, "rule": row.rule_id, "annotation": row.annotation} if hasattr(row, "index") \
        else facts.encode(row)
