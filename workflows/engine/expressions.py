"""FEEL as it stands in a drawing: with a leading '=' or without, never anything else."""

from functools import lru_cache
from typing import Any

from bpmn import feel


@lru_cache(maxsize=4096)
def compiled(source: str) -> Any:
    """Compile an expression; raises FeelSyntaxError."""
    return feel.compile(source.strip().removeprefix("=").strip())
