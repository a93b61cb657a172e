"""Deliver messages to the cases that wait for them: each once, in order, in a transaction of its own.

A message is a row from the moment it is sent; the worker delivers it later and locks the receiving case alone. So two
cases that write to each other never wait for each other's locks.
"""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Integer, bindparam
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, exists, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from bpmn.message import Message
from forms.answers import FieldError
from workflows import engine
from workflows import releases
from workflows.cases import chains, facts, progress
from workflows.cases.messages import mailbox
from workflows.cases.operations import terminate
from workflows.cases.operations.asking import Asked
from workflows.cases.messages.tables import Awaited, CaseMessage, MessageState
from workflows.cases.tables import Case
from workflows.errors import Conflict, Invalid
from workflows.office import people, permissions
from workflows.office.people import Officer
from workflows.office.tables import Role
from workflows.records import audit, ledger
from workflows.records.types import Moment
from workflows.settings import settings


def deliverable(session: Session, now: datetime, after: int = 0) -> int | None:
    """The first message, behind a number, that its case waits for; those of one name keep their order.

    A suspended case hears one thing only: that the case which opened it was terminated.
    """
    return ledger.ask_anew(session, _deliverable(), now=now, behind=after).scalar()


@cache
def _deliverable() -> SelectOfScalar[Any]:
    now = bindparam("now", type_=Moment)
    earlier = aliased(CaseMessage)
    held_up = exists().where(col(earlier.case_id) == col(CaseMessage.case_id), col(earlier.name) == col(CaseMessage.name),
                             col(earlier.state) == MessageState.WAITING, col(earlier.id) < col(CaseMessage.id))
    awaited = (col(Awaited.case_id) == col(CaseMessage.case_id)) & (col(Awaited.name) == col(CaseMessage.name)) & or_(
        col(CaseMessage.token).is_(None), col(CaseMessage.token) == col(Awaited.token))
    found = select(CaseMessage.id).join(Awaited, awaited).join(Case, col(Case.id) == col(CaseMessage.case_id)).where(
        CaseMessage.state == MessageState.WAITING, col(CaseMessage.id) > bindparam("behind", type_=Integer),
        or_(col(Case.state) == progress.RUNNING, (col(Case.state) == progress.SUSPENDED) & (col(CaseMessage.token) == mailbox.PARENT)),
        or_(col(CaseMessage.retry_at).is_(None), col(CaseMessage.retry_at) <= now), ~held_up)
    return found.order_by(col(CaseMessage.id)).limit(1)


def deliver(session: Session, message_id: int, now: datetime) -> bool:
    """Let a message move its case; False when the case is busy, or no longer waits for it."""
    case_id = session.exec(select(CaseMessage.case_id).where(CaseMessage.id == message_id)).one()
    if not progress.free(session, case_id):
        return False
    message = session.get_one(CaseMessage, message_id, populate_existing=True)
    waits = _awaited(session, message)
    if message.state != MessageState.WAITING or not waits or _first_of(session, message) != message_id:
        return False
    case = progress.locked(session, case_id)
    if case.state != progress.RUNNING and (case.state, message.token) != (progress.SUSPENDED, mailbox.PARENT):
        return False
    message.state, message.settled_at, message.error = MessageState.DELIVERED, now, ""
    session.add(message)
    audit.append(session, chains.of(case.id), audit.SYSTEM, "message.deliver", now, node=waits[0].node,
                 summary=f"收到消息:{message.name}", after={"sender": message.sender, "key": message.key})
    with mailbox.caused_by(session, message):
        _hear(session, case, message, waits, now)
    return True


def postpone(session: Session, message_id: int, error: str, now: datetime) -> None:
    """A message that its case could not take says why, and is tried again later and later."""
    message = session.get(CaseMessage, message_id, with_for_update=True)
    if message and message.state == MessageState.WAITING:
        mailbox.put_off(message, error, now)
        session.add(message)


def overdue(session: Session, now: datetime, after: int = 0) -> int | None:
    """The first message, behind a number, whose time is over; a suspended case's messages wait on."""
    found = select(CaseMessage.id).join(Case, col(Case.id) == col(CaseMessage.case_id)).where(
        CaseMessage.state == MessageState.WAITING, col(CaseMessage.expires_at) <= now, Case.state == progress.RUNNING,
        col(CaseMessage.id) > after)
    return session.exec(found.order_by(col(CaseMessage.id)).limit(1)).first()


