"""What a process folder may say of its limits, each in a small drawing: units, pauses, minimums, days told by answers."""

from datetime import date, datetime
from typing import Any

import pytest
from pydantic import ValidationError
from sqlmodel import select

from bpmn.clock_rules import ClockRule
from tests.databases import at_file
from tests.small_county import BEGIN, DONE, SmallCounty, catch, timer
from workflows import engine, releases
from workflows.cases import clocks, extensions, progress
from workflows.cases.tables import Case, Clock, Timer
from workflows.cases.world import NEVER
from workflows.cases.world import of as world_of
from workflows.errors import Conflict, NotAllowed
from workflows.office import people, rates
from workflows.office.rate_files import gather, parse
from workflows.office.tables import LocalRate
from workflows.records.types import CHINA

STEPS = "a b c d"
NODES = BEGIN + "".join(catch(step, step) for step in STEPS.split()) + DONE
FLOWS = "begin>a\na>b\nb>c\nc>d\nd>done"
RATES = [("sixty", 60, "CD"), ("thirty", 30, "CD"), ("five", 5, "WD"), ("twenty", 20, "WD"), ("ten", 10, "WD"), ("day", 24, "H"),
         ("months", 3, "M"), ("years", 4, "Y"), ("may", "05-31", "day_of_year"), ("fixed", False, "flag"),
         ("pause_on", [], "list"), ("unit", "WD", "text")]
LEFT = [("unset", "WD"), ("local", "list")]

NOTICE = """[paper.extension_notice]
name = "延长期限告知书"
english = "Notice of extension"
title = "延长期限告知书"
mark = "延"
basis = "法"
issuer = "COUNTY_LEAD"
body = ["办理期限延长至{new_due_on}。"]
[paper.extension_notice.data]
new_due_on = "extension.new_due_on"
"""


@pytest.fixture
def county(tmp_path, monkeypatch):
    text = "".join(f'[[rate]]\ncode = "works.{code}"\ntitle = "{code}"\nvalue = {_toml(value)}\nunit = "{unit}"\nfrom = 2000-01-01\n'
                   'source = "测试"\nsure = "read"\n' for code, value, unit in RATES)
    text += "".join(f'[[left_to_place]]\ncode = "works.{code}"\ntitle = "{code}"\nunit = "{unit}"\nfrom = 2000-01-01\n'
                    'source = "测试"\nsure = "local"\n' for code, unit in LEFT)
    folder = tmp_path / "bpmn" / "works"
    folder.mkdir(parents=True)
    folder.joinpath("rates.toml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(rates, "shipped", lambda: gather({"works": parse(text)}))
    return SmallCounty(at_file(tmp_path / "county.db"), tmp_path)


def _toml(value):
    return f'"{value}"' if isinstance(value, str) else str(value).lower()


def rule(limit: str, unit: str = "CD", *, starts: str = "begin", ends: str = "d", more: str = "") -> str:
    return (f'[[clock]]\nkind = "limit"\nname = "时限"\nen = "Limit"\nlimit = "works.{limit}"\nunit = "{unit}"\n'
            f'starts_with = ["{starts}"]\nends_with = ["{ends}"]\nsource = "法"\n{more}\n')


def pause(identity: str, first: str, last: str, more: str = "") -> str:
    return (f'[[clock.pause]]\nid = "{identity}"\nreason = "评估"\nen = "Assessment"\nstarts_with = ["{first}"]\n'
            f'ends_with = ["{last}"]\nsource = "办法"\n{more}\n')


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text if len(text) > 10 else f"{text}T10:00").replace(tzinfo=CHINA)


