"""Look entries up: by a key, as they hold on a day or ever held, and by what they say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, or_, select

from workflows.cases.tables import Case
from workflows.registers import declared, shape
from workflows.registers.tables import RegisterEntry, RegisterKey

MOST = 10_000       # entries read at once; a question without `where` gets no more


@dataclass(frozen=True)
class Wanted:
    """Which entries: of which register, by which key's values (none: all), whether also those that hold no more."""

    register: str
    by: str = ""
    values: tuple[str, ...] = ()
    former: bool = False
    where: str = ""


def entries(session: Session, wanted: Wanted, day: date, around: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """The entries as expressions see them, the oldest first; `where` is FEEL over `entry` and what stands around."""
    declared.named(wanted.register)
    found = _by_key(session, wanted, day) if wanted.by else _all(session, wanted, day)
    return [one for one in found if not wanted.where or shape.ask(wanted.where, one, around) is True]


def _by_key(session: Session, wanted: Wanted, day: date) -> Iterable[dict[str, Any]]:
    """By a key that stands, or once stood; an entry found twice says since when and till when the newest stood."""
    values = [shape.compared(value) for value in wanted.values]
    rows = select(RegisterEntry, RegisterKey, Case.number).join(RegisterKey, col(RegisterKey.entry_id) == col(RegisterEntry.id)).join(
        Case, col(Case.id) == col(RegisterEntry.case_id), isouter=True).where(
        RegisterKey.register_name == wanted.register, RegisterKey.kind == wanted.by, col(RegisterKey.value).in_(values))
    if not wanted.former:
        rows = rows.where(RegisterKey.valid_from <= day, or_(col(RegisterKey.valid_to).is_(None), col(RegisterKey.valid_to) >= day))
    newest = {entry.id: (entry, key, number) for entry, key, number in session.exec(rows.order_by(col(RegisterKey.id)))}
    for _, (entry, key, number) in sorted(newest.items()):
        yield {**shape.seen(entry, number or ""), "held_from": key.valid_from, "held_to": key.valid_to}


def _all(session: Session, wanted: Wanted, day: date) -> Iterable[dict[str, Any]]:
    rows = select(RegisterEntry, Case.number).join(Case, col(Case.id) == col(RegisterEntry.case_id), isouter=True).where(
        RegisterEntry.register_name == wanted.register)
    if not wanted.former:
        rows = rows.where(RegisterEntry.valid_from <= day, or_(col(RegisterEntry.valid_to).is_(None), col(RegisterEntry.valid_to) >= day),
                          or_(col(RegisterEntry.closed_on).is_(None), col(RegisterEntry.closed_on) > day))
    last: int | None = 0
    while last is not None:
        found = session.exec(rows.where(col(RegisterEntry.id) > last).order_by(col(RegisterEntry.id)).limit(MOST)).all()
        for entry, number in found:
            yield {**shape.seen(entry, number or ""), "held_from": entry.valid_from, "held_to": entry.valid_to}
        last = found[-1][0].id if len(found) == MOST and wanted.where else None
