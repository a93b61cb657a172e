"""Law as dated data: the value in force on a day on a ground, shipped or set here (glossary 6a)."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from workflows.errors import Conflict, Invalid, NotAllowed, NotFound
from workflows.office import permissions
from workflows.office.people import Officer
from workflows.office.rate_files import Rate, Rule, Shipped, parse, plain, shipped
from workflows.office.tables import LocalRate, Role
from workflows.records import audit, ledger

__all__ = ["NotInForce", "Rate", "Rule", "explain", "history", "in_force", "known", "on", "parse", "processes", "rule", "rules",
           "set_local", "value"]

NATION = ""


class NotInForce(Conflict):
    """No value of that rule holds on that day there: what depends on it can't go on."""

    says = "The rule {code} has no value for {day} in {division}. Ask the administrator to enter it."


def value(session: Session, code: str, day: date, division: str = NATION) -> object:
    """The value in force: the most specific place's, then the latest."""
    return explain(session, code, day, division).value


def explain(session: Session, code: str, day: date, division: str = NATION) -> Rate:
    """The row in force, with the document it comes from."""
    ship = shipped()
    if code not in ship.rules:
        raise NotFound("There is no rule {code}.", code=code)
    code = ship.source_of(code)
    found = _best([*ship.rates.get(code, ()), *_local(session, division, code)], day, division)
    if found is None:
        raise NotInForce("", code=code, day=day.isoformat(), division=division or "全国")
    return found


def in_force(session: Session, process: str, day: date, division: str) -> dict[str, object]:
    """All rules of one process as a drawing reads them: `rules.limit.total`; null where nothing is in force."""
    ship = shipped()
    local: dict[str, list[Rate]] = {}
    for row in _local(session, division):
        local.setdefault(row.code, []).append(row)
    tree: dict[str, object] = {}
    for code in ship.codes.get(process, ()):
        source = ship.source_of(code)
        found = _best([*ship.rates.get(source, ()), *local.get(source, ())], day, division)
        _plant(tree, code.split(".")[1:], found.value if found else None)
    return tree


def of_process(session: Session, lenders: Iterable[str], process: str, day: date, division: str) -> dict[str, object]:
    """The rules that a process's expressions read: its own, over those it borrows."""
    tree: dict[str, object] = {}
    for each in (*lenders, process):
        tree = _over(tree, in_force(session, each, day, division))
    return tree


def known(session: Session, process: str, division: str) -> list[Rate]:
    """Every value a process has had or will have on that ground, for people to look through."""
    ship = shipped()
    codes = tuple(ship.source_of(code) for code in ship.codes.get(process, ()))
    rows = [rate for code in codes for rate in ship.rates.get(code, ())]
    rows += [rate for rate in _local(session, division) if rate.code in codes]
    return sorted(rows, key=lambda rate: (rate.code, rate.scope, rate.valid_from))


def on(session: Session, process: str, day: date, division: str) -> list[tuple[Rule, Rate | None, Rate | None]]:
    """Each rule of a process with the value in force there on a day, and the shipped one where that is the place's own."""
    ship, found = shipped(), []
    local: dict[str, list[Rate]] = {}
    for row in _local(session, division):
        local.setdefault(row.code, []).append(row)
    for code in ship.codes.get(process, ()):
        best = _best([*ship.rates.get(code, ()), *local.get(code, ())], day, division)
        found.append((ship.rules[code], best, _best(ship.rates.get(code, ()), day, division) if best and best.local else None))
    return found


def history(session: Session, code: str, division: str) -> list[Rate]:
    """Every value a rule has had or will have on that ground, the newest first."""
    ship = shipped()
    if code not in ship.rules:
        raise NotFound("There is no rule {code}.", code=code)
    found = [*ship.rates.get(code, ()), *_local(session, division, code)]
    return sorted(found, key=lambda rate: (rate.valid_from, rate.local), reverse=True)


def rule(code: str) -> Rule:
    """A rule with its title and unit."""
    found = shipped().rules.get(code)
    if found is None:
        raise NotFound("There is no rule {code}.", code=code)
    return found


def processes() -> list[str]:
    """The process folders that have rates."""
    return [name for name, codes in shipped().codes.items() if codes]


