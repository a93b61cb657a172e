"""What households would receive by a new standard: computed as the matter's `[payment.recompute]` says, from what is known of each."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, or_, select

from bpmn import dmn, feel
from bpmn.schema import Recompute
from workflows import releases
from workflows.cases import world
from workflows.cases.tables import Household
from workflows.errors import Conflict
from workflows.office import rates
from workflows.payments import months, schemes
from workflows.payments.tables import Entitlement, Readjustment, ReadjustmentLine
from workflows.records.types import stored
from workflows.registers import found
from workflows.registers.found import Wanted

MANY = 500      # households looked up in one question


def lines(session: Session, made: Readjustment, now: datetime) -> Iterator[ReadjustmentLine]:
    """A line for every decision that grants anything in the month it counts from, or later."""
    how = schemes.rule(session, made.scheme).recompute
    if how is None:
        raise Conflict("The matter does not say how a new standard changes what is received.")
    reckon = Reckoning(session, made, how, now)
    rows = session.exec(select(Entitlement, Household).join(Household, col(Household.id) == col(Entitlement.household_id)).where(
        Entitlement.scheme == made.scheme, col(Household.division_code).startswith(made.division_code),
        or_(col(Entitlement.to_month).is_(None), col(Entitlement.to_month) >= made.from_month))
        .order_by(col(Household.division_code), col(Household.id), col(Entitlement.from_month))).all()
    for place, (given, home) in enumerate(rows):
        if place % MANY == 0:
            reckon.know([one.number for _, one in rows[place:place + MANY]])
        amounts = reckon.of(given, home) if given.to_month is None or given.to_month >= given.from_month else None
        if amounts:
            yield ReadjustmentLine(
                readjustment_id=stored(made.id), household_id=stored(home.id), entitlement_id=stored(given.id), payee_name=given.payee_name,
                people=given.people, from_month=max(made.from_month, given.from_month), base_before_fen=given.base_fen,
                supplement_before_fen=given.supplement_fen, base_after_fen=amounts[0], supplement_after_fen=amounts[1])


class Reckoning:
    """One county's rules before and after, its decision table, and what its register knows of some households at a time."""

    def __init__(self, session: Session, made: Readjustment, how: Recompute, now: datetime) -> None:
        """Rules and table are read once."""
        self.how, self.now = how, now
        self.day = months.day_of(made.from_month, 1)
        self.after = rates.in_force(session, made.scheme, self.day, made.division_code)
        self.before = rates.in_force(session, made.scheme, date.fromordinal(self.day.toordinal() - 1), made.division_code)
        files = releases.current(session, made.scheme).files
        self.table = dmn.parse(files[f"{made.scheme}/{how.table}"])
        self.session, self.entries = session, dict[str, Mapping[str, Any]]()

    def know(self, households: Sequence[str]) -> None:
        """Look up what the register says of these, as it holds on the day or, where that lies behind, today."""
        wanted, day = Wanted(self.how.register_, self.how.by, tuple(households)), max(self.day, self.now.date())
        self.entries = {str(one.get(self.how.by)): one for one in found.entries(self.session, wanted, day)}

    def of(self, given: Entitlement, home: Household) -> tuple[int, int] | None:
        """Allowance and supplement by the new rules; None: the household's amount does not hang on the standard."""
        entry = self.entries.get(home.number)
        said = {"base_fen": given.base_fen, "supplement_fen": given.supplement_fen, "people": given.people, "category": given.category}
        seen: dict[str, Any] = {"entry": entry, "given": said, "before": self.before, "after": self.after}
        if feel.compile(self.how.only).evaluate(seen, self.now) is not True:
            return None
        facts = feel.to_python(feel.compile(self.how.facts).evaluate(seen, self.now)) if entry else None
        if not isinstance(facts, Mapping):
            return self._amounts(feel.compile(self.how.unknown).evaluate(seen, self.now), given)
        known = {name: world.with_ages(value, self.day) for name, value in facts.items()}
        return self._amounts(dmn.evaluate(self.table, self.how.decision, {**known, "rules": self.after}, now=self.now).value, given)

    def _amounts(self, answer: object, given: Entitlement) -> tuple[int, int]:
        said = feel.to_python(answer)
        if not isinstance(said, Mapping) or said.get("amount_fen") is None:
            raise Conflict("What {name} would receive can't be computed.", name=given.payee_name)
        return max(0, round(said["amount_fen"])), max(0, round(said.get("supplement_fen") or 0))
