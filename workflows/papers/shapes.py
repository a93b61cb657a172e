"""Check a paper's data against its kind, and turn each value into what is printed."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Final

from workflows.papers.errors import PaperDataWrong
from workflows.papers.kinds import Kind, Shape
from workflows.papers.words import chinese_date, chinese_month, money_digits, money_words

TEXT_MAX: Final = 300
NOTE_MAX: Final = 3000
ROWS_MAX: Final = 500
COUNT_MAX: Final = 10**9
FORBIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def prepare(kind: Kind, data: Mapping[str, object]) -> dict[str, object]:
    """Give printable values for every key of the kind; optional ones left out are None."""
    _same_keys(kind.code, data, set(kind.keys), set(kind.keys) | set(kind.optional))
    shapes = {**kind.optional, **kind.keys}
    return {
        key: _value(f"{kind.code}: {key}", shape, data[key]) if key in data else None for key, shape in shapes.items()
    }


def _same_keys(where: str, data: Mapping[str, object], needed: set[str], known: set[str]) -> None:
    """Refuse a missing key and, as firmly, one too many: it might be a secret on its way out."""
    missing, extra = needed - set(data), set(data) - known
    if missing or extra:
        said = [f"missing {', '.join(sorted(missing))}"] if missing else []
        said += [f"unknown {', '.join(sorted(map(str, extra)))}"] if extra else []
        raise PaperDataWrong(f"{where}: {'; '.join(said)}")


def _value(where: str, shape: Shape, value: object) -> object:
    if isinstance(shape, Mapping):
        return _rows(where, shape, value)
    if shape.endswith("?") and value is None:
        return None
    try:
        return SHAPES[shape.removesuffix("?")](value)
    except (ValueError, TypeError) as wrong:
        raise PaperDataWrong(f"{where}: {wrong}") from wrong


def _rows(where: str, shape: Mapping[str, str], value: object) -> list[dict[str, object]]:
    rows = _list(where, value)
    return [_row(f"{where}[{index}]", shape, row) for index, row in enumerate(rows)]


def _row(where: str, shape: Mapping[str, str], row: object) -> dict[str, object]:
    if not isinstance(row, Mapping):
        raise PaperDataWrong(f"{where}: a row is a mapping")
    _same_keys(where, row, set(shape), set(shape))
    return {key: _value(f"{where}.{key}", part, row[key]) for key, part in shape.items()}


def _list(where: str, value: object) -> Sequence[object]:
    if isinstance(value, str) or not isinstance(value, Sequence) or not 0 < len(value) <= ROWS_MAX:
        raise PaperDataWrong(f"{where}: a list of 1 to {ROWS_MAX} is needed")
    return value


def clean(value: object, length_max: int, breaks: str = "") -> str:
    """Refuse characters that print nothing or turn the line around: they could forge a paper."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("text is needed")
    if len(value) > length_max:
        raise ValueError(f"longer than {length_max} characters")
    if any(unicodedata.category(sign) in FORBIDDEN and sign not in breaks for sign in value):
        raise ValueError("a control character")
    return value.strip()


def _text(value: object) -> str:
    return clean(value, TEXT_MAX)


def _note(value: object) -> list[str]:
    lines = clean(value, NOTE_MAX, breaks="\n").split("\n")
    return [line.strip() for line in lines if line.strip()]


def _day(value: object) -> str:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError("a date is needed")
    return chinese_date(value)


def _month(value: object) -> str:
    return chinese_month(_text(value))


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError("a whole number is needed")
    return value


def _count(value: object) -> str:
    if not 0 <= _whole(value) < COUNT_MAX:
        raise ValueError("a count from 0 is needed")
    return str(value)


def _fen(value: object) -> dict[str, str]:
    fen = _whole(value)
    return {"digits": money_digits(fen), "words": money_words(fen)}


def _change(value: object) -> str:
    change = _whole(value)
    return f"{change:+d}" if change else "0"


def _fen_change(value: object) -> str:
    fen = _whole(value)
    return ("+" if fen >= 0 else "") + money_digits(fen)


def _matching(pattern: str, what: str) -> Callable[[object], str]:
    def check(value: object) -> str:
        said = _text(value)
        if re.fullmatch(pattern, said) is None:
            raise ValueError(f"{what} is needed")
        return said

    return check


def _texts(value: object) -> list[str]:
    return [_text(item) for item in _list("list", value)]


SHAPES: Final[Mapping[str, Callable[[object], object]]] = {
    "text": _text,
    "note": _note,
    "day": _day,
    "month": _month,
    "count": _count,
    "fen": _fen,
    "change": _change,
    "fen_change": _fen_change,
    "texts": _texts,
    "phone": _matching(r"[0-9][0-9\-—转、 ]{2,40}", "a telephone number"),
    "last4": _matching(r"[0-9]{4}", "exactly the last four digits"),
    "hash": _matching(r"[0-9a-f]{32,128}", "a hash in lower-case hexadecimal digits"),
}
