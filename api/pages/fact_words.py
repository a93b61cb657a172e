"""What computed facts and their parts are called; what a form asked for brings its own words."""

from bpmn.message import Message

FACTS = {"application": Message("Application"), "means": Message("Means"), "decision": Message("Decision"),
         "approved_on": Message("Approved on"), "complaint": Message("Complaint")}
PARTS = {
    "people": Message("Persons protected"), "income_month_fen": Message("Household's monthly income"),
    "per_capita_fen": Message("Monthly income per person"), "standard_fen": Message("Protection standard"),
    "property_ok": Message("Property within the rules"), "eligible": Message("Eligible"), "reason": Message("Reason"),
    "marginal": Message("Marginal household"), "amount_fen": Message("Basic allowance"),
    "supplement_fen": Message("Category supplement"), "total_fen": Message("Proposed monthly allowance"),
    "number": Message("Number"), "decided_on": Message("Decided on"),
}
