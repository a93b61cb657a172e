"""Keep the live task tree flat: upstream only ever deepens it, and stops seeing tasks at depth 1,000."""

# Upstream's extension points are protected methods with fixed signatures.
# ruff: noqa: SLF001

from typing import Any

from SpiffWorkflow.util.task import TaskState


def remove(task: Any) -> None:
    """Take one task out of its tree; its children must have been moved before."""
    parent = task.parent
    if parent is not None:
        parent._children.remove(task.id)
    del task.workflow.tasks[task.id]


def lift(task: Any) -> None:
    """Hang a finished task's children under the root and forget the task, and its parent if that is spent."""
    workflow = task.workflow
    while task.id in workflow.tasks and task is not workflow.task_tree and not _is_held(task):
        parent = task.parent
        _move_children(task, workflow.task_tree)
        remove(task)
        task = parent


def cancel(task: Any) -> None:
    """Cancel a task, its inner ones first: upstream drops them unheard, so nobody learns of their end."""
    for child in task.children:
        if child.has_state(TaskState.NOT_FINISHED_MASK):
            cancel(child)
    task.cancel()


def _is_held(task: Any) -> bool:
    if not task.has_state(TaskState.FINISHED_MASK):
        return True
    return bool(task.task_spec.holds_children) and any(
        child.has_state(TaskState.NOT_FINISHED_MASK) for child in task.children
    )


def _move_children(task: Any, root: Any) -> None:
    for child in task.children:
        child.parent = root
        root._children.append(child.id)
    task._children = []
