"""From plain data to one PDF/A: the same data always gives the same bytes."""

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
GENERIC: Final = frozenset({"notice", "decision", "form", "certificate", "public_notice", "list", "register"})
MISSING: Final = re.compile(r"(could not be displayed|no.* glyph|not.*font)", re.IGNORECASE)


def shared(template: str) -> bool:
    """Whether it is one of the house's templates for papers of processes."""
    return template in GENERIC


def print_out(said: Mapping[str, object], fonts: Sequence[Path], own: bytes | None = None) -> bytes:
    """Print what a process's paper says (`filling.filled`); `own` is a template of the process's folder."""
    found = font_set(tuple(fonts))
    paper = json.dumps({**said, "fonts": _families(found)}, ensure_ascii=False, sort_keys=True)
    template = str(said["template"])
    if own is None and not shared(template):
        raise PaperUnknown(f"no template {template!r}")
    return _compile(template, paper, found, own)


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
        "seal": True,
        "fonts": _families(fonts),
        "data": {**values, "matter": matter},
    }


def _remedies(kind: Kind, values: Mapping[str, object]) -> str | None:
    if not kind.remedies:
        return None
    return remedies(kind.name, str(values["reconsideration_body"]), str(values["court"] or DEFAULTS["court"]))


def _families(fonts: FontSet) -> dict[str, object]:
    return {"body": fonts.body, "title": fonts.title, "heading": fonts.heading}


def _compile(template: str, paper: str, fonts: FontSet, own: bytes | None = None) -> bytes:
    """Both kinds of template read nothing but the house's templates and the paper's own values."""
    try:
        source = (TEMPLATES / f"{template}.typ").read_bytes() if own is None else own
        compiler = typst.Compiler(
            input=source,
            root=str(TEMPLATES),
            font_paths=loaded(fonts.folders),
            ignore_system_fonts=True,
            sys_inputs={"paper": paper},
        )
        return cast("bytes", compiler.compile(format="pdf", pdf_standards=list(STANDARDS)))
    except typst.TypstError as wrong:
        said = str(wrong)
        raise (CharacterMissing if MISSING.search(said) else PaperRefused)(f"{template}: {said}") from wrong
