"""Dibao's ways through the drawing, walked with the pure engine: facts by hand, no database."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import bpmn.loader
from workflows import engine

MORNING = datetime(2024, 3, 4, 9, tzinfo=ZoneInfo("Asia/Shanghai"))
RULES: dict[str, Any] = {"standard": {"urban": 70000, "rural": 540000}, "marginal_ratio": 1.5,
                         "rounding": "up_to_yuan", "renotice": False}
APPLICATION: dict[str, Any] = {
    "protection_category": "urban", "promise": True, "near_relative": "no", "has_agent": False,
    "account_holder": "王建国", "account_number": "6228480012345678901", "bank_code": "ABC",
    "members": [{"name": name, "age": age, "living_together": True, "authorised": True, "health": "healthy"}
                for name, age in (("王建国", 44), ("李秀兰", 42), ("王小明", 11))],
    "incomes": [{"member": "王建国", "kind": "wage", "amount": 150000, "months": 1}],
}
ACCEPTED = ["receipt", "acceptance_notice", "check_request"]
CONSISTENT = {"conclusion": "consistent"}


class Walk:
    """A dibao case in the pure engine; machines' tasks are done at once, as the domain does them."""

    def __init__(self, **application: Any) -> None:
        files = bpmn.loader.files("dibao")
        self.drawing = engine.parse(bpmn.loader.drawings(files), "dibao")
        self.now = MORNING
        self.papers: list[str] = []
        self.visited: list[str] = []
        self.effects: list[str] = []
        self.facts: dict[str, Any] = {
            "application": {**APPLICATION, **application}, "rules": RULES, "notice": None,
            "clocks": {"correction": {"due_at": MORNING + timedelta(days=21)}},
        }
        self._take(engine.start(self.drawing, self.facts, self.now))

    def _take(self, move: engine.Move) -> None:
        self.move = move
        self.facts |= move.facts
        self.visited += [visit.node for visit in move.visits if visit.what == "completed"]
        machine = next((place for place in move.waiting if place.kind == "service"), None)
        if machine:
            self._effect(machine.node)
            self._take(engine.complete(self.drawing, move.state, machine.token, self.facts, self.now))

    def _effect(self, node: engine.Node) -> None:
        self.effects.append(node.topic or "")
        if node.topic == "issue_document":
            self.papers.append(node.properties["document"])
        if node.topic == "start_notice":
            self.facts["notice"] = {"posted_on": self.now.date(), "ends_at": self.now + timedelta(days=8),
                                    "objections": 0, "open_objections": 0, "result": "undisputed"}

    def done(self, node: str, fact: str = "", **answers: Any) -> "Walk":
        self.facts[fact or node] = answers
        return self._act(engine.complete, node)

    def fire(self, node: str, days: int = 0) -> "Walk":
        self.now += timedelta(days=days)
        return self._act(engine.fire, node)

    def object(self) -> "Walk":
        self.facts["notice"] |= {"objections": 1, "open_objections": 1, "result": "objected"}
        if "objection_received" in self.waits:
            self._take(engine.tell(self.drawing, self.move.state, "objection", self.facts, self.now))
        return self

    def answer(self) -> "Walk":
        self.facts["notice"] |= {"open_objections": 0, "result": "undisputed"}
        return self.done("resurvey", method="resurvey", incomes=APPLICATION["incomes"])

    def _act(self, act: Any, node: str) -> "Walk":
        token = next(place.token for place in self.move.waiting if place.node.id == node)
        self._take(act(self.drawing, self.move.state, token, self.facts, self.now))
        return self

    @property
    def waits(self) -> list[str]:
        return sorted(place.node.id for place in self.move.waiting)

    def accepted(self) -> "Walk":
        return self.done("review_materials", outcome="accept")

    def surveyed(self) -> "Walk":
        self.done("home_visit", incomes=APPLICATION["incomes"], deductions=[])
        return self.done("data_check", **CONSISTENT)

    def opinion(self, outcome: str = "grant") -> "Walk":
        return self.done("draft_opinion", outcome=outcome).done("sign_opinion", outcome="agree")

    def at_county(self) -> "Walk":
        self.accepted().surveyed().opinion().done("confirm_posting")
        return self.fire("notice_ends", days=8).done("report_to_county")


@pytest.fixture
def walk():
    return Walk()


def test_a_case_is_granted(walk):
    walk.at_county().done("county_review", outcome="confirm").done("county_decision", outcome="confirm")
    assert walk.move.ended == "confirmed"
    assert walk.facts["means"]["total_fen"] == 60000
    assert walk.papers == [*ACCEPTED, "survey_form", "check_report", "preliminary_opinion", "report_form", "decision", "certificate"]
    assert [name for name in walk.effects if name != "issue_document"][-2:] == ["grant_entitlement", "enter_register"]


def test_survey_and_check_go_on_side_by_side(walk):
    assert walk.accepted().waits == ["data_check", "home_visit"]
    assert walk.done("data_check", **CONSISTENT).waits == ["home_visit"]
    assert walk.done("home_visit").waits == ["draft_opinion"]


def test_an_inconsistent_check_is_told_and_may_be_rebutted(walk):
    walk.accepted().done("home_visit").done("data_check", conclusion="inconsistent")
    assert walk.papers[-1] == "check_result_notice"
    walk.done("check_rebuttal", recheck_result="explained")
    assert walk.waits == ["draft_opinion"]
    assert walk.facts["means"]["property_ok"] is True


