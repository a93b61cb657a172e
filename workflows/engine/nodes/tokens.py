"""The tasks of a running drawing: upstream's, that change their state without telling a log nobody reads.

At each change of state upstream builds a log line with a dictionary of ten names, whether anybody listens or not, and
gives each task a random number: a seventh of a move. What happens to a task is written down by the `Scribe`.
"""

# Upstream's extension points are protected methods with fixed signatures.

from itertools import count
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

_NUMBERS = count(1)


class Token(Task):
    """A task and, by upstream's `_add_child`, what follows from it."""

    def __init__(self, workflow: Any, task_spec: Any, parent: Any = None, state: int = TaskState.MAYBE) -> None:
        super().__init__(workflow, task_spec, parent, state, next(_NUMBERS))

    def _set_state(self, value: int) -> None:
        self._state = value

    def _add_child(self, task_spec: Any, state: int = TaskState.MAYBE) -> Task:
        child = Token(self.workflow, task_spec, self, state)
        child.thread_id = self.thread_id
        if state == TaskState.READY:
            child._ready()
        return child
