"""What an instance of a repeated activity is done for, as the text by which its work items and answers are told apart."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from workflows.cases import facts

_MARK, TURN, NUMBERS = "=", "item_turn", "item_numbers"
_COUNTED = re.compile(r"=#(\d+) (.*)", re.DOTALL)


def key(element: object, turn: int = 0) -> str:
    """A text for an element: itself, or its JSON behind a mark; with its turn where equal ones come before it; empty for none."""
    if element is None:
        return ""
    if not turn and isinstance(element, str) and not element.startswith(_MARK):
        return element
    words = json.dumps(facts.encode(element), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{_MARK}#{turn} {words}" if turn else _MARK + words


def element(text: str) -> object:
    """The element that a key stands for."""
    if not text.startswith(_MARK):
        return text or None
    counted = _COUNTED.fullmatch(text)
    return facts.decode(json.loads(counted[2] if counted else text.removeprefix(_MARK)))


def text(key: str) -> str:
    """The element that a key stands for, if that is a text."""
    found = element(key)
    return found if isinstance(found, str) else ""


def row(text: str, numbers: tuple[int, ...], values: Mapping[str, Any]) -> dict[str, Any]:
    """An instance's answers as they stand among those of the others; with its number, after those of what it stands in."""
    counted = _COUNTED.fullmatch(text)
    return {"item": element(text), **({TURN: int(counted[1])} if counted else {}), NUMBERS: list(numbers), **values}


def key_of(row: Mapping[str, Any]) -> str:
    """Whose answers a row holds."""
    turn = row.get(TURN)
    return key(row.get("item"), int(turn) if turn else 0)


def numbers_of(row: object) -> tuple[int, ...]:
    """The numbers of the instance that gave a row, and of those it stands in, the outermost first."""
    return tuple(row.get(NUMBERS) or ()) if isinstance(row, Mapping) else ()


def in_order(rows: Iterable[Any]) -> list[Any]:
    """Rows in the order of the items they were given for."""
    return sorted(rows, key=numbers_of)
