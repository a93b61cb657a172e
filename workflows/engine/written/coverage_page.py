"""The coverage table as it stands in docs/engine.md: `python -m workflows.engine.written.coverage_page` writes it anew."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from . import coverage
from .coverage import Answer, Entry

PAGE = Path(__file__).parents[3] / "docs" / "engine.md"
BEGIN, END = "<!-- coverage: begin -->", "<!-- coverage: end -->"
TITLES: Mapping[Answer, str] = {"runs": "Runs", "drawn": "Drawing alone", "refused": "Refused"}


def table() -> str:
    """Elements, events and ways of drawing, each with its answer."""
    return "\n".join([*_elements(), *_events(), *_features()])


def current(page: str) -> str:
    """A page with the table as it is now."""
    before, _, rest = page.partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


def _elements() -> Iterator[str]:
    for answer, title in TITLES.items():
        yield f"\n### {title}\n\n| elements | {'why' if answer == 'refused' else 'how'} |\n|---|---|"
        groups: dict[Entry, list[str]] = {}
        for name, entry in coverage.ELEMENTS.items():
            if entry.answer == answer:
                groups.setdefault(entry, []).append(f"`{name}`")
        yield from (f"| {' '.join(names)} | {entry.en} |" for entry, names in groups.items())


def _events() -> Iterator[str]:
    kinds = coverage.DEFINITIONS
    yield "\n### Events\n\n`•` runs; an empty cell is refused.\n"
    yield f"| | {' | '.join(kind.replace('_', ' ') for kind in kinds)} |\n|---|{'---|' * len(kinds)}"
    for position, (label, _) in coverage.POSITIONS.items():
        cells = ("•" if kind in coverage.EVENTS[position] else " " for kind in kinds)
        yield f"| {label} | {' | '.join(cells)} |"


def _features() -> Iterator[str]:
    yield "\n### Ways of drawing\n\n| | answer | |\n|---|---|---|"
    for name, entry in coverage.FEATURES.items():
        yield f"| {name} | {entry.answer} | {entry.en} |"


if __name__ == "__main__":
    PAGE.write_text(current(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
