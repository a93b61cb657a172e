"""Newer versions of the processes that stand in the folders, changed as a designer might."""

import shutil
from collections.abc import Callable
from pathlib import Path

from sqlmodel import Session

from workflows import releases
from workflows.releases.tables import Release
from workflows.settings import ROOT

Changed = Callable[[str], str]


def newer(session: Session, folder: Path, now, changes: dict[str, Changed] | None = None, process: str = "dibao") -> Release:
    """Publish the process with some of its files changed: `dibao/flow.bpmn` -> what becomes of its text."""
    for name in ("bpmn", "forms"):
        shutil.copytree(ROOT / name, folder / name, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.py", "__pycache__", "dmn", "feel"))
    for name, change in (changes or {"dibao/process.toml": lambda text: text + "\n# newer\n"}).items():
        path = folder / ("forms" if name.endswith(".form") else "bpmn") / name
        before = path.read_text(encoding="utf-8")
        path.write_text(change(before), encoding="utf-8")
        assert path.read_text(encoding="utf-8") != before, f"nothing was changed in {name}"
    return releases.publish(session, process, now, folder)


def renamed(old: str, new: str) -> Changed:
    """An element's id, wherever the file names it."""
    return lambda text: text.replace(f'"{old}"', f'"{new}"').replace(f">{old}<", f">{new}<").replace(f'"{old}_di"', f'"{new}_di"')
