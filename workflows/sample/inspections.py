"""The sample county's annual inspection: this year's list frozen, every case open, one report handed in."""

from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from workflows.cases import decisions
from workflows.cases.tables import Case, WorkItem, WorkState
from workflows.inspections import campaigns
from workflows.office import people
from workflows.records.types import stored
from workflows.sample.places import COUNTY

REGISTRAR, MARCH = "reg.auth", 3
NOTHING = ("debts_open_fen", "debts_fen", "income_donation_fen", "income_service_fen", "income_grant_fen", "income_other_fen",
           "expense_management_fen", "expense_fundraising_fen", "expense_other_fen")


def load(session: Session, now: datetime) -> None:
    """The campaign as it was begun in March; where it is there already, nothing."""
    begun = datetime(now.year if now.month > MARCH else now.year - 1, MARCH, 2, 9, 0, tzinfo=now.tzinfo)
    if campaigns.campaign(session, begun.year, COUNTY):
        return
    who = people.by_login(session, REGISTRAR)
    made = campaigns.freeze(session, begun.year, COUNTY, who, begun)
    campaigns.open_cases(session, made, who, begun)
    session.flush()
    item = session.exec(select(WorkItem).join(Case, col(Case.id) == col(WorkItem.case_id)).where(
        Case.process == campaigns.PROCESS, WorkItem.state == WorkState.OPEN, WorkItem.node == "fill_report").order_by(col(WorkItem.id))).first()
    if item:
        case, day = session.get_one(Case, item.case_id), begun + timedelta(days=18)
        decisions.complete(session, stored(item.id), {**decisions.initial(session, item, case, who, day), **_report()}, who, day)


def _report() -> dict[str, object]:
    """An association that held its meetings and lived on its dues."""
    return {
        "congress_meetings": "0", "board_meetings": "0", "full_time": "2", "part_time": "4", "contracts": "2",
        "leaders": [{"name": "余光明", "post": "会长", "age": "58"}], "party_form": "joint", "party_members": "4",
        "assets_open_fen": "60000", "assets_fen": "64000", "net_open_yuan": "60000", "net_yuan": "64000",
        "income_dues_fen": "30000", "expense_business_fen": "26000", **dict.fromkeys(NOTHING, "0"),
        "cash_open_fen": "50000", "cash_close_fen": "54000", "cash_operating_yuan": "4000", "cash_investing_yuan": "0",
        "cash_financing_yuan": "0", "audit_opinion": "none", "signed": True, "sealed": True,
    }
