"""A drawing's effect that a program does not know would silently become a job that nobody does."""

import json
import subprocess
import sys
from typing import Any

import pytest
from lxml import etree

from workflows.releases.house import house
from workflows.settings import ROOT

NAME = "{http://camunda.org/schema/1.0/bpmn}topic"
ASKED = """import importlib, json, sys
importlib.import_module(sys.argv[1])
from workflows.cases.effects import EFFECTS
from workflows.releases.house import house
print(json.dumps(sorted(EFFECTS)))"""


def drawn() -> set[str]:
    """Every effect that the shipped drawings name; a machine's job is none."""
    found: set[str] = set()
    for path in (ROOT / "bpmn").glob("*/flow.bpmn"):
        tree: Any = etree.parse(path)
        found |= {str(node.get(NAME)) for node in tree.iter() if node.get(NAME)}
        found |= {str(node.get("value")) for node in tree.iter("{*}property") if node.get("name") == "effect"}
    return found - set(house().jobs)


@pytest.mark.parametrize("door", ["api.app", "tasks.worker", "tasks.disbursement", "workflows.scenarios.bureau"])
def test_every_program_that_moves_cases_knows_every_effect(door: str) -> None:
    said = subprocess.run([sys.executable, "-c", ASKED, door], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    assert drawn()
    assert drawn() <= set(json.loads(said.splitlines()[-1]))
