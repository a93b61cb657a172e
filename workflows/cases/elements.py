"""What an instance of a repeated activity is done for, as the text by which its work items and answers are told apart."""

import json

from workflows.cases import facts

_MARK = "="


def key(element: object) -> str:
    """A text for an element: itself, or its JSON behind a mark; empty for none."""
    if element is None:
        return ""
    if isinstance(element, str) and not element.startswith(_MARK):
        return element
    return _MARK + json.dumps(facts.encode(element), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def element(text: str) -> object:
    """The element that a key stands for."""
    if not text.startswith(_MARK):
        return text or None
    return facts.decode(json.loads(text.removeprefix(_MARK)))


def division(text: str) -> str:
    """The division that a key names, if the element is a text."""
    return "" if text.startswith(_MARK) else text
