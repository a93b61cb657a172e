"""残疾人两项补贴 is files in `bpmn/` and `forms/` alone: the proof that a matter needs no Python (docs/adding-a-matter.md)."""

from pathlib import Path

from workflows import releases, scenarios
from workflows.settings import ROOT

MATTER = "disability_subsidy"
ROOMS = ("api", "tasks", "workflows", "bpmn", "forms")
DATA = {".bpmn", ".dmn", ".toml", ".form"}


def programs() -> list[Path]:
    """Everything that runs: Python, templates, scripts and message catalogues."""
    return [path for room in ROOMS for path in (ROOT / room).rglob("*")
            if path.suffix in {".py", ".html", ".js", ".mjs", ".css", ".po"} and "dist" not in path.parts]


def test_no_program_names_it():
    assert [str(path) for path in programs() if MATTER in path.read_text(encoding="utf-8")] == []


def test_it_is_files_of_data_alone():
    files = [path for room in ("bpmn", "forms") for path in (ROOT / room / MATTER).rglob("*") if path.is_file()]
    assert {path.suffix for path in files} == DATA


def test_it_is_published_without_a_finding():
    assert releases.check(MATTER).findings == ()


def test_it_has_scenarios_and_each_is_of_this_matter():
    found = [scenarios.load(path) for path in sorted((ROOT / "bpmn" / MATTER / "scenarios").glob("*.toml"))]
    assert len(found) >= 8
    assert {one.process for one in found} == {MATTER}
