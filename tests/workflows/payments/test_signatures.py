"""PY-10, PY-11, PY-12: who may sign what, in which order, with which money."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from workflows.errors import Conflict, NotAllowed
from workflows.payments import funds
from workflows.payments.roster import rosters, signatures
from workflows.payments.refusals import OutOfOrder, SamePerson, ShortOfFunds
from workflows.payments.tables import CycleState, LineState

NOW = datetime(2024, 5, 27, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
COUNTY, TOWN = "990101", "990101001"


def test_the_maker_never_signs(county: Any) -> None:
    county.grant(1)
    cycle, _ = county.roster()
    both = county.person("又制又审", "COUNTY_LEAD")
    object.__setattr__(both, "duties", (*both.duties, *county.maker.duties))
    roster = rosters.make(county.session, cycle, both, NOW)
    county.sign(cycle, up_to=1)
    with pytest.raises(SamePerson):
        signatures.sign(county.session, roster, 2, COUNTY, both, "agree", "", NOW)


def test_whoever_submitted_it_counts_as_its_maker(county: Any) -> None:
    county.grant(1)
    cycle, roster = county.roster()
    both = county.person("又报又审", "COUNTY_LEAD")
    object.__setattr__(both, "duties", (*both.duties, *county.maker.duties))
    signatures.sign(county.session, roster, 0, COUNTY, both, "agree", "", NOW)
    county.sign(cycle, up_to=1)
    with pytest.raises(SamePerson):
        signatures.sign(county.session, roster, 2, COUNTY, both, "agree", "", NOW)


def test_who_edited_a_line_signs_no_level_though_another_edited_later(county: Any) -> None:
    county.money()
    county.grant(1)
    cycle, _ = county.roster()
    both = county.person("又改又审", "COUNTY_LEAD")
    object.__setattr__(both, "duties", (*both.duties, *county.maker.duties))
    line = rosters.lines(county.session, cycle)[0]
    rosters.change_line(county.session, line, rosters.Edit(50_000), "更正", both, NOW)
    roster = rosters.change_line(county.session, line, rosters.Edit(60_000), "改回", county.maker, NOW)
    county.sign(cycle, up_to=1)
    with pytest.raises(SamePerson):
        signatures.sign(county.session, roster, 2, COUNTY, both, "agree", "", NOW)


def test_a_reviewer_who_holds_a_line_still_signs(county: Any) -> None:
    county.money()
    county.grant(1)
    county.grant(2)
    cycle, _ = county.roster()
    lead = county.town_leads[TOWN]
    roster = rosters.hold(county.session, [county.lines(cycle)["H00002"]], "待核实", lead, NOW)
    assert signatures.sign(county.session, roster, 1, TOWN, lead, "agree", "", NOW).person_id == lead.id


def test_one_person_signs_one_level(county: Any) -> None:
    county.grant(1)
    cycle, roster = county.roster()
    town_lead = county.town_leads[TOWN]
    object.__setattr__(town_lead, "duties", (*town_lead.duties, *county.lead.duties))
    county.sign(cycle, up_to=1)
    with pytest.raises(SamePerson):
        signatures.sign(county.session, roster, 2, COUNTY, town_lead, "agree", "", NOW)


def test_the_county_waits_for_every_township(county: Any) -> None:
    county.grant(1)
    county.grant(2, village="990101002001")
    _, roster = county.roster()
    signatures.sign(county.session, roster, 1, TOWN, county.town_leads[TOWN], "agree", "", NOW)
    with pytest.raises(OutOfOrder):
        signatures.sign(county.session, roster, 2, COUNTY, county.lead, "agree", "", NOW)
    assert signatures.missing(county.session, roster, 1) == ["990101002"]


def test_a_township_signs_its_own_ground_only_and_once(county: Any) -> None:
    county.grant(1)
    _, roster = county.roster()
    with pytest.raises(NotAllowed):
        signatures.sign(county.session, roster, 1, TOWN, county.town_leads["990101002"], "agree", "", NOW)
    signatures.sign(county.session, roster, 1, TOWN, county.town_leads[TOWN], "agree", "", NOW)
    with pytest.raises(Conflict, match="signed already"):
        signatures.sign(county.session, roster, 1, TOWN, county.town_leads[TOWN], "agree", "", NOW)


def test_the_missing_350_yuan_are_named_and_nothing_is_dropped(county: Any) -> None:
    for n in range(1, 101):
        county.grant(n, 600)
    county.grant(101, 350)
    county.money("01", 50_000)
    county.money("03", 10_000)
    cycle, roster = county.roster()
    assert roster.total_fen == 6_035_000
    county.sign(cycle, up_to=2)
    with pytest.raises(ShortOfFunds, match=r"350\.00 yuan short of 60350\.00"):
        signatures.sign(county.session, roster, 3, COUNTY, county.finance, "agree", "", NOW)
    assert signatures.missing(county.session, roster, 3) == [COUNTY]
    county.money("05", 350)
    signatures.sign(county.session, roster, 3, COUNTY, county.finance, "agree", "", NOW)
    signatures.approve(county.session, roster, NOW)
    assert {s: funds.balance(county.session, f"reserved:{s}") for s in ("01", "03", "05")} == {
        "01": 5_000_000, "03": 1_000_000, "05": 35_000}
    lines = rosters.lines(county.session, cycle)
    assert all(sum(line.funding.values()) == line.total_fen for line in lines)
    assert {line.state for line in lines} == {LineState.APPROVED}


def test_a_line_draws_on_its_own_source_first(county: Any) -> None:
    county.grant(1, 600, fund_source="05")
    county.grant(2, 600)
    county.money("01", 1_000)
    county.money("05", 1_000)
    lines = county.lines(county.approved())
    assert (lines["H00001"].funding, lines["H00002"].funding) == ({"05": 60_000}, {"01": 60_000})


def test_a_return_voids_what_was_signed_and_gives_it_back_to_the_maker(county: Any) -> None:
    county.grant(1)
    cycle, roster = county.roster()
    cycle.state = CycleState.REVIEW
    county.sign(cycle, up_to=1)
    signatures.sign(county.session, roster, 2, COUNTY, county.lead, "return", "金额有误", NOW)
    signatures.send_back(county.session, roster, NOW)
    assert cycle.state == CycleState.DRAFT
    assert signatures.valid(county.session, roster) == []


def test_approval_without_three_levels_is_refused(county: Any) -> None:
    county.money()
    county.grant(1)
    cycle, roster = county.roster()
    county.sign(cycle, up_to=2)
    with pytest.raises(OutOfOrder):
        signatures.approve(county.session, roster, NOW)


def test_a_line_changed_behind_the_rosters_back_is_noticed(county: Any) -> None:
    county.grant(1)
    cycle, roster = county.roster()
    rosters.lines(county.session, cycle)[0].base_fen = 1
    with pytest.raises(Conflict, match="differ"):
        signatures.sign(county.session, roster, 1, TOWN, county.town_leads[TOWN], "agree", "", NOW)
