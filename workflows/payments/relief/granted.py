"""Granted relief read from its register by month and township, however many entries it holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from workflows.cases import facts
from workflows.office.tables import Division
from workflows.payments import months
from workflows.registers.tables import RegisterEntry

REGISTER = "granted_relief"
EMERGENCY, EXPENDITURE = "emergency", "expenditure"
TOWNSHIP = 9


@dataclass(frozen=True)
class Granted:
    """One grant as the register says it."""

    code: str
    township: str
    name: str
    id_number: str
    reason: str
    kind: str
    fen: int


@dataclass(frozen=True)
class Township:
    """What one township granted in a month: times and fen of each type."""

    name: str
    emergencies: int
    emergency_fen: int
    expenditures: int
    expenditure_fen: int

    @property
    def times(self) -> int:
        """All times."""
        return self.emergencies + self.expenditures

    @property
    def fen(self) -> int:
        """All money."""
        return self.emergency_fen + self.expenditure_fen


def of_month(session: Session, month: str, ground: str = "", kind: str = "") -> list[Granted]:
    """What was decided in a month on a ground, township by township, oldest first."""
    rows = session.exec(select(RegisterEntry).where(*_standing(ground, kind), _decided().between(f"{month}-01", f"{months.day_of(month, 31)}"))
                        .order_by(func.substr(RegisterEntry.division_code, 1, TOWNSHIP), _decided(), col(RegisterEntry.id))).all()
    names = _names(session, {row.division_code[:TOWNSHIP] for row in rows})
    return [_granted(row, names) for row in rows]


def months_of(session: Session, ground: str = "", kind: str = "") -> Sequence[str]:
    """The months in which anything was decided, the newest first."""
    found = session.exec(select(func.substr(_decided(), 1, 7)).where(*_standing(ground, kind)).distinct())
    return sorted(found, reverse=True)


def by_township(rows: Iterable[Granted]) -> list[Township]:
    """Times and money of each township, in the order they come."""
    found: dict[str, list[Granted]] = {}
    for row in rows:
        found.setdefault(row.township, []).append(row)
    return [_summed(name, own) for name, own in found.items()]


def total(townships: Iterable[Township]) -> Township:
    """All townships together."""
    rows = list(townships)
    return Township("", sum(one.emergencies for one in rows), sum(one.emergency_fen for one in rows),
                    sum(one.expenditures for one in rows), sum(one.expenditure_fen for one in rows))


def _summed(name: str, rows: Sequence[Granted]) -> Township:
    urgent, planned = ([row.fen for row in rows if row.kind == kind] for kind in (EMERGENCY, EXPENDITURE))
    return Township(name, len(urgent), sum(urgent), len(planned), sum(planned))


def _standing(ground: str, kind: str) -> list[ColumnElement[bool]]:
    """Entries that stand; one that was undone or closed is not granted."""
    told = [col(RegisterEntry.register_name) == REGISTER, col(RegisterEntry.division_code).startswith(ground), col(RegisterEntry.closed_on).is_(None)]
    return [*told, col(RegisterEntry.data)["kind"].as_string() == kind] if kind else told


def _decided() -> ColumnElement[str]:
    day: ColumnElement[str] = col(RegisterEntry.data)["decided_on"]["$date"].as_string()   # as `facts.encode` keeps a day
    return day


def _names(session: Session, codes: set[str]) -> dict[str, str]:
    return {one.code: one.name for one in session.exec(select(Division).where(col(Division.code).in_(codes)))}


def _granted(row: RegisterEntry, names: dict[str, str]) -> Granted:
    said, code = facts.decode(row.data), row.division_code[:TOWNSHIP]
    return Granted(code, names.get(code, code), str(said["name"]), str(said.get("id_number") or ""), str(said["reason"]),
                   str(said["kind"]), int(said["fen"]))
