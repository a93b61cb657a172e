"""Send a token back to an earlier node: out of branches, instances, sub-processes and called processes, too."""

# Upstream's extension points are protected methods with fixed signatures.
# ruff: noqa: SLF001

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Literal

from SpiffWorkflow.util.task import TaskState

from workflows.engine.errors import NotReturnable
from workflows.engine.nodes import keeping, rounds, trimming, ways
from workflows.engine.nodes.rising import ends_others
from workflows.engine.outcome import Place

from . import places

Others = Literal["cancel", "keep"]


@dataclass(frozen=True)
class Leap:
    """A token that leaves a node to begin again at an earlier one of the same process, or at one inside of that."""

    task: Any
    unit: Any
    home: str
    left: str
    along: tuple[Any, ...] = ()

    @property
    def workflow(self) -> Any:
        """The process in which both lie."""
        return self.task.workflow

    @property
    def spec(self) -> Any:
        """Its spec."""
        return self.task.workflow.spec

    def reach(self, starts: Iterable[str]) -> ways.Reach:
        """What belongs to a re-run from some names."""
        return rounds.rerun(self.spec, starts, self.home, self.left)

    def work(self, starts: Iterable[str]) -> ways.Reach:
        """The same without what only accompanies it: what follows events that end nothing."""
        asides = filter(self.is_aside, self.spec.task_specs)
        return rounds.rerun(self.spec, starts, self.home, self.left, asides)

    def is_aside(self, name: str) -> bool:
        """Whether it is an event that ends nothing."""
        spec = self.spec.task_specs[name]
        return bool(spec.hears_inside) and not ends_others(spec)

    def hosts(self) -> list[str]:
        """The activities beside which events that end nothing began the token that leaves their path, the outermost first."""
        forks = [fork for fork in ways.forks(self.spec, self.spec.task_specs) if fork.holds_children]
        left = [fork for fork in forks if self._leaves_what_accompanies(fork)]
        return [str(fork.host) for fork in sorted(left, key=lambda fork: len(ways.before(self.spec, fork.name)))]

    def _leaves_what_accompanies(self, fork: Any) -> bool:
        own = {name: ways.after(self.spec, name, {fork.name}) for name in fork._outputs}
        begun = [name for name, after in own.items() if self.left in after]
        return bool(begun) and all(self.is_aside(name) and self.home not in own[name] for name in begun)

    def accompanied(self, host: str) -> list[Any]:
        """The tokens of the work that a host is part of, but none on branches beside the host or the aim."""
        found = [(unit, unit.internal_data.get("via") or ways.place_of(unit)) for unit in _others(self)]
        work = self._work_around(host)
        beside = {place for _, place in found for name in (host, self.home) if ways.side_by_side(self.spec, name, place)}
        return [unit for unit, place in found if place in work - beside]

    def _work_around(self, host: str) -> set[str]:
        """All that a token can come to that comes to the host as well, and begins nothing that accompanies it."""
        asides = {name for name in self.spec.task_specs if self.is_aside(name)}
        begins = {name for name, spec in self.spec.task_specs.items() if not (spec._inputs or spec.hears_inside)}
        ways_on = [ways.after(self.spec, name, asides - {name}) for name in begins | asides]
        return set().union(*(names for names in ways_on if host in names))

    def forks(self) -> list[Any]:
        """The forks between the two: they would make the other tokens once more."""
        cut = rounds.cut(self.spec, self.home, self.left)
        ahead = ways.after(self.spec, self.home, closed={self.left}, cut=cut)
        between = ahead & ways.before(self.spec, self.left, self.home, cut)
        return list(ways.forks(self.spec, between - {self.left}))


def send_back(run: Any, task: Any, target: Place, others: Others) -> None:
    """Take a token away and put one at an earlier place; other tokens of the re-run go, or stay and are passed by."""
    check(run, task, target)
    leap, rest = _leap(task, target)
    if hosts := leap.hosts():
        if others == "keep":
            raise NotReturnable("with_work")
        leap = _with_work(leap, hosts)
    if others == "keep" and _is_instance_of(leap):
        _begin_again(leap.task)
        return
    stuck = ways.unfilled(leap.workflow)
    marks = _keep(run, leap) if others == "keep" else _cancel(run, leap)
    _aim(run, leap.workflow, rest)
    _place(leap, marks)
    for bearer in keeping.bearers(leap.workflow):
        keeping.bear(bearer, keeping.standing(leap.workflow, keeping.marks_of(bearer)))
    ways.fill(leap.workflow, leap.home, leap.left, stuck, [mark[0] for mark in marks if mark[2] is None])
    run.recheck_all()


def check(run: Any, task: Any, target: Place) -> None:
    """Refuse, with the reason, a place that does not lie before the token."""
    if task.task_spec.hears_inside:
        raise NotReturnable("accompanies")
    if target in places.earlier(run, task):
        return
    line = places.line_of(task)
    top, at = places.branching(target.path, target.node, line)
    if top not in at.frames[-1].task_specs:
        raise NotReturnable("unknown")
    if top == at.name:
        raise NotReturnable("same")
    if ways.side_by_side(at.frames[-1], top, at.name):
        raise NotReturnable("beside")
    if target.path and places.inside(run.subprocess_specs, at.frames[-1].task_specs[top]) is None:
        raise NotReturnable("inside_instances")
    raise NotReturnable("not_earlier")


