"""Silence is acceptance: an authority that has told nothing in time has accepted from the day of receipt (行政许可法 32)."""

from collections.abc import Mapping
from datetime import datetime, time

from workflows.cases.effects import Step, effect
from workflows.cases.messages import mailbox
from workflows.records import days
from workflows.records.types import CHINA


@effect("accept_as_of")
def accept_as_of(step: Step) -> Mapping[str, object]:
    """The case is accepted as of the day that the property `on` gives, whoever was silent; the fact `into` says so."""
    day = days.must(mailbox.computed(step.node.properties["on"], step.facts, step.now))
    step.case.accepted_at = datetime.combine(day, time(), CHINA)
    step.session.add(step.case)
    return {step.node.properties["into"]: {"accepted_on": day, "lapsed_on": step.now.date()}}
