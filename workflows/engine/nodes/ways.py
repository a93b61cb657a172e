"""Questions about one drawn process as a graph: what can be reached from where, what belongs to which branch."""

# Upstream's extension points are protected methods with fixed signatures.
# ruff: noqa: SLF001

from collections.abc import Container, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from itertools import permutations
from typing import Any, NamedTuple

from SpiffWorkflow.util.task import TaskState

from workflows.engine.errors import NotReturnable

from .tokens import Token

SPLIT = "#split"
Edge = tuple[str, str]


class Reach(NamedTuple):
    """Where tokens get to, with the ways by which they come; and which of these places they can leave again."""

    came: dict[str, set[str | None]]
    left: set[str]


def entrance(spec: Any, node: str) -> str:
    """The name at which flows enter a node: its split, if it has boundary events."""
    split = node + SPLIT
    return split if split in spec.task_specs else node


def reached(
    spec: Any,
    starts: Iterable[tuple[str | None, str]],
    barred: AbstractSet[str] = frozenset(),
    closed: AbstractSet[str] = frozenset(),
    standing: str | None = None,
    cut: AbstractSet[Edge] = frozenset(),
) -> Reach:
    """How far tokens get that enter nothing barred, leave nothing closed and take no cut edge, while one stands still."""
    reach, todo = Reach({}, set()), list(starts)
    while todo:
        way, name = todo.pop()
        if name in barred:
            continue
        reach.came.setdefault(name, set()).add(way)
        if name in reach.left or name in closed or name == standing:
            continue
        if not _lets_pass(spec.task_specs[name], reach.came[name], standing):
            continue
        reach.left.add(name)
        todo += [(name, output) for output in spec.task_specs[name]._outputs if (name, output) not in cut]
    return reach


def _lets_pass(spec: Any, came: set[str | None], standing: str | None) -> bool:
    """A parallel join wants all its ways; an inclusive one waits for a token that can come only by those still empty."""
    if None in came or came >= set(spec._inputs):
        return True
    expected = spec.reach.get(standing, frozenset()) if spec.awaits_others else frozenset()
    return not spec.wants_all and (not expected or not expected.isdisjoint(came))


def after(
    spec: Any,
    name: str,
    barred: AbstractSet[str] = frozenset(),
    closed: AbstractSet[str] = frozenset(),
    cut: AbstractSet[Edge] = frozenset(),
) -> set[str]:
    """Every name a flow can lead to from one, itself included, but not by cut edges; joins hold nobody up."""
    found: set[str] = set()
    todo = [name]
    while todo:
        here = todo.pop()
        if here not in found and here not in barred:
            found.add(here)
            outputs = () if here in closed else spec.task_specs[here]._outputs
            todo += [name for name in outputs if (here, name) not in cut]
    return found


def before(spec: Any, name: str, home: str | None = None, cut: AbstractSet[Edge] = frozenset()) -> set[str]:
    """Every name from which one can be reached, itself included, without cut edges or looking beyond `home`."""
    found: set[str] = set()
    todo = [name]
    while todo:
        here = todo.pop()
        if here not in found:
            found.add(here)
            inputs = () if here == home else spec.task_specs[here]._inputs
            todo += [name for name in inputs if (name, here) not in cut]
    return found


def gathering(spec: Any, names: AbstractSet[str]) -> set[str]:
    """Those names that are inclusive joins: they wait for whatever can still come."""
    return {name for name in names if spec.task_specs[name].awaits_others and len(spec.task_specs[name]._inputs) > 1}


def forks(spec: Any, names: Iterable[str]) -> Iterator[Any]:
    """Those of the names that can make several tokens of one."""
    found = (spec.task_specs[name] for name in names)
    return (fork for fork in found if fork.forks and len(fork._outputs) > 1)


def side_by_side(spec: Any, one: str, other: str) -> bool:
    """Whether two nodes lie on different branches of some fork."""
    for fork in forks(spec, spec.task_specs):
        if fork.node is None or not {one, other} <= after(spec, fork.name):
            continue
        for mine, its in permutations(dict.fromkeys(fork._outputs), 2):
            if one in _branch(spec, fork, mine, its) and other in _branch(spec, fork, its, mine):
                here, there = _branch(spec, fork, mine, its), _branch(spec, fork, its, mine)
                if other not in here and one not in there:
                    return True
    return False


def _branch(spec: Any, fork: Any, mine: str, its: str) -> dict[str, set[str | None]]:
    closed = gathering(spec, after(spec, its, {fork.name}))
    return reached(spec, [(fork.name, mine)], {fork.name}, closed).came


# ---- tokens --------------------------------------------------------------------------------------------------------


def units(workflow: Any) -> list[Any]:
    """The tokens of a process: tasks below its root, a host with its boundary events or a race's events being one."""
    found = (task for task in workflow.task_tree.children if not task.task_spec.idle)
    return [task for task in found if task.task_spec is not workflow.spec.end and _lives(task)]


def _lives(task: Any) -> bool:
    return any(each.has_state(TaskState.NOT_FINISHED_MASK) for each in (task, *task.children))


def unit_of(task: Any) -> Any:
    """The token a task belongs to."""
    root = task.workflow.task_tree
    while task.parent is not root:
        task = task.parent
    return task


def place_of(unit: Any) -> str:
    """The name of the node at which a token stands."""
    spec = unit.task_spec
    return str((spec.holds_children and spec.host) or spec.name)


def within(unit: Any, reach: Reach) -> bool:
    """Whether a token stands where others can get to; one at a join where they can have come by its way."""
    via = unit.internal_data.get("via")
    return place_of(unit) in reach.came if via is None else via in reach.left


def _awaits_again(unit: Any) -> bool:
    """Whether it is a repeated activity that lacks an instance, till a token comes to it again."""
    return any("away" in task.internal_data for task in (unit, *unit.children))


def unfilled(workflow: Any, *more: str) -> dict[str, set[str]]:
    """Joins that tokens as they stand, or come to more places, will reach and never leave; with their empty ways."""
    spec = workflow.spec
    standing = [(unit.internal_data.get("via"), place_of(unit)) for unit in units(workflow) if not _awaits_again(unit)]
    reach = reached(spec, [*standing, *((None, name) for name in more)])
    return {
        name: set(spec.task_specs[name]._inputs) - {way for way in ways if way}
        for name, ways in reach.came.items()
        if name not in reach.left
    }


def fill(workflow: Any, home: str, left: str, known: Container[str] = (), marks: Sequence[int] = ()) -> None:
    """A token that begins at `home` would wait at joins for branches done long ago: let these count as done."""
    spec = workflow.spec
    events = {name for name, each in spec.task_specs.items() if each.hears_inside}
    unforeseen = events if left in after(spec, home, events) else set()
    while stuck := {name: empty for name, empty in unfilled(workflow, home).items() if name not in known}:
        passed = {name for name in stuck if left not in after(spec, home, {name, *unforeseen})}
        if not passed:
            raise NotReturnable("join")
        name = min(passed)
        for way in sorted(stuck[name]):
            arrival = Token(workflow, spec.task_specs[name], workflow.task_tree, TaskState.WAITING)
            arrival.triggered = True
            arrival.internal_data.update({"via": way, "for": list(marks)} if marks else {"via": way})
