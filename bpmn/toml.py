"""TOML, read in one place and once per content: process folders are asked again and again what they say of themselves."""

import tomllib
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

BROKEN = (tomllib.TOMLDecodeError, UnicodeDecodeError)      # what reading raises; `unreadable.toml` tells it plainly


def read(content: bytes | str, number: Callable[[str], Any] = float) -> dict[str, Any]:
    """What a file says, to be looked at and never changed; `number` makes what stands with a decimal point."""
    return _read(content if isinstance(content, str) else content.decode(), number)


def file(path: Path) -> dict[str, Any]:
    """The same of a file that the house brings along."""
    return read(path.read_bytes())


@lru_cache(maxsize=256)
def _read(text: str, number: Callable[[str], Any]) -> dict[str, Any]:
    return tomllib.loads(text, parse_float=number)
