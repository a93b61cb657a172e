"""Joins that count arrivals: upstream walks the finished past, which is slow, deep, and trimmed here."""

# Upstream's extension points are protected methods with fixed signatures.
# ruff: noqa: ARG002, SLF001

from typing import Any

from SpiffWorkflow.bpmn.specs.control import _EndJoin
from SpiffWorkflow.bpmn.specs.defaults import InclusiveGateway, ParallelGateway
from SpiffWorkflow.util.task import TaskState

from . import keeping, trimming
from .stepwise import Stepwise

LIVE = TaskState.DEFINITE_MASK


class Join(Stepwise):
    """Each arrival waits as a task that remembers by which way it came; firing uses up one of each way."""

    def _update_hook(self, my_task: Any) -> bool:
        if my_task.id not in my_task.workflow.tasks:
            return False
        if my_task.state == TaskState.FUTURE:
            my_task.internal_data["via"] = my_task.parent.task_spec.name
            my_task._set_state(TaskState.WAITING)
            if self.rechecks:
                my_task.workflow.undecided[my_task.id] = my_task
        return self._gather(my_task)

    def _gather(self, my_task: Any) -> bool:
        arrived = self._arrivals(my_task)
        if not self._may_fire(my_task, arrived):
            return False
        arrived[my_task.internal_data["via"]] = my_task
        keeping.gather(arrived, my_task)
        for other in arrived.values():
            if other is not my_task:
                trimming.remove(other)
        return True

    def _arrivals(self, my_task: Any) -> dict[str, Any]:
        arrived: dict[str, Any] = {}
        for task in my_task.workflow.tasks.values():
            if task.task_spec is self and task.state == TaskState.WAITING:
                arrived.setdefault(task.internal_data["via"], task)
        return arrived

    def _may_fire(self, my_task: Any, arrived: dict[str, Any]) -> bool:
        raise NotImplementedError

    def _run_hook(self, my_task: Any) -> bool:
        return True


class Parallel(Join, ParallelGateway):
    """Fires when each incoming way has brought a token; surplus tokens go on waiting, as the standard says."""

    wants_all = True

    def _may_fire(self, my_task: Any, arrived: dict[str, Any]) -> bool:
        return len(arrived) == len(set(self._inputs))


class Inclusive(Join, InclusiveGateway):
    """Fires when no token elsewhere can still reach one of the ways that are empty."""

    rechecks = True
    awaits_others = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reach: dict[str, frozenset[str]] = {}

    def _may_fire(self, my_task: Any, arrived: dict[str, Any]) -> bool:
        empty = set(self._inputs) - set(arrived)
        if not empty:
            return True
        tasks = my_task.workflow.tasks.values()
        return not any(
            self._still_coming(task, empty, arrived)
            for task in tasks
            if task.has_state(LIVE) and task.task_spec is not self
        )

    def _still_coming(self, task: Any, empty: set[str], arrived: dict[str, Any]) -> bool:
        marked = keeping.ways_to(self, task)
        ways = self.reach.get(task.task_spec.name, frozenset()) if marked is None else marked
        return bool(ways & empty) and not ways & set(arrived)

    def learn_ways(self) -> None:
        """Find, once, which of the incoming ways each node of the process can reach without passing here."""
        specs = self._wf_spec.task_specs
        found: dict[str, set[str]] = {}
        for way in set(self._inputs):
            todo = [way]
            while todo:
                name = todo.pop()
                if name != self.name and way not in found.setdefault(name, set()):
                    found[name].add(way)
                    todo.extend(specs[name]._inputs)
        self.reach = {name: frozenset(ways) for name, ways in found.items()}


class EndJoin(Stepwise, _EndJoin):
    """Waits until the process holds no other token, then lets it end."""

    rechecks = True
    silent = True

    def _update_hook(self, my_task: Any) -> bool:
        if my_task.id not in my_task.workflow.tasks:
            return False
        my_task._set_state(TaskState.WAITING)
        self._replace_earlier(my_task)
        return not any(
            task is not my_task and task.has_state(LIVE) and not task.task_spec.idle
            for task in my_task.workflow.tasks.values()
        )

    def _replace_earlier(self, my_task: Any) -> None:
        undecided = my_task.workflow.undecided
        for task in list(undecided.values()):
            if task.task_spec is self and task is not my_task and task.state == TaskState.WAITING:
                trimming.remove(task)
                del undecided[task.id]
        undecided[my_task.id] = my_task

    def _run_hook(self, my_task: Any) -> bool:
        return True
