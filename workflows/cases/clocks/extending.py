"""延长期限: a limit is lengthened for one of the law's reasons, as often as its rule allows."""

from datetime import datetime

from sqlmodel import Session

from bpmn.clock_rules import ClockRule
from bpmn.schema import Process
from workflows.cases.clocks import counting
from workflows.cases.clocks.rows import running
from workflows.cases.tables import Case, Clock
from workflows.errors import Conflict, NotFound
from workflows.office import working_days


def extendable(session: Session, case: Case, process: Process, now: datetime) -> list[tuple[ClockRule, Clock]]:
    """The limits that may still be lengthened, each with its rule; who may sign is another question."""
    rules = {rule.kind: rule for rule in process.clocks if rule.may_extend}
    return [(rules[clock.kind], clock) for clock in running(session, case) if clock.kind in rules
            and len(clock.extensions) < rules[clock.kind].extension_times and clock.length is not None
            and not (clock.due_at and clock.due_at <= now)]


def extend(session: Session, case: Case, process: Process, kind: str, reason: str, signer: str, now: datetime) -> Clock:
    """Lengthen a limit for one of the law's reasons; who may sign is the caller's to ask."""
    rule = next((rule for rule in process.clocks if rule.kind == kind and rule.may_extend), None)
    clock = next((clock for clock in running(session, case) if clock.kind == kind), None)
    if rule is None or clock is None or clock.length is None:
        raise NotFound("No limit that could be extended is running.")
    if len(clock.extensions) >= rule.extension_times:
        raise Conflict("This limit has already been extended.")
    if clock.due_at and clock.due_at <= now:
        raise Conflict("This limit is past; it can't be extended any more.")
    if reason not in rule.extension_reasons:
        raise Conflict("“{reason}” is not a reason for an extension. Allowed: {allowed}.", reason=reason,
                       allowed="、".join(rule.extension_reasons))
    code = rule.extended or rule.extended_by or ""
    length = counting.length(session, case, code, counting.rules_day(case, clock.recorded_on))
    if length is None:
        raise Conflict("The rule {code} has no value here yet; without it nothing can be extended.", code=code)
    before = clock.due_on.isoformat() if clock.due_on else None
    clock.length = length if rule.extended else clock.length + length
    clock.extensions = [*clock.extensions, {"length": clock.length, "reason": reason, "signer": signer,
                                            "on": now.date().isoformat(), "due_before": before}]
    counting.count(working_days.calendar(session), clock)
    session.add(clock)
    session.flush()
    return clock