def test_a_refusal_is_not_put_on_notice_and_is_served(walk):
    walk.accepted().surveyed().opinion("refuse").done("report_to_county")
    walk.done("county_review", outcome="refuse").done("county_decision", outcome="refuse")
    assert walk.waits == ["serve_refusal"]
    walk.done("serve_refusal")
    assert walk.move.ended == "refused"
    assert "public_notice" not in walk.visited
    assert walk.papers[-1] == "refusal_notice"


def test_materials_are_supplemented_and_listed_anew():
    walk = Walk(promise=False)
    assert walk.facts["materials"] == ["真实性承诺书：申请人尚未签署"]
    walk.done("review_materials", outcome="supplement")
    assert walk.waits == ["correction_lapsed", "supplement_materials"]
    walk.done("supplement_materials", fact="application", **APPLICATION)
    assert walk.facts["materials"] == []
    assert walk.waits == ["review_materials"]


def test_a_draft_that_is_not_supplemented_is_closed(walk):
    walk.done("review_materials", outcome="supplement").fire("correction_lapsed", days=21)
    assert (walk.move.ended, walk.waits) == ("draft_closed", [])


def test_a_matter_of_another_place_is_not_accepted(walk):
    walk.done("review_materials", outcome="not_accepted")
    assert (walk.move.ended, walk.papers) == ("not_accepted", ["receipt", "not_accepted_notice"])


def test_without_a_clear_outcome_nothing_is_accepted_agreed_or_confirmed(walk):
    assert walk.done("review_materials").waits == ["correction_lapsed", "supplement_materials"]
    walk.done("supplement_materials", fact="application", **APPLICATION).accepted().surveyed()
    walk.done("draft_opinion", outcome="grant").done("sign_opinion")
    assert walk.waits == ["draft_opinion"]
    walk.opinion().done("confirm_posting").fire("notice_ends", days=8).done("report_to_county")
    assert walk.done("county_review").done("county_decision").waits == ["county_review"]


def test_an_opinion_that_is_returned_is_drafted_again(walk):
    walk.accepted().surveyed().done("draft_opinion", outcome="grant").done("sign_opinion", outcome="return")
    assert walk.waits == ["draft_opinion"]
    assert walk.papers == ACCEPTED


def test_an_objection_ends_the_notice_and_calls_for_a_new_survey(walk):
    walk.accepted().surveyed().opinion().done("confirm_posting").object()
    assert walk.waits == ["resurvey"]
    walk.answer()
    assert walk.waits == ["draft_opinion"]
    assert walk.opinion().waits == ["await_notice_end"]
    assert walk.fire("await_notice_end", days=8).waits == ["report_to_county"]


def test_a_second_objection_before_the_notice_ends_is_surveyed_too(walk):
    walk.accepted().surveyed().opinion().done("confirm_posting").object().answer().opinion().object()
    assert walk.fire("await_notice_end", days=8).waits == ["resurvey"]
    walk.answer().opinion()
    assert walk.fire("await_notice_end").waits == ["report_to_county"]
    assert walk.visited.count("resurvey") == 2


def test_where_the_place_wants_it_a_new_opinion_is_put_on_notice_again(walk):
    walk.facts["rules"] = {**RULES, "renotice": True}
    walk.accepted().surveyed().opinion().done("confirm_posting").object().answer().opinion()
    assert walk.waits == ["confirm_posting"]
    walk.done("confirm_posting").object()
    assert walk.waits == ["resurvey"]


def test_after_a_return_without_an_objection_no_second_notice_is_posted(walk):
    walk.facts["rules"] = {**RULES, "renotice": True}
    walk.at_county().done("county_review", outcome="return")
    assert walk.opinion().fire("await_notice_end").waits == ["report_to_county"]


def test_a_returned_file_may_be_surveyed_again(walk):
    walk.at_county().done("county_review", outcome="return").done("draft_opinion", outcome="resurvey")
    assert walk.waits == ["resurvey"]
    assert walk.answer().waits == ["draft_opinion"]


def test_the_county_visits_and_reviews_again(walk):
    walk.at_county().done("county_review", outcome="visit")
    assert walk.waits == ["county_visit"]
    assert walk.done("county_visit").waits == ["county_review"]


def test_the_county_returns_the_case_to_the_township(walk):
    walk.at_county().done("county_review", outcome="return")
    assert walk.waits == ["draft_opinion"]
    assert walk.opinion().fire("await_notice_end").waits == ["report_to_county"]


def test_the_county_s_head_returns_the_case_to_the_review(walk):
    walk.at_county().done("county_review", outcome="confirm").done("county_decision", outcome="return")
    assert walk.waits == ["county_review"]


def test_a_new_survey_changes_what_is_computed(walk):
    walk.accepted().surveyed().opinion().done("confirm_posting").object()
    shop = [{"member": "王建国", "kind": "business", "amount": 300000, "months": 1}]
    walk.done("resurvey", incomes=shop)
    assert walk.facts["means"]["eligible"] is False
    assert walk.opinion("refuse").waits == ["report_to_county"]


def test_a_long_quarrel_stays_quick(walk):
    walk.accepted().surveyed().opinion().done("confirm_posting").object()
    for _ in range(40):
        walk.answer().opinion().object().fire("await_notice_end", days=8)
    assert walk.waits == ["resurvey"]
    assert len(walk.move.state) < 5000
