"""Facts keep their types in JSON, and every change is kept."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as some

from workflows.cases import facts

LEAVES = some.one_of(
    some.none(), some.booleans(), some.integers(), some.text(), some.dates(), some.times(),
    some.datetimes(timezones=some.just(UTC)), some.decimals(allow_nan=False, allow_infinity=False, places=3))
VALUES = some.recursive(LEAVES, lambda inner: some.lists(inner, max_size=3)
                        | some.dictionaries(some.text("abcd", min_size=1), inner, max_size=3), max_leaves=12)


@given(VALUES)
def test_what_is_written_is_read_back(value):
    assert facts.decode(facts.encode(value)) == value


def test_dates_moments_and_decimals_stay_what_they_are():
    value = {"on": date(2024, 3, 4), "at": datetime(2024, 3, 4, 9, tzinfo=UTC), "ratio": Decimal("1.50"), "t": time(9)}
    found = facts.decode(facts.encode(value))
    assert [type(item) for item in found.values()] == [date, datetime, Decimal, time]


def test_a_whole_decimal_is_an_integer():
    assert facts.encode(Decimal("60000.00")) == 60000
