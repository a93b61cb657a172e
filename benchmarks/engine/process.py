"""The process that all engines run, and the way through it: rounds of accept, three parallel checks, opinion, signature."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

from workflows.records.types import CHINA

NAME = "approval"
ROOT = Path(__file__).parent.parent / NAME
FILE = ROOT / "bpmn" / NAME / "flow.bpmn"
NOW = datetime(2024, 3, 4, 9, tzinfo=CHINA)
FIRST, ROUND = "fill", ("accept", "visit", "check", "query", "opinion", "sign")
AGAIN = "again"


def steps(count: int) -> Iterator[str]:
    """The user tasks after the first one, round after round."""
    return islice((node for _ in iter(int, 1) for node in ROUND), count)


def windows(count: int) -> tuple[tuple[int, int], ...]:
    """Ten rounds each, ending at the first steps and at every power of ten: (first, last) step, counted from 1."""
    width = 10 * len(ROUND)
    ends = [end for end in (width, 200, 1_000, 10_000, 100_000) if end < count]
    return tuple((end - width + 1, end) for end in (*ends, count) if end >= width)
