"""A part of a form that an answer brings into sight begins with its first values, as it would have at first."""

from datetime import date
from typing import Any

from forms import answers
from forms.answers import Change
from forms.loader import parse
from forms.schema import Form
from workflows.settings import ROOT

TODAY = date(2024, 3, 4)
FACTS = {"materials": ["户口簿", "李秀兰核对授权书"]}


def review() -> Form:
    return parse((ROOT / "forms/dibao/review_materials.form").read_bytes(), "dibao/review_materials")


def refreshed(sent: list[tuple[str, object]]) -> Any:
    raw = answers.from_html(review(), sent)
    return answers.changed(review(), raw, Change("refresh", "outcome"), FACTS, TODAY)


def test_the_gaps_the_table_found_are_listed_as_soon_as_a_supplement_is_chosen() -> None:
    found = refreshed([("outcome", "supplement"), ("override_reason", "")])
    assert [row["item"] for row in found["gaps"]] == FACTS["materials"]


def test_rows_that_were_there_stay_as_they_were_typed() -> None:
    found = refreshed([("outcome", "supplement"), ("gaps[0]._row", "1"), ("gaps[0].item", "收入证明"), ("gaps[0].remark", "")])
    assert [row["item"] for row in found["gaps"]] == ["收入证明"]


def test_what_stays_out_of_sight_gets_nothing() -> None:
    assert refreshed([("outcome", "accept"), ("override_reason", "")])["gaps"] == []
