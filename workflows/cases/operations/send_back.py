"""退回: a token begins again at an earlier place; what was decided after that place must be decided anew."""

from dataclasses import dataclass
from typing import Literal

from bpmn.message import Term
from sqlmodel import Session, select

from workflows import engine, releases
from workflows.cases import access, clocks, facts, progress, steps, world
from workflows.cases.operations import asking, consequences, redoing
from workflows.cases.operations.asking import Asked
from workflows.cases.operations.consequences import Consequences
from workflows.cases.tables import Case, Operation, WorkItem, WorkState
from workflows.engine import Place, Waiting
from workflows.errors import Conflict, NotAllowed, Refusal
from workflows.office import permissions
from workflows.office.people import Officer

ACTION = "send_back_case"
Others = Literal["cancel", "keep"]


@dataclass(frozen=True)
class Wish:
    """Which token shall go back where, and what becomes of the branches beside it."""

    token: str
    target: Place
    others: Others = "cancel"


def send_back(session: Session, case_id: int, wish: Wish, asked: Asked) -> Case:
    """Return a case; refused with the reason where the drawing does not allow that way."""
    case = asking.begin(session, case_id, asked)
    permissions.demand(why_not(session, case, wish.token, asked.who))
    left, made = _plan(session, case, wish, asked)
    role = _duty(session, case, wish.token, asked.who)
    published = releases.load(session, case.release_id)
    found = _foresee(session, case, wish, left, made, asked)
    after = _undecided(session, case, wish, left, found)
    before = {name: case.facts[name] for name in after}
    facts.write(session, case, after, asked.who.name, asked.now)
    clocks.reopen(session, case, published.process, found.redone, asked.now)
    consequences.undo_outside(session, case, published, made.closed, found.redone, asked, role)
    moves = progress.move(session, case, lambda drawing, state, seen: engine.send_back(
        drawing, state, wish.token, wish.target, wish.others, seen, asked.now), progress.Cause(asked.now, asked.who, role))
    done = asking.record(session, case, "send_back", asked, role, node=left.node.id, target=wish.target.node,
                         before=before, after={"target": wish.target.node, "others": wish.others, **consequences.told(found)})
    _mark(session, case, [place.token for place in moves[0].opened], wish.target, done)
    clocks.press(session, case, published.process, asked.now)
    progress.retime(session, case, asked.now)
    steps.keep_standing(session, case, published.drawing, found.redone, asked.now)
    progress.refresh(session, case, progress.Cause(asked.now, asked.who, role))     # how often it was returned is read as well
    return case


def preview(session: Session, case: Case, wish: Wish, asked: Asked) -> Consequences:
    """What returning it so would bring about."""
    left, made = _plan(session, case, wish, asked)
    return _foresee(session, case, wish, left, made, asked)


def places(session: Session, case: Case, token: str) -> tuple[Place, ...]:
    """Where people have worked on the case before that token came to where it stands: the latest first."""
    drawing = releases.load(session, case.release_id).drawing
    if redoing.waiting_at(drawing, case.engine, token) is None:
        return ()
    been = redoing.visited(session, case)
    found = [place for place in engine.earlier(drawing, case.engine, token)
             if place in been and drawing.nodes[place.node].kind == "userTask"]
    return tuple(sorted(found, key=lambda place: -been[place]))


def tokens(session: Session, case: Case, who: Officer) -> tuple[Waiting, ...]:
    """What of a case somebody may send back, and that has a place to go back to."""
    drawing = releases.load(session, case.release_id).drawing
    seen: dict[tuple[object, ...], Waiting] = {}
    for place in engine.waiting(drawing, case.engine):
        if place.attached_to is None and why_not(session, case, place.token, who) is None \
                and places(session, case, place.token):
            standing = place.token if place.kind in ("user", "service") else place.path    # a race's events are one
            seen.setdefault((place.kind in ("user", "service"), standing), place)
    return tuple(seen.values())


def why_not(session: Session, case: Case, token: str, who: Officer) -> Refusal | None:
    """Why somebody may not send that token back; None: he may."""
    if not releases.load(session, case.release_id).process.operations.send_back:
        return asking.ended(case) or Conflict("A case of this kind is returned only the way its drawing shows.")
    if asking.stopped(case):
        return asking.stopped(case)
    if spent := _spent(session, case, token):
        return spent
    if _duty(session, case, token, who):
        return None
    items = _items(session, case, token)
    return access.why_not(session, case, items[0], who) if items else NotAllowed("Your duty does not include this.")


def _spent(session: Session, case: Case, token: str) -> Refusal | None:
    """The rule that lets a case be returned from there only so often."""
    published = releases.load(session, case.release_id)
    place = redoing.waiting_at(published.drawing, case.engine, token)
    for limit in published.process.return_limits:
        if place and place.node.id in limit.elements and world.returns_by(session, case, limit.elements) >= limit.times:
            return Conflict("{sentence}", sentence=Term(limit.says, limit.en))
    return None


def returned(session: Session, item: WorkItem) -> Operation | None:
    """The return that asks for a piece of work anew, if one does."""
    return session.get(Operation, item.operation_id) if item.operation_id else None


def _plan(session: Session, case: Case, wish: Wish, asked: Asked) -> tuple[Waiting, engine.Move]:
    """Try the move, writing nothing."""
    drawing = releases.load(session, case.release_id).drawing
    left = redoing.waiting_at(drawing, case.engine, wish.token)
    if left is None or wish.target not in places(session, case, wish.token):
        raise Conflict("The case can't be returned from there to that place.")
    try:
        return left, engine.send_back(drawing, case.engine, wish.token, wish.target, wish.others,
                                      world.of(session, case, asked.now), asked.now)
    except engine.NotReturnable as refusal:
        raise Conflict("It can't be returned there: {why}.", why=Term(refusal.message_zh, refusal.message_en)) from refusal


def _foresee(session: Session, case: Case, wish: Wish, left: Waiting, made: engine.Move, asked: Asked) -> Consequences:
    published = releases.load(session, case.release_id)
    nodes = redoing.redone(session, case, published.drawing, Place(left.node.id, left.path), wish.target, wish.others)
    return consequences.foresee(session, case, published, made, nodes, asked.now)


def _undecided(session: Session, case: Case, wish: Wish, left: Waiting, found: Consequences) -> dict[str, object]:
    """The facts that must be decided anew, with what still counts of each."""
    drawing = releases.load(session, case.release_id).drawing
    void = redoing.void_facts(session, case, drawing, found.redone)
    places = redoing.redone_places(session, case, drawing, Place(left.node.id, left.path), wish.target, wish.others)
    return redoing.values_after(session, case, drawing, void, places, left, wish.target, wish.others)


def _duty(session: Session, case: Case, token: str, who: Officer) -> str:
    """In which role: as the holder of the work, or by a duty over the whole case."""
    held = (item.role for item in _items(session, case, token) if access.why_not(session, case, item, who) is None)
    return next(held, "") or asking.role_of(who, ACTION, case)


def _items(session: Session, case: Case, token: str) -> list[WorkItem]:
    return list(session.exec(select(WorkItem).where(
        WorkItem.case_id == case.id, WorkItem.token == token, WorkItem.state == WorkState.OPEN)))


def _mark(session: Session, case: Case, opened: list[str], target: Place, done: Operation) -> None:
    """The work asked for anew says by which return."""
    for token in opened:
        for item in _items(session, case, token):
            if item.node == target.node:
                item.operation_id = done.id
                session.add(item)
    session.flush()
