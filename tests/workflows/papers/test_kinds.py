"""The list of papers and what each must say."""

from pathlib import Path

from workflows.papers.kinds import KINDS
from workflows.papers.render import GENERIC, TEMPLATES
from workflows.papers.shapes import SHAPES

def test_each_kind_has_a_template_and_each_template_is_of_a_kind_or_shared() -> None:
    drawn = {path.stem for path in TEMPLATES.glob("*.typ")} - {"letter", "blocks"}
    assert drawn == set(KINDS) | GENERIC


def test_marks_are_unique_so_that_numbers_are() -> None:
    marks = [kind.mark for kind in KINDS.values()]
    assert len(set(marks)) == len(marks)


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
