"""A small process that asks a machine for something between two people's steps: prepare, ask (a job), check."""

import json
import tempfile
from functools import lru_cache
from pathlib import Path

from tests.makers import bureau
from workflows import releases
from workflows.cases import intake
from workflows.cases.tables import Case
from workflows.office import people
from workflows.scenarios.bureau import Bureau

DRAWING = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
    xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="errand">
  <bpmn:process id="errand" name="跑腿" isExecutable="true">
    <bpmn:startEvent id="begun" />
    <bpmn:userTask id="prepare" name="准备" camunda:formKey="errand/prepare" camunda:candidateGroups="TOWN_CLERK" />
    <bpmn:serviceTask id="ask" name="请求外部系统" camunda:type="external" camunda:topic="render_document" />
    <bpmn:userTask id="check" name="复核" camunda:formKey="errand/check" camunda:candidateGroups="COUNTY_CLERK" />
    <bpmn:endEvent id="done" name="办结" />
    <bpmn:sequenceFlow id="f1" sourceRef="begun" targetRef="prepare" />
    <bpmn:sequenceFlow id="f2" sourceRef="prepare" targetRef="ask" />
    <bpmn:sequenceFlow id="f3" sourceRef="ask" targetRef="check" />
    <bpmn:sequenceFlow id="f4" sourceRef="check" targetRef="done" />
  </bpmn:process>
</bpmn:definitions>
"""
WORDS = """
title = "跑腿"
en = "Errand"
short = "跑腿"
number_prefix = "PT"
law = ["示例"]
[operations]
terminate = ["COUNTY_LEAD"]
[end.done]
name = "办结"
en = "Done"
kind = "closed"
"""


@lru_cache
def folder() -> Path:
    """The process as a tree of files, as an installation has it."""
    root = Path(tempfile.mkdtemp(prefix="errand-"))
    own, forms = root / "bpmn/errand", root / "forms/errand"
    own.mkdir(parents=True)
    forms.mkdir(parents=True)
    (own / "flow.bpmn").write_text(DRAWING)
    (own / "process.toml").write_text(WORDS)
    for name in ("prepare", "check"):
        (forms / f"{name}.form").write_text(json.dumps({
            "type": "default", "id": f"errand_{name}", "schemaVersion": 19,
            "components": [{"type": "textfield", "id": "Field_note", "key": "note", "label": "备注",
                            "properties": {"label_en": "Note"}, "layout": {"row": "Row_01", "columns": 16}}],
            "properties": {"title": name, "title_en": name}}))
    return root


def sent(answers: dict | None = None) -> tuple[Bureau, Case]:
    """A county where one errand waits at its first step."""
    house = bureau()
    with house.work() as session:
        releases.publish(session, "errand", house.now, folder())
        case = intake.open_case(session, "errand", "信件", "990101001001", answers or {},
                                people.by_login(session, "town_clerk1"), house.now)
    return house, case
