"""Processes that begin by themselves: at each moment once, one case for every ground, by the newest version."""

from datetime import timedelta

import pytest
from sqlmodel import col, select

from tasks import worker
from tests.makers import at_once, whole
from tests.small_county import DONE, NOW, hours, service
from workflows import releases
from workflows.cases import due, start_timers
from workflows.cases.tables import Case
from workflows.office.tables import Division
from workflows.records import audit
from workflows.releases import NotPublished
from workflows.releases.tables import StartRound
from workflows.scenarios.bureau import Bureau
from workflows.scenarios.shape import Given

COUNTIES = '[timer]\nfor_each = "county"'
NOTE = ('<scriptTask id="note" scriptFormat="feel" camunda:resultVariable="noted"><script>= '
        "{due: timer.due_at, now: now()}</script></scriptTask>")


def begin(manner, time, rule=""):
    kept = (f'<extensionElements><camunda:properties><camunda:property name="catch_up" value="{rule}"/></camunda:properties>'
            "</extensionElements>") if rule else ""
    return f'<startEvent id="begin">{kept}<timerEventDefinition><{manner}>{time}</{manner}></timerEventDefinition></startEvent>'


def draw(county, time="R/PT24H", rule="", manner="timeCycle", more="", rules=COUNTIES):
    county.draw("patrol", begin(manner, time, rule) + NOTE + more + DONE, "begin>note\nnote>done", rules=rules)


def ring(county, hour):
    return worker.fire_timers(lambda _session: county.at(hours(hour)).now)


def rounds(county):
    with county.work() as session:
        found = select(StartRound).where(StartRound.division == "").order_by(col(StartRound.due_at))
        return [(one.due_at, one.state) for one in session.exec(found)]


def cases(county):
    with county.work() as session:
        return list(session.exec(select(Case).order_by(col(Case.id))))


@pytest.fixture
def here(either, works_on):
    works_on(either)
    return either


def test_a_case_begins_at_its_moment_for_every_county_and_knows_when_it_was_due(here):
    with here.work() as session:
        session.add(Division(code="990102", name="乙县"))
    draw(here)
    assert ring(here, 23) == 0
    assert ring(here, 25) == 3      # the round, and each of its grounds
    assert ring(here, 25) == 0
    first, second = cases(here)
    assert (first.division_code, second.division_code) == ("990101", "990102")
    assert (first.subject, first.opened_by, first.state, first.opened_at) == ("patrol", None, "done", hours(25))
    assert here.facts(first)["noted"] == {"due": hours(24), "now": hours(25)}
    assert rounds(here) == [(hours(24), "fired"), (hours(48), "waiting")]
    with here.work() as session:
        event, = audit.events(session, "process:patrol")
        assert (event.action, event.node, event.after) == (
            "timer.fire", "begin", {"due_at": hours(24).isoformat(), "grounds": ["990101", "990102"]})
        assert whole(session)


@pytest.mark.parametrize(("level", "digits"), [("township", 9), ("village", 12)])
def test_the_ground_is_what_process_toml_says(small, works_on, level, digits):
    works_on(small)
    draw(small, rules=f'[timer]\nfor_each = "{level}"')
    ring(small, 24)
    grounds = [case.division_code for case in cases(small)]
    assert len(grounds) > 1
    assert {len(code) for code in grounds} == {digits}


@pytest.mark.parametrize(("rule", "begun", "skipped", "next_at"), [
    ("each", [24, 48, 72], [], 96), ("once", [24], [], 96), ("skip", [], [24], 96)])
def test_after_a_downtime_it_catches_up_by_its_rule(small, works_on, rule, begun, skipped, next_at):
    works_on(small)
    draw(small, rule=rule)
    ring(small, 80)
    assert [(due, state) for due, state in rounds(small) if state != "waiting"] == [
        *((hours(hour), "fired") for hour in begun), *((hours(hour), "skipped") for hour in skipped)]
    assert rounds(small)[-1] == (hours(next_at), "waiting")
    assert len(cases(small)) == len(begun)
    with small.work() as session:
        assert [event.action for event in audit.events(session, "process:patrol")] == [
            "timer.fire"] * len(begun) + ["timer.skip"] * len(skipped)


