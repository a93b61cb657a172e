"""Timers as modelers write them: dates, lengths, cycles and cron lines, and what becomes of missed rounds.

Upstream evaluates a plain P7D as an expression and fails, knows no cron, and counts each round from the one before.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from workflows import engine

HOME = ZoneInfo("Asia/Shanghai")
ENDS = '<startEvent id="start"/><endEvent id="end"/>'
KINDS = {"date": "timeDate", "duration": "timeDuration", "cycle": "timeCycle"}


def timed(text, manner="cycle"):
    return f"<timerEventDefinition><{KINDS[manner]}>{text}</{KINDS[manner]}></timerEventDefinition>"


def catching(text, manner="cycle"):
    return f'{ENDS}<intermediateCatchEvent id="t">{timed(text, manner)}</intermediateCatchEvent>'


def rule(catch_up):
    inner = f'<camunda:properties><camunda:property name="catch_up" value="{catch_up}"/></camunda:properties>'
    return f"<extensionElements>{inner}</extensionElements>"


def reminder(text, catch_up=""):
    return (
        f'{ENDS}<userTask id="a"/><boundaryEvent id="t" attachedToRef="a" cancelActivity="false">'
        f"{rule(catch_up) if catch_up else ''}{timed(text)}</boundaryEvent><endEvent id=\"told\"/>"
    )


FLOWS = "start>a\na>end\nt>told"


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=HOME)


def due(case):
    return [w.due_at for w in case.move.waiting if w.node.id == "t"]


def rounds(case, count):
    """The moments of the next rounds, each fired in time."""
    found = []
    while due(case) and len(found) < count:
        (case.now,) = due(case)
        found.append(case.now.strftime("%m-%d %H:%M"))
        case.fire("t")
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("R3/PT1H", ["03-02 13:00", "03-02 14:00", "03-02 15:00"]),
        ("R/P1W", ["03-09 12:00", "03-16 12:00", "03-23 12:00", "03-30 12:00"]),
        ("R5/2026-01-01T09:00/P1M", ["04-01 09:00", "05-01 09:00"]),
        ("R/2026-03-31/P1M", ["03-31 00:00", "04-30 00:00", "05-31 00:00", "06-30 00:00"]),
        ("R/2026-03-10/P1D/2026-03-12", ["03-10 00:00", "03-11 00:00", "03-12 00:00"]),
        ("R/P1D/2026-03-04", ["03-03 12:00", "03-04 12:00"]),
        ("R/2026-03-01/2026-03-04", ["03-04 00:00", "03-07 00:00", "03-10 00:00", "03-13 00:00"]),
        ("R2/2020-01-01/P1M", ["03-02 12:00"]),
        ("0 9 * * 1-5", ["03-03 09:00", "03-04 09:00", "03-05 09:00", "03-06 09:00"]),
        ("0 0 9 ? * MON-FRI", ["03-03 09:00", "03-04 09:00", "03-05 09:00", "03-06 09:00"]),
        ("0 0 9 ? * 2", ["03-09 09:00", "03-16 09:00", "03-23 09:00", "03-30 09:00"]),
        ("0 0 9 ? * SAT-SUN", ["03-07 09:00", "03-08 09:00", "03-14 09:00", "03-15 09:00"]),
        ("0 0 9 L * ?", ["03-31 09:00", "04-30 09:00", "05-31 09:00", "06-30 09:00"]),
        ("0 0 9 ? * 6L", ["03-27 09:00", "04-24 09:00", "05-29 09:00", "06-26 09:00"]),
        ("0 30 8 1 * *", ["04-01 08:30", "05-01 08:30", "06-01 08:30", "07-01 08:30"]),
        ('="R2/" + gap', ["03-04 12:00", "03-06 12:00"]),
        ('=duration("P1M")', ["04-02 12:00", "05-02 12:00", "06-02 12:00", "07-02 12:00"]),
    ],
)
def test_a_cycle_goes_off_when_its_calendar_says(draw, bench, text, expected):
    case = bench.Case(draw(reminder(text), FLOWS), gap="P2D")
    assert rounds(case, 4) == expected
    assert case.waits == (["a", "t"] if len(expected) == 4 else ["a"])


def test_months_are_counted_from_the_first_moment_so_that_month_ends_do_not_drift(draw, bench):
    case = bench.Case(draw(reminder("R/2027-01-31/P1M"), FLOWS))
    assert rounds(case, 4) == ["01-31 00:00", "02-28 00:00", "03-31 00:00", "04-30 00:00"]


@pytest.mark.parametrize(
    ("manner", "text"),
    [
        ("duration", "P"), ("duration", "7 days"), ("duration", "PT"), ("duration", "P99999999Y"), ("date", "2026-02-30"),
        ("date", "tomorrow"), ("cycle", "R0/PT1H"), ("cycle", "R/PT0S"), ("cycle", "R3"), ("cycle", "R3/P1D/P1D"),
        ("cycle", "R/2027-01-01/P1M/2026-01-01"), ("cycle", "0 0 30 2 *"), ("cycle", "60 * * * *"),
        ("cycle", "0 0 9 15W * ?"), ("cycle", "0 0 9 1 * 2"), ("cycle", "0 0 9 ? * 8"), ("cycle", "0 0 9 * * 2"),
        ("cycle", "0 0 9 1 1 ? 2027"), ("cycle", "* " * 400), ("duration", '="hello"'),
    ],
)  # fmt: skip
def test_a_time_that_makes_no_sense_is_refused_with_an_example(draw, manner, text):
    with pytest.raises(engine.DrawingRefused) as refusal:
        draw(catching(text, manner), "start>t\nt>end")
    (finding,) = refusal.value.findings
    assert (finding.element_id, finding.code) == ("t", "timer")
    assert {"duration": "P7D", "date": "2026-03-31", "cycle": "R3/P1D"}[manner] in finding.message_zh


def late(bench, drawing, days):
    """What happens when the machine was away for so many days: the rounds that took place, and the next one."""
    case = bench.Case(drawing)
    back = case.now + timedelta(days=days, hours=1)
    fired = []
    while due(case) and due(case)[0] <= back:
        case.now, moment = back, due(case)[0]
        if any(v.node == "told" and v.what == "completed" for v in case.fire("t").visits):
            fired.append(moment.day)
    return fired, [moment.day for moment in due(case)]


@pytest.mark.parametrize(
    ("catch_up", "fired", "following"),
    [("each", list(range(3, 13)), 13), ("once", [3], 13), ("skip", [], 13), ("", list(range(3, 13)), 13)],
)
@pytest.mark.parametrize("cycle", ["R/P1D", "R30/2026-03-03T12:00/P1D", "0 0 12 * * ?"])
def test_after_ten_missed_rounds_each_timer_keeps_its_own_rule(draw, bench, cycle, catch_up, fired, following):
    assert late(bench, draw(reminder(cycle, catch_up), FLOWS), 10) == (fired, [following])


@pytest.mark.parametrize("catch_up", ["each", "once", "skip"])
def test_a_round_that_is_only_a_little_late_takes_place_under_every_rule(draw, bench, catch_up):
    assert late(bench, draw(reminder("R/P1D", catch_up), FLOWS), 1) == ([3], [4])


@pytest.mark.parametrize(("catch_up", "fired"), [("each", [3, 4, 5]), ("once", [3]), ("skip", [])])
def test_no_round_is_armed_after_the_last(draw, bench, catch_up, fired):
    assert late(bench, draw(reminder("R3/P1D", catch_up), FLOWS), 10) == (fired, [])


def test_a_dropped_round_is_told_as_cancelled_and_the_next_bears_a_token_of_its_own(draw, bench):
    case = bench.Case(draw(reminder("R/P1D", "skip"), FLOWS))
    before = case.token("t")
    move = case.fire("t", timedelta(days=5))
    assert [(c.token, c.why) for c in move.closed] == [(before, "cancelled")]
    assert [(w.node.id, w.due_at) for w in move.opened] == [("t", at("2026-03-08T12:00"))]
    assert "t" not in case.path()


@pytest.mark.parametrize(
    "nodes",
    [
        reminder("R/P1D", "never"),
        reminder("R/P1D", "once").replace('cancelActivity="false"', ""),
        reminder("R/P1D", "once").replace("timeCycle>R/P1D", "timeDuration>P1D").replace("timeCycle", "timeDuration"),
    ],
)
def test_a_rule_for_missed_rounds_that_means_nothing_is_refused(draw, nodes):
    with pytest.raises(engine.DrawingRefused) as refusal:
        draw(nodes, FLOWS)
    assert [(f.element_id, f.code) for f in refusal.value.findings] == [("t", "catch_up")]


def test_a_process_tells_which_timers_begin_it(bench):
    nodes = (
        f'<startEvent id="monthly">{rule("once")}{timed("0 0 9 5 * ?")}</startEvent><startEvent id="plain"/>'
        '<userTask id="a"/><userTask id="b"/><endEvent id="end"/>'
    )
    drawing = bench.parse(bench.process(nodes, "monthly>a\nplain>b\na>end\nb>end"))
    (timer,) = drawing.start_timers
    assert (timer.node, timer.catch_up) == ("monthly", "once")
    schedule = timer.schedule(bench.now)
    assert (schedule.due, schedule.following().due) == (at("2026-03-05T09:00"), at("2026-04-05T09:00"))
    assert [w.node.id for w in engine.start(drawing, {}, schedule.due, timer="monthly").waiting] == ["a"]
    assert [w.node.id for w in engine.start(drawing, {}, bench.now).waiting] == ["b"]
    with pytest.raises(engine.NotExpected):
        engine.start(drawing, {}, bench.now, timer="plain")


def test_a_thousand_rounds_leave_the_state_as_small_as_the_first(draw, bench):
    case = bench.Case(draw(reminder("R/2026-01-31/P1M"), FLOWS))
    rounds(case, 1)
    first = len(case.move.state)
    rounds(case, 1_000)
    assert len(case.move.state) < first + 32


@pytest.mark.parametrize("text", ["R/PT1S", "R3/PT59S", "* * * * * *", "PT30S"])
def test_rounds_less_than_a_minute_apart_are_refused(draw, text):
    with pytest.raises(engine.DrawingRefused, match="less than a minute"):
        draw(reminder(text), FLOWS)


def test_of_more_than_a_thousand_missed_rounds_one_takes_place(draw, bench):
    case = bench.Case(draw(reminder("R/PT1M"), FLOWS), bench.now)
    (first,) = due(case)
    case.now = first + timedelta(minutes=1_000, seconds=30)
    case.fire("t")
    (following,) = due(case)
    assert following == first + timedelta(minutes=1_001)
