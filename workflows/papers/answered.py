"""An answered form as a sheet for the file: 申请表, 入户调查表, 核对表; whatever a process asks, nothing has to be drawn for it."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from forms.display import Shown
from workflows.papers.filling import ISO, paired, words
from workflows.papers.words import chinese_date

ENDINGS: Final = ("表", "书", "单", "录", "证", "意见")
COLUMNS_MAX: Final = 6      # of a list that is printed as one table; longer rows are printed one by one
EMPTY: Final = "　"


def form_sheet(*, title: str, issuer: str, number: str, author: str, at: datetime, shown: Sequence[Shown]) -> dict[str, Any]:
    """What the sheet says, to be printed like any paper; it bears the case's number, and places to sign."""
    blocks = [block for part in _parts(shown) for block in part]
    signing = [["填表人（签字）", author], ["填表日期", chinese_date(at.date())], ["被调查人、当事人（签字）", EMPTY], ["日期", "　　年　　月　　日"]]
    return {
        "template": "form", "title": title if title.endswith(ENDINGS) else f"{title}表", "red": False, "internal": True, "seal": False,
        "day": [at.year, at.month, at.day], "to": None, "remedies": None, "remarks": [], "file": "", "signed": True,
        "data": {"issuer": issuer, "number": number, "issued_on": chinese_date(at.date())},
        "blocks": [*blocks, {"kind": "rows", "lines": paired(signing)}],
    }


def _parts(shown: Iterable[Shown]) -> Iterator[list[dict[str, Any]]]:
    """Answers side by side as one sheet of labels; each list by itself; headings between them."""
    for kind, group in groupby(shown, lambda one: one.kind if one.kind in ("heading", "rows") else "answer"):
        for one in group if kind != "answer" else ():
            yield [_text(one.label.zh)] if kind == "heading" else _list(one)
        if kind == "answer" and (lines := _lines(group)):
            yield [{"kind": "rows", "lines": lines}]


def _list(one: Shown) -> list[dict[str, Any]]:
    rows = [row for row in one.rows if any(not part.empty for part in row)]
    if not rows:
        return [_text(f"{one.label.zh}：无")]
    heads = list(dict.fromkeys(part.label.zh for row in rows for part in row))
    if len(heads) > COLUMNS_MAX or any(part.kind == "rows" for row in rows for part in row):
        return [block for place, row in enumerate(rows, 1) if (lines := _lines(row))
                for block in (_text(f"{one.label.zh}（{place}）"), {"kind": "rows", "lines": lines})]
    cells = [{part.label.zh: _said(part) for part in row} for row in rows]
    return [_text(one.label.zh), {
        "kind": "table", "heads": ["序号", *heads], "widths": [], "right": [False] * len(heads), "total": None, "raw": [],
        "rows": [[str(place), *(row.get(head, "") for head in heads)] for place, row in enumerate(cells, 1)]}]


def _lines(parts: Iterable[Shown]) -> list[list[list[str]]]:
    return paired([[part.label.zh, _said(part)] for part in parts if not part.empty and part.kind not in ("heading", "rows")])


def _said(part: Shown) -> str:
    text = "、".join(words("", word.zh) if ISO.fullmatch(word.zh) else word.zh for word in part.value)
    return f"{text}{part.unit.zh}" if text and part.unit.zh else text


def _text(text: str) -> dict[str, Any]:
    return {"kind": "text", "text": text}
