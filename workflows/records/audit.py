"""Append to the audit log, and prove a chain whole."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from workflows.records.session import alone
from workflows.records.tables import AuditEvent, AuditHead

GENESIS = "0" * 64


@dataclass(frozen=True)
class Actor:
    """Who acts, in which role; `id` None is the system itself."""

    id: int | None
    name: str
    role: str = ""


SYSTEM = Actor(None, "系统")


def append(session: Session, chain: str, actor: Actor, action: str, now: datetime, *, node: str = "",
           summary: str = "", before: Mapping[str, object] | None = None,
           after: Mapping[str, object] | None = None) -> AuditEvent:
    """Add one event at the end of its chain, inside the caller's transaction."""
    alone(session, chain)
    last = _last(session, chain)
    event = AuditEvent(
        chain=chain, seq=last.seq + 1 if last else 1, at=now, actor_id=actor.id, actor=actor.name,
        role=actor.role, action=action, node=node, summary=summary, before=dict(before or {}),
        after=dict(after or {}), previous=last.hash if last else GENESIS, hash="",
    )
    event.hash = digest(event)
    session.add(event)
    _advance(session, event)
    session.flush()
    return event


def events(session: Session, chain: str) -> list[AuditEvent]:
    """A chain in order."""
    return list(session.exec(select(AuditEvent).where(AuditEvent.chain == chain).order_by(col(AuditEvent.seq))))


def broken_at(session: Session, chain: str) -> int | None:
    """The first `seq` whose hash, link or number is wrong; None: the chain is whole."""
    previous, seq = GENESIS, 0
    for seq, event in enumerate(events(session, chain), start=1):
        if event.seq != seq or event.previous != previous or event.hash != digest(event):
            return seq
        previous = event.hash
    return lost(session.get(AuditHead, chain), seq, previous)


def heads(session: Session) -> dict[str, AuditHead]:
    """How far each chain has come."""
    return {head.chain: head for head in session.exec(select(AuditHead))}


def lost(head: AuditHead | None, seq: int, last: str) -> int | None:
    """The first number missing at the end of a chain that ends with `seq`; None: nothing is missing."""
    if seq == 0 and head is None:
        return None
    if head is None or head.seq < seq:
        return seq
    return seq + 1 if head.seq > seq else None if head.hash == last else seq


def digest(event: AuditEvent) -> str:
    """SHA-256 over everything an event says, and over the event before it."""
    said = [event.chain, event.seq, event.at.timestamp(), event.actor_id, event.actor, event.role, event.action,
            event.node, event.summary, event.before, event.after, event.previous]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _last(session: Session, chain: str) -> AuditEvent | None:
    found = select(AuditEvent).where(AuditEvent.chain == chain).order_by(col(AuditEvent.seq).desc()).limit(1)
    return session.exec(found).first()


def _advance(session: Session, event: AuditEvent) -> None:
    head = session.get(AuditHead, event.chain, populate_existing=True)
    if head is None:
        head = AuditHead(chain=event.chain, seq=event.seq, hash=event.hash)
    head.seq, head.hash = event.seq, event.hash
    session.add(head)
