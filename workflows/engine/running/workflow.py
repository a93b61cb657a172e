"""A running drawing: SpiffWorkflow's workflow with an agenda of ready tasks and a record of what happened."""

# Upstream's extension points are protected methods with fixed signatures.
# ruff: noqa: SLF001

from collections import deque
from typing import Any, Literal

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.bpmn.workflow import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from workflows.engine.errors import RanAway
from workflows.engine.nodes import trimming, ways
from workflows.engine.nodes.conditions import Condition
from workflows.engine.nodes.instances import numbers_of
from workflows.engine.nodes.rising import hear
from workflows.engine.outcome import Begun, Closed, DecisionTrace, Place, Visit

from .environment import FeelEngine

STEPS_MAX = 10_000
TOKENS_MAX = 20_000
DEPTH_MAX = 30


class Scribe:
    """Writes down a move while it runs."""

    def __init__(self) -> None:
        self.visits: list[Visit] = []
        self.closed: list[Closed] = []
        self.decisions: list[DecisionTrace] = []
        self.sent: list[str] = []
        self.ends: list[str] = []
        self.begun: list[Begun] = []

    def arrived(self, task: Any) -> None:
        """A token came to a task; a silent spec only passes on the flow it came by."""
        flow = came_by(task)
        if task.task_spec.silent:
            task.internal_data["flow"] = flow
        elif task.task_spec.bpmn_id is not None:
            self.visits.append(Visit(task.task_spec.bpmn_id, task.workflow.path, "entered", flow))

    def happened(self, task: Any, flow: str | None) -> None:
        """An event that raced others took place."""
        self.visits.append(Visit(task.task_spec.bpmn_id, task.workflow.path, "entered", flow))

    def completed(self, task: Any) -> None:
        """A token leaves a task."""
        how: Literal["completed", "skipped"] = "skipped" if task.internal_data.get("skipped") else "completed"
        if _is_drawn(task):
            self.visits.append(Visit(task.task_spec.bpmn_id, task.workflow.path, how))
        self._close(task, how)
        if _is_an_end(task) or (_leaves_the_case(task) and not self.ends):
            self._reach(task.task_spec.bpmn_id)

    def cancelled(self, task: Any) -> None:
        """A token was taken away from a task."""
        if _is_drawn(task) and "races" not in task.internal_data:
            self.visits.append(Visit(task.task_spec.bpmn_id, task.workflow.path, "cancelled"))
        self._close(task, "cancelled")

    def began(self, task: Any) -> None:
        """A token came to an activity repeated for items."""
        self.begun.append(Begun(Place(task.task_spec.bpmn_id, task.workflow.path), numbers_of(task)))

    def passed_over(self, task: Any) -> None:
        """A repeated activity had nothing to repeat."""
        flow = task.internal_data.get("flow")
        self.visits.append(Visit(task.task_spec.bpmn_id, task.workflow.path, "entered", flow))
        self.visits.append(Visit(task.task_spec.bpmn_id, task.workflow.path, "completed"))

    def _reach(self, end: str) -> None:
        """Remember which ends were reached first, and which one last: in a loop no more than that."""
        if self.ends and self.ends[-1] in self.ends[:-1]:
            del self.ends[-1]
        if self.ends[-1:] != [end]:
            self.ends.append(end)

    def _close(self, task: Any, why: Any) -> None:
        token = task.internal_data.get("token")
        if token is not None:
            self.closed.append(Closed(token, task.task_spec.node, why))


def _is_an_end(task: Any) -> bool:
    """Whether it is an end of the case: one of the process itself, or of an event sub-process in it."""
    owner = task.workflow.owner
    if owner is None:
        return _leaves_the_case(task) and not task.task_spec.by_event
    return bool(owner.workflow.owner is None and owner.task_spec.by_event and _is_last(task))


def _leaves_the_case(task: Any) -> bool:
    return task.workflow.owner is None and _is_last(task)


def _is_last(task: Any) -> bool:
    return task.task_spec.bpmn_id is not None and task.workflow.spec.end.name in task.task_spec._outputs


def _is_drawn(task: Any) -> bool:
    return task.task_spec.bpmn_id is not None and not task.task_spec.silent


def came_by(task: Any) -> str | None:
    """The sequence flow by which a task was reached, seen through the silent tasks between."""
    parent = task.parent
    if parent is None:
        return None
    flow: str | None = parent.task_spec.flows.get(task.task_spec.name)
    return flow or parent.internal_data.get("flow")


