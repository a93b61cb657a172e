"""What a token that was sent back past kept work carries with it.

A mark says: at that fork, leave out the ways on which work was kept; or: at that activity, begin only the instance
that was taken out. Marks travel with the token, by copies where it forks, till one is used or none can be any more.
"""

# Upstream's extension points are protected methods with fixed signatures.
# ruff: noqa: SLF001

from collections.abc import Iterable, Iterator
from typing import Any

from SpiffWorkflow.util.task import TaskState

from . import rounds, trimming, ways

KEY, AWAY = "kept", "away"
Mark = list[Any]  # [number, where it is used, ways left out there or None, the node returned to, the node left]


def hand_on(task: Any, names: list[str]) -> dict[str, list[Mark]]:
    """The ways a token takes out of a node, less those on which work was kept, each with the marks that go along."""
    marks = _taken_along(task)
    if not marks:
        return {name: [] for name in names}
    for mark in list(marks):
        number, aim, held, *_ = mark
        if held is not None and aim == task.task_spec.name:
            names = [name for name in names if name not in held]
        elif held is None and aim in names and (whole := lacking(task.workflow, number)) is not None:
            names = [name for name in names if name != aim]
            _begin_again(whole, number)
        else:
            continue
        marks.remove(mark)
        _drop(task.workflow, number)
    going = {name: [mark for mark in marks if leads_to(task.workflow.spec, name, mark)] for name in names}
    for mark in marks:
        if not any(mark in group for group in going.values()):
            give_up(task.workflow, mark)
    return going


def give_up(workflow: Any, mark: Mark) -> None:
    """Take away what was kept for a token that can never come for it."""
    number, _, held, home, left = mark
    if any(number == other[0] for task in bearers(workflow) for other in marks_of(task)):
        return
    if held is None:
        lose(lacking(workflow, number), number)
    for unit in held_units(workflow, held or (), home, left):
        trimming.cancel(unit)


def lose(whole: Any, number: int) -> None:
    """Take a repeated activity away whose instance will not come again."""
    if whole is not None:
        whole.internal_data[AWAY] = [note for note in whole.internal_data[AWAY] if note[0] != number]
        trimming.cancel(ways.unit_of(whole))


def withdraw(whole: Any) -> None:
    """A repeated activity has ended: take away the tokens that were on their way to begin an instance of it again."""
    away = {note[0] for note in whole.internal_data.pop(AWAY, ())}
    for task in list(whole.workflow.tasks.values()) if away else ():
        if away & {*(mark[0] for mark in marks_of(task)), *task.internal_data.get("for", ())}:
            trimming.cancel(task)


def gather(arrivals: dict[str, Any], firing: Any) -> None:
    """A join puts the marks of all arrivals on the token it makes of them, but those whose kept work it uses up."""
    marks = {mark[0]: mark for arrival in arrivals.values() for mark in marks_of(arrival)}
    if marks:
        bear(firing, [mark for mark in marks.values() if not _uses_up(firing.workflow, mark, arrivals)])


def _uses_up(workflow: Any, mark: Mark, arrivals: dict[str, Any]) -> bool:
    _, _, held, home, left = mark
    return held is not None and not set(arrivals.values()).isdisjoint(held_units(workflow, held, home, left))


def ways_to(join: Any, task: Any) -> frozenset[str] | None:
    """By which of its ways a join can still be reached by a token that bears marks; None if it bears none."""
    marks, above = [], task
    while above is not None:
        marks += marks_of(above)
        above = above.parent
    if not marks:
        return None
    spec, found, todo = task.workflow.spec, set[str](), [(task.task_spec.name, task.task_spec.name)]
    used = {mark[1] for mark in marks if mark[2] is None}
    left_out = {(mark[1], name) for mark in marks for name in mark[2] or ()}
    arrived = set()
    while todo:
        way, name = todo.pop()
        if name == join.name:
            arrived.add(way)
        elif name not in found and name not in used:
            found.add(name)
            todo += [(name, out) for out in spec.task_specs[name]._outputs if (name, out) not in left_out]
    return frozenset(arrived)


