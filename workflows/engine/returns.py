"""Send a token back to an earlier node: out of branches, instances, sub-processes and called processes, too."""

# Upstream's extension points are protected methods with fixed signatures.
# ruff: noqa: SLF001

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from SpiffWorkflow.util.task import TaskState

from . import keeping, places, trimming, ways
from .errors import NotReturnable
from .outcome import Place

Others = Literal["cancel", "keep"]


@dataclass(frozen=True)
class Leap:
    """A token that leaves a node to begin again at an earlier one of the same process, or at one inside of that."""

    task: Any
    unit: Any
    home: str
    left: str

    @property
    def workflow(self) -> Any:
        """The process in which both lie."""
        return self.task.workflow

    @property
    def spec(self) -> Any:
        """Its spec."""
        return self.task.workflow.spec

    @property
    def closed(self) -> set[str]:
        """Where all stands still meanwhile."""
        return keeping.closed_by(self.spec, self.home, self.left)

    def reach(self, starts: Iterable[str]) -> ways.Reach:
        """What belongs to a re-run from some names."""
        return ways.reached(self.spec, [(None, name) for name in starts], {self.home}, self.closed)

    def forks(self) -> list[Any]:
        """The forks between the two: they would make the other tokens once more."""
        between = ways.after(self.spec, self.home, closed={self.left}) & ways.before(self.spec, self.left, self.home)
        return list(ways.forks(self.spec, between - {self.left}))


def send_back(run: Any, task: Any, target: Place, others: Others) -> None:
    """Take a token away and put one at an earlier place; other tokens of the re-run go, or stay and are passed by."""
    check(run, task, target)
    leap, rest = _leap(task, target)
    if others == "keep" and _is_instance_of(leap):
        _begin_again(leap.task)
        return
    stuck = ways.unfilled(leap.workflow)
    marks = _keep(run, leap) if others == "keep" else _cancel(leap)
    _aim(run, leap.workflow, rest)
    _place(leap, marks)
    ways.fill(leap.workflow, leap.home, leap.left, stuck)
    run.recheck_all()


def check(run: Any, task: Any, target: Place) -> None:
    """Refuse, with the reason, a place that does not lie before the token."""
    if task.internal_data.get("races") is not None or task.task_spec.idle:
        raise NotReturnable(
            "accompanies", "what waits there only accompanies other work", "此处只是伴随其他环节等待，不能单独退回"
        )
    if target in places.earlier(run, task):
        return
    line = places.line_of(task)
    top, at = places.branching(target.path, target.node, line)
    if top not in at.frames[-1].task_specs:
        raise NotReturnable("unknown", "there is no such node in the drawing", "流程图中没有该环节")
    if top == at.name:
        raise NotReturnable("same", "the work stands there already", "工作正处于该环节")
    if ways.side_by_side(at.frames[-1], top, at.name):
        raise NotReturnable(
            "beside", "that node is done beside this one, not before it", "该环节与当前环节并行办理，不在其之前"
        )
    if target.path and places.inside(run.subprocess_specs, at.frames[-1].task_specs[top]) is None:
        raise NotReturnable(
            "inside_instances",
            "that node belongs to a repeated activity; choose the activity",
            "该环节属于重复办理的活动，请选择整个活动",
        )
    raise NotReturnable(
        "not_earlier", "that node is no work that lies before this one", "该环节不是当前环节之前的办理环节"
    )


def _leap(task: Any, target: Place) -> tuple[Leap, tuple[str, ...]]:
    depth = 0
    while depth < len(target.path) and task.workflow.path[depth : depth + 1] == (target.path[depth],):
        depth += 1
    while len(task.workflow.path) > depth:
        task = task.workflow.owner
    first, *rest = (*target.path[depth:], target.node)
    unit = ways.unit_of(task)
    return Leap(task, unit, ways.entrance(task.workflow.spec, first), ways.place_of(unit)), (first, *rest)


def _is_instance_of(leap: Leap) -> bool:
    return bool(leap.task.task_spec.is_instance) and leap.home == ways.entrance(leap.spec, leap.left)


def _begin_again(task: Any) -> None:
    whole, notes = task.parent, task.internal_data
    trimming.cancel(task)
    whole.task_spec.begin_again(whole, notes["index"], notes["item"])