class Way:
    """A case that is opened on a day and told the messages of its drawing, each on its own."""

    def __init__(self, county: SmallCounty, rules: str, day: str, **known: Any) -> None:
        county.draw("works", NODES, FLOWS, told=STEPS, rules=rules)
        self.county, self.case = county, county.at(moment(day)).open("works", **known)

    def tell(self, step: str, when: str) -> "Way":
        with self.county.work() as session:
            case = progress.locked(session, self.case.id or 0)
            assert progress.tell(session, case, step, progress.Cause(moment(when)))
        return self

    @property
    def clock(self) -> Clock:
        with self.county.work() as session:
            return clocks.latest(session, session.get_one(Case, self.case.id))["limit"]

    def seen(self, when: str) -> dict[str, Any]:
        """As expressions of the drawing see it."""
        with self.county.work() as session:
            found: dict[str, Any] = world_of(session, session.get_one(Case, self.case.id), moment(when))["clocks"]["limit"]
            return found


@pytest.mark.parametrize(("limit", "unit", "day", "due"), [
    ("sixty", "CD", "2024-06-03", "2024-08-02"),        # RG-1
    ("thirty", "CD", "2024-09-02", "2024-10-08"),       # RG-9: moved past the holiday
    ("five", "WD", "2024-05-30", "2024-06-06"),         # RG-2
    ("months", "M", "2026-07-10", "2026-10-10"),        # AI-4: a working Saturday
    ("months", "M", "2024-11-30", "2025-02-28"),        # no such day: the month's last
    ("years", "Y", "2024-02-29", "2028-02-29"),
    ("may", "DATE", "2026-03-20", "2026-05-31"),        # AI-3: a Sunday, and stays
])
def test_each_unit_is_counted_by_the_law(county, limit, unit, day, due):
    clock = Way(county, rule(limit, unit), day).clock
    assert (clock.due_on, clock.unit) == (date.fromisoformat(due), unit)
    assert clock.due_at == moment(due).replace(hour=0) + (moment("2024-01-02") - moment("2024-01-01"))


def test_hours_run_from_the_recorded_moment_through_the_weekend_and_are_late_to_the_hour(county):
    way = Way(county, rule("day", "H", more='started_on = "begin.reported_at"'), "2024-03-02T09:00",
              begin={"reported_at": "2024-03-01T22:30"})
    assert way.clock.due_at == moment("2024-03-02T22:30")
    assert (way.seen("2024-03-02T22:30")["late"], way.seen("2024-03-02T23:31")["late"]) == (0, 2)
    for step in STEPS.split():
        way.tell(step, "2024-03-02T20:10")
    assert (way.clock.used, way.seen("2024-03-09")["late"]) == (22, 0)


def test_a_fixed_day_moves_past_a_day_off_only_where_the_place_says_so(county):
    with county.work() as session:
        session.add(LocalRate(code="works.fixed", scope="990101", value=True, valid_from=date(2026, 1, 1), source="本地"))
    more = 'rolls = "works.fixed"\nyear_in = "begin.year"'
    assert Way(county, rule("may", "DATE", more=more), "2026-06-01T00:05", begin={"year": 2026}).clock.due_on == date(2026, 6, 1)
    way = Way(county, rule("may", "DATE"), "2026-06-01T00:05")
    assert (way.clock.due_on, way.seen("2026-06-01T00:05")["late"]) == (date(2026, 5, 31), 1)


def test_a_limit_counts_from_the_day_an_answer_tells(county):
    way = Way(county, rule("thirty", more='started_on = "begin.agreed_on"'), "2024-09-20", begin={"agreed_on": "2024-09-02"})
    assert (way.clock.started_on, way.clock.recorded_on, way.clock.due_on) == (
        date(2024, 9, 2), date(2024, 9, 20), date(2024, 10, 8))


def test_a_limit_whose_two_days_are_known_at_once_is_counted_at_once(county):
    way = Way(county, rule("thirty", ends="begin", more='started_on = "begin.agreed_on"'), "2024-10-09",
              begin={"agreed_on": "2024-09-02"})   # RG-9: a day late
    assert (way.clock.ended_on, way.seen("2024-12-01")["late"]) == (date(2024, 10, 9), 1)


