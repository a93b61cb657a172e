"""Messages from outside: whom they come from is proved by their signature, and each is taken in once."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from bpmn.message import Message
from forms.answers import FieldError
from workflows import releases
from workflows.cases import chains, facts
from workflows.cases.messages import mailbox
from workflows.cases.messages.tables import CaseKey, CaseMessage
from workflows.cases.tables import Case
from workflows.errors import Conflict, Invalid, NotAllowed, NotFound
from workflows.records import audit
from workflows.settings import Sender, settings

DEPTH_MAX = 20


@dataclass(frozen=True)
class Arrival:
    """What a sender says: for the case of that number, or for the one whose fact `path` has that value."""

    key: str
    name: str
    payload: Mapping[str, Any]
    case: str = ""
    process: str = ""
    path: str = ""
    value: str = ""


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """What proves a message: HMAC-SHA256 over its moment and its body, in hex."""
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def prove(sender: str, timestamp: str, given: str, body: bytes, now: datetime) -> Sender:
    """The sender, if the message is his and no older than the window; one answer for everything that is wrong."""
    known = settings().message_senders.get(sender)
    expected = signature(known.secret.get_secret_value() if known else "", timestamp, body)
    right = hmac.compare_digest(expected.encode(), given.encode())
    if known is None or not right or not timestamp.isdecimal() or len(timestamp) > 12:
        raise NotAllowed("The sender's signature is not right.")
    if abs(now.timestamp() - int(timestamp)) > settings().message_window:
        raise NotAllowed("The message was signed too long ago, or the clocks differ.")
    return known


def receive(session: Session, sender: str, said: Arrival, now: datetime) -> CaseMessage:
    """Take a message in for its case; the same again is the same message, and the same answer."""
    allowed = settings().message_senders[sender]
    _refuse_unstorable(said.payload)
    words = [said.name, said.case, said.process, said.path, said.value, facts.encode(said.payload)]
    if found := mailbox.known(session, sender, said.key, words):
        return found
    case = _case(session, said)
    if said.name not in allowed.names or case.process not in allowed.processes:
        raise NotAllowed("This sender may not send this message to such a case.")
    if said.name not in releases.load(session, case.release_id).drawing.messages:
        raise Invalid([FieldError("name", Message("Cases of this kind never wait for the message {name}.", {"name": said.name}))])
    if case.ended_at:
        raise Conflict("This case has ended.")
    message, _ = mailbox.put(session, case, said.name, said.payload, now, sender=sender, key=said.key, words=words)
    audit.append(session, chains.of(case.id), audit.Actor(None, sender), "message.receive", now,
                 summary=f"收到外部消息:{said.name}", after={"sender": sender, "key": said.key, "digest": message.digest})
    return message


def _case(session: Session, said: Arrival) -> Case:
    if said.case:
        found = list(session.exec(select(Case).where(Case.number == said.case)))
    else:
        by_key = select(Case).join(CaseKey, col(CaseKey.case_id) == col(Case.id)).where(
            CaseKey.path == said.path, CaseKey.value == said.value, Case.process == said.process)
        found = list(session.exec(by_key.order_by(col(Case.id).desc()).limit(50)))
        found = [case for case in found if case.ended_at is None] or found[:1]
    if not found:
        raise NotFound("No case is known by that.")
    if len(found) > 1:
        raise Conflict("Several cases are known by that.")
    return found[0]


def _refuse_unstorable(value: object, path: str = "payload", depth: int = 0) -> None:
    """Text that no database keeps, names that stand for the house's own types, depth without end."""
    if depth > DEPTH_MAX:
        raise Invalid([FieldError(path, Message("This is nested too deeply."))])
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _refuse_unstorable(name, path, depth + 1)
            if name.startswith("$"):
                raise Invalid([FieldError(path, Message("A name may not begin with $."))])
            _refuse_unstorable(inner, f"{path}.{name}", depth + 1)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            _refuse_unstorable(inner, f"{path}[{place}]", depth + 1)
    elif isinstance(value, str) and ("\0" in value or any("\ud800" <= sign <= "\udfff" for sign in value)):
        raise Invalid([FieldError(path, Message("This text has characters that can't be kept."))])