# ---- the other tokens ----------------------------------------------------------------------------------------------


def _cancel(leap: Leap) -> list[keeping.Mark]:
    own = leap.unit.internal_data.pop(keeping.KEY, [])
    forks = leap.forks()
    reach = leap.reach(name for fork in forks for name in fork._outputs)
    going = [unit for unit in _others(leap) if ways.within(unit, reach)]
    going += [unit for unit in _ahead(leap, forks) if unit not in going]
    marks = [*own, *(mark for unit in going for mark in unit.internal_data.pop(keeping.KEY, []))]
    for unit in (leap.unit, *going):
        trimming.cancel(unit)
    for mark in marks:
        keeping.give_up(leap.workflow, mark)
    return []


def _keep(run: Any, leap: Leap) -> list[keeping.Mark]:
    forks = leap.forks()
    if _ahead(leap, forks):
        raise NotReturnable(
            "sent_back_already",
            "another branch was sent back past the same fork and will begin this work again; let the other branches be cancelled",
            "另一分支已退回到该分叉之前，将重新办理本环节；请选择取消其他分支",
        )
    reach = leap.reach(name for fork in forks for name in fork._outputs)
    kept = [unit for unit in _others(leap) if ways.within(unit, reach)]
    number = keeping.fresh_number(run)
    marks: list[keeping.Mark] = []
    accounted: list[Any] = []
    for fork in forks:
        held = []
        for name in fork._outputs:
            branch = leap.reach([name])
            found = [unit for unit in kept if ways.within(unit, branch)]
            if found and leap.left not in branch.came and not (fork.holds_children and name == fork.host):
                accounted += found
                held += [] if fork.holds_children else [name]
        if held:
            marks.append([number + len(marks), fork.name, held, leap.home, leap.left])
    if any(unit not in accounted for unit in kept):
        raise NotReturnable(
            "entangled",
            "the other branches cannot be told apart from this one; let them be cancelled",
            "其他分支与本分支无法区分，请选择取消其他分支",
        )
    return [*marks, *_take_out(leap, number + len(marks))]


def _take_out(leap: Leap, number: int) -> list[keeping.Mark]:
    own = leap.unit.internal_data.get(keeping.KEY, [])
    whole = leap.task.parent
    if leap.task.task_spec.is_instance and whole.task_spec.counts:
        notes = leap.task.internal_data
        whole.internal_data.setdefault(keeping.AWAY, []).append([number, notes["index"], notes["item"]])
        trimming.cancel(leap.task)
        aim = ways.entrance(leap.spec, leap.left)
        return [[number, aim, None, leap.home, leap.left]]
    leap.unit.internal_data.pop(keeping.KEY, None)
    trimming.cancel(leap.unit)
    on = [mark for mark in own if mark[1] in ways.after(leap.spec, leap.home)]
    for mark in own:
        if mark not in on:
            keeping.give_up(leap.workflow, mark)
    return on


def _others(leap: Leap) -> list[Any]:
    return [unit for unit in ways.units(leap.workflow) if unit is not leap.unit]


def _ahead(leap: Leap, forks: list[Any]) -> list[Any]:
    """Tokens sent back earlier, for which this one's branch was kept at a fork they have yet to pass."""
    names = {fork.name for fork in forks}
    return [
        unit
        for unit in _others(leap)
        for _, aim, held, home, left in keeping.marks_of(unit)
        if held is not None and aim in names and leap.unit in keeping.held_units(leap.workflow, held, home, left)
    ]


# ---- the new token -------------------------------------------------------------------------------------------------


def _aim(run: Any, workflow: Any, rest: tuple[str, ...]) -> None:
    """Let the processes that the token will open begin at the node sought instead of at their start."""
    path, spec = workflow.path, workflow.spec
    for activity, node in pairwise(rest):
        path, spec = (*path, activity), run.subprocess_specs[spec.task_specs[activity].opens]
        run.aims[path] = ways.entrance(spec, node)


def _place(leap: Leap, marks: list[keeping.Mark]) -> None:
    task = leap.workflow.task_tree._add_child(leap.spec.task_specs[leap.home], TaskState.FUTURE)
    keeping.bear(task, marks)
    task.task_spec._update(task)
