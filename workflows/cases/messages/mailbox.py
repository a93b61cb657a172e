"""What cases wait for, and the messages that lie there for them; nothing here moves a case."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete, select, update

from bpmn import feel
from workflows import engine
from workflows.cases import facts, jobs, world
from workflows.cases.messages.tables import Awaited, CaseKey, CaseMessage, ChildCase, MessageState
from workflows.cases.tables import Case
from workflows.errors import Conflict
from workflows.records import ledger
from workflows.records.session import alone
from workflows.records.types import stored
from workflows.settings import settings

CHILD_ENDED, PARENT_ENDED = "child_ended", "parent_ended"
HOPS, HOPS_MAX = "hops", 100      # so many messages may cause one another: more go round without end
PARENT = "parent"       # the token under which a child hears that its parent was terminated


def wait(session: Session, case: Case, token: str, node: str, name: str) -> None:
    """From now on the case waits for a message."""
    ledger.add(session, Awaited, case_id=case.id, token=token, node=node, name=name)


def forget(session: Session, case: Case, tokens: Sequence[str], now: datetime) -> None:
    """These steps wait no more; an answer meant for one of them is wanted by nobody."""
    session.exec(delete(Awaited).where(col(Awaited.case_id) == case.id, col(Awaited.token).in_(tokens)))
    _moot(session, now, col(CaseMessage.case_id) == case.id, col(CaseMessage.token).in_(tokens))


def settle(session: Session, case: Case, waiting: Iterable[engine.Waiting]) -> None:
    """Make what the case waits for agree with where it stands; tokens keep their numbers."""
    places = {place.token: place for place in waiting}
    for row in session.exec(select(Awaited).where(Awaited.case_id == case.id)):
        place = places.pop(row.token, None)
        if place is None:
            session.delete(row)
        else:
            row.node, row.name = place.node.id, place.message or row.name
            session.add(row)
    for place in places.values():
        if place.kind == "message" and place.message:
            wait(session, case, place.token, place.node.id, place.message)


def put(session: Session, case: Case, name: str, payload: Mapping[str, object], now: datetime, *,
        sender: str, key: str, token: str | None = None, words: object = None) -> tuple[CaseMessage, bool]:
    """Lay a message down for a case, and whether it is new; `words` are what its sender said, where he said it himself."""
    encoded = facts.encode(payload)
    words = [case.number, name, token, encoded] if words is None else words
    found = known(session, sender, key, words)
    if found:
        return found, False
    digest = _digest(words)
    message = CaseMessage(sender=sender, key=key, digest=digest, case_id=stored(case.id), name=name, token=token,
                          payload=encoded, hops=session.info.get(HOPS, 0), received_at=now, expires_at=now + timedelta(days=settings().message_days))
    if case.ended_at:
        message.state, message.settled_at = MessageState.MOOT, now
    elif message.hops > HOPS_MAX:
        message.state, message.settled_at = MessageState.UNDELIVERED, now
        message.error = f"Messages caused one another more than {HOPS_MAX} times without anybody."
    session.add(message)
    session.flush()
    return message, True


def put_off(message: CaseMessage, error: str, now: datetime) -> None:
    """Its case could not take it: it says why, and is tried again later and later."""
    message.attempts, message.error = message.attempts + 1, error[:2000]
    message.retry_at = now + jobs.pause(message.attempts)


@contextmanager
def caused_by(session: Session, message: CaseMessage) -> Iterator[None]:
    """What is sent within the block is sent because of that message."""
    session.info[HOPS] = message.hops + 1
    try:
        yield
    finally:
        del session.info[HOPS]


def known(session: Session, sender: str, key: str, words: object) -> CaseMessage | None:
    """The message that came under this key before; the same key with the same content is the same message."""
    alone(session, f"message:{sender}:{key}")
    found = session.exec(select(CaseMessage).where(CaseMessage.sender == sender, CaseMessage.key == key)).first()
    if found and found.digest != _digest(words):
        raise Conflict("The key {key} was used before, with other content.", key=key)
    return found


def correlate(session: Session, case: Case, paths: Iterable[str]) -> None:
    """Keep the facts by which messages find this case where they can be looked up."""
    for path in paths:
        value = _at(case.facts, path)
        found = session.get(CaseKey, (stored(case.id), path))
        if value is not None and (found is None or found.value != str(value)):
            found = found or CaseKey(case_id=stored(case.id), path=path, value="")
            found.value = str(value)
            session.add(found)


def close(session: Session, case: Case, now: datetime) -> None:
    """The case has ended: nobody waits for anything there, and whoever opened it hears how it ended."""
    session.exec(delete(Awaited).where(col(Awaited.case_id) == case.id))
    _moot(session, now, col(CaseMessage.case_id) == case.id)
    terms = session.get(ChildCase, case.id)
    if terms and (terms.token or terms.message):
        _report(session, case, terms, now)


def abandon(session: Session, case: Case, reason: str, by: int, now: datetime) -> None:
    """The case was terminated: as at any end, and the children that go with it hear by whom and why."""
    close(session, case, now)
    for child in bound(session, case):
        wait(session, child, PARENT, "", PARENT_ENDED)
        put(session, child, PARENT_ENDED, {"reason": reason, "by": by}, now, sender=case.number,
            key=f"{PARENT_ENDED}:{case.version}:{child.number}", token=PARENT)


def bound(session: Session, case: Case) -> Sequence[Case]:
    """The children that end when the case is terminated, the oldest first."""
    theirs = select(Case).join(ChildCase, col(ChildCase.case_id) == col(Case.id)).where(
        ChildCase.parent_id == case.id, ChildCase.with_parent, col(Case.ended_at).is_(None))
    return session.exec(theirs.order_by(col(Case.id))).all()


def computed(expression: str, seen: Mapping[str, Any], now: datetime) -> object:
    """What an expression of a drawing gives; None where nothing is written."""
    bare = expression.strip().removeprefix("=").strip()
    return feel.to_python(feel.compile(bare).evaluate(seen, now)) if bare else None


def _report(session: Session, case: Case, terms: ChildCase, now: datetime) -> None:
    parent = session.get_one(Case, terms.parent_id)
    told = {"number": case.number, "process": case.process, "state": case.state,
            "result": computed(terms.result, world.of(session, case, now), now)}
    put(session, parent, CHILD_ENDED if terms.token else terms.message, told, now, sender=case.number,
        key=f"{CHILD_ENDED}:{case.version}", token=terms.token or None)


def _moot(session: Session, now: datetime, *which: Any) -> None:
    waiting = col(CaseMessage.state).in_((MessageState.WAITING, MessageState.UNDELIVERED))
    session.exec(update(CaseMessage).where(waiting, *which).values(state=MessageState.MOOT, settled_at=now))


def _digest(content: object) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _at(known: Any, path: str) -> Any:
    for name in path.split("."):
        known = known.get(name) if isinstance(known, dict) else None
    return known
