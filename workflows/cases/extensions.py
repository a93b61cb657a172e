"""延长办理期限: signed by whom the rule names, for one of its reasons, and told to the applicant (A1 22)."""

from datetime import date, datetime

from sqlmodel import Session

from workflows import releases
from workflows.cases import access, chains, clocks, progress, world
from workflows.cases.papers import issuing
from workflows.cases.effects import Step
from workflows.cases.tables import Case, Clock
from workflows.errors import NotFound
from workflows.office import permissions
from workflows.office.people import Officer
from workflows.records import audit


def sign(session: Session, case_id: int, kind: str, reason: str, who: Officer, now: datetime) -> Clock:
    """Extend a limit; refuses an unknown reason, more extensions than the rule knows, and anybody but its signer."""
    case = progress.locked(session, case_id)
    access.demand_sight(session, case, who)
    process = releases.load(session, case.release_id).process
    rule = next((rule for rule in process.clocks if rule.kind == kind and rule.may_extend), None)
    if rule is None:
        raise NotFound("No limit that could be extended is running.")
    permissions.demand(permissions.why_not(who, "extend_limit", case.division_code, [rule.extension_role]))
    clock = clocks.extend(session, case, process, kind, reason, who.name, now)
    clocks.press(session, case, process, now)
    progress.retime(session, case, now)
    _tell(session, case, clock, rule.extension_role, who, now)
    audit.append(session, chains.of(case.id), who.actor(rule.extension_role), "clock.extend", now,
                 summary=f"延长{rule.name}：{reason}", before={"due_on": clock.extensions[-1]["due_before"]},
                 after={"kind": kind, "due_on": clock.due_on.isoformat() if clock.due_on else None, "reason": reason})
    session.add(case)
    progress.refresh(session, case, progress.Cause(now, who, rule.extension_role))
    return clock


def _tell(session: Session, case: Case, clock: Clock, role: str, who: Officer, now: datetime) -> None:
    if case.accepted_at is None or clock.due_on is None:    # nothing to name a day of: what stands still is told by its own paper
        return
    signed = clock.extensions[-1]
    before = date.fromisoformat(signed["due_before"]) if signed["due_before"] else clock.due_on
    extension = {"old_due_on": before, "new_due_on": clock.due_on, "reason": signed["reason"], "approved_by": who.name}
    begun = releases.load(session, case.release_id).drawing.nodes[clock.started_by]
    step = Step(session, case, begun, world.of(session, case, now), {}, now, who, role)
    issuing.issue(step, "extension_notice", given={"extension": extension})
