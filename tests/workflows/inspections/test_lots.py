"""The draw: as many as the rule says, the same for everybody who repeats it, and nobody inspects his own organisation."""

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.inspections import lots
from workflows.inspections.__main__ import main

CODES = st.sets(st.text("0123456789ABCDEFGH", min_size=4, max_size=8), min_size=1, max_size=60)


@given(st.text(max_size=12), CODES, st.integers(1, 60))
def test_the_same_seed_and_population_give_the_same_draw_in_whatever_order_it_is_listed(seed, codes, n):
    assert lots.draw(seed, sorted(codes), n) == lots.draw(seed, sorted(codes, reverse=True), n)
    assert set(lots.draw(seed, codes, n)) <= codes
    assert lots.digest(sorted(codes)) == lots.digest(sorted(codes, reverse=True))


@given(CODES, st.decimals("0.1", "100", places=1))
def test_as_many_are_drawn_as_the_ratio_rounded_up_and_at_least_one(codes, ratio):
    n = lots.size(ratio, len(codes))
    assert n == max(1, math.ceil(ratio * len(codes) / 100))
    assert len(lots.draw("s", codes, n)) == n


@pytest.mark.parametrize(("ratio", "population", "n"), [("3", 217, 7), ("3", 1, 1), ("3", 100, 3), ("3", 101, 4), ("4", 217, 9), ("3", 0, 0)])
def test_three_percent_of_217_are_seven(ratio, population, n):
    assert lots.size(Decimal(ratio), population) == n


@given(st.text(max_size=8), st.sets(st.sampled_from("甲乙丙丁戊己"), min_size=3))
def test_each_gets_two_different_inspectors_and_whoever_stands_back_is_redrawn(seed, roster):
    kept_away = min(roster)
    given_ = lots.assign(seed, "51990101MJ0000001K", sorted(roster), lambda name: name == kept_away)
    assert len(set(given_.inspectors)) == 2
    assert kept_away not in given_.inspectors
    assert set(given_.passed_over) <= {kept_away}


def test_anybody_repeats_a_draw_from_a_file(tmp_path, capsys):
    file = tmp_path / "population.txt"
    codes = [f"51990101MJ{n:07}K" for n in range(217)]
    file.write_text("\n".join(codes), encoding="utf-8")
    assert main(["draw", "--seed", "2026-双色球-24001", "--population", str(file)]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("N = 217  n = 7")
    assert said[1:] == lots.draw("2026-双色球-24001", codes, 7)
