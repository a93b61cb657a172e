"""TOML read once per content: process folders are asked again and again what they say of themselves."""

import tomllib
from functools import lru_cache
from typing import Any


def read(content: bytes) -> dict[str, Any]:
    """What a file says, to be looked at and never changed; raises TOMLDecodeError or UnicodeDecodeError."""
    return _read(content.decode())


@lru_cache(maxsize=256)
def _read(text: str) -> dict[str, Any]:
    return tomllib.loads(text)
