"""What the pages of inspections call things, and on whose ground somebody reads them."""

from api.desk import Desk
from bpmn.message import Message, Term
from workflows.office import permissions
from workflows.office.permissions import MAY
from workflows.registers import declared

STATES = {"not_opened": Message("Case not opened"), "not_begun": Message("Report not handed in"), "with_unit": Message("With the supervising unit"),
          "supplementing": Message("To supplement"), "with_registrar": Message("With the registrar"), "rectifying": Message("To rectify"),
          "listing": Message("To be listed"), "missed": Message("Did not take part"), "done": Message("Done")}
TONES = {"done": "green", "missed": "red", "listing": "red", "rectifying": "amber", "supplementing": "amber"}
LATENESS = {"overdue": Message("Overdue now"), "late": Message("Handed in late")}
EVERY = {"kind": Message("All types"), "unit": Message("All supervising units"), "desk": Message("All persons")}
COLUMNS = {**STATES, **LATENESS}
CONCLUSIONS = {"qualified": Message("Qualified"), "basic": Message("Basically qualified"), "unqualified": Message("Not qualified")}
DESKS = {"REG_AUTH": Message("Registrar, nobody yet"), "SUPERVISING_UNIT": Message("Supervising unit, nobody yet"),
         "COUNTY_LEAD": Message("Leader, nobody yet")}
RESULTS = {"none": Message("No problem found"), "rectify": Message("Ordered to rectify"), "file": Message("Penalty case opened"),
           "unreachable": Message("Unreachable")}
CAUSES = "abnormal_list", "cause"


def ground(desk: Desk) -> str:
    """The ground of the duty by which the person may read; refused to whoever has none."""
    permissions.demand(permissions.why_not_anywhere(desk.officer, "read_inspections"))
    return next(held.division_code for held in desk.officer.duties if held.role in MAY["read_inspections"])


def may(desk: Desk, action: str, division: str) -> bool:
    """Whether the reader may do that there."""
    return permissions.why_not(desk.officer, action, division) is None


def choices(register: str, field: str) -> dict[str, Term]:
    """What the values of a register's field are called."""
    found = next(one for one in declared.named(register).fields if one.key == field)
    return {value: Term(*said) for value, said in found.values.items()}


def called(code: str) -> Message | Term | str:
    """A type, state, desk or conclusion in words; a name as it is."""
    named: dict[str, Message | Term] = {**choices("organisation", "kind"), **COLUMNS, **CONCLUSIONS, **DESKS}
    return named.get(code) or code