def test_the_days_of_a_pause_are_not_used(county):
    way = Way(county, rule("thirty", more=pause("assessment", "b", "c")), "2024-03-01").tell("a", "2024-03-14")     # AD-1
    way.tell("b", "2024-03-15")
    assert (way.clock.due_on, way.clock.due_at, way.seen("2024-04-20")["used"]) == (None, None, 14)
    assert way.seen("2024-05-01")["paused"]
    way.tell("c", "2024-05-10")
    assert (way.clock.due_on, way.seen("2024-05-10")["paused"]) == (date(2024, 5, 27), False)   # 05-26 is a Sunday
    way.tell("d", "2024-05-17")
    assert way.clock.used == 21


def test_a_pause_counts_from_the_days_of_the_acts_themselves(county):
    more = pause("assessment", "b", "c", 'started_on = "b.agreed_on"\nended_on = "c.reported_on"')
    known = {"b": {"agreed_on": "2024-03-15"}, "c": {"reported_on": "2024-05-10"}}
    way = Way(county, rule("thirty", more=more), "2024-03-01", **known)
    way.tell("a", "2024-03-18").tell("b", "2024-03-18").tell("c", "2024-05-13").tell("d", "2024-05-17")
    assert way.clock.used == 21
    assert [(row["from"], row["to"]) for row in way.clock.pauses] == [("2024-03-16", "2024-05-10")]


def test_pauses_that_overlap_count_once(county):
    more = pause("assessment", "a", "c") + pause("notice", "b", "d")
    way = Way(county, rule("thirty", ends="done", more=more), "2024-03-01")
    way.tell("a", "2024-03-05").tell("b", "2024-03-10").tell("c", "2024-03-15")
    assert way.clock.due_on is None
    way.tell("d", "2024-03-25")
    assert way.clock.used == 4


def test_a_pause_that_had_begun_before_the_limit_holds_it_from_its_first_day(county):
    way = Way(county, rule("thirty", starts="b", ends="d", more=pause("assessment", "a", "c")), "2024-03-01")
    way.tell("a", "2024-03-04").tell("b", "2024-03-06")
    assert way.clock.due_on is None
    assert way.tell("c", "2024-03-10").clock.due_on == date(2024, 4, 9)


def test_a_pause_left_to_the_place_holds_only_where_it_is_switched_on(county):
    more = pause("objection", "b", "c", 'switch = "works.pause_on"\ncode = "OBJECTION"')
    for value, due in (([], date(2024, 3, 31)), (["NOTICE"], date(2024, 3, 31)), (["NOTICE", "OBJECTION"], None)):
        with county.work() as session:
            session.add(LocalRate(code="works.pause_on", scope="990101", value=value, valid_from=date(2024, 1, 1 + len(value)), source="本地"))
        way = Way(county, rule("thirty", more='rolls = false\n' + more), "2024-03-01")
        assert way.tell("a", "2024-03-02").tell("b", "2024-03-02").clock.due_on == due


def test_before_a_minimum_has_passed_the_act_may_not_be_done(county):
    way = Way(county, rule("sixty", more="minimum = true"), "2024-03-01")   # AD-2
    assert (way.clock.due_on, way.clock.minimum) == (date(2024, 4, 30), True)
    seen = way.seen("2024-06-01")
    assert (seen["earliest_on"], seen["late"]) == (date(2024, 5, 6), 0)


def test_a_length_the_place_has_not_set_gives_no_day_and_stops_nothing(county):
    way = Way(county, rule("unset", "WD"), "2024-03-01")
    assert (way.clock.length, way.clock.due_on, way.seen("2024-09-01")["late"]) == (None, None, 0)
    for step in STEPS.split():
        way.tell(step, "2024-03-04")
    assert (way.clock.ended_on, way.clock.used) == (date(2024, 3, 4), 1)


def test_the_place_may_choose_the_unit(county):
    way = Way(county, rule("five", more='unit_by = "works.unit"'), "2024-04-30")
    assert (way.clock.unit, way.clock.due_on) == ("WD", date(2024, 5, 10))


