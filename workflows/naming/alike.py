"""Names that look or sound alike: a warning for people, never a refusal."""

from functools import lru_cache

from pypinyin import Style, lazy_pinyin
from rapidfuzz.distance import Indel

ALL = 100


def looks(one: str, other: str) -> int:
    """How much two names look alike, in percent of the characters they share in order."""
    return round(Indel.normalized_similarity(one, other) * ALL)


def sounds_alike(one: str, other: str) -> bool:
    """Whether two names are read the same, tones left aside."""
    return _read(one) == _read(other)


@lru_cache(maxsize=4096)
def _read(name: str) -> tuple[str, ...]:
    return tuple(lazy_pinyin(name, style=Style.NORMAL))