class Flat:
    """What the process and its inner processes share."""

    spec: Any
    tasks: dict[Any, Any]
    completed: bool
    completed_event: Any
    undecided: dict[Any, Any]
    aim: str | None = None
    _mark_complete: Any

    def _task_completed_notify(self, task: Any) -> None:
        """Upstream updates every waiting task of the tree here; only some joins can have been waiting for this."""
        if task.task_spec is self.spec.done:
            self._mark_complete(task)
            self.disarm()
        if self.completed:
            self.completed_event(self)
        else:
            self.recheck()

    def disarm(self) -> None:
        """Forget the event sub-processes that never began."""
        for task in list(self.tasks.values()):
            if task.task_spec.idle and task.has_state(TaskState.NOT_FINISHED_MASK):
                trimming.cancel(task)

    def recheck(self) -> None:
        """Ask again the joins that wait for other tokens to go away."""
        for task in list(self.undecided.values()):
            if task.state != TaskState.WAITING or task.id not in self.tasks:
                del self.undecided[task.id]
            else:
                task.task_spec._update(task)


class Inner(Flat, BpmnSubWorkflow):
    """A called or embedded process."""

    def __init__(self, spec: Any, owner: Any, top_workflow: Any, **kwargs: Any) -> None:
        self.owner = owner
        self.path: tuple[str, ...] = (*owner.workflow.path, owner.task_spec.bpmn_id)
        self.chosen_start = None
        self.undecided: dict[Any, Any] = {}
        if len(self.path) > DEPTH_MAX:
            raise RanAway(f"calls are nested deeper than {DEPTH_MAX}", owner.task_spec.bpmn_id)
        super().__init__(spec, owner.id, top_workflow, **kwargs)

    def _calculate_depth(self) -> int:
        return len(self.path)

    def abandon(self) -> None:
        """Cancel all that is open inside."""
        self.completed, self.success = True, False
        for task in list(self.tasks.values()):
            if task.has_state(TaskState.NOT_FINISHED_MASK):
                trimming.cancel(task)


class Run(Flat, BpmnWorkflow):
    """A case's process while a move is made."""

    def __init__(self, drawing: Any, engine: FeelEngine, chosen_start: str | None = None, thaw: bool = False) -> None:
        self.drawing = drawing
        self.agenda: deque[Any] = deque()
        self.finished: list[Any] = []
        self.scribe = Scribe()
        self.owner = None
        self.undecided: dict[Any, Any] = {}
        self.path: tuple[str, ...] = ()
        self.chosen_start = chosen_start
        self.tokens = self.live = 0
        self.aims: dict[tuple[str, ...], str] = {}
        specs = drawing.specs
        super().__init__(specs[drawing.process_id], specs, script_engine=engine, deserializing=thaw)

    def create_subprocess(self, my_task: Any, spec_name: str) -> Inner:
        """Open an inner process; upstream's kind would fall back into searching its tree."""
        inner = Inner(self.subprocess_specs[spec_name], my_task, self)
        inner.aim = self.aims.pop(inner.path, None)
        if inner.aim is not None:
            ways.fill(inner, inner.aim, inner.spec.end.name)
        self.subprocesses[my_task.id] = inner
        return inner

    def workflows(self) -> list[Any]:
        """The process and all that runs inside it, outer ones first."""
        return [self, *sorted(self.subprocesses.values(), key=lambda inner: len(inner.path))]

    def catch(self, event: Any) -> None:
        """What was thrown inside is heard in the same order as what is told from outside."""
        hear(self, event)

    def all_tasks(self) -> list[Any]:
        """Every task of the live tree, roots excepted."""
        return [t for w in self.workflows() for t in w.tasks.values() if t is not w.task_tree]

    def go_on(self) -> None:
        """Run everything that needs nobody, until all that is left waits."""
        steps = 0
        self.trim()
        while self.agenda or self.ask_conditions():
            task = self.agenda.popleft()
            if task.state == TaskState.READY:
                steps += 1
                if steps > STEPS_MAX:
                    raise RanAway(f"more than {STEPS_MAX} steps without anybody", task.task_spec.bpmn_id or "")
                task.run()
                self.trim()

    def grow(self, count: int) -> None:
        """Count instances that begin beside all that waits; more than any honest case has are not begun."""
        self.live = (self.live or sum("token" in task.internal_data for task in self.all_tasks())) + count
        if self.live > TOKENS_MAX:
            raise RanAway(f"more than {TOKENS_MAX} tokens in one case")

    def recheck_all(self) -> None:
        """Ask all undecided joins again, after tokens have come or gone otherwise than by a step."""
        for workflow in self.workflows():
            workflow.recheck()

    def ask_conditions(self) -> bool:
        """Let conditional events happen whose condition has turned true."""
        for task in list(self.event_manager.tasks.values()):
            if isinstance(task.task_spec.event_definition, Condition):
                task.task_spec._update(task)
        return bool(self.agenda)

    def trim(self) -> None:
        """Forget what has finished since the last look."""
        for task in self.finished:
            trimming.lift(task)
        self.finished.clear()
