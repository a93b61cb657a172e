"""What the bureau pays: every matter whose process says `[payment]`, by the words that stand there."""

from datetime import date
from functools import lru_cache

from sqlmodel import Session, col, select

import bpmn.loader
from bpmn.message import Term
from bpmn.schema import Payment, Process
from workflows import releases
from workflows.cases import intake
from workflows.cases.tables import Household
from workflows.errors import NotFound
from workflows.office import rates
from workflows.office.accrual import NEXT_MONTH
from workflows.payments.tables import Entitlement


def every(session: Session) -> list[str]:
    """The schemes that pay by the month, by their process's name."""
    return [name for name, process in _known(session).items() if process.payment]


def paying(session: Session, division: str) -> list[str]:
    """Those of them by which anybody on that ground receives, or has received, anything."""
    granted = set(session.exec(select(Entitlement.scheme).join(Household, col(Household.id) == col(Entitlement.household_id))
                               .where(col(Household.division_code).startswith(division)).distinct()))
    return [name for name in every(session) if name in granted]


def check(session: Session, scheme: str) -> str:
    """The scheme; the first there is, where none is named."""
    found = every(session)
    if not scheme and found:
        return found[0]
    if scheme not in found:
        raise NotFound("There is no payment scheme {scheme}.", scheme=scheme)
    return scheme


def title(session: Session, scheme: str) -> Term:
    """What people call it: 低保."""
    process = _of(session, scheme)
    if process is None:
        return Term(scheme)
    rule = process.payment or Payment()
    return Term(rule.name or process.short, rule.en or process.en)


def rule(session: Session, scheme: str) -> Payment:
    """How it is paid: its money and its budget codes."""
    process = _of(session, scheme)
    return (process.payment if process else None) or Payment()


def barring(session: Session, scheme: str) -> frozenset[str]:
    """The schemes of which nobody may have two: itself, and those that exclude it or that it excludes."""
    process = _of(session, scheme)
    return frozenset({scheme, *(intake.bars(session, scheme, process) if process else ())})


def accrual_start(session: Session, scheme: str, day: date, division: str) -> str:
    """Whether the month of the decision counts already: the rule `<scheme>.accrual_start`, else it does not (A1 21)."""
    code = f"{scheme}.accrual_start"
    return str(rates.value(session, code, day, division)) if any(one.code == code for one in rates.rules(scheme)) else NEXT_MONTH


def change_start(session: Session, scheme: str, day: date, division: str) -> str:
    """Whether a later decision counts in its own month already: the rule `<scheme>.change_start`, else it does not."""
    code = f"{scheme}.change_start"
    return str(rates.value(session, code, day, division)) if any(one.code == code for one in rates.rules(scheme)) else NEXT_MONTH


def _known(session: Session) -> dict[str, Process]:
    """What is published; on a database where nothing is yet, what stands in the folders."""
    return releases.described(session) or {name: _shipped(name) for name in sorted(bpmn.loader.startable())}


def _of(session: Session, scheme: str) -> Process | None:
    """One scheme's process, published or not."""
    found = releases.described(session).get(scheme)
    return found or (_shipped(scheme) if scheme in bpmn.loader.names() else None)


@lru_cache
def _shipped(name: str) -> Process:
    return bpmn.loader.describe(name, {f"{name}/process.toml": (bpmn.loader.ROOT / name / "process.toml").read_bytes()})
