"""What an instance of a repeated activity is done for, as the text by which its work items and answers are told apart."""

import json
import re
from collections.abc import Mapping
from typing import Any

from workflows.cases import facts

_MARK, TURN = "=", "item_turn"
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


def division(text: str) -> str:
    """The division that a key names, if the element is a text."""
    found = element(text)
    return found if isinstance(found, str) else ""


def row(text: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """An instance's answers as they stand among those of the others."""
    counted = _COUNTED.fullmatch(text)
    return {"item": element(text), **({TURN: int(counted[1])} if counted else {}), **values}


def key_of(row: Mapping[str, Any]) -> str:
    """Whose answers a row holds."""
    turn = row.get(TURN)
    return key(row.get("item"), int(turn) if turn else 0)
