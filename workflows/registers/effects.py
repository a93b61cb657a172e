"""What drawings may ask of registers: look up, enter, change, close, and undo what an element wrote."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from bpmn.schema import LookUp
from workflows.cases import guards
from workflows.cases.effects import Step, effect
from workflows.cases.messages import mailbox
from workflows.errors import Conflict
from workflows.records import days
from workflows.records.types import stored
from workflows.registers import entries, found
from workflows.registers.entries import Because
from workflows.registers.found import Wanted

YES = "yes"


@effect("look_up")
def look_up(step: Step) -> Mapping[str, object]:
    """The entries of `register` found `by` a key's `value` (one or several), as the fact `into`."""
    drawn = step.node.properties
    wanted = Wanted(drawn["register"], drawn.get("by", ""), values(_value(step, "value")), drawn.get("former") == YES,
                    _bare(drawn.get("where", "")))
    return {drawn["into"]: found.entries(step.session, wanted, step.now.date(), step.facts)}


@effect("enter_register")
def enter_register(step: Step) -> Mapping[str, object]:
    """A new entry of `register` with `data`, from `from` (today) to `to`; what it is known by becomes the fact `into`."""
    drawn = step.node.properties
    entry = entries.enter(step.session, drawn["register"], _context(step, "data"),
                          str(_value(step, "division") or step.case.division_code), _because(step),
                          valid_from=_day(step, "from"), valid_to=_day(step, "to"))
    known = {"id": entry.id, "title": entry.title, "valid_from": entry.valid_from, "valid_to": entry.valid_to}
    return {drawn["into"]: known} if "into" in drawn else {}


@effect("change_entry")
def change_entry(step: Step) -> None:
    """Some fields of the `entry` (its id) are written anew, from `on` (today); with `optional` = yes nothing, where the case has none."""
    entry = _entry(step)
    if entry is not None:
        entries.change(step.session, entry, _context(step, "data"), _because(step), on=_day(step, "on"), valid_to=_day(step, "to"),
                       division=str(_value(step, "division") or ""))


@effect("close_entry")
def close_entry(step: Step) -> None:
    """The `entry` (its id) is struck off from `on` (today); with `optional` = yes nothing, where the case has none."""
    entry = _entry(step)
    if entry is not None:
        entries.close(step.session, entry, _because(step), on=_day(step, "on"))


@effect("undo_register")
def undo_register(step: Step) -> None:
    """As `on_cancel`: what the element wrote into registers is undone."""
    entries.undo(step.session, stored(step.case.id), step.node.id, _because(step))


def values(given: object) -> tuple[str, ...]:
    """One value or several, those that are null left out."""
    return tuple(str(one) for one in (given if isinstance(given, (list, tuple)) else [given]) if one not in (None, ""))


def answered(asked: LookUp, session: Session, seen: Mapping[str, Any], now: datetime) -> list[dict[str, Any]]:
    """What a guard asks of a register."""
    given = values(mailbox.computed(asked.value, seen, now))
    wanted = Wanted(asked.register_, asked.by, given, asked.former, asked.where)
    return found.entries(session, wanted, now.date(), seen)


guards.LOOK_UPS.append(answered)


def _because(step: Step) -> Because:
    """Its reason is written at the element, or said by whoever undoes it."""
    reason = str(_value(step, "reason") or step.answers.get("reason") or "")
    return Because(step.now, step.actor, stored(step.case.id), step.node.id, reason)


def _value(step: Step, name: str) -> Any:
    return mailbox.computed(step.node.properties.get(name, ""), step.facts, step.now)


def _context(step: Step, name: str) -> Mapping[str, Any]:
    given = _value(step, name)
    if not isinstance(given, Mapping):
        raise Conflict("“{property}” of element {node} must give a context.", property=name, node=step.node.id)
    return given


def _entry(step: Step) -> int | None:
    given = _value(step, "entry")
    if given is None and step.node.properties.get("optional") == YES:
        return None
    if given is None or isinstance(given, (list, tuple, Mapping)):
        raise Conflict("“{property}” of element {node} must give an entry's number.", property="entry", node=step.node.id)
    return int(given)


def _day(step: Step, name: str) -> date | None:
    given = _value(step, name)
    return None if given is None else days.must(given)


def _bare(source: str) -> str:
    return source.strip().removeprefix("=").strip()
