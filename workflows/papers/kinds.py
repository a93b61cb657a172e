"""The kinds of paper, read once from kinds.toml."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

type_of_shape = str | Mapping[str, str]


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
    keys: Mapping[str, type_of_shape]
    optional: Mapping[str, type_of_shape]

    def number(self, year: int, n: int, office: str = "", scheme: str = "低保") -> str:
        """Write the document number: 示民低保受〔2024〕1号 for office 示民."""
        if n < 1:
            raise ValueError("documents are numbered from 1")
        return f"{office}{scheme}{self.mark}〔{year}〕{n}号"


def _read(path: Path) -> Mapping[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _kind(code: str, entry: Mapping[str, Any]) -> Kind:
    said = {key: entry[key] for key in ("name", "english", "title", "mark", "basis")}
    flags = {key: bool(entry.get(key, False)) for key in ("adverse", "remedies", "red", "internal")}
    keys = {**BOOK["common"], **entry["keys"]}
    optional = {**BOOK["common_optional"], **entry.get("optional", {})}
    return Kind(code=code, **said, **flags, keys=MappingProxyType(keys), optional=MappingProxyType(optional))


def remedies(kind: Kind, body: str, court: str) -> str:
    """Say where and until when a decision can be fought (glossary section 6)."""
    rule = BOOK["remedies"]
    said: str = rule["text"].format(name=kind.name, days=rule["days"], months=rule["months"], body=body, court=court)
    return said


BOOK: Final = _read(Path(__file__).with_name("kinds.toml"))
DEFAULTS: Final[Mapping[str, str]] = BOOK["defaults"]
KINDS: Final[Mapping[str, Kind]] = MappingProxyType(
    {code: _kind(code, entry) for code, entry in BOOK["kinds"].items()}
)
