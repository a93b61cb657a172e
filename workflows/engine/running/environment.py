"""How a drawing reads the facts: FEEL only, so that no code of a drawing ever runs."""

# Upstream's extension points are protected methods with fixed signatures.
# ruff: noqa: ARG002

from collections import ChainMap
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from SpiffWorkflow.bpmn.script_engine.python_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.script_engine.python_environment import BasePythonScriptEngineEnvironment

from bpmn import dmn, feel
from workflows.engine.errors import ExpressionFailed
from workflows.engine.nodes.instances import names_of
from workflows.engine.outcome import DecisionTrace


class Facts(BasePythonScriptEngineEnvironment):
    """The case's facts during one move, overlaid by what decisions and scripts of this move wrote."""

    def __init__(self, facts: Mapping[str, object], now: datetime | None) -> None:
        super().__init__()
        self.base = facts
        self.now = now
        self.written: dict[str, object] = {}

    def context(self, local: Mapping[str, object]) -> Mapping[str, object]:
        """Everything an expression can see; a name nearer to the task hides one farther away."""
        return ChainMap(dict(local), self.written, cast(dict[str, object], self.base))

    def evaluate(self, expression: Any, context: Mapping[str, object], external_context: Any = None) -> object:
        """Compute a compiled expression; upstream would hand a string to Python's eval."""
        if isinstance(expression, str):
            raise TypeError("only compiled FEEL is evaluated")
        return feel.to_python(expression.evaluate(self.context(context), now=self.now))

    def execute(self, script: Any, context: Any, external_context: Any = None) -> bool:
        """Refuse: upstream would hand the script to Python's exec."""
        raise TypeError("no script of a drawing is executed")


class FeelEngine(PythonScriptEngine):
    """The script engine of every running drawing."""

    def __init__(self, facts: Facts, decisions: Mapping[str, Any] | None = None) -> None:
        super().__init__(environment=facts)
        self.facts = facts
        self.decisions = decisions or {}

    def evaluate(self, task: Any, expression: Any, external_context: Any = None) -> object:
        """Compute an expression in the place of a task."""
        try:
            return self.facts.evaluate(expression, {**local_names(task), **(external_context or {})})
        except (feel.FeelError, ArithmeticError, RecursionError) as error:
            raise ExpressionFailed(where(task), source_of(expression), str(error)) from error

    def execute(self, task: Any, script: Any, external_context: Any = None) -> bool:
        """Refuse: no script of a drawing is executed."""
        return self.facts.execute(script, {})

    def decide(self, task: Any, decision_id: str, result: str | None) -> tuple[DecisionTrace, ...]:
        """Ask a decision and write its answer where following gateways see it; what it required first, itself last."""
        context = self.facts.context(local_names(task))
        try:
            answer = dmn.evaluate(self.decisions[decision_id], decision_id, context, now=self.facts.now)
        except (dmn.DmnError, feel.FeelError, ArithmeticError, RecursionError) as error:
            raise ExpressionFailed(where(task), decision_id, str(error)) from error
        self.write(result, answer.value, decision_id)
        return tuple(DecisionTrace(where(task), one.decision_id, one.inputs, one.matched_rows, one.value)
                     for one in _asked(answer).values())

    def write(self, name: str | None, value: object, otherwise: str) -> None:
        """Write a result under its name; without a name, a table's columns stand for themselves."""
        if name is None and isinstance(value, dict):
            self.facts.written.update(value)
        else:
            self.facts.written[name or otherwise] = value


def where(task: Any) -> str:
    """The drawn element a task stands at."""
    return str(task.task_spec.bpmn_id or task.task_spec.name)


def source_of(expression: object) -> str:
    """An expression as its author wrote it."""
    return str(getattr(expression, "source", expression))


def local_names(task: Any) -> dict[str, object]:
    """The names only a multi-instance item sees: its element and its counters, the innermost first."""
    names: dict[str, object] = {}
    while task is not None:
        for name, value in names_of(task).items():
            names.setdefault(name, value)
        task = task.workflow.owner
    return names


def _asked(answer: dmn.DecisionResult) -> dict[str, dmn.DecisionResult]:
    """A decision and all it required, each once, in the order they were decided."""
    found = {name: one for required in answer.trace for name, one in _asked(required).items()}
    return {**found, answer.decision_id: answer}
