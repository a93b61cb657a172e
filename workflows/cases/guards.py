"""What the law refuses: rules over the case's facts, the new answers and what stands in registers."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from bpmn import feel, sentences
from bpmn.message import Message
from bpmn.schema import Guard, LookUp
from forms.answers import FieldError
from forms.world import layered
from workflows import engine, releases
from workflows.errors import Conflict, Invalid

Answer = Callable[[LookUp, Session, Mapping[str, Any], datetime], list[dict[str, Any]]]
START = "startEvent"
LOOK_UPS: list[Answer] = []     # the registers' room answers


def demand(session: Session, published: releases.Published, node: engine.Node, seen: Mapping[str, Any], now: datetime) -> None:
    """Refuse a completion with the sentence of every rule that it breaks, beside its field."""
    broken = [guard for guard in published.parts[node.process].guards
              if guard.task == node.id and feel.compile(guard.refuse_when).evaluate(_around(session, guard, seen, now)) is True]
    if broken:
        raise Invalid([FieldError(guard.field, Message("{sentence}", {"sentence": sentences.filled(guard.says, guard.en, seen)})) for guard in broken])


def demand_start(session: Session, published: releases.Published, seen: Mapping[str, Any], now: datetime) -> None:
    """The same of the start form: its rules are written to the drawing's start event."""
    if published.process.start_form:
        for node in published.drawing.nodes.values():
            if node.kind == START and node.process == published.drawing.process_id:
                demand(session, published, node, seen, now)


def _around(session: Session, guard: Guard, seen: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    if not guard.asks:
        return seen
    return layered({name: look_up(asked, session, seen, now) for name, asked in guard.asks.items()}, seen)


def look_up(asked: LookUp, session: Session, seen: Mapping[str, Any], now: datetime) -> list[dict[str, Any]]:
    """The entries of a register that a rule asks for."""
    if not LOOK_UPS:
        raise Conflict("Nobody here knows the registers.")
    return LOOK_UPS[0](asked, session, seen, now)
