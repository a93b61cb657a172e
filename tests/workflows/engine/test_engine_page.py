"""docs/engine.md says what the coverage table and the checks say."""

import re
from pathlib import Path

from workflows import engine
from workflows.engine.written import coverage_page

PAGE = coverage_page.PAGE.read_text(encoding="utf-8")
ROOM = Path(engine.__file__).parent


def test_the_table_on_the_page_is_the_current_one():
    assert coverage_page.current(PAGE) == PAGE, "run python -m workflows.engine.written.coverage_page"


def test_every_code_the_checks_can_say_stands_on_the_page():
    sources = "".join(path.read_text() for path in ROOM.rglob("*.py"))
    said = set(re.findall(r'yield \(?\s*(?:[a-z_\[\]().0-9]+(?: or "")?, )?"([a-z_]+)",', sources))
    said |= set(re.findall(r'_finding\([a-z]+, "([a-z_]+)"', sources)) | set(re.findall(r'refused\([^"]*?, "([a-z_]+)"', sources))
    assert len(said) > 30
    assert sorted(code for code in said if f"`{code}`" not in PAGE) == []


def test_every_file_the_page_names_is_there():
    named = set(re.findall(r"`([a-z_/]+\.py)`", PAGE.partition("## What differs")[2]))
    assert named
    assert sorted(name for name in named if not (ROOM / name).is_file()) == []
