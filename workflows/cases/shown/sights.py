"""What of a case each role is shown; one table, for its pages and its files."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from bpmn.message import Term
from bpmn.schema import SightRule
from forms.display import Shown
from workflows.office.people import Officer
from workflows.office.tables import Role
from workflows.papers import mask


NO_RULE = SightRule()


@dataclass(frozen=True)
class Sight:
    """`numbers`: ID, phone and account numbers whole; `means`: income, property, illness; the files; the audit events.

    Which facts and answers are about means, the process says (`[sight]`).
    """

    numbers: bool = False
    means: bool = False
    attachments: bool = False
    events: bool = False
    rule: SightRule = NO_RULE

    def __or__(self, other: "Sight") -> "Sight":
        """Who holds two duties sees what either shows."""
        return Sight(self.numbers or other.numbers, self.means or other.means,
                     self.attachments or other.attachments, self.events or other.events, self.rule)


WHOLE, MASKED = Sight(True, True, True, True), Sight(means=True, attachments=True, events=True)
MONEY, NEIGHBOURS = Sight(events=True), Sight()
BY_ROLE: Mapping[str, Sight] = {
    Role.TOWN_CLERK: WHOLE, Role.TOWN_LEAD: WHOLE, Role.COUNTY_CLERK: WHOLE, Role.COUNTY_LEAD: WHOLE, Role.AUDITOR: WHOLE,
    Role.WINDOW_CLERK: MASKED, Role.CHECK_ORG: MASKED, Role.THIRD_PARTY: MASKED, Role.REG_AUTH: MASKED,
    Role.COUNTY_FINANCE: MONEY, Role.FINANCE: MONEY,
    Role.VILLAGE: NEIGHBOURS, Role.SUPERVISING_UNIT: NEIGHBOURS,
}
HIDDEN = "…"


def of(who: Officer, division_code: str, rule: SightRule) -> Sight:
    """What the person's duties on that ground show; where work alone gave him the case, what his duties show elsewhere."""
    here = [held.role for held in who.duties if held.covers(division_code)]
    found = Sight(rule=rule)
    for role in here or [held.role for held in who.duties]:
        found |= BY_ROLE.get(role, NEIGHBOURS)
    return found


def has_fact(allowed: Sight, fact: str) -> bool:
    """Whether a fact may be shown at all."""
    return allowed.means or fact not in allowed.rule.facts


def answers(allowed: Sight, shown: Iterable[Shown]) -> tuple[Shown, ...]:
    """Those answers that may be shown, numbers masked where they are not for this reader."""
    kept = [_masked(allowed, one) for one in shown if _may(allowed, one)]
    return tuple(one for place, one in enumerate(kept) if one.kind != "heading" or _heads_something(kept, place))


def masked(key: str, value: str) -> str:
    """A number with its middle, or its beginning, hidden; anything else as it is."""
    rule = next((rule for name, rule in MASKS.items() if key.endswith(name)), None)
    if rule is None or not value:
        return value
    try:
        return rule(value)
    except ValueError:
        return HIDDEN


def _tail(value: str) -> str:
    return HIDDEN + mask.last4(value)


def _ends(value: str) -> str:
    return value[:6] + "*" * 8 + value[-4:] if len(value) >= mask.ID_LENGTH else HIDDEN


MASKS: Mapping[str, Callable[[str], str]] = {
    "id_number": mask.id_number, "account_number": _tail, "phone": _tail, "disability_number": _ends}


def _may(allowed: Sight, one: Shown) -> bool:
    if one.kind == "files":
        return allowed.attachments
    return allowed.means or _key(one) not in allowed.rule.answers


def _masked(allowed: Sight, one: Shown) -> Shown:
    if one.rows:
        return replace(one, rows=tuple(answers(allowed, row) for row in one.rows))
    if allowed.numbers:
        return one
    return replace(one, value=tuple(Term(masked(_key(one), term.zh), masked(_key(one), term.en)) for term in one.value))


def _heads_something(kept: list[Shown], place: int) -> bool:
    return place + 1 < len(kept) and kept[place + 1].kind not in {"heading", "rows"}


def _key(one: Shown) -> str:
    return one.path.rsplit(".", 1)[-1]
