"""A case's facts: as JSON in its row, as typed values for whoever reads them, and every change kept."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, select

from workflows.cases.tables import Case, FactChange
from workflows.records import ledger
from workflows.records.types import CHINA, stored

LOOKED_BACK = 200     # so many changes at most are searched for what somebody said before

_TAGS: dict[str, Callable[[str], Any]] = {
    "$date": date.fromisoformat, "$time": time.fromisoformat, "$number": Decimal,
    "$moment": lambda text: datetime.fromisoformat(text).astimezone(CHINA)}


def encode(value: object) -> Any:
    """A value as JSON; dates, moments and decimals under a tag of their own."""
    if isinstance(value, Mapping):
        return {str(key): encode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [encode(item) for item in value]
    return _leaf(value)


def decode(value: Any) -> Any:
    """What `encode` wrote, as typed values again."""
    if isinstance(value, list):
        return [decode(item) for item in value]
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        (key, item), = value.items()
        if key in _TAGS:
            return _TAGS[key](item)
    return {key: decode(item) for key, item in value.items()}


def _leaf(value: object) -> Any:
    match value:
        case str() | int() | float() | None:
            return value
        case datetime():
            return {"$moment": value.isoformat()}
        case date() | time():
            return {"$date" if isinstance(value, date) else "$time": value.isoformat()}
        case Decimal():
            return int(value) if value == value.to_integral_value() else {"$number": str(value)}
    raise TypeError(f"a fact can't hold {type(value).__name__}")


def known(case: Case) -> dict[str, Any]:
    """The facts of a case as typed values."""
    return {name: decode(value) for name, value in case.facts.items()}


def known_as(case: Case, name: str) -> Any:
    """One fact as a typed value; None where it is not known."""
    return decode(case.facts.get(name))


def former(session: Session, case: Case, names: Iterable[str], own: Callable[[Any], Any] = lambda value: value) -> Any:
    """What a fact, by any of its names, said when it last said something of one's `own`, though it counts no longer."""
    had = [name for name in names if name in case.facts]
    if not had:
        return None
    found = select(FactChange.value).where(FactChange.case_id == case.id, col(FactChange.name).in_(had))
    said = session.exec(found.order_by(col(FactChange.id).desc()).limit(LOOKED_BACK))
    return next((mine for value in said if (mine := own(decode(value))) is not None), None)


def named(session: Session, case: Case) -> list[str]:
    """Every fact the case has ever had, by name."""
    found = select(FactChange.name).where(FactChange.case_id == case.id).distinct()
    return sorted(session.exec(found))


def changes(session: Session, case: Case, name: str, page: int, size: int) -> list[tuple[FactChange, FactChange | None]]:
    """A page of changes, the newest first, each with the one before it of the same fact; one more where there are more."""
    found = select(FactChange).where(FactChange.case_id == case.id, *([FactChange.name == name] if name else []))
    newest = session.exec(found.order_by(col(FactChange.id).desc()).offset((page - 1) * size).limit(size + 1)).all()
    return [(change, _before(session, change)) for change in newest]


def _before(session: Session, change: FactChange) -> FactChange | None:
    earlier = select(FactChange).where(FactChange.case_id == change.case_id, FactChange.name == change.name,
                                       col(FactChange.id) < change.id)
    return session.exec(earlier.order_by(col(FactChange.id).desc()).limit(1)).first()


def write(session: Session, case: Case, changes: Mapping[str, object], author: str, now: datetime) -> None:
    """Set facts and keep each change; an unchanged value leaves no trace."""
    encoded = {name: encode(value) for name, value in changes.items()}
    changed = {name: value for name, value in encoded.items() if case.facts.get(name) != value}
    if not changed:
        return
    ledger.change(session, case, facts={**case.facts, **changed})
    for name, value in changed.items():
        ledger.add(session, FactChange, case_id=stored(case.id), name=name, version=case.version, value=value, at=now,
                   author=author)
