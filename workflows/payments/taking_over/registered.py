"""Households from before these books: what the matter's register has to know of them, so that reviews and a new standard reach them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, or_, select

from bpmn import feel
from workflows.cases import world
from workflows.cases.tables import Household, Member
from workflows.errors import Conflict
from workflows.office import rates
from workflows.payments import months, schemes
from workflows.payments.tables import Entitlement
from workflows.records.audit import Actor
from workflows.records.types import stored
from workflows.registers import entries, found
from workflows.registers.entries import Because
from workflows.registers.found import Wanted

REASON = "建账前已在保，接收入账"


@dataclass(frozen=True)
class Known:
    """What is known of a family besides its decision: who can work, what it earns a month, when it is reviewed next."""

    work: Mapping[str, str] = field(default_factory=dict)
    income_fen: int | None = None
    review_due_on: date | None = None


class Register:
    """The register that a scheme's `[payment.taken_over]` names, written household by household."""

    def __init__(self, session: Session, scheme: str, actor: Actor, now: datetime) -> None:
        """The rules of each township are read once."""
        self.session, self.scheme, self.now = session, scheme, now
        self.because = Because(now, actor, reason=REASON)
        self.how = schemes.rule(session, scheme).taken_over
        self._rules: dict[str, Mapping[str, Any]] = {}

    def enter(self, home: Household, given: Entitlement, known: Known) -> bool:
        """Enter one household that is entitled to this; False where the matter keeps no register."""
        if self.how is None:
            return False
        seen = {"home": self._home(home, known), "granted": self._granted(given, known), "rules": self._in_force(home.division_code),
                "today": self.now.date()}
        data = feel.to_python(feel.compile(self.how.data).evaluate(seen, self.now))
        if not isinstance(data, Mapping):
            raise Conflict("What the register has to know of household {number} can't be computed.", number=home.number)
        entries.enter(self.session, self.how.register_, data, home.division_code, self.because)
        return True

    def missing(self, ground: str = "") -> Iterator[tuple[Household, Entitlement]]:
        """Who is entitled to this now and stands in no entry."""
        if self.how is None:
            return
        month = months.of(self.now.date())
        rows = self.session.exec(select(Household, Entitlement).join(Entitlement, col(Entitlement.household_id) == col(Household.id)).where(
            Entitlement.scheme == self.scheme, col(Household.division_code).startswith(ground),
            or_(col(Entitlement.to_month).is_(None), col(Entitlement.to_month) >= month)).order_by(col(Household.id), col(Entitlement.id).desc()))
        newest = {stored(home.id): (home, given) for home, given in reversed(rows.all())}
        for home, given in newest.values():
            wanted = Wanted(self.how.register_, self.how.by, (home.number,))
            if not found.entries(self.session, wanted, self.now.date()):
                yield home, given

    def _home(self, home: Household, known: Known) -> Mapping[str, Any]:
        people = self.session.exec(select(Member).where(Member.household_id == home.id, col(Member.died_on).is_(None)).order_by(col(Member.id)))
        rows = [{"name": one.name, "id_number": one.id_number, "relation": one.relation, "work_ability": known.work.get(one.id_number) or None}
                for one in people]
        return {"number": home.number, "category": home.category, "members": world.with_ages(rows, self.now.date())}

    def _granted(self, given: Entitlement, known: Known) -> Mapping[str, Any]:
        return {"decision_no": given.decision_no, "decided_on": given.decided_on, "from_month": given.from_month, "base_fen": given.base_fen,
                "supplement_fen": given.supplement_fen, "people": given.people, "payee": given.payee_name,
                "payee_id_number": given.payee_id_number, "income_fen": known.income_fen, "review_due_on": known.review_due_on}

    def _in_force(self, division: str) -> Mapping[str, Any]:
        if division not in self._rules:
            self._rules[division] = rates.in_force(self.session, self.scheme, self.now.date(), division)
        return self._rules[division]
