"""Whether the public has been shown what a rule demands, as a way is followed."""

from collections.abc import Mapping
from datetime import date

from bpmn.schema import NoticeRule
from workflows.releases import rounds
from workflows.releases.formulas import effect_of
from workflows.releases.house import house
from workflows.releases.truth import DAY, Known
from workflows.releases.ways import COMPOSITE, Point, Ways

POSTED = "posted"
FIRST, LAST = date(2026, 1, 1), date(2026, 1, 31)       # any two days
NONE: Known = {"notice": None, DAY: FIRST}
HANGS: Known = {"notice.posted_on": FIRST, "notice.ends_on": LAST, DAY: FIRST}


class Showing:
    """One rule: its element must come to its own end with all its effects run inside, in this coming to it."""

    def __init__(self, laid: Ways, rule: NoticeRule) -> None:
        """Find the effects inside the element, at every place it stands."""
        self.element, self.laid = rule.element, laid
        self.given: Known = {rule.when: True} if rule.when else {}
        self.needed = house().showing | ({rule.until} - {""})
        self.effects: Mapping[Point, str] = {
            point: asked for point in laid.parts
            if rule.element in (*point.path, point.id) and not point.after and (asked := effect_of(laid.drawn(point))) in self.needed}

    @property
    def missing(self) -> frozenset[str]:
        """The effects that nothing inside the element runs."""
        return self.needed - set(self.effects.values())

    def left(self, point: Point, ran: frozenset[str]) -> frozenset[str] | None:
        """What has run once an element is left by its own end; None: the public has been shown all."""
        drawn = self.laid.drawn(point)
        begins = point.id == self.element and not point.after
        ran = ran & {POSTED} if begins else ran
        if point in self.effects and not rounds.may_be_none(drawn):
            ran |= {self.effects[point]} | ({POSTED} if self.effects[point] in house().showing else set())
        done = point.id == self.element and (point.after or drawn.node.kind not in COMPOSITE)
        return None if done and ran >= self.needed else ran

    def world(self, ran: frozenset[str]) -> Known:
        """What the case's world says meanwhile: there is no notice, or its days are not over; the rule's setting is on."""
        return {**self.given, **(HANGS if POSTED in ran else NONE)}
