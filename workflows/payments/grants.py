"""What a case's decision grants, as the drawing's `grant_entitlement` says it in FEEL: an amount a month, or single months."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from workflows.cases.effects import Step, effect
from workflows.cases.messages.mailbox import computed
from workflows.errors import Conflict
from workflows.office.accrual import first_month
from workflows.payments import entitlements, households, months, schemes
from workflows.payments.entitlements import Payee
from workflows.payments.households import Resident
from workflows.payments.tables import Entitlement
from workflows.records.types import stored

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Granted:
    """The decision, and the terms that hold for every month of it."""

    scheme: str
    number: str
    decided_on: date
    persons: int
    payee: Payee
    fund_source: str


@effect("grant_entitlement")
def grant(step: Step) -> Mapping[str, object]:
    """Register `people` as a household and grant it `amount_fen` a month, or the single months of `plan`."""
    people = [_resident(step, one) for one in _rows(step, "people")]
    home = households.of_case(step.session, step.case, people, _row(step, "home"), step.now)
    terms = _terms(step, len(people))
    given = [*_planned(step, stored(home.id), terms)] or [_monthly(step, stored(home.id), terms)]
    return {"entitlement": {"id": given[0].id, "from_month": given[0].from_month}}


def _terms(step: Step, people: int) -> Granted:
    scheme = step.node.properties.get("scheme") or step.case.process
    decision = _row(step, "decision")
    return Granted(scheme, str(decision.get("number") or step.case.number), _day(decision.get("decided_on")) or step.now.date(),
                   _fen(step, "persons") or people, _payee(step),
                   str(_value(step, "fund_source") or schemes.rule(step.session, scheme).fund_source))


def _monthly(step: Step, home: int, terms: Granted) -> Entitlement:
    """From `from` on, else from the month the scheme's rule says; for so many `months`, else till it is stopped."""
    amount = _fen(step, "amount_fen")
    if not amount:
        raise Conflict("“{property}” of element {node} must give an amount.", property="amount_fen", node=step.node.id)
    accrual = schemes.accrual_start(step.session, terms.scheme, terms.decided_on, step.case.division_code)
    start = _month(step, _value(step, "from")) or first_month(terms.decided_on, accrual)
    count = _fen(step, "months")
    return _give(step, home, terms, start, amount, supplement=_fen(step, "supplement_fen"),
                 to_month=months.add(start, count - 1) if count else None)


def _planned(step: Step, home: int, terms: Granted) -> Iterator[Entitlement]:
    """One approval, paid in stages: each single month with its amount."""
    for stage in _rows(step, "plan"):
        month, amount = _month(step, stage.get("month")), int(stage.get("amount_fen") or 0)
        if not month or amount <= 0:
            raise Conflict("Every stage of a plan needs its month and its amount.")
        yield _give(step, home, terms, month, amount, once=True)


def _give(step: Step, home: int, terms: Granted, start: str, amount: int, *, supplement: int = 0,
          to_month: str | None = None, once: bool = False) -> Entitlement:
    category = str(_row(step, "home").get("category") or "")
    return entitlements.grant(
        step.session, home, step.case, terms.number, terms.decided_on, amount, supplement, terms.persons, category, terms.payee,
        step.now, step.who, scheme=terms.scheme, from_month=start, to_month=to_month, fund_source=terms.fund_source, once=once)


def _payee(step: Step) -> Payee:
    said = _row(step, "payee")
    return Payee(*(str(said.get(word) or "") for word in ("name", "id_number", "account_number", "bank_code")))


def _resident(step: Step, row: Row) -> Resident:
    if not row.get("name") or not row.get("id_number"):
        raise Conflict("“{property}” of element {node} must give names and ID numbers.", property="people", node=step.node.id)
    return Resident(str(row["name"]), str(row["id_number"]), str(row.get("relation") or "other"))


def _value(step: Step, name: str) -> object:
    return computed(step.node.properties.get(name, ""), step.facts, step.now)


def _row(step: Step, name: str) -> Row:
    found = _value(step, name)
    return found if isinstance(found, Mapping) else {}


def _rows(step: Step, name: str) -> list[Row]:
    found = _value(step, name)
    return [one for one in (found if isinstance(found, list) else [found]) if isinstance(one, Mapping)]


def _fen(step: Step, name: str) -> int:
    """A whole number; nothing said is 0."""
    found = _value(step, name)
    return round(float(str(found))) if found is not None else 0


def _month(step: Step, said: object) -> str:
    """`2024-05`, or the month a day lies in; empty where nothing is said."""
    if said in (None, ""):
        return ""
    month = months.of(day) if (day := _day(said)) else str(said)
    if not months.is_month(month):
        raise Conflict("“{value}” at element {node} is no month; write it as 2024-05.", value=str(said), node=step.node.id)
    return month


def _day(said: object) -> date | None:
    if isinstance(said, datetime):
        return said.date()
    if isinstance(said, date):
        return said
    try:
        return date.fromisoformat(str(said)[:10]) if said else None
    except ValueError:
        return None
