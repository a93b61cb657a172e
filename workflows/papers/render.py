"""From a kind and plain data to one PDF/A: the same data always gives the same bytes."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Final, cast

import typst

from workflows.papers import shapes
from workflows.papers.errors import CharacterMissing, PaperRefused, PaperUnknown
from workflows.papers.fonts import FontSet, font_set, loaded
from workflows.papers.kinds import DEFAULTS, KINDS, Kind, remedies

TEMPLATES: Final = Path(__file__).with_name("templates")
STANDARDS: Final = ("a-2b", "ua-1")
MISSING: Final = re.compile(r"(could not be displayed|no.* glyph|not.*font)", re.IGNORECASE)


def render(kind: str, data: Mapping[str, object], fonts: Sequence[Path]) -> bytes:
    """Print one paper; data go in as JSON values, never as markup."""
    if kind not in KINDS:
        raise PaperUnknown(f"no paper of kind {kind!r}")
    found = font_set(tuple(fonts))
    paper = json.dumps(_paper(KINDS[kind], data, found), ensure_ascii=False, sort_keys=True)
    return _compile(kind, paper, found)


def check(kind: str, data: Mapping[str, object]) -> None:
    """Refuse data that could not be printed: `PaperDataWrong` says where."""
    if kind not in KINDS:
        raise PaperUnknown(f"no paper of kind {kind!r}")
    shapes.prepare(KINDS[kind], data)


def _paper(kind: Kind, data: Mapping[str, object], fonts: FontSet) -> dict[str, object]:
    values = shapes.prepare(kind, data)
    matter = str(values["matter"] or DEFAULTS["matter"])
    issued_on = cast("date", data["issued_on"])  # prepare() has checked it
    return {
        "title": kind.title.format(matter=matter, month=values.get("month")),
        "red": kind.red,
        "internal": kind.internal,
        "basis": values["basis"] or kind.basis,
        "remedies": _remedies(kind, values),
        "day": [issued_on.year, issued_on.month, issued_on.day],
        "fonts": {"body": fonts.body, "title": fonts.title, "heading": fonts.heading},
        "data": {**values, "matter": matter},
    }


def _remedies(kind: Kind, values: Mapping[str, object]) -> str | None:
    if not kind.remedies:
        return None
    return remedies(kind, str(values["reconsideration_body"]), str(values["court"] or DEFAULTS["court"]))


def _compile(kind: str, paper: str, fonts: FontSet) -> bytes:
    try:
        compiler = typst.Compiler(
            input=str(TEMPLATES / f"{kind}.typ"),
            root=str(TEMPLATES),
            font_paths=loaded(fonts.folders),
            ignore_system_fonts=True,
            sys_inputs={"paper": paper},
        )
        return cast("bytes", compiler.compile(format="pdf", pdf_standards=list(STANDARDS)))
    except typst.TypstError as wrong:
        said = str(wrong)
        raise (CharacterMissing if MISSING.search(said) else PaperRefused)(f"{kind}: {said}") from wrong
