"""An activity done several times: once for each item, or as long as a condition holds.

Upstream keeps every finished instance in the tree, merges their data, and knows no nrOfInstances.
"""

# Upstream's extension points are protected methods with fixed signatures.
# ruff: noqa: ARG002, SLF001

from collections import Counter
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import ParallelMultiInstanceTask, StandardLoopTask
from SpiffWorkflow.util.task import TaskState

from workflows.engine.errors import ExpressionFailed, RanAway

from . import keeping, trimming
from .stepwise import Stepwise

ITEMS_MAX = 10_000


class Repeated(Stepwise):
    """What both kinds share: instances are children of the inner spec, counted as they finish."""

    silent = True
    condition: Any = None

    def begin(self, my_task: Any, item: Any) -> None:
        """Start the next instance."""
        my_task.internal_data["begun"] += 1
        self.begin_again(my_task, my_task.internal_data["begun"] - 1, item)

    def begin_again(self, my_task: Any, index: int, item: Any) -> None:
        """Start an instance under its number."""
        child = my_task._add_child(self._wf_spec.task_specs[self.task_spec], TaskState.FUTURE)
        child.triggered = True
        child.internal_data.update(index=index, item=item)
        child.task_spec._update(child)

    def open(self, my_task: Any, total: int | None) -> None:
        """Note down what is ahead."""
        my_task.internal_data.update(total=total, begun=0, done=0)
        my_task._set_state(TaskState.STARTED)

    def close(self, my_task: Any) -> None:
        """Take away what is still open, and go on."""
        for child in my_task.children:
            if child.has_state(TaskState.NOT_FINISHED_MASK):
                trimming.cancel(child)
        keeping.withdraw(my_task)
        my_task._set_state(TaskState.READY)
        my_task.workflow.top_workflow.agenda.append(my_task)

    def _on_cancel(self, my_task: Any) -> None:
        super()._on_cancel(my_task)
        keeping.withdraw(my_task)

    def holds(self, task: Any) -> bool:
        """Whether the condition is true where a task stands."""
        return self.condition is not None and task.workflow.script_engine.evaluate(task, self.condition) is True

    def _run_hook(self, my_task: Any) -> bool:
        return True


class ForEach(Repeated, ParallelMultiInstanceTask):
    """A multi-instance activity."""

    counts = True
    sequential = False
    collection: Any = None
    results: str | None = None
    result: str | None = None

    def _update_hook(self, my_task: Any) -> bool:
        items = self._items(my_task)
        my_task.workflow.top_workflow.scribe.began(my_task)
        if self.results is not None:
            my_task.internal_data["results"] = [None] * len(items)
        if not items:
            self._tell_results(my_task)
            my_task.workflow.top_workflow.scribe.passed_over(my_task)
            return True
        self.open(my_task, len(items))
        if any(turns := _turns(items)):
            my_task.internal_data["turns"] = turns
        if self.sequential:
            my_task.internal_data["items"] = items[1:]
        my_task.workflow.top_workflow.grow(1 if self.sequential else len(items))
        for item in items[:1] if self.sequential else items:
            self.begin(my_task, item)
        return False

    def _items(self, my_task: Any) -> list[Any]:
        value = my_task.workflow.script_engine.evaluate(my_task, self.collection)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= ITEMS_MAX:
            return list(range(value))
        if not isinstance(value, list):
            raise ExpressionFailed(self.bpmn_id, str(self.collection.source), "neither a list nor a usable number")
        if len(value) > ITEMS_MAX:
            raise RanAway(f"{self.bpmn_id} has more than {ITEMS_MAX} items", self.bpmn_id)
        return value

    def child_completed(self, my_task: Any, child: Any) -> None:
        """Count, and end when all are done or the completion condition holds."""
        notes = my_task.internal_data
        notes["done"] += 1
        if self.results is not None:
            known = my_task.workflow.script_engine.facts.context(names_of(child))
            notes["results"][child.internal_data["index"]] = known.get(self.result or "")
        if self.holds(child) or notes["done"] == notes["total"]:
            self.close(my_task)
        elif self.sequential:
            item, *notes["items"] = notes["items"]
            self.begin(my_task, item)

    def close(self, my_task: Any) -> None:
        """Gather the results as well: in the order of the items, null where an instance was not needed any more."""
        self._tell_results(my_task)
        super().close(my_task)

    def _tell_results(self, my_task: Any) -> None:
        if self.results is not None:
            my_task.workflow.script_engine.write(self.results, my_task.internal_data.pop("results"), self.name)


class While(Repeated, StandardLoopTask):
    """A standard loop: again while its condition holds, at most so many times."""

    def _update_hook(self, my_task: Any) -> bool:
        if self.test_before and not self._again(my_task, my_task):
            my_task.workflow.top_workflow.scribe.passed_over(my_task)
            return True
        self.open(my_task, None)
        self.begin(my_task, None)
        return False

    def _again(self, my_task: Any, where: Any) -> bool:
        done = my_task.internal_data.get("done", 0)
        if self.maximum is not None and done >= self.maximum:
            return False
        return self.condition is None or self.holds(where)

    def child_completed(self, my_task: Any, child: Any) -> None:
        """Count, and go round again or on."""
        my_task.internal_data["done"] += 1
        if self._again(my_task, child):
            self.begin(my_task, None)
        else:
            self.close(my_task)


def names_of(task: Any) -> dict[str, object]:
    """What only one instance sees: its element, its number, and how far all are."""
    notes = task.internal_data
    if "index" not in notes:
        return {}
    whole = task.parent.internal_data
    names = {
        "loopCounter": notes["index"],
        "nrOfInstances": whole["total"],
        "nrOfCompletedInstances": whole["done"],
        "nrOfActiveInstances": whole["begun"] - whole["done"] - len(whole.get("away", ())),
    }
    if task.task_spec.element:
        names[task.task_spec.element] = notes["item"]
    return names


def item_of(task: Any) -> tuple[object, int]:
    """What the innermost instance a task belongs to is for, its element or its number; and how many equal ones come before it."""
    while task is not None:
        if "index" in task.internal_data and task.parent.task_spec.counts:
            index, item = task.internal_data["index"], task.internal_data["item"]
            turns = task.parent.internal_data.get("turns")
            return (index if item is None else item), (turns[index] if turns else 0)
        task = task.workflow.owner
    return None, 0


def numbers_of(task: Any) -> tuple[int, ...]:
    """The numbers of the instances a task belongs to, the outermost first."""
    numbers: list[int] = []
    while task is not None:
        if "index" in task.internal_data and task.parent.task_spec.counts:
            numbers.insert(0, task.internal_data["index"])
        task = task.workflow.owner
    return tuple(numbers)


def _turns(items: list[Any]) -> list[int]:
    """Of each item how many equal ones come before it."""
    met = Counter[object]()
    turns = []
    for index, item in enumerate(items):
        what = _hashable(index if item is None else item)
        turns.append(met[what])
        met[what] += 1
    return turns


def _hashable(value: Any) -> object:
    if isinstance(value, dict):
        return frozenset((key, _hashable(item)) for key, item in value.items())
    return tuple(map(_hashable, value)) if isinstance(value, list) else value
