"""What duty and place allow; one answer for the greyed button and for the command."""

from collections.abc import Iterable

from workflows.errors import NotAllowed, Refusal
from workflows.office.people import Held, Officer
from workflows.office.tables import Role

# Roles that may read every case of their unit's ground, and start a matter at the counter.
READERS = frozenset({Role.WINDOW_CLERK, Role.VILLAGE, Role.TOWN_CLERK, Role.TOWN_LEAD, Role.CHECK_ORG,
                     Role.COUNTY_CLERK, Role.COUNTY_LEAD, Role.COUNTY_FINANCE, Role.FINANCE, Role.AUDITOR})
PAYMENT_READERS = frozenset({Role.TOWN_LEAD, Role.COUNTY_CLERK, Role.COUNTY_LEAD, Role.COUNTY_FINANCE, Role.FINANCE,
                             Role.AUDITOR})
# What each role may do beside its work items; the domain's commands and the pages' buttons both ask here.
MAY: dict[str, frozenset[str]] = {
    "extend_limit": frozenset({Role.TOWN_LEAD, Role.COUNTY_LEAD}),     # of them the one the rule names
    "send_back_case": frozenset({Role.COUNTY_LEAD}),   # beside whoever holds the work
    "suspend_case": frozenset({Role.TOWN_LEAD, Role.COUNTY_LEAD}),
    "terminate_case": frozenset({Role.TOWN_LEAD, Role.COUNTY_LEAD}),   # as far as the process allows it
    "skip_step": frozenset({Role.TOWN_LEAD, Role.COUNTY_LEAD}),
    "retry_case": frozenset({Role.TOWN_CLERK, Role.TOWN_LEAD, Role.COUNTY_CLERK, Role.COUNTY_LEAD, Role.ADMIN}),
    "register_objection": frozenset({Role.WINDOW_CLERK, Role.TOWN_CLERK, Role.COUNTY_CLERK}),
    "answer_objection": frozenset({Role.TOWN_CLERK, Role.COUNTY_CLERK}),   # one that came too late for the notice
    "register_complaint": frozenset({Role.WINDOW_CLERK, Role.TOWN_CLERK, Role.COUNTY_CLERK}),
    "read_objector": frozenset({Role.TOWN_CLERK, Role.TOWN_LEAD, Role.COUNTY_CLERK, Role.COUNTY_LEAD, Role.AUDITOR}),
    "import_households": frozenset({Role.COUNTY_CLERK, Role.ADMIN}),
    "run_cycle": frozenset({Role.COUNTY_FINANCE, Role.COUNTY_CLERK}),
    "read_payments": PAYMENT_READERS,
    "open_cycle": frozenset({Role.COUNTY_FINANCE, Role.COUNTY_LEAD}),
    "edit_roster": frozenset({Role.COUNTY_FINANCE}),  # its maker
    "hold_lines": frozenset({Role.COUNTY_FINANCE, Role.TOWN_LEAD, Role.COUNTY_CLERK, Role.COUNTY_LEAD, Role.FINANCE}),
    "sign_roster_0": frozenset({Role.COUNTY_FINANCE}),
    "sign_roster_1": frozenset({Role.TOWN_LEAD}),
    "sign_roster_2": frozenset({Role.COUNTY_LEAD}),
    "sign_roster_3": frozenset({Role.FINANCE}),
    "allocate_funds": frozenset({Role.FINANCE}),
    "take_in_results": frozenset({Role.COUNTY_FINANCE, Role.FINANCE}),
    "record_not_received": frozenset({Role.COUNTY_FINANCE}),
    "correct_account": frozenset({Role.COUNTY_CLERK, Role.COUNTY_FINANCE}),
    "approve_correction": frozenset({Role.COUNTY_LEAD}),
    "send_again": frozenset({Role.COUNTY_CLERK, Role.COUNTY_FINANCE}),
    "defer_line": frozenset({Role.COUNTY_CLERK, Role.COUNTY_FINANCE}),
    "close_cycle": frozenset({Role.COUNTY_FINANCE, Role.COUNTY_LEAD}),
    "change_entitlement": frozenset({Role.COUNTY_LEAD, Role.TOWN_LEAD}),    # a township's only where the process leads it there
    "decide_recovery": frozenset({Role.COUNTY_LEAD}),
    "book_repayment": frozenset({Role.COUNTY_FINANCE, Role.FINANCE}),
    "read_petty_cash": frozenset({Role.TOWN_CLERK, Role.TOWN_LEAD, Role.COUNTY_CLERK, Role.COUNTY_LEAD, Role.COUNTY_FINANCE,
                                  Role.FINANCE, Role.AUDITOR}),
    "open_petty_cash": frozenset({Role.COUNTY_FINANCE}),
    "top_up_petty_cash": frozenset({Role.COUNTY_FINANCE}),
    "ask_petty_cash": frozenset({Role.TOWN_CLERK}),
    "decide_petty_cash": frozenset({Role.COUNTY_LEAD}),
    "count_petty_cash": frozenset({Role.TOWN_CLERK}),
    "sign_petty_cash": frozenset({Role.TOWN_LEAD}),
    "move_sample_clock": frozenset(Role) - {Role.AUDITOR},
    "read_registers": frozenset(Role) - {Role.DESIGNER, Role.ADMIN},   # of them those that the register names
    "import_register": frozenset({Role.REG_AUTH, Role.COUNTY_CLERK}),     # of them those that the register names
    "read_inspections": frozenset({Role.REG_AUTH, Role.COUNTY_LEAD, Role.AUDITOR}),
    "run_campaign": frozenset({Role.REG_AUTH, Role.COUNTY_LEAD}),
    "draw_inspections": frozenset({Role.REG_AUTH, Role.COUNTY_LEAD}),
    "void_draw": frozenset({Role.COUNTY_LEAD}),
    "read_processes": frozenset({Role.DESIGNER, Role.ADMIN, Role.COUNTY_LEAD, Role.AUDITOR}),
    "plan_migration": frozenset({Role.DESIGNER, Role.ADMIN}),
    "start_migration": frozenset({Role.ADMIN, Role.COUNTY_LEAD}),   # another person than the one who planned it
    "read_jobs": frozenset({Role.ADMIN, Role.COUNTY_LEAD}),
    "mend_jobs": frozenset({Role.ADMIN}),
    "read_rules": frozenset({Role.COUNTY_LEAD, Role.AUDITOR, Role.DESIGNER, Role.ADMIN}),
    "set_rule": frozenset({Role.COUNTY_LEAD, Role.ADMIN}),
    "read_calendar": frozenset({Role.COUNTY_LEAD, Role.AUDITOR, Role.DESIGNER, Role.ADMIN}),
    "change_calendar": frozenset({Role.ADMIN}),
    "read_audit": frozenset({Role.AUDITOR, Role.ADMIN, Role.COUNTY_LEAD}),
}


