"""Scenario words about what somebody is entitled to: what a case gave, what is due in a month; stop it."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field
from sqlmodel import Session, col, select

from bpmn.message import Message
from workflows.errors import NotFound
from workflows.payments.entitled import entitlements
from workflows.payments.tables import Entitlement
from workflows.scenarios import told
from workflows.scenarios.bureau import Bureau
from workflows.scenarios.shape import Shape, Step
from workflows.scenarios.words import Look, then, verb


class Stop(Shape):
    """Whose money stops, from when, and why."""

    name: str
    since: str = Field(alias="from")
    reason: str = "停发"
    decision: str = "停发1号"


@verb("stop", "a decision stops the entitlement of `name`: `from` a month on, `reason`", Stop)
def _stop(bureau: Bureau, step: Step) -> None:
    said = Stop.model_validate(step.answers)
    with bureau.work() as session:
        entitlements.stop(session, _entitlement(session, said.name), said.since, said.reason, said.decision, bureau.now)


class Grants(Shape):
    """What is expected of the entitlement that a case gave."""

    nothing: bool = False
    yuan: int | float = 0
    since: str = Field(default="", alias="from")
    to: str = ""
    people: int = 0
    scheme: str = ""
    plan: dict[str, float] = Field(default_factory=dict)


@then("grants", Grants, "the entitlement the case gave: `yuan` a month, `from`, `to`, `people`, `scheme`; `plan` = { month = yuan } "
      "of one paid in stages; `nothing` = true")
def _grants(look: Look, expected: Grants) -> Iterator[Message]:
    given = look.session.exec(select(Entitlement).where(Entitlement.case_id == look.case.id)
                              .order_by(col(Entitlement.id).desc())).all()
    newest = given[0] if given else None
    found: dict[str, Any] = {"nothing": newest is None}
    if newest:
        found |= {"yuan": _yuan(newest), "from": newest.from_month, "people": newest.people, "to": newest.to_month,
                  "scheme": newest.scheme, "plan": {one.from_month: _yuan(one) for one in given}}
    yield from told.differing("grants", expected.model_dump(by_alias=True, exclude_unset=True), found)


class Amount(Shape):
    """What somebody has in a month."""

    to: str
    month: str
    yuan: int | float
    scheme: str = ""


@then("amounts", list[Amount], "what a household is entitled to: `to` (payee), `month`, `yuan`; `scheme`: left out, the scenario's")
def _amounts(look: Look, expected: list[Amount]) -> Iterator[Message]:
    for one in expected:
        rows = look.session.exec(select(Entitlement).where(
            Entitlement.payee_name == one.to, Entitlement.scheme == (one.scheme or look.bureau.process))).all()
        found = entitlements.owed(rows, one.month).get(one.month, 0) / 100
        if found != one.yuan:
            yield told.differs(Message("Yuan due to {payee} in {month}", {"payee": one.to, "month": one.month}), one.yuan, found)


def _entitlement(session: Session, name: str) -> Entitlement:
    found = session.exec(select(Entitlement).where(Entitlement.payee_name == name)
                         .order_by(col(Entitlement.id).desc())).first()
    if found is None:
        raise NotFound("This was not found.")
    return found


def _yuan(given: Entitlement) -> float:
    return (given.base_fen + given.supplement_fen) / 100
