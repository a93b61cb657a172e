"""Small drawings, written down in a few lines."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from workflows import engine

HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" targetNamespace="test">'
)
NOON = datetime(2026, 3, 2, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


def flows_xml(lines: str, prefix: str = "") -> str:
    """'a>b' or 'a>b ? condition', one a line; the flow's id is a_b, the next one between the two a_b_2."""
    seen: Counter[str] = Counter()
    out = []
    for line in filter(None, (part.strip() for part in lines.splitlines())):
        way, _, condition = line.partition(" ? ")
        source, target = (end.strip() for end in way.split(">"))
        seen[f"{source}_{target}"] += 1
        number = seen[f"{source}_{target}"]
        identity = f"{prefix}{source}_{target}" + (f"_{number}" if number > 1 else "")
        inner = condition.replace("&", "&amp;").replace("<", "&lt;")
        inner = f"<conditionExpression>{inner}</conditionExpression>" if condition else ""
        out.append(f'<sequenceFlow id="{identity}" sourceRef="{source}" targetRef="{target}">{inner}</sequenceFlow>')
    return "".join(out)


def process_xml(nodes: str, flows: str, name: str = "p") -> str:
    return f'<process id="{name}" isExecutable="true">{nodes}{flows_xml(flows)}</process>'


def parse(*processes: str, extra: str = "", dmn: bytes | None = None, name: str = "p") -> engine.Drawing:
    files = {"p.bpmn": f"{HEAD}{extra}{''.join(processes)}</definitions>".encode()}
    if dmn is not None:
        files["d.dmn"] = dmn
    return engine.parse(files, name)


class Case:
    """A case on a drawing; the state is frozen and thawed at every step because it is all there is."""

    def __init__(self, drawing: engine.Drawing, now: datetime = NOON, **facts: object) -> None:
        self.drawing, self.facts, self.now = drawing, dict(facts), now
        self.trace: list[tuple[str, ...]] = []
        self.take(engine.start(drawing, self.facts, now))

    def take(self, move: engine.Move) -> engine.Move:
        self.move = move
        self.facts.update(move.facts)
        self.trace.extend((v.node, v.what) for v in move.visits)
        assert engine.waiting(self.drawing, move.state) == move.waiting
        return move

    def token(self, node: str) -> str:
        return next(w.token for w in self.move.waiting if w.node.id == node)

    def done(self, node: str, **facts: object) -> engine.Move:
        self.facts.update(facts)
        token = self.token(node)
        return self.take(engine.complete(self.drawing, self.move.state, token, self.facts, self.now))

    def fire(self, node: str, after: timedelta = timedelta(0)) -> engine.Move:
        self.now += after
        return self.take(engine.fire(self.drawing, self.move.state, self.token(node), self.facts, self.now))

    def tell(self, message: str) -> engine.Move:
        return self.take(engine.tell(self.drawing, self.move.state, message, self.facts, self.now))

    @property
    def waits(self) -> list[str]:
        return sorted(w.node.id for w in self.move.waiting)

    @property
    def ended(self) -> str | None:
        return self.move.ended

    def path(self, what: str = "entered") -> list[str]:
        return [node for node, happened in self.trace if happened == what]


@pytest.fixture
def draw() -> Callable[..., engine.Drawing]:
    """One process out of nodes and flows."""

    def make(nodes: str, flows: str, *others: str, **more: object) -> engine.Drawing:
        return parse(process_xml(nodes, flows), *others, **more)

    return make


@pytest.fixture
def bench() -> SimpleNamespace:
    """The tools a test needs when one process is not enough."""
    return SimpleNamespace(Case=Case, parse=parse, process=process_xml, flows=flows_xml, now=NOON, HEAD=HEAD)
