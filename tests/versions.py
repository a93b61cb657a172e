"""Newer versions of the processes that stand in the folders, changed as a designer might."""

import re
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


def renaming(old: str, new: str, process: str = "dibao") -> dict[str, Changed]:
    """A user task gets another id, wherever the version names it; its answers stay the fact they were."""
    fact = f'<bpmn:extensionElements><camunda:properties><camunda:property name="fact" value="{old}" /></camunda:properties></bpmn:extensionElements>'

    def drawing(text: str) -> str:
        task = re.compile(rf'(<bpmn:userTask id="{old}"[^>]*>\s*(?:<bpmn:documentation>.*?</bpmn:documentation>)?)')
        text = task.sub(lambda found: found[1] + fact, text)
        return re.sub(rf'(?<!value=)"{old}"', f'"{new}"', text).replace(f">{old}<", f">{new}<")

    def rules(text: str) -> str:
        return re.sub(rf"^{old} =", f"{new} =", text, flags=re.MULTILINE).replace(f'"{old}"', f'"{new}"').replace(f'ended_on = "{old}.', f'ended_on = "{new}.')

    done = f"done.{old}."
    papers = f"{process}/papers.toml"
    told = {papers: replacing(done, f"done.{new}.")} if done in (ROOT / "bpmn" / papers).read_text(encoding="utf-8") else {}
    return {f"{process}/flow.bpmn": drawing, f"{process}/process.toml": rules, **told}


def replacing(old: str, new: str) -> Changed:
    """One piece of text for another."""
    return lambda text: text.replace(old, new)


RENAMED = renaming("home_visit", "house_visit")
TO_HOUSE = {"home_visit": "house_visit"}
FLOW, RULES = "dibao/flow.bpmn", "dibao/process.toml"
