"""Bare SpiffWorkflow as its manual has it: official parser and serializer, the whole state as one JSON row."""

import time

from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState
from sqlalchemy import Engine, text

from benchmarks.engine.measuring import Window, timed, walk
from benchmarks.engine.process import AGAIN, FILE, FIRST, NAME, ROUND, steps
from workflows.records.session import writing

# The one file is in standard dress; upstream evaluates conditions and durations as Python.
DIALECT = ((">P20D<", '>"P20D"<'), ('>=sign.outcome = "again"<', '>sign["outcome"] == "again"<'),
           ('>=publish.outcome = "again"<', '>publish["outcome"] == "again"<'),
           ('>=county.outcome = "refused"<', '>county["outcome"] == "refused"<'))


class Upstream:
    """One case, loaded, moved and stored whole at each step."""

    def __init__(self, engine: Engine) -> None:
        """Begin a case and do its first task."""
        self.engine, self.serializer, self.bytes = engine, BpmnWorkflowSerializer(), 0
        with writing(self.engine) as session:
            session.execute(text("DELETE FROM whole_state"))
            session.execute(text("INSERT INTO whole_state (id, state) VALUES (1, :state)"), {"state": self._packed(_begun())})
        self.step(FIRST)

    def step(self, node: str) -> None:
        """Complete one user task."""
        with writing(self.engine) as session:
            kept = session.execute(text("SELECT state FROM whole_state WHERE id = 1")).scalar_one()
            case = self.serializer.deserialize_json(kept)
            _complete(case, node)
            session.execute(text("UPDATE whole_state SET state = :state WHERE id = 1"), {"state": self._packed(case)})

    def _packed(self, case: BpmnWorkflow) -> str:
        packed: str = self.serializer.serialize_json(case)
        self.bytes = len(packed.encode())
        return packed


def rounds(engine: Engine, count: int) -> list[Window]:
    """So many steps in one case."""
    case = Upstream(engine)
    return walk(engine, case.step, lambda: case.bytes, count)


def to_its_end(seconds: float) -> str:
    """Go round in memory alone, never stored, till it breaks or the time is over; how far it came."""
    case, last, ms = _begun(), time.monotonic() + seconds, 0.0
    _complete(case, FIRST)
    for done, node in enumerate(steps(1_000_000)):
        round_number = done // len(ROUND) + 1
        if time.monotonic() > last:
            return f"in memory, not broken after {seconds:.0f} s, in round {round_number}, at {ms:.0f} ms a step"
        try:
            ms, _ = timed(lambda node=node: _complete(case, node))
        except (RecursionError, StopIteration) as failure:
            what = "its waiting task is no longer found" if isinstance(failure, StopIteration) else type(failure).__name__
            return f"in memory, broken in round {round_number} at `{node}`: {what}; {ms:.0f} ms a step before that"
    return "in memory, never broken"


def _begun() -> BpmnWorkflow:
    drawn = FILE.read_text(encoding="utf-8")
    for ours, python in DIALECT:
        drawn = drawn.replace(ours, python)
    parser = BpmnParser()
    parser.add_bpmn_str(drawn.encode())
    case = BpmnWorkflow(parser.get_spec(NAME), parser.get_subprocess_specs(NAME))
    case.do_engine_steps()
    return case


def _complete(case: BpmnWorkflow, node: str) -> None:
    task = next(iter(case.get_tasks(state=TaskState.READY, spec_name=node)))
    task.data[node] = {"outcome": AGAIN}
    task.run()
    case.do_engine_steps()
    case.refresh_waiting_tasks()
