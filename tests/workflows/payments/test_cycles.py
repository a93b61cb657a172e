"""PY-1, and what the flow notes down."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from workflows.office import working_days
from workflows.payments import cycles, months

NOW = datetime(2024, 5, 24, 18, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_a_cut_off_on_saturday_and_a_pay_day_on_a_holiday_move_to_the_working_day_before() -> None:
    assert cycles.dates("2024-06", working_days.national()) == (date(2024, 5, 24), date(2024, 6, 7))


def test_a_cut_off_and_a_pay_day_on_working_days_stay() -> None:
    assert cycles.dates("2024-10", working_days.national()) == (date(2024, 9, 25), date(2024, 10, 10))


def test_the_days_are_settings() -> None:
    assert cycles.dates("2024-06", working_days.national(), 20, 5) == (date(2024, 5, 20), date(2024, 6, 5))


def test_opening_a_month_twice_opens_it_once(session: Session) -> None:
    first = cycles.open(session, "dibao", "2024-06", "990101", None, NOW)
    assert cycles.open(session, "dibao", "2024-06", "990101", None, NOW).id == first.id
    assert (first.cut_off_on, first.pay_by_on) == (date(2024, 5, 24), date(2024, 6, 7))


def test_progress_shows_each_step_once_and_a_repeated_wait_updates_its_row(session: Session) -> None:
    cycle = cycles.open(session, "dibao", "2024-06", "990101", None, NOW)
    cycles.note_step(session, cycle, "cut_off", "done", NOW)
    first = cycles.note_step(session, cycle, "review", "waiting", NOW, {"missing": 2})
    again = cycles.note_step(session, cycle, "review", "waiting", NOW, {"missing": 1})
    assert first.id == again.id
    steps = {step.step: step for step in cycles.progress(session, cycle).steps}
    assert tuple(steps) == cycles.STEPS
    assert (steps["cut_off"].state, steps["review"].detail, steps["close"].state) == ("done", {"missing": 1}, "todo")


def test_months_count_over_the_year() -> None:
    assert list(months.span("2023-11", "2024-02")) == ["2023-11", "2023-12", "2024-01", "2024-02"]
    assert months.before("2024-01") == "2023-12"
    assert months.count("2023-11", "2024-02") == 4
    assert months.day_of("2024-02", 31) == date(2024, 2, 29)
