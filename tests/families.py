"""Families that apply: as many as a test needs, each with its own valid ID numbers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from workflows.cases import attachments
from workflows.office.people import Officer
from workflows.scenarios.bureau import PICTURE

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def with_photo(session: Session, given: Mapping[str, Any], who: Officer, now: datetime) -> dict[str, Any]:
    """Whoever confirms a posting hands in a photo of it."""
    photo = {"photos": [attachments.stage(session, "公开栏.png", PICTURE, who.id, now).token]} if "posted_by" in given else {}
    return {**given, **photo}


def id_number(born: str, sequence: int, region: str = "990101") -> str:
    """A number with its check digit (GB 11643)."""
    body = f"{region}{born}{sequence:03d}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, WEIGHTS, strict=True)) % 11]


def application(number: int = 0, *, division: str = "990101001001", **changes: Any) -> dict[str, Any]:
    """DB-1's family, or the `number`th like it: 600 yuan a month."""
    day = 1 + number % 28
    year = 1960 + number // 28 % 40
    head, wife = id_number(f"{year}01{day:02d}", 1 + number // 1120), id_number(f"{year}03{day:02d}", 2 + number // 1120)
    child = id_number(f"20120{1 + number // 28 % 9}{day:02d}", 3 + number // 252)
    member = {"health": "healthy", "work_ability": "full", "living_together": True}
    return {
        "protection_category": "urban", "applicant_name": "王建国", "applicant_id_number": head,
        "registered_division": division, "registered_address": "解放路12号", "residence_address": "解放路12号",
        "phone": "13800138000", "reasons": ["illness"], "near_relative": "no", "account_holder": "王建国",
        "account_number": "6228480012345678903", "bank_code": "ABC", "promise": True,
        "members": [
            {**member, "name": "王建国", "id_number": head, "relation": "self", "authorised": True},
            {**member, "name": "李秀兰", "id_number": wife, "relation": "spouse", "authorised": True},
            {**member, "name": "王小明", "id_number": child, "relation": "child", "work_ability": "none"},
        ],
        "incomes": [{"member": "王建国", "kind": "wage", "amount": "900", "months": "1"},
                    {"member": "李秀兰", "kind": "wage", "amount": "600", "months": "1"}],
        **changes,
    }


# What each step's officer answers on the normal way of DB-1, by element id.
NORMAL: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("town_clerk1", "review_materials", {"outcome": "accept"}),
    ("town_clerk1", "home_visit", {
        "visited_at": "2024-03-04T10:00", "respondent": "王建国", "surveyors": [{"name": "张伟"}, {"name": "何芳"}],
        "findings": "收入与申报一致", "conclusion": "情况属实", "household_signed": True,
        "incomes": [{"member": "王建国", "kind": "wage", "amount": "900", "months": "1"},
                    {"member": "李秀兰", "kind": "wage", "amount": "600", "months": "1"}]}),
    ("check_org1", "data_check", {
        "queried_on": "2024-03-04", "authorisation_number": "SQ-1", "conclusion": "consistent",
        "sources": [{"source": "tax", "result": "none"}]}),
    ("town_clerk1", "draft_opinion", {"outcome": "grant", "opinion": "拟按月补差 600 元"}),
    ("town_lead1", "sign_opinion", {"outcome": "agree", "opinion": "同意"}),
    ("village1", "confirm_posting", {"posted_on": "2024-03-04", "place": "公开栏", "posted_by": "张贴员"}),
)
