"""Publish a drawing that a test has drawn: its folders are written, every user task gets a desk and a form."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from sqlmodel import Session

from workflows import releases
from workflows.releases.tables import Release

NAMES = 'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
HEAD = f'<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" {NAMES} targetNamespace="test">'
WORDS = 'title = "试验"\nen = "Trial"\nshort = "试验"\nnumber_prefix = "SY"\nlaw = []\n'
STEP = Path(__file__).parent.parent / "benchmarks" / "approval" / "forms" / "approval" / "step.form"
FROZEN: Mapping[str, str] = MappingProxyType({})
CALLED = "callable_only = true\n"
DESK = 'camunda:candidateGroups="TOWN_CLERK" camunda:formKey="{process}/step"'


def publish(session: Session, root: Path, now: datetime, *processes: str, given: Mapping[str, str] = FROZEN,
            rules: str = "") -> Release:
    """The first process and all that it calls, each `<process id="…">…</process>` as text; `given` facts by their type.

    `rules` stand in each process.toml beside what is needed anyhow.
    """
    names = [re.search(r'<process id="(\w+)"', one)[1] for one in processes]
    for name, drawn in zip(names, processes, strict=True):
        folder, desks = root / "bpmn" / name, root / "forms" / name
        folder.mkdir(parents=True)
        desks.mkdir(parents=True)
        asked = re.sub(r"<userTask ", f"<userTask {DESK.format(process=name)} ", drawn)
        (folder / "flow.bpmn").write_text(f"{HEAD}{asked}</definitions>", encoding="utf-8")
        (folder / "process.toml").write_text(WORDS + CALLED * (name != names[0]) + rules + _given(given) + _ends(drawn), encoding="utf-8")
        (desks / "step.form").write_bytes(STEP.read_bytes())
    return releases.publish(session, names[0], now, root)


def _ends(drawn: str) -> str:
    """What each end of the process itself means; those of sub-processes mean nothing to a case."""
    return "".join(f'[end.{end.get("id")}]\nname = "结束"\nen = "Ended"\nkind = "closed"\n'
                   for end in ET.fromstring(f"<drawn {NAMES}>{drawn}</drawn>").findall("./process/endEvent"))


def _given(facts: Mapping[str, str]) -> str:
    return "[given]\n" + "".join(f'{name} = "{kind}"\n' for name, kind in facts.items()) if facts else ""
