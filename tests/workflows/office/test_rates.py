"""Dated law: which value holds where and when, and what a rates file may not say."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest
from sqlmodel import Session

from workflows.errors import Invalid, NotAllowed, NotFound
from workflows.office import rates
from workflows.office.people import Officer
from workflows.office.tables import LocalRate
from workflows.records import audit

COUNTY, TOWN = "990101", "990101001"
DAY = date(2024, 3, 4)

ROW = '[[rate]]\ncode = "x.limit.total"\ntitle = "t"\nvalue = 30\nunit = "WD"\nfrom = 2024-01-01\nsource = "s"\nsure = "read"\n'


def test_the_laws_limits_are_shipped(session: Session) -> None:
    rules = rates.in_force(session, "dibao", DAY, COUNTY)
    assert rules["limit"] == {"total": 30, "total_extended": 45, "total_delegated": 20, "survey_start": 3,
                              "check_start": 3, "county_review": 10, "refusal_notice": 3, "correction": 15,
                              "rebuttal": 5}
    assert rules["marginal_ratio"] == Decimal("1.5")
    assert (rules["notice_days"], rules["notice_unit"], rules["renotice"]) == (7, "CD", False)


def test_a_local_standard_holds_on_its_ground_only(session: Session) -> None:
    assert rates.value(session, "dibao.standard.urban", DAY, TOWN) == 70_000
    with pytest.raises(rates.NotInForce):
        rates.value(session, "dibao.standard.urban", DAY, "430621")


def test_a_standard_missing_for_the_date_blocks(session: Session) -> None:
    with pytest.raises(rates.NotInForce, match=r"dibao\.standard\.rural"):
        rates.value(session, "dibao.standard.rural", date(2023, 12, 31), COUNTY)
    rules = rates.in_force(session, "dibao", date(2023, 12, 31), COUNTY)
    assert rules["standard"] == {"urban": None, "rural": None}


def test_the_months_of_a_gradual_exit_are_law_since_october_2022(session: Session) -> None:
    assert rates.in_force(session, "dibao", date(2022, 10, 19), "")["exit_months_max"] is None
    assert rates.value(session, "dibao.exit_months_max", date(2022, 10, 20)) == 6


def test_a_rule_that_is_another_matter_s_has_one_value_under_both_names(session: Session, officer: Callable[[str], Officer],
                                                                       now: datetime) -> None:
    assert rates.value(session, "emergency_relief.standard.urban", DAY, TOWN) == rates.value(session, "dibao.standard.urban", DAY, TOWN)
    assert rates.in_force(session, "emergency_relief", DAY, TOWN)["standard"] == {"urban": 70_000, "rural": 540_000}
    rates.set_local(session, "emergency_relief.standard.urban", 72_000, scope=COUNTY, valid_from=DAY, source="新标准", who=officer("county_lead1"), now=now)
    assert rates.value(session, "dibao.standard.urban", DAY, TOWN) == 72_000
    assert rates.in_force(session, "temporary_relief", DAY, TOWN)["standard"]["urban"] == 72_000


def test_a_name_for_another_s_rule_says_whose_it_is() -> None:
    with pytest.raises(Invalid):
        rates.parse('[[same_as]]\ncode = "x.standard"\ntitle = "t"\nunit = "fen"\n')


def test_every_value_knows_its_source(session: Session) -> None:
    assert "第二十二条" in rates.explain(session, "dibao.limit.total", DAY).source
    assert rates.explain(session, "dibao.standard.urban", DAY, COUNTY).local


def test_the_nearest_place_wins_then_the_latest_day(session: Session, officer: Callable[[str], Officer],
                                                    now: datetime) -> None:
    admin = officer("admin1")
    for scope, start, value in ((TOWN, date(2024, 1, 1), 72_000), (COUNTY, date(2024, 7, 1), 73_000)):
        rates.set_local(session, "dibao.standard.urban", value, scope=scope, valid_from=start, source="文件",
                        who=admin, now=now)
    assert rates.value(session, "dibao.standard.urban", date(2024, 8, 1), f"{TOWN}001") == 72_000
    assert rates.value(session, "dibao.standard.urban", date(2024, 8, 1), "990101002") == 73_000
    assert rates.value(session, "dibao.standard.urban", date(2024, 6, 30), "990101002") == 70_000


def test_a_value_with_an_end_gives_way_to_the_one_before(session: Session, officer: Callable[[str], Officer],
                                                         now: datetime) -> None:
    rates.set_local(session, "dibao.notice_days", 5, scope=COUNTY, valid_from=date(2024, 2, 1),
                    valid_to=date(2024, 2, 29), source="应急通知", who=officer("county_lead1"), now=now)
    assert rates.value(session, "dibao.notice_days", date(2024, 2, 29), TOWN) == 5
    assert rates.value(session, "dibao.notice_days", date(2024, 3, 1), TOWN) == 7


def test_setting_a_value_is_audited_and_a_decimal_stays_exact(session: Session, officer: Callable[[str], Officer],
                                                             now: datetime) -> None:
    for ratio in (Decimal("1.7"), Decimal("1.8")):
        rates.set_local(session, "dibao.marginal_ratio", ratio, scope=COUNTY, valid_from=DAY, source="文件",
                        who=officer("admin1"), now=now)
    assert rates.value(session, "dibao.marginal_ratio", DAY, COUNTY) == Decimal("1.8")
    first, second = audit.events(session, "office")
    assert (first.action, second.before["value"], second.after["value"]) == ("rate.set", 1.7, 1.8)
    assert audit.broken_at(session, "office") is None


@pytest.mark.parametrize(("code", "value", "unit", "source"), [
    ("dibao.standard.urban", "700", "", "文件"),
    ("dibao.standard.urban", -1, "", "文件"),
    ("dibao.standard.urban", True, "", "文件"),
    ("dibao.standard.urban", 70_000, "fen/YEAR", "文件"),
    ("dibao.standard.urban", 70_000, "", " "),
    ("dibao.notice_unit", "WEEK", "", "文件"),
])
def test_a_wrong_value_is_not_set(session: Session, officer: Callable[[str], Officer], now: datetime, code: str,
                                  value: object, unit: str, source: str) -> None:
    with pytest.raises(Invalid):
        rates.set_local(session, code, value, scope=COUNTY, valid_from=DAY, source=source, unit=unit,
                        who=officer("admin1"), now=now)


def test_who_may_set_rules_and_where(session: Session, officer: Callable[[str], Officer], now: datetime) -> None:
    for login, scope in (("town_lead1", TOWN), ("auditor1", COUNTY), ("admin1", "430621"), ("admin1", "")):
        with pytest.raises(NotAllowed):
            rates.set_local(session, "dibao.notice_days", 9, scope=scope, valid_from=DAY, source="文件",
                            who=officer(login), now=now)


def test_unknown_rules_are_not_found(session: Session, officer: Callable[[str], Officer], now: datetime) -> None:
    with pytest.raises(NotFound):
        rates.value(session, "dibao.nothing", DAY)
    with pytest.raises(NotFound):
        rates.set_local(session, "dibao.nothing", 1, scope=COUNTY, valid_from=DAY, source="x", who=officer("admin1"),
                        now=now)


def test_an_end_before_the_beginning_is_refused(session: Session, officer: Callable[[str], Officer],
                                                now: datetime) -> None:
    with pytest.raises(Invalid):
        rates.set_local(session, "dibao.notice_days", 5, scope=COUNTY, valid_from=DAY, valid_to=date(2024, 3, 3),
                        source="x", who=officer("admin1"), now=now)


def test_people_can_look_through_all_values_and_titles(session: Session) -> None:
    session.add(LocalRate(code="dibao.notice_days", scope=COUNTY, value=5, unit="days", valid_from=DAY, source="x"))
    session.flush()
    assert [rate.value for rate in rates.known(session, "dibao", COUNTY) if rate.code == "dibao.notice_days"] == [7, 5]
    assert {rule.code for rule in rates.rules("dibao")} >= {"dibao.standard.urban", "dibao.limit.total"}
    assert all(rule.title for rule in rates.rules("dibao"))


@pytest.mark.parametrize(("text", "why"), [
    (ROW.replace('source = "s"', ""), "document"),
    (ROW.replace('source = "s"', 'source = " "'), "document"),
    (ROW + ROW.replace("2024-01-01", "2025-01-01"), "Two values"),
    (ROW + ROW, "Two values"),
    (ROW.replace("x.limit.total", "x.limit.in"), "not a name"),
    (ROW.replace("x.limit.total", "x.limit.a-b"), "not a name"),
    (ROW.replace("x.limit.total", "x"), "not a name"),
    (ROW + ROW.replace("x.limit.total", "x.limit"), "below"),
    (ROW.replace("30", '"thirty"'), "not a value"),
    (ROW.replace("30", "-30"), "not a value"),
    (ROW.replace("2024-01-01", '"2024"'), "days"),
    (ROW + "to = 2023-01-01\n", "before"),
    (ROW + 'scope = "43062"\n', "scope"),
    (ROW.replace("value = 30\n", ""), "Missing"),
    (ROW + 'choices = [10]\n', "not a value"),
    (ROW + "to = 2024-12-31\n" + ROW.replace("2024-01-01", "2025-01-01").replace("WD", "CD"), "set in"),
    ('[[left_to_place]]\ncode = "x.y"\n', "left to the place"),
    ('[[left_to_place]]\ncode = "x.y"\nunit = "WD"\ntitle = "t"\nfrom = 2024-01-01\nsure = "local"\n', "document"),
    (ROW.replace('sure = "read"\n', ""), "how sure"),
    (ROW.replace('"read"', '"certain"'), "how sure"),
    ("[[rate]\n", "can't be read"),
])
def test_a_bad_rates_file_is_refused(text: str, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        rates.parse(text)
    assert any(why in str(error.message) for error in refused.value.errors) or why in str(refused.value)


def test_values_that_follow_each_other_or_hold_elsewhere_do_not_overlap() -> None:
    parsed = rates.parse(ROW + "to = 2024-12-31\n" + ROW.replace("2024-01-01", "2025-01-01")
                         + ROW + 'scope = "43"\n')
    assert len(parsed.rates) == 3