def test_a_limit_with_a_condition_runs_only_where_it_holds(county):
    rules = '[given]\nkind = "string"\n' + rule("thirty", more='when = "kind = \\"charity\\""')
    assert Way(county, rules, "2024-03-01", kind="charity").clock.due_on == date(2024, 4, 1)
    other = Way(county, rules, "2024-03-01", kind="other").case
    with county.work() as session:
        assert clocks.of(session, session.get_one(Case, other.id)) == []


def test_an_extension_adds_days_as_often_as_the_rule_allows_and_is_signed_by_its_role(county):
    more = 'extended_by = "works.ten"\nextension_role = "TOWN_LEAD"\nextension_reasons = ["疑难"]\nextension_times = 2'
    county.root.joinpath("bpmn/works/papers.toml").write_text(NOTICE, encoding="utf-8")
    way = Way(county, rule("twenty", "WD", more=more), "2024-03-04")

    def sign(login: str) -> int:
        with county.work() as session:
            return extensions.sign(session, way.case.id, "limit", "疑难", people.by_login(session, login), moment("2024-03-08")).length

    with pytest.raises(NotAllowed):
        sign("county_lead1")
    assert [sign("town_lead1"), sign("town_lead1")] == [30, 40]
    with pytest.raises(Conflict):
        sign("town_lead1")
    assert (way.clock.due_on, len(way.clock.extensions)) == (date(2024, 4, 29), 2)


def test_a_drawn_timer_waits_with_a_limit_that_stands_still_and_goes_with_it(county):
    rules = rule("five", "WD", starts="begin", ends="e", more=pause("assessment", "a", "b"))
    nodes = (BEGIN + catch("s", "s") + '<parallelGateway id="fork"/>' + timer("lapse", "=clocks.limit.due_at") + catch("a", "a") + catch("b", "b") + catch("e", "e")
             + '<endEvent id="lapsed"/>' + DONE)
    county.draw("works", nodes, "begin>s\ns>fork\nfork>lapse\nlapse>lapsed\nfork>a\na>b\nb>e\ne>done", told="s a b e", rules=rules,
                ends="done lapsed")
    case = county.at(moment("2024-03-04")).open("works")
    with county.work() as session:
        progress.tell(session, progress.locked(session, case.id or 0), "s", progress.Cause(moment("2024-03-04")))

    def waits() -> datetime:
        with county.work() as session:
            return session.exec(select(Timer).where(Timer.case_id == case.id)).one().due_at

    assert waits() == moment("2024-03-12").replace(hour=0)
    for step, when, due in (("a", "2024-03-05", NEVER), ("b", "2024-03-08", moment("2024-03-15").replace(hour=0))):
        with county.work() as session:
            progress.tell(session, progress.locked(session, case.id or 0), step, progress.Cause(moment(when)))
        assert waits() == due
    with county.work() as session:
        waiting = engine.waiting(releases.load(session, case.release_id).drawing, session.get_one(Case, case.id).engine)
    assert [place.due_at for place in waiting if place.kind == "timer"] == [moment("2024-03-15").replace(hour=0)]


@pytest.mark.parametrize("wrong", [
    {"unit": "H", "pause": [{"id": "p", "reason": "r", "en": "r", "source": "s", "starts_with": ["a"]}]},
    {"minimum": True, "presses": ["a"]},
    {"extended": "works.ten"},
    {"extended": "works.ten", "extended_by": "works.ten", "extension_reasons": ["x"]},
    {"extended": "works.ten", "extension_reasons": ["x"], "extension_times": 2},
    {"unit": "WEEK"},
])
def test_a_rule_that_contradicts_itself_is_refused(wrong):
    with pytest.raises(ValidationError):
        ClockRule.model_validate({"kind": "k", "name": "n", "en": "n", "limit": "works.ten", "starts_with": ("a",), "source": "s", **wrong})