def test_many_workers_begin_each_round_once(here):
    draw(here, "R6/PT1H")
    told = at_once(*[lambda: ring(here, 10)] * 4)
    assert all(isinstance(count, int) for count in told), told
    ring(here, 10)
    assert rounds(here) == [(hours(hour), "fired") for hour in range(1, 7)]
    assert [here.facts(case)["noted"]["due"] for case in cases(here)] == [hours(hour) for hour in range(1, 7)]


def test_while_the_clock_is_doubted_nothing_begins(small, works_on):
    works_on(small)
    draw(small)
    assert worker.fire_timers(lambda _session: hours(30), trusted=lambda: False) == 0
    assert cases(small) == []


def test_it_finds_its_place_among_the_timers_of_cases(small, works_on):
    works_on(small)
    draw(small, "R/PT2H", manner="timeCycle")
    small.draw("bell", '<startEvent id="start"/><intermediateCatchEvent id="wait"><timerEventDefinition><timeDuration>PT3H'
               f"</timeDuration></timerEventDefinition></intermediateCatchEvent>{NOTE}{DONE}", "start>wait\nwait>note\nnote>done")
    number = small.open("bell").number
    ring(small, 5)
    assert [name.split("-")[0] for name in small.visits("note")] == ["PATROL", "BELL", "PATROL"]
    assert number in small.visits("note")


def refuse_second(monkeypatch, refusal):
    """Whatever opens a case for the second county breaks right after it has."""
    real = start_timers.intake.open_case

    def refuse(session, process, title, division, *more, **named):
        case = real(session, process, title, division, *more, **named)
        if division == "990102":
            raise refusal
        return case

    monkeypatch.setattr(start_timers.intake, "open_case", refuse)


@pytest.fixture
def two(here):
    with here.work() as session:
        session.add(Division(code="990102", name="乙县"))
    draw(here)
    return here


def test_a_ground_that_can_not_begin_keeps_no_other_is_shown_and_tried_again(two, monkeypatch):
    with monkeypatch.context() as patched:
        refuse_second(patched, start_timers.NotFound("no desk"))
        assert ring(two, 24) == 2
        assert ring(two, 24) == 0
    with two.work() as session:
        row, = due.failing(session, due.ROUND)
        assert (row.node, row.division, row.error, row.attempts, row.retry_at) == (
            "begin", "990102", "NotFound: no desk", 1, hours(24) + timedelta(minutes=5))
    assert [case.division_code for case in cases(two)] == ["990101"]
    assert ring(two, 24) == 0
    assert ring(two, 24.1) == 1
    with two.work() as session:
        assert due.failing(session, due.ROUND) == []
    assert [case.division_code for case in cases(two)] == ["990101", "990102"]