def rules(process: str) -> list[Rule]:
    """Every rule of a process with its title and unit, whether or not it has a value."""
    ship = shipped()
    return [ship.rules[code] for code in ship.codes.get(process, ())]


def set_local(session: Session, code: str, new: object, *, scope: str, valid_from: date, source: str,
              who: Officer, now: datetime, unit: str = "", valid_to: date | None = None) -> LocalRate:
    """Set a rule's value here from a day on; the old value stays computable for the days before."""
    ship = shipped()
    _check(ship, code, new, unit, source, valid_from, valid_to)
    code = ship.source_of(code)
    if permissions.why_not(who, "set_rule", scope):
        raise NotAllowed("Only the county's lead or administrator sets rules, and only for its own ground.")
    row = session.exec(select(LocalRate).where(LocalRate.code == code, LocalRate.scope == scope,
                                               LocalRate.valid_from == valid_from)).first()
    before = _said(row) if row else {}
    row = row or LocalRate(code=code, scope=scope, valid_from=valid_from, value=None)
    row.value, row.unit, row.valid_to, row.source = plain(new), ship.rules[code].unit, valid_to, source.strip()
    row.entered_by = who.id
    session.add(row)
    session.flush()
    audit.append(session, "office", who.actor(Role.ADMIN), "rate.set", now, before=before, after=_said(row),
                 summary=f"{scope} 设定 {code} = {row.value}（{row.unit}），自 {valid_from} 起，依据{row.source}")
    return row


def _check(ship: Shipped, code: str, new: object, unit: str, source: str,
           valid_from: date, valid_to: date | None) -> None:
    if code not in ship.rules:
        raise NotFound("There is no rule {code}.", code=code)
    if unit and unit != ship.rules[code].unit:
        raise Invalid((), "The rule {code} is set in {unit}.", code=code, unit=ship.rules[code].unit)
    if not source.strip():
        raise Invalid((), "Name the document that says so.")
    if valid_to and valid_to < valid_from:
        raise Invalid((), "The last day lies before the first.")
    if not ship.rules[code].takes(plain(new)):
        raise Invalid((), "“{value}” is not a value for the rule {code}.", value=new, code=code)


def _best(rates: Iterable[Rate], day: date, division: str) -> Rate | None:
    holding = [rate for rate in rates if division.startswith(rate.scope) and rate.valid_from <= day
               and (rate.valid_to is None or day <= rate.valid_to)]
    return max(holding, key=lambda rate: (len(rate.scope), rate.valid_from, rate.local), default=None)


def _over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Two trees as one: where both say something, the upper one."""
    both = {name: _over(below[name], leaf) for name, leaf in above.items() if isinstance(leaf, Mapping) and isinstance(below.get(name), Mapping)}
    return {**below, **above, **both}


_RATE: Any = (LocalRate.code, LocalRate.value, LocalRate.unit, LocalRate.scope, LocalRate.valid_from, LocalRate.valid_to, LocalRate.source,
              LocalRate.entered_by)
_LOCAL = select(*_RATE).where(col(LocalRate.scope).in_(bindparam("scopes", expanding=True)))


def _local(session: Session, division: str, code: str = "") -> list[Rate]:
    scopes = [division[:n] for n in range(len(division) + 1)]
    rows = ledger.once(session, ("local rates", division), lambda: ledger.ask(session, _LOCAL, scopes=scopes).all())
    return [Rate(row.code, _number(row.value), row.unit, row.scope, row.valid_from, row.valid_to, row.source, "local",
                 local=True, entered_by=row.entered_by) for row in rows if code in ("", row.code)]


def _plant(tree: dict[str, object], path: list[str], leaf: object) -> None:
    for step in path[:-1]:
        branch = tree.setdefault(step, {})
        assert isinstance(branch, dict)
        tree = branch
    tree[path[-1]] = leaf


def _number(stored: object) -> object:
    """JSON has floats; amounts and ratios are decimal."""
    return Decimal(str(stored)) if isinstance(stored, float) else stored


def _said(row: LocalRate) -> dict[str, object]:
    return {"code": row.code, "scope": row.scope, "value": row.value, "unit": row.unit, "source": row.source,
            "from": row.valid_from.isoformat(), "to": row.valid_to.isoformat() if row.valid_to else None}