def duty_for(who: Officer, action: str, division_code: str, among: Iterable[str] | None = None) -> Held | None:
    """The duty by which somebody may do that on that ground; `among` narrows the roles to those a process names."""
    roles = _roles(action, among)
    return next((held for held in who.duties if held.role in roles and held.covers(division_code)), None)


def role_for(who: Officer, action: str, division_code: str, among: Iterable[str] | None = None) -> str:
    """In which role somebody does that on that ground; empty where he may not."""
    held = duty_for(who, action, division_code, among)
    return held.role if held else ""


def why_not(who: Officer, action: str, division_code: str, among: Iterable[str] | None = None) -> Refusal | None:
    """Why somebody may not do that on that ground; None: he may."""
    if duty_for(who, action, division_code, among):
        return None
    if who.holds(*_roles(action, among)):
        return NotAllowed("This lies outside your area.")
    return NotAllowed("Your duty does not include this.")


def why_not_anywhere(who: Officer, action: str) -> Refusal | None:
    """Why somebody may not do what concerns no ground, but the whole installation; None: he may."""
    return None if who.holds(*MAY[action]) else NotAllowed("Your duty does not include this.")


def _roles(action: str, among: Iterable[str] | None) -> frozenset[str]:
    return MAY[action] if among is None else MAY[action] & frozenset(among)


def demand(refusal: Refusal | None) -> None:
    """Raise the refusal, if there is one."""
    if refusal is not None:
        raise refusal


def covers(who: Officer, division_code: str, roles: Iterable[str] = READERS) -> bool:
    """Whether some duty of these roles reaches that ground."""
    wanted = frozenset(roles)
    return any(held.role in wanted and held.covers(division_code) for held in who.duties)
