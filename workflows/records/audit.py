"""Append to the audit log, and prove a chain whole."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import String, bindparam
from sqlmodel import Session, col, select

from workflows.records import ledger
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


class Head(NamedTuple):
    """Where a chain ends."""

    seq: int
    hash: str


_SAID = ("chain", "seq", "at", "actor_id", "actor", "role", "action", "node", "summary", "before", "after", "previous")
_OF = bindparam("chain", type_=String)
_HEAD = select(AuditHead.seq, AuditHead.hash).where(AuditHead.chain == _OF).with_for_update()
_LAST = select(AuditEvent.seq, AuditEvent.hash).where(AuditEvent.chain == _OF).order_by(col(AuditEvent.seq).desc()).limit(1)


def append(session: Session, chain: str, actor: Actor, action: str, now: datetime, *, node: str = "",
           summary: str = "", before: Mapping[str, object] | None = None,
           after: Mapping[str, object] | None = None) -> None:
    """Add one event at the end of its chain, inside the caller's transaction."""
    with ledger.gathering(session) as memory:
        heads: dict[str, Head] = memory.setdefault("heads", {})
        head = heads.get(chain) or _head(session, chain)
        said = {"chain": chain, "seq": head.seq + 1, "at": now, "actor_id": actor.id, "actor": actor.name, "role": actor.role,
                "action": action, "node": node, "summary": summary, "before": dict(before or {}),
                "after": dict(after or {}), "previous": head.hash}
        heads[chain] = new = Head(head.seq + 1, _seal(said))
        ledger.add(session, AuditEvent, **said, hash=new.hash)   # its head goes on by itself


def ends_with(session: Session, chain: str, seq: int, digest: str) -> None:
    """The end of a chain as a caller has read it who holds it: within his gathering nobody asks for it again."""
    with ledger.gathering(session) as memory:
        memory.setdefault("heads", {})[chain] = Head(seq, digest)


def events(session: Session, chain: str, newest: int | None = None) -> list[AuditEvent]:
    """A chain in order; on wish only so many of its newest events."""
    found = select(AuditEvent).where(AuditEvent.chain == chain).order_by(col(AuditEvent.seq).desc()).limit(newest)
    return list(session.exec(found))[::-1]


def length(session: Session, chain: str) -> int:
    """How many events a chain has."""
    return session.exec(select(AuditHead.seq).where(AuditHead.chain == chain)).first() or 0


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
    return _seal({name: getattr(event, name) for name in _SAID})


def _seal(said: Mapping[str, Any]) -> str:
    values = [said[name] for name in _SAID]
    values[_SAID.index("at")] = said["at"].timestamp()
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _head(session: Session, chain: str) -> Head:
    """The end of a chain, held till this transaction ends; a chain that has none is begun by one at a time."""
    found = ledger.ask_plainly(session, _HEAD, chain=chain).first()
    if found is None:
        alone(session, chain)
        found = ledger.ask_plainly(session, _HEAD, chain=chain).first() or ledger.ask_plainly(session, _LAST, chain=chain).first()
    return Head(*found) if found else Head(0, GENESIS)
