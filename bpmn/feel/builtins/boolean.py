"""The functions not, is, all and any."""

# ruff: noqa: ARG001 - every built-in function receives the run, few need it

from __future__ import annotations

from bpmn.feel.builtins.registry import builtin
from bpmn.feel.run import Run
from bpmn.feel.temporal import DateTime, Time
from bpmn.feel.values import equal, kind_of


@builtin("not(negand: any)")
def negate(run: Run, negand: object) -> bool | None:
    """The opposite of a boolean."""
    return not negand if isinstance(negand, bool) else None


@builtin("is(value1?: any, value2?: any)")
def is_same(run: Run, left: object, right: object) -> bool:
    """Whether two values are the same element of the same kind, zones included."""
    if kind_of(left) != kind_of(right):
        return False
    if isinstance(left, Time) and isinstance(right, Time):
        return left == right
    if isinstance(left, DateTime) and isinstance(right, DateTime):
        return left == right
    return equal(left, right, run) is True


def _conclude(values: list[object], decisive: bool) -> bool | None:
    """Three-valued conjunction (decisive False) or disjunction (decisive True)."""
    if any(value is decisive for value in values):
        return decisive
    return None if any(not isinstance(value, bool) for value in values) else not decisive


@builtin("all(list: list)")
@builtin("all(b*: any)")
def all_true(run: Run, values: list[object]) -> bool | None:
    """Whether all values are true."""
    return _conclude(values, False)


@builtin("any(list: list)")
@builtin("any(b*: any)")
def any_true(run: Run, values: list[object]) -> bool | None:
    """Whether any value is true."""
    return _conclude(values, True)