def expire(session: Session, message_id: int, now: datetime) -> bool:
    """Report a message that its case did not want in its time."""
    case_id = session.exec(select(CaseMessage.case_id).where(CaseMessage.id == message_id)).one()
    if not progress.free(session, case_id):
        return False
    message = session.get_one(CaseMessage, message_id, populate_existing=True)
    if message.state != MessageState.WAITING or message.expires_at > now:
        return False
    message.state, message.settled_at = MessageState.UNDELIVERED, now
    session.add(message)
    audit.append(session, chains.of(case_id), audit.SYSTEM, "message.expire", now, summary=f"消息未送达:{message.name}",
                 after={"sender": message.sender, "key": message.key})
    return True


def troubled(session: Session) -> list[tuple[CaseMessage, Case]]:
    """Messages that were not wanted in their time or that their case could not take, each with its case."""
    found = select(CaseMessage, Case).join(Case, col(Case.id) == col(CaseMessage.case_id)).where(
        (col(CaseMessage.state) == MessageState.UNDELIVERED)
        | ((col(CaseMessage.state) == MessageState.WAITING) & (col(CaseMessage.error) != "")))
    return [(message, case) for message, case in session.exec(found.order_by(col(CaseMessage.id)))]


def again(session: Session, message_id: int, who: Officer, now: datetime) -> None:
    """Let an undelivered message wait anew, or a failed one be tried at the worker's next look."""
    message, case = _in_trouble(session, message_id, who)
    before = message.state
    message.state, message.retry_at, message.settled_at, message.hops = MessageState.WAITING, None, None, 0
    message.expires_at = now + timedelta(days=settings().message_days)
    session.add(message)
    audit.append(session, chains.of(case.id), who.actor(Role.ADMIN), "message.again", now,
                 summary=f"重新投递消息:{message.name}", before={"state": before}, after={"key": message.key})


def discard(session: Session, message_id: int, reason: str, who: Officer, now: datetime) -> None:
    """Let a message go that no case wants, with the reason."""
    if not reason.strip():
        raise Invalid([FieldError("reason", Message("Please give a reason."))])
    message, case = _in_trouble(session, message_id, who)
    before = message.state
    message.state, message.settled_at, message.reason = MessageState.DISCARDED, now, reason.strip()[:500]
    session.add(message)
    audit.append(session, chains.of(case.id), who.actor(Role.ADMIN), "message.discard", now,
                 summary=f"作废消息:{message.name}", before={"state": before},
                 after={"key": message.key, "reason": message.reason})


def _in_trouble(session: Session, message_id: int, who: Officer) -> tuple[CaseMessage, Case]:
    permissions.demand(permissions.why_not_anywhere(who, "mend_jobs"))
    case_id = session.exec(select(CaseMessage.case_id).where(CaseMessage.id == message_id)).first()
    case = progress.locked(session, case_id) if case_id else None       # the case first, as everywhere
    message = session.get(CaseMessage, message_id, populate_existing=True)
    if case is None or message is None or not (message.state == MessageState.UNDELIVERED
                               or (message.state == MessageState.WAITING and message.error)):
        raise Conflict("This has been taken up already.")
    return message, case


def _awaited(session: Session, message: CaseMessage) -> list[Awaited]:
    found = select(Awaited).where(Awaited.case_id == message.case_id, Awaited.name == message.name)
    rows = session.exec(found.order_by(col(Awaited.id)))
    return [row for row in rows if message.token in (None, row.token)]


def _first_of(session: Session, message: CaseMessage) -> int | None:
    return session.exec(select(CaseMessage.id).where(
        CaseMessage.case_id == message.case_id, CaseMessage.name == message.name,
        CaseMessage.state == MessageState.WAITING).order_by(col(CaseMessage.id)).limit(1)).first()


def _hear(session: Session, case: Case, message: CaseMessage, waits: list[Awaited], now: datetime) -> None:
    """What it says becomes the fact that the waiting element names by `into`; a terminated parent takes its child along."""
    said = facts.decode(message.payload)
    if message.token == mailbox.PARENT:
        terminate.with_parent(session, case, Asked(people.officer(session, said["by"]), said["reason"], now))
        return
    nodes = releases.load(session, case.release_id).drawing.nodes
    names = {nodes[one.node].properties.get("into", "") for one in waits} - {""}
    facts.write(session, case, dict.fromkeys(names, said), message.sender, now)
    progress.move(session, case, _step(message, now), progress.Cause(now))


def _step(message: CaseMessage, now: datetime) -> progress.Perform:
    token, name = message.token, message.name
    if token:
        return lambda drawing, state, known: engine.complete(drawing, state, token, known, now)
    return lambda drawing, state, known: engine.tell(drawing, state, name, known, now)
