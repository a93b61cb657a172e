"""A household's number: county, year and a running number, whatever an import brought."""

from datetime import datetime
from typing import Any

import pytest

from workflows.cases.tables import Household
from workflows.payments.entitled import households

NOW = datetime(2024, 6, 6)


@pytest.mark.parametrize(("known", "next_one"), [
    ([], "00001"), (["00007"], "00008"), (["A-12"], "00001"), (["00007", "东-3"], "00008"),
    (["99999", "100000"], "100001"), (["00003", "7"], "00004"), (["00003", "000000000012"], "00004"),
])
def test_the_next_number(county: Any, known: list[str], next_one: str) -> None:
    for number in known:
        county.session.add(Household(number=f"9901012024{number}", division_code="990101001001", category="urban"))
    county.session.flush()
    assert households._number(county.session, "990101001001", NOW) == f"9901012024{next_one}"
