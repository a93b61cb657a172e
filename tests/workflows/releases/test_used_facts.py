"""Which facts the rest of a process still needs."""

from datetime import datetime

from workflows import releases
from workflows.records.types import CHINA

from .conftest import SAMPLE

NOW = datetime(2026, 3, 2, 12, tzinfo=CHINA)


def used(session, *nodes):
    published = releases.load(session, releases.publish(session, "aid", NOW, SAMPLE).id)
    return releases.used_facts(published, nodes)


def test_what_is_read_before_it_is_written_is_needed(session):
    assert used(session, "applied") == {"application"}
    assert used(session, "rate") == {"application", "visit"}
    assert used(session, "ask_neighbours") == {"application", "visit"}     # its other branch is elsewhere


def test_what_is_written_ahead_before_it_is_read_is_not_needed(session):
    assert used(session, "decide") == {"application", "award", "means"}     # and a new survey reads the application
    assert used(session, "outcome") == {"application", "decide", "means"}


def test_several_places_need_what_each_of_them_needs(session):
    assert used(session, "issue_decision", "remind") == {"application", "means"}    # of which its paper is made
    assert used(session, "issue_decision", "outcome") == {"application", "decide", "means"}


def test_the_needs_go_through_called_processes(session):
    assert used(session, "post") == {"application", "means"}


SURVEYED = {"home_visit", "resurvey"}    # of which the register of households takes the incomes


def test_what_an_effect_cannot_do_without_is_needed(session):
    published = releases.load(session, releases.publish(session, "dibao", NOW).id)
    assert releases.used_facts(published, ["grant_entitlement"]) == {"application", "means", "decision", "town_decision", *SURVEYED}
    assert "decision" not in releases.used_facts(published, ["issue_decision"])
    assert {"means", "home_visit"} <= releases.used_facts(published, ["draft_opinion"])
    assert "means" not in releases.used_facts(published, ["home_visit"])