def leads_to(spec: Any, name: str, mark: Mark) -> bool:
    """Whether a token can still come to where a mark is used, before a new round of a loop makes all anew."""
    return name in rounds.leading(spec, mark[1])


def marks_of(unit: Any) -> list[Mark]:
    """The marks a token bears."""
    marks: list[Mark] = unit.internal_data.get(KEY, [])
    return marks


def bear(task: Any, marks: list[Mark]) -> None:
    """Put marks on a task in place of those it bears."""
    task.internal_data.pop(KEY, None)
    if marks:
        task.internal_data[KEY] = marks


def bearers(workflow: Any) -> list[Any]:
    """The tasks of a process that bear marks."""
    return [task for task in workflow.tasks.values() if KEY in task.internal_data]


def held_units(workflow: Any, held: Iterable[str], home: str, left: str) -> list[Any]:
    """The tokens on the ways that a mark leaves out."""
    reach = rounds.rerun(workflow.spec, held, home, left)
    return [unit for unit in ways.units(workflow) if ways.within(unit, reach)]


def live(workflow: Any, mark: Mark) -> bool:
    """Whether work that is still open was kept under a mark."""
    _, _, held, home, left = mark
    return bool(held_units(workflow, held or (), home, left))


def is_over(workflow: Any, fork: Any, name: str, branch: ways.Reach, left: str) -> bool:
    """Whether a branch that never meets the one returned has come to its end; of an inner process nobody keeps the ends.

    Where conditions choose the branches, an end may be left from an earlier round in which its branch was chosen.
    """
    if workflow.owner is not None or fork.conditions or left in ways.after(workflow.spec, name):
        return False
    return not branch.came.keys().isdisjoint(workflow.scribe.ends)


def standing(workflow: Any, marks: list[Mark]) -> list[Mark]:
    """The marks, less the ways on which nothing kept stands any more, nor has come to its end."""
    found: list[Mark] = []
    for number, aim, held, home, left in marks:
        fork = workflow.spec.task_specs[aim]
        reaches = {name: rounds.rerun(workflow.spec, [name], home, left) for name in held or ()}
        ways_left = [name for name, reach in reaches.items() if any(ways.within(unit, reach) for unit in ways.units(workflow))
                     or is_over(workflow, fork, name, reach, left)]
        if ways_left or (held is None and lacking(workflow, number) is not None):
            found.append([number, aim, ways_left or None, home, left])
    return found


def lacking(workflow: Any, number: int) -> Any:
    """The repeated activity that lacks the instance a mark stands for."""
    return next((task for task, note in _away(workflow) if note[0] == number), None)


def fresh_number(run: Any) -> int:
    """A number for a new mark, free in the whole case."""
    used = (mark[0] for workflow in run.workflows() for task in bearers(workflow) for mark in marks_of(task))
    return 1 + max(used, default=0)


def _taken_along(task: Any) -> list[Mark]:
    if task.task_spec.holds_children:
        return []
    marks: list[Mark] = task.internal_data.pop(KEY, [])
    race = task.parent
    if race is not None and race.task_spec.holds_children and race.task_spec.goes_on_in(task):
        marks = [*marks, *race.internal_data.pop(KEY, [])]
    return marks


def _drop(workflow: Any, number: int) -> None:
    for task in bearers(workflow):
        bear(task, [mark for mark in marks_of(task) if mark[0] != number])


def _away(workflow: Any) -> Iterator[tuple[Any, Any]]:
    for task in list(workflow.tasks.values()):
        if task.state == TaskState.STARTED:
            for note in task.internal_data.get(AWAY, ()):
                yield task, note


def _begin_again(whole: Any, number: int) -> None:
    notes = whole.internal_data
    ((_, index, item),) = (note for note in notes[AWAY] if note[0] == number)
    notes[AWAY] = [note for note in notes[AWAY] if note[0] != number]
    if not notes[AWAY]:
        del notes[AWAY]
    whole.task_spec.begin_again(whole, index, item)
