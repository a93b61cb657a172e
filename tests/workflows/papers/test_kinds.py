"""The list of papers and what each must say."""

from pathlib import Path

import pytest

from workflows.papers.kinds import KINDS
from workflows.papers.render import TEMPLATES
from workflows.papers.shapes import SHAPES

THIRTEEN = 13


def test_each_kind_has_a_template_and_each_template_a_kind() -> None:
    drawn = {path.stem for path in TEMPLATES.glob("*.typ")} - {"letter"}
    assert drawn == set(KINDS)
    assert len(drawn) == THIRTEEN


def test_marks_are_unique_so_that_numbers_are() -> None:
    marks = [kind.mark for kind in KINDS.values()]
    assert len(set(marks)) == len(marks)


def test_every_adverse_paper_prints_remedies() -> None:
    assert [kind.code for kind in KINDS.values() if kind.adverse and not kind.remedies] == []
    assert {kind.code for kind in KINDS.values() if kind.adverse} == {"not_accepted_notice", "refusal_notice"}


def test_a_number_is_written_with_office_scheme_mark_and_year() -> None:
    assert KINDS["acceptance_notice"].number(2024, 1, office="示民") == "示民低保受〔2024〕1号"
    assert KINDS["decision"].number(2024, 7) == "低保决〔2024〕7号"


def test_numbers_begin_with_one() -> None:
    with pytest.raises(ValueError, match="from 1"):
        KINDS["decision"].number(2024, 0)


def test_every_shape_named_is_known() -> None:
    shapes = [shape for kind in KINDS.values() for shape in (*kind.keys.values(), *kind.optional.values())]
    flat = [part for shape in shapes for part in (shape.values() if not isinstance(shape, str) else [shape])]
    assert {part.removesuffix("?") for part in flat} <= set(SHAPES)


def test_no_template_evaluates_or_reads_anything() -> None:
    forbidden = ("eval(", "read(", "plugin(", "@preview", "include ")
    found = [
        (path.name, word)
        for path in Path(TEMPLATES).glob("*.typ")
        for word in forbidden
        if word in path.read_text("utf-8")
    ]
    assert found == []
