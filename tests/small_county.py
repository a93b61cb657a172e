"""A county with small processes of one's own, drawn in a few lines: for what cases do to one another and by the clock."""

import copy
from collections.abc import Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlmodel import select

from tests.workflows.engine.conftest import HEAD, flows_xml
from workflows import releases
from workflows.cases import facts, intake, kin  # noqa: F401  (kin registers its effects)
from workflows.cases.tables import Case, Visit
from workflows.records.session import writing
from workflows.records.types import CHINA
from workflows.sample import fixture

NOW = datetime(2024, 3, 4, 9, tzinfo=CHINA)
DIVISION = "990101001001"


class SmallCounty:
    """A database with the fixture county; processes are published as a test draws them."""

    def __init__(self, source: Engine, root: Path) -> None:
        self.source, self.root, self.now = source, root, NOW
        with self.work() as session:
            fixture.load(session)

    @contextmanager
    def work(self):
        with writing(self.source) as session:
            yield session

    def at(self, moment: datetime) -> "SmallCounty":
        """The same county at another moment."""
        twin = copy.copy(self)
        twin.now = moment
        return twin

    def draw(self, name: str, nodes: str, flows: str, *, told: str = "", rules: str = "", ends: str = "done",
             heard: str = "") -> None:
        """Publish a process; `told` are its messages' names, `ends` the ids of its end events, `heard` other root elements."""
        folder = self.root / "bpmn" / name
        folder.mkdir(parents=True, exist_ok=True)
        named = "".join(f'<message id="{word}" name="{word}"/>' for word in told.split())
        xml = f'{HEAD}{named}{heard}<process id="{name}" isExecutable="true">{nodes}{flows_xml(flows)}</process></definitions>'
        folder.joinpath("flow.bpmn").write_text(xml, encoding="utf-8")
        meanings = "".join(f'[end.{end}]\nname = "办结"\nen = "Done"\nkind = "closed"\n' for end in ends.split())
        folder.joinpath("process.toml").write_text(
            f'title = "{name}"\nen = "{name}"\nshort = "{name}"\nnumber_prefix = "{name.upper()}"\nlaw = []\n{rules}\n{meanings}',
            encoding="utf-8")
        with self.work() as session:
            releases.publish(session, name, self.now, self.root)

    def open(self, process: str, **known: Any) -> Case:
        with self.work() as session:
            return intake.open_case(session, process, "事项", DIVISION, known, None, self.now)

    def case(self, which: Case | str) -> Case:
        with self.work() as session:
            return session.exec(select(Case).where(Case.number == (which if isinstance(which, str) else which.number))).one()

    def facts(self, which: Case | str) -> Mapping[str, Any]:
        return facts.known(self.case(which))

    def visits(self, node: str) -> list[str]:
        """The numbers of the cases that entered an element, in the order they did."""
        with self.work() as session:
            found = select(Case.number).join(Visit, Visit.case_id == Case.id).where(Visit.node == node, Visit.what == "entered")
            return list(session.exec(found.order_by(Visit.id)))


def catch(identity: str, message: str, **properties: str) -> str:
    return f'<intermediateCatchEvent id="{identity}">{drawn(properties)}<messageEventDefinition messageRef="{message}"/></intermediateCatchEvent>'


def throw(identity: str, message: str, **properties: str) -> str:
    return f'<intermediateThrowEvent id="{identity}">{drawn(properties)}<messageEventDefinition messageRef="{message}"/></intermediateThrowEvent>'


def timer(identity: str, moment: str) -> str:
    """A timer for a moment, as FEEL."""
    return f'<intermediateCatchEvent id="{identity}"><timerEventDefinition><timeDate>{moment}</timeDate></timerEventDefinition></intermediateCatchEvent>'


def service(identity: str, topic: str, **properties: str) -> str:
    return f'<serviceTask id="{identity}" camunda:type="external" camunda:topic="{topic}">{drawn(properties)}</serviceTask>'


def drawn(properties: Mapping[str, str]) -> str:
    found = "".join(f'<camunda:property name="{name}" value="{value.replace(chr(34), "&quot;")}"/>'
                    for name, value in properties.items())
    return f"<extensionElements><camunda:properties>{found}</camunda:properties></extensionElements>" if found else ""


BEGIN, DONE = '<startEvent id="begin"/>', '<endEvent id="done"/>'


def hours(count: float) -> datetime:
    """So many hours after the beginning."""
    return NOW + timedelta(hours=count)
