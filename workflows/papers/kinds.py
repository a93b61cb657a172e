"""The kinds of paper, read once from kinds.toml."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from bpmn import toml

Shape = str | Mapping[str, str]


@dataclass(frozen=True)
class Kind:
    """One kind of paper: its names, its law and the data it needs."""

    code: str
    name: str
    english: str
    title: str
    mark: str
    basis: str
    adverse: bool
    remedies: bool
    red: bool
    internal: bool
    keys: Mapping[str, Shape]
    optional: Mapping[str, Shape]


def _kind(code: str, entry: Mapping[str, Any]) -> Kind:
    said: dict[str, str] = {key: entry[key] for key in ("name", "english", "title", "mark", "basis")}
    return Kind(
        code=code,
        **said,
        adverse=entry.get("adverse", False),
        remedies=entry.get("remedies", False),
        red=entry.get("red", False),
        internal=entry.get("internal", False),
        keys=MappingProxyType({**BOOK["common"], **entry["keys"]}),
        optional=MappingProxyType({**BOOK["common_optional"], **entry.get("optional", {})}),
    )


def remedies(name: str, body: str, court: str) -> str:
    """Say where and until when a decision can be fought (glossary section 6)."""
    rule = BOOK["remedies"]
    called = name[-3:]  # 决定书, 告知书
    said: str = rule["text"].format(called=called, days=rule["days"], months=rule["months"], body=body, court=court)
    return said


BOOK: Final = toml.file(Path(__file__).with_name("kinds.toml"))
DEFAULTS: Final[Mapping[str, str]] = BOOK["defaults"]
KINDS: Final[Mapping[str, Kind]] = MappingProxyType({code: _kind(code, entry) for code, entry in BOOK["kinds"].items()})