def test_after_a_power_cut_between_two_grounds_only_the_second_is_left_to_begin(two, monkeypatch):
    with monkeypatch.context() as patched:
        refuse_second(patched, KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            ring(two, 24)
    assert [case.division_code for case in cases(two)] == ["990101"]
    assert ring(two, 25) == 1
    assert [(case.division_code, case.opened_at) for case in cases(two)] == [("990101", hours(24)), ("990102", hours(25))]
    assert [two.facts(case)["noted"]["due"] for case in cases(two)] == [hours(24)] * 2
    assert ring(two, 25) == 0


def test_grounds_still_waiting_begin_in_a_newer_version_or_not_at_all_where_it_has_no_such_start(two, monkeypatch):
    with monkeypatch.context() as patched:
        refuse_second(patched, start_timers.NotFound("no desk"))
        ring(two, 24)
        ring(two, 48)
    draw(two.at(hours(49)), "R/PT10H")
    assert ring(two, 50) == 2
    assert [case.division_code for case in cases(two)] == ["990101", "990101", "990102", "990102"]
    with monkeypatch.context() as patched:
        refuse_second(patched, start_timers.NotFound("no desk"))
        ring(two, 60)
    two.at(hours(61)).draw("patrol", '<startEvent id="begin"/>' + NOTE + DONE, "begin>note\nnote>done")
    assert ring(two, 100) == 0
    with two.work() as session:
        assert due.failing(session, due.ROUND) == []


def test_in_a_scenario_it_begins_as_time_passes(small):
    house, drawn = Bureau(Given(today=NOW.date()), "dibao"), small.at(NOW)
    drawn.source = house.engine
    draw(drawn, "R/PT24H")
    house.pass_time(hours(50))
    assert [case.opened_at for case in cases(drawn)] == [hours(24), hours(48)]


def test_a_newer_version_takes_over(small, works_on):
    works_on(small)
    draw(small)
    ring(small, 24)
    draw(small.at(hours(30)), more='<dataObject id="d"/>')
    assert rounds(small) == [(hours(24), "fired"), (hours(48), "waiting")]      # drawn the same: its rhythm goes on
    draw(small.at(hours(31)), "R/PT10H")
    assert rounds(small) == [(hours(24), "fired"), (hours(41), "waiting"), (hours(48), "stopped")]
    small.at(hours(32)).draw("patrol", '<startEvent id="begin"/>' + NOTE + DONE, "begin>note\nnote>done")
    assert ring(small, 100) == 0
    assert len(cases(small)) == 1


def test_a_moment_that_has_been_does_not_come_again_with_a_newer_version(small, works_on):
    works_on(small)
    moment = f"{hours(2):%Y-%m-%dT%H:%M:%S}"
    draw(small, moment, manner="timeDate")
    ring(small, 3)
    small.at(hours(4)).draw("patrol", '<startEvent id="begin"/>' + NOTE + DONE, "begin>note\nnote>done")
    draw(small.at(hours(5)), moment, manner="timeDate", more='<dataObject id="d"/>')
    ring(small, 6)
    assert rounds(small) == [(hours(2), "fired")]


def test_a_rhythm_drawn_again_after_it_was_stopped_begins_anew(small, works_on):
    works_on(small)
    draw(small, "R/2024-03-05T09:00/PT24H")
    small.at(hours(1)).draw("patrol", '<startEvent id="begin"/>' + NOTE + DONE, "begin>note\nnote>done")
    draw(small.at(hours(2)), "R/2024-03-05T09:00/PT24H", more='<dataObject id="d"/>')
    assert rounds(small) == [(hours(24), "waiting")]
    assert ring(small, 24) == 2


@pytest.mark.parametrize(("how", "code"), [
    ({"rules": ""}, "timer_for_nobody"),
    ({"rules": f'given = {{ wanted = "string" }}\n{COUNTIES}', "more": '<scriptTask id="read" scriptFormat="feel" '
      'camunda:resultVariable="said"><script>= wanted</script></scriptTask>'}, "timer_gives_nothing"),
])
def test_it_must_say_for_whom_and_may_need_nothing_given(small, how, code):
    way = "begin>note\nnote>done" if "more" not in how else "begin>note\nnote>read\nread>done"
    with pytest.raises(NotPublished) as refused:
        small.draw("patrol", begin("timeCycle", "R/PT1H") + NOTE + how.get("more", "") + DONE, way, rules=how["rules"])
    assert [(found.code, found.element) for found in refused.value.report.errors] == [(code, "begin")]


def test_a_ground_without_a_timer_is_worth_a_look(small):
    small.draw("patrol", '<startEvent id="begin"/>' + NOTE + DONE, "begin>note\nnote>done", rules=COUNTIES)
    assert "timer_unused" in [found.code for found in releases.check("patrol", small.root).warnings]
    assert rounds(small) == []


def test_a_case_may_be_opened_only_of_a_process_that_is_there(small):
    def parent(asked):
        small.draw("parent", '<startEvent id="begin"/>' + service("open", "open_case", process=asked, into="child") + DONE,
                   "begin>open\nopen>done")

    with pytest.raises(NotPublished) as refused:
        parent("chidl")
    assert [(found.code, found.element) for found in refused.value.report.errors] == [("process_unknown", "open")]
    small.draw("child", '<startEvent id="begin"/>' + DONE, "begin>done")
    parent("child")
    (small.root / "bpmn" / "child" / "process.toml").unlink()
    parent("child")      # no longer in the folders, but published
