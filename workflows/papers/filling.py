"""From what a process says of a paper and the values of one case to what is printed: texts alone, nothing to compute."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from bpmn.papers import DIGITS, HOLE, Block, Note, Paper, Points, Rows, Steps, Table, holes
from workflows.papers import shapes
from workflows.papers.errors import PaperDataWrong
from workflows.papers.kinds import DEFAULTS, remedies
from workflows.papers.words import chinese_date, chinese_month, money_digits, money_words

Words = Mapping[str, Any]
SHORT: Final = 11       # characters of a value of which two go side by side
ISO: Final = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])(?:[T ][0-2][0-9]:[0-5][0-9](?::[0-5][0-9])?)?")
DAY_LENGTH: Final = len("2024-03-04")
MONEY, MONTH, LAST4 = "_fen", "_month", "_last4"      # what a key's ending says of its value
BODY, COURT = "reconsideration_body", "court"


def filled(paper: Paper, values: Words, head: Words) -> dict[str, Any]:
    """What the paper says; `head` gives number, issued_on, issuer, to and county."""
    day: date = head["issued_on"]
    told = {**head, **values, "basis": paper.basis}
    said = {key: text for key, value in told.items() if (text := words(key, value)) is not None}
    body = str(values.get(BODY) or f"{head['county']}人民政府")
    return {
        "template": paper.template, "title": fill(paper.title, said) or paper.name, "english": paper.english, "invites": list(paper.invites or ()), "red": paper.red, "internal": paper.internal,
        "seal": paper.seal, "signers": list(paper.signers), "copies": list(paper.copies), "file": paper.file, "day": [day.year, day.month, day.day], "to": said.get("to"),
        "data": {name: said[name] for name in ("issuer", "number", "issued_on")},
        "blocks": [block for each in paper.body if (block := _block(each, told, said))],
        "remedies": remedies(paper.name, body, str(values.get(COURT) or DEFAULTS["court"])) if paper.remedies else None,
        "remarks": [text for line in (*paper.remarks, *head.get("replaces", ())) if (text := fill(line, said))],
        **({"values": said} if paper.template.endswith(".typ") else {}),
    }


def words(key: str, value: object) -> Any:  # noqa: PLR0911  # one return a type
    """A value as it is printed, by what it is and how its key ends; None: it is not known."""
    match value:
        case None | "" | []:
            return None
        case bool():
            return "是" if value else "否"
        case datetime():
            return f"{chinese_date(value)}{value.hour}时{value.minute:02d}分"
        case date():
            return chinese_month(f"{value:%Y-%m}") if key.endswith(MONTH) else chinese_date(value)
        case int() | Decimal():
            return _number(key, value)
        case str():
            return _text(key, value)
        case Mapping():
            return {str(name): words(str(name), part) for name, part in value.items()}
        case Sequence() if len(value) <= shapes.ROWS_MAX:
            return [said for each in value if (said := words(key, each)) is not None] or None
    raise PaperDataWrong(f"{key}: nothing a paper can print")


def fill(text: str, said: Words) -> str | None:
    """A text with its places filled in; None where one of them is not known."""
    if any(said.get(name) is None for name in holes(text)):
        return None
    return HOLE.sub(lambda hole: _inline(hole[1], said), text)


def _inline(hole: str, said: Words) -> str:
    name = hole.removesuffix(DIGITS)
    value = said[name]
    if isinstance(value, Mapping):
        if "digits" not in value:
            raise PaperDataWrong(f"{name}: a record can't stand in a sentence")
        return str(value["digits"]) if hole.endswith(DIGITS) else f"{value['digits']}元（{value['words']}）"
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


def _number(key: str, value: int | Decimal) -> Any:
    if key.endswith(MONEY):
        if value != int(value):
            raise PaperDataWrong(f"{key}: whole fen are needed")
        said = money_words(abs(int(value)))
        return {"digits": money_digits(int(value)), "words": said if value >= 0 else f"负{said}"}
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _text(key: str, value: str) -> str | None:
    if not value.strip():
        return None
    if key.endswith(LAST4) and not re.fullmatch(r"[0-9]{4}", value):
        raise PaperDataWrong(f"{key}: exactly the last four digits are needed")
    try:
        if ISO.fullmatch(value):    # a day or moment as forms keep it
            return str(words(key, datetime.fromisoformat(value) if len(value) > DAY_LENGTH else date.fromisoformat(value)))
        clean = shapes.clean(value, shapes.NOTE_MAX, breaks="\n")
        return chinese_month(clean) if key.endswith(MONTH) else clean
    except ValueError as wrong:
        raise PaperDataWrong(f"{key}: {wrong}") from wrong


# ---- blocks ------------------------------------------------------------------------------------------------------

def _block(block: Block, told: Words, said: Words) -> dict[str, Any] | None:
    match block:
        case Steps():
            return _listed("steps", _texts(said.get(block.steps)))
        case Points():
            return _listed("points", [text for each in block.points if (text := fill(each, said))])
        case Note():
            return _listed("note", str(said.get(block.note) or "").split("\n"))
        case Rows():
            return _rows(block, said)
        case Table():
            return _table(block, told, said)
    text = fill(block, said)
    return {"kind": "text", "text": text} if text else None


def _listed(kind: str, lines: Sequence[str]) -> dict[str, Any] | None:
    kept = [line.strip() for line in lines if line.strip()]
    return {"kind": kind, "lines": kept} if kept else None


def _texts(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else [str(value)] if value else []


def _rows(block: Rows, said: Words) -> dict[str, Any] | None:
    lines = paired([[label, value, *english] for label, text, *english in block.rows if (value := fill(text, said)) is not None])
    return {"kind": "rows", "lines": lines} if lines else None


def paired(rows: Sequence[Sequence[str]]) -> list[list[list[str]]]:
    """Labelled values in lines of two where both are short, else one."""
    lines: list[list[list[str]]] = []
    for row in rows:
        last = lines[-1] if lines else []
        if len(last) == 1 and _short(last[0][1]) and _short(row[1]):
            last.append(list(row))
        else:
            lines.append([list(row)])
    return lines


def _short(value: str) -> bool:
    return len(value) <= SHORT and "\n" not in value


def _table(block: Table, told: Words, said: Words) -> dict[str, Any] | None:
    rows = said.get(block.table)
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        return None
    total = [fill(block.total.get(name, ""), said) or "" for name in block.columns] if block.total else None
    return {"kind": "table", "heads": ["序号", *block.columns.values()], "widths": list(block.widths),
            "right": [name.endswith(MONEY) for name in block.columns],
            "rows": [[str(place), *(_cell(row.get(name)) for name in block.columns)] for place, row in enumerate(rows, 1)],
            "total": total, "raw": [[row.get(name) for name in block.columns] for row in _raw(told.get(block.table))]}


def _raw(value: object) -> list[Mapping[str, Any]]:
    """The rows as they are, for a sheet that is calculated with: numbers and days stay what they are."""
    return [{name: _plain(part) for name, part in row.items()} for row in value] if isinstance(value, list) else []


def _plain(value: object) -> object:
    return value if isinstance(value, (int, str)) or value is None else str(value)


def _cell(value: object) -> str:
    if isinstance(value, Mapping):
        return str(value.get("digits", ""))
    return "、".join(map(str, value)) if isinstance(value, list) else str(value if value is not None else "")
