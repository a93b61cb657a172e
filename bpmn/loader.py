"""Read process folders: the drawing, its tables, its rules, and what it calls."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from bpmn import register_files, toml
from bpmn.schema import Process

ROOT = Path(__file__).resolve().parent
PARTS = (".bpmn", ".dmn")
RULES = ("process.toml", "rates.toml", "papers.toml")
TEMPLATES = ".typ"     # of papers that only this process has
_BORROWED = re.compile(r"\w+/(?:\w+\.dmn|rates\.toml)")
_CALLED = re.compile(rb'calledElement="([\w-]+)"')


def names(root: Path = ROOT) -> tuple[str, ...]:
    """The processes that stand in the folder."""
    return tuple(sorted(path.parent.name for path in root.glob("*/process.toml")))


def startable(root: Path = ROOT) -> frozenset[str]:
    """Those of them that can be opened as a case; the others are only called, or say of themselves what can't be read."""
    return frozenset(name for name in names(root) if _is_startable(root / name / "process.toml"))


def files(process: str, root: Path = ROOT) -> dict[str, bytes]:
    """Every file that belongs to one version of a process: `dibao/flow.bpmn` -> bytes; called processes and named registers too."""
    found: dict[str, bytes] = {}
    waiting, seen = [process], set[str]()
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        own = {f"{name}/{path.name}": path.read_bytes() for path in sorted((root / name).glob("*"))
               if path.suffix in (*PARTS, TEMPLATES) or path.name in RULES}
        found |= own
        waiting += _called(own)
        found |= {lent: (root / lent).read_bytes() for lent in _borrowed(own) if _BORROWED.fullmatch(lent) and (root / lent).is_file()}
    return dict(sorted((found | register_files.used(found, root)).items()))


def describe(process: str, of: Mapping[str, bytes]) -> Process:
    """What the process says of itself; raises pydantic's ValidationError for words it may not say."""
    return _described(of[f"{process}/process.toml"])


@lru_cache(maxsize=256)
def _described(rules: bytes) -> Process:
    return Process.model_validate(toml.read(rules))


def drawings(of: Mapping[str, bytes]) -> dict[str, bytes]:
    """The parts that the engine reads."""
    return {name: content for name, content in of.items() if name.endswith(PARTS)}


def _is_startable(rules: Path) -> bool:
    try:
        return not toml.read(rules.read_bytes()).get("callable_only", False)
    except toml.BROKEN:
        return False


def _borrowed(of: Mapping[str, bytes]) -> Iterator[str]:
    """The tables and rates of other processes that these ones read; a file that can't be read names none."""
    for name, content in of.items():
        if name.endswith("/process.toml"):
            try:
                yield from toml.read(content).get("borrows", ())
            except toml.BROKEN:
                continue


def _called(of: Mapping[str, bytes]) -> Iterator[str]:
    for name, content in of.items():
        if name.endswith(".bpmn"):
            yield from (match.decode() for match in _CALLED.findall(content))
