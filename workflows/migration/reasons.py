"""Why a case can't move, or what to know when it does: a code, the element, and a plain sentence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bpmn.message import Message, Term
from workflows.migration.elements import described
from workflows.releases import Published

# What the domain sees; the engine's own reasons bring their sentences in both languages with them.
SENTENCES: Mapping[str, str] = {
    "missing_fact": "From here on the new version reads “{fact}”, which the old one did not, and this case does not have it.",
    "perhaps_missing": "On some way ahead the new version reads “{fact}”, which the old one did not; this case does not have it yet.",
    "unmapped": "Work waits at “{node}”, and the plan names no counterpart for it.",
    "perhaps_other_desk": "“{at}” goes to other roles ({roles}) than “{node}”.",
    "perhaps_other_form": "“{at}” asks another form ({form}) than “{node}”.",
    "no_desk": "“{at}” goes to the role {role}, and nobody holds it for the ground of this case.",
    "no_form": "“{at}” asks the form {form}, which the new version does not have.",
    "job_running": "A machine is working for “{node}” just now; look again when it is done.",
    "job_other": "For “{node}” a job “{topic}” was asked; “{at}” would ask for “{other}”.",
    "timer_due": "The timer “{node}” is due and fires now; look again afterwards.",
    "suspended": "The case is suspended, and the move would let “{at}” begin.",
    "other_plan": "Plan {plan} is at work on the cases of this version.",
    "month": "The case signs a payment month; “{node}” must stay the same element, with the same roles.",
    "left": "The case has gone on to yet another version.",
    "ended": "The case has ended.",
    "failed": "Unexpected: {error}",
    "claimed": "Somebody has taken “{node}” on; what he has typed may not fit the new form.",
    "timer_at_once": "The timer “{at}” of the new version is due at once.",
    "limit_ends": "The time limit “{limit}” is not known to the new version and ends.",
    "limit_begins": "The new version has a time limit “{limit}” that begins on {day}.",
}
WARNINGS = frozenset({"perhaps_missing", "perhaps_other_desk", "perhaps_other_form", "claimed", "timer_at_once", "limit_ends", "limit_begins"})
NEW_ELEMENTS = frozenset({"at"})   # params that are elements of the version the case would go to


@dataclass(frozen=True)
class Reason:
    """One reason; `node` is an element of the version the case stands on."""

    code: str
    node: str = ""
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def refuses(self) -> bool:
        """Whether the case can't move for this; else it is a warning."""
        return self.code not in WARNINGS

    @property
    def by_engine(self) -> bool:
        """Whether the drawings alone speak against it."""
        return self.code == "unmapped" or self.code not in SENTENCES

    def say(self, old: Published, new: Published) -> Message | Term:
        """The sentence, with elements by their names."""
        if self.code not in SENTENCES:
            name = described(old, self.node)
            zh, en = self.params.get("zh", self.code), self.params.get("en", self.code)
            return Term(f"“{name.zh}”：{zh.rstrip('。')}。", f"“{name.en}”: {en.rstrip('.')}.")
        named: dict[str, object] = {"node": described(old, self.node), **self.params}
        if "limit" in self.params:
            named["limit"] = Term(self.params["zh"], self.params["en"])
        named |= {key: described(new, self.params[key]) for key in NEW_ELEMENTS & self.params.keys()}
        return Message(SENTENCES[self.code], named)


def once(reasons: Iterable[Reason]) -> list[Reason]:
    """Each reason once, in their order."""
    found: list[Reason] = []
    for one in reasons:
        if one not in found:
            found.append(one)
    return found
