"""A process as small as a reason needs, in versions that differ by a few lines: nodes and `a>b` flows."""

import json
from pathlib import Path

from tests.makers import bureau, done
from tests.workflows.migration.conftest import Move
from workflows import releases
from workflows.cases import intake
from workflows.cases.tables import Case
from workflows.migration import plans
from workflows.office import people

HEAD = ('<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
        'targetNamespace="small"><bpmn:process id="small" name="小事" isExecutable="true">'
        '<bpmn:startEvent id="start" /><bpmn:endEvent id="end" />')
WORDS = """
title = "小事"
en = "Errand"
short = "小事"
number_prefix = "XS"
law = ["示例"]
[end.end]
name = "办结"
en = "Done"
kind = "closed"
"""
ASK = '<bpmn:serviceTask id="ask" name="请求" camunda:type="external" camunda:topic="render_document" />'


def task(name: str, inside: str = "", form: str = "note") -> str:
    return (f'<bpmn:userTask id="{name}" name="环节{name}" camunda:formKey="small/{form}" '
            f'camunda:candidateGroups="TOWN_CLERK">{inside}</bpmn:userTask>')


def gate(name: str, kind: str = "parallel", default: str = "") -> str:
    return f'<bpmn:{kind}Gateway id="{name}"' + (f' default="{default}"' if default else "") + " />"


def flows(text: str) -> str:
    """`a>b` lines; what follows a `?` is the flow's condition."""
    drawn = []
    for line in text.split():
        way, _, condition = line.partition("?")
        source, target = way.split(">")
        asked = f"<bpmn:conditionExpression>={condition}</bpmn:conditionExpression>" if condition else ""
        drawn.append(f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}">{asked}</bpmn:sequenceFlow>')
    return "".join(drawn)


def publish(move: Move, nodes: str, ways: str) -> int:
    """The next version of the process; its number."""
    own, forms = move.folder / "bpmn/small", move.folder / "forms/small"
    for path in (own, forms):
        path.mkdir(parents=True, exist_ok=True)
    (own / "flow.bpmn").write_text(f"{HEAD}{nodes}{flows(ways)}</bpmn:process></bpmn:definitions>", encoding="utf-8")
    (own / "process.toml").write_text(WORDS, encoding="utf-8")
    for name in ("note", "other"):
        (forms / f"{name}.form").write_text(json.dumps({
            "type": "default", "id": f"small_{name}", "schemaVersion": 19, "properties": {"title": name, "title_en": name},
            "components": [{"type": "textfield", "id": "Field_note", "key": "note", "label": "备注",
                            "properties": {"label_en": "Note"}, "layout": {"row": "Row_01", "columns": 16}}]}), encoding="utf-8")
    with move.house.work() as session:
        return releases.publish(session, "small", move.house.now, move.folder).version


def begun(folder: Path, nodes: str, ways: str, *steps: str) -> tuple[Move, Case]:
    """A case of the first version, after these steps."""
    move = Move(bureau(), folder)
    publish(move, nodes, ways)
    with move.house.work() as session:
        case = intake.open_case(session, "small", "信件", "990101001001", {}, people.by_login(session, "town_clerk1"), move.house.now)
    for step in steps:
        done(move.house, case, step, note="好")
    return move, case


def plan(move: Move, nodes: str, ways: str, old: int = 1, **chosen: str) -> Move:
    """Publish the next version, and plan from an earlier one to it; `chosen` counterparts are set by hand."""
    new = publish(move, nodes, ways)
    with move.house.work() as session:
        who = people.by_login(session, "designer1")
        made = plans.make(session, "small", old, new, who, move.house.now)
        move.id = made.id or 0
        plans.edit(session, move.id, {**made.mapping, **chosen}, who, move.house.now)
    return move