def _leap(task: Any, target: Place) -> tuple[Leap, tuple[str, ...]]:
    depth = 0
    while depth < len(target.path) and task.workflow.path[depth : depth + 1] == (target.path[depth],):
        depth += 1
    while len(task.workflow.path) > depth:
        task = task.workflow.owner
    first, *rest = (*target.path[depth:], target.node)
    unit = ways.unit_of(task)
    return Leap(task, unit, ways.entrance(task.workflow.spec, first), ways.place_of(unit)), (first, *rest)


def _with_work(leap: Leap, hosts: list[str]) -> Leap:
    """Out of what accompanies work, the work itself is sent back, from wherever it stands; if it has ended, from the end."""
    work = leap.accompanied(hosts[0])
    if not work:
        return replace(leap, left=leap.spec.end.name)
    return replace(leap, task=work[0], unit=work[0], left=ways.place_of(work[0]), along=(leap.unit, *work[1:]))


def _is_instance_of(leap: Leap) -> bool:
    return bool(leap.task.task_spec.is_instance) and leap.home == ways.entrance(leap.spec, leap.left)


def _begin_again(task: Any) -> None:
    whole, notes = task.parent, task.internal_data
    trimming.cancel(task)
    whole.task_spec.begin_again(whole, notes["index"], notes["item"])


# ---- the other tokens ----------------------------------------------------------------------------------------------


def _cancel(run: Any, leap: Leap) -> list[keeping.Mark]:
    forks = leap.forks()
    reach = leap.reach(name for fork in forks for name in fork._outputs)
    if leap.workflow is run:  # a branch that had ended is done again, and may end otherwise
        run.scribe.ends = [end for end in run.scribe.ends if end not in reach.came]
    ahead = _ahead(leap, forks)
    going = [
        leap.unit,
        *(unit for unit in _others(leap) if unit in leap.along or unit in ahead or ways.within(unit, reach)),
    ]
    marks = [mark for unit in going for mark in keeping.marks_of(unit) if mark[1] not in {fork.name for fork in forks}]
    for unit in going:
        keeping.bear(unit, [])
        trimming.cancel(unit)
    usable = [mark for mark in marks if _is_usable(leap, mark)]
    for mark in marks:
        if mark not in usable:
            keeping.give_up(leap.workflow, mark)
    return keeping.standing(leap.workflow, usable)


def _keep(run: Any, leap: Leap) -> list[keeping.Mark]:
    forks = leap.forks()
    if _ahead(leap, forks):
        raise NotReturnable("sent_back_already")
    reach = leap.work(name for fork in forks for name in fork._outputs)
    kept = [unit for unit in _others(leap) if ways.within(unit, reach)]
    held = {fork: _held(leap, fork, kept) for fork in forks}
    apart = [leap.reach(names) for names in held.values()]
    if any(not any(ways.within(unit, branch) for branch in apart) for unit in kept):
        raise NotReturnable("entangled")
    used = [
        fork for fork in forks if held[fork] and not fork.holds_children and not any(fork.name in b.came for b in apart)
    ]
    first = keeping.fresh_number(run)
    marks = [[first + n, fork.name, held[fork], leap.home, leap.left] for n, fork in enumerate(used)]
    marks = [mark for mark in marks if _is_usable(leap, mark) or keeping.live(leap.workflow, mark)]
    marks += _take_out(leap, first + len(marks))
    if not all(_is_usable(leap, mark) for mark in marks):
        raise NotReturnable("another_round")
    return marks


def _held(leap: Leap, fork: Any, kept: list[Any]) -> list[str]:
    """The ways out of a fork, apart from the token's own, on which there is work, or was till it came to an end.

    What events began needs no mark.
    """
    branches = {name: leap.reach([name]) for name in fork._outputs}
    held = []
    for name, branch in branches.items():
        own = leap.left in branch.came or (fork.holds_children and name == fork.host)
        if not own and (
            any(ways.within(unit, branch) for unit in kept)
            or keeping.is_over(leap.workflow, fork, name, branch, leap.left)
        ):
            held.append(name)
    return held


def _take_out(leap: Leap, number: int) -> list[keeping.Mark]:
    whole = leap.task.parent
    if leap.task.task_spec.is_instance and whole.task_spec.counts:
        if keeping.AWAY in whole.internal_data:
            raise NotReturnable("sent_back_already")
        notes = leap.task.internal_data
        whole.internal_data.setdefault(keeping.AWAY, []).append([number, notes["index"], notes["item"]])
        trimming.cancel(leap.task)
        return [[number, ways.entrance(leap.spec, leap.left), None, leap.home, leap.left]]
    marks = keeping.marks_of(leap.unit)
    keeping.bear(leap.unit, [])
    trimming.cancel(leap.unit)
    return marks


def _is_usable(leap: Leap, mark: keeping.Mark) -> bool:
    return keeping.leads_to(leap.spec, leap.home, mark)


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
