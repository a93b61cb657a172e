"""Bare SpiffWorkflow as its manual has it: official parser and serializer, the whole state as one JSON row."""

import time

from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import Engine, text

from benchmarks.engine.databases import timed
from benchmarks.engine.process import AGAIN, FILE, FIRST, NAME, ROUND, steps
from workflows.records.session import writing

# The one file is in standard dress; upstream evaluates conditions and durations as Python.
DIALECT = ((">P20D<", '>"P20D"<'), ('>=sign.outcome = "again"<', '>sign["outcome"] == "again"<'),
           ('>=publish.outcome = "again"<', '>publish["outcome"] == "again"<'),
           ('>=county.outcome = "refused"<', '>county["outcome"] == "refused"<'))


class Upstream:
    """One case, loaded, moved and stored whole at each step."""

    def __init__(self, engine: Engine) -> None:
        """Parse the process once; it is stored with each case all the same."""
        drawn = FILE.read_text(encoding="utf-8")
        for ours, python in DIALECT:
            drawn = drawn.replace(ours, python)
        parser = BpmnParser()
        parser.add_bpmn_str(drawn.encode())
        self.engine, self.serializer = engine, BpmnWorkflowSerializer()
        self.bytes = 0
        case = BpmnWorkflow(parser.get_spec(NAME), parser.get_subprocess_specs(NAME))
        case.do_engine_steps()
        with writing(self.engine) as session:
            session.execute(text("DELETE FROM whole_state"))
            session.execute(text("INSERT INTO whole_state (id, state) VALUES (1, :state)"), {"state": self._packed(case)})
        self.step(FIRST)

    def step(self, node: str) -> None:
        """Complete one user task."""
        with writing(self.engine) as session:
            kept = session.execute(text("SELECT state FROM whole_state WHERE id = 1")).scalar_one()
            case = self.serializer.deserialize_json(kept)
            task = next(iter(case.get_tasks(state=TaskState.READY, spec_name=node)))
            task.data[node] = {"outcome": AGAIN}
            task.run()
            case.do_engine_steps()
            case.refresh_waiting_tasks()
            session.execute(text("UPDATE whole_state SET state = :state WHERE id = 1"), {"state": self._packed(case)})

    def _packed(self, case: BpmnWorkflow) -> str:
        packed: str = self.serializer.serialize_json(case)
        self.bytes = len(packed.encode())
        return packed


def rounds(engine: Engine, count: int) -> tuple[list[float], list[int]]:
    """So many steps in one case: milliseconds and bytes of each."""
    case = Upstream(engine)
    took, sizes = [], []
    for node in steps(count):
        took.append(timed(lambda node=node: case.step(node)))
        sizes.append(case.bytes)
    return took, sizes


def to_its_end(engine: Engine, seconds: float) -> str:
    """Go round till it breaks or the time is over, and say how far it came."""
    case, last, done = Upstream(engine), time.monotonic() + seconds, 0
    ms = 0.0
    for node in steps(1_000_000):
        if time.monotonic() > last:
            return f"not broken after {seconds:.0f} s: round {done // len(ROUND)}, {ms:.0f} ms a step, {case.bytes:,} bytes"
        try:
            ms = timed(lambda node=node: case.step(node))
        except (RecursionError, StopIteration) as failure:
            what = "the waiting task is no longer found" if isinstance(failure, StopIteration) else type(failure).__name__
            return f"broke in round {done // len(ROUND) + 1} at `{node}`: {what}; {ms:.0f} ms a step, {case.bytes:,} bytes"
        done += 1
    return f"{done} steps"
