"""Evaluates decision tables."""

from __future__ import annotations

from dataclasses import dataclass

from bpmn import feel
from bpmn.dmn.errors import HitPolicyViolated, ValueNotAllowed
from bpmn.dmn.hit_policies import aggregate, order_by_priority
from bpmn.dmn.item_types import type_of
from bpmn.dmn.model import DecisionTable, Rule
from bpmn.dmn.recording import DecisionRun, Row
from bpmn.feel import Expression
from bpmn.feel.rendering import render
from bpmn.feel.run import Run, TypeSpec
from bpmn.feel.scope import Evaluator, Scope
from bpmn.feel.type_specs import coerce
from bpmn.feel.values import equal

_SINGLE_HIT = ("UNIQUE", "ANY", "FIRST", "PRIORITY")


@dataclass(frozen=True, slots=True)
class Hit:
    """A matching rule with its results, one for each output."""

    row: Row
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class _Column:
    label: str
    id: str
    expression: Expression
    allowed: Expression | None


@dataclass(frozen=True, slots=True)
class _CompiledRule:
    row: Row
    conditions: tuple[Expression | None, ...]
    results: tuple[Expression | None, ...]


def compile_table(table: DecisionTable, names: frozenset[str]) -> Evaluator:
    """Turn a decision table into a function of its scope."""
    return _CompiledTable(table, names).evaluate


class _CompiledTable:
    def __init__(self, table: DecisionTable, names: frozenset[str]) -> None:
        self.table = table
        self.columns = [
            _Column(
                column.label,
                column.id,
                feel.compile(column.text or "null", names),
                feel.compile_unary(column.allowed, names) if column.allowed else None,
            )
            for column in table.inputs
        ]
        self.rules = [_compile_rule(index, rule, names) for index, rule in enumerate(table.rules, 1)]
        self.defaults = [_optional(output.default, names) for output in table.outputs]
        self.specs = [type_of(output.type_ref, names) for output in table.outputs]
        self.priorities = [_optional(f"[{output.allowed}]", names) for output in table.outputs]

    def evaluate(self, scope: Scope) -> object:
        """Compute the result of the table and note the rows that led to it."""
        inputs = [self._input(column, scope) for column in self.columns]
        hits: list[Hit] = []
        for rule in self.rules:
            if self._matches(rule, inputs, scope):
                hits.append(Hit(rule.row, self._results(rule, scope)))
                if self.table.hit_policy == "FIRST":
                    break
        chosen = self._choose(hits, scope)
        self._record(inputs, chosen, scope)
        return self._conclude(chosen, scope)

    def _input(self, column: _Column, scope: Scope) -> object:
        value = column.expression.evaluate_scope(scope)
        if column.allowed is not None and value is not None:
            values = value if isinstance(value, list) else [value]
            if any(not _passes(column.allowed, each, scope) for each in values):
                message = f"{column.label}: {render(value, scope.run)} is not an allowed value"
                raise ValueNotAllowed(message, column.id)
        return value

    def _matches(self, rule: _CompiledRule, inputs: list[object], scope: Scope) -> bool:
        scope.run.spend(1)
        return all(
            condition is None or _passes(condition, value, scope)
            for condition, value in zip(rule.conditions, inputs, strict=True)
        )

    def _results(self, rule: _CompiledRule, scope: Scope) -> tuple[object, ...]:
        return self._typed([result and result.evaluate_scope(scope) for result in rule.results], scope.run)

    def _typed(self, values: list[object], run: Run) -> tuple[object, ...]:
        return tuple(_fit(value, spec, run) for value, spec in zip(values, self.specs, strict=True))

    def _choose(self, hits: list[Hit], scope: Scope) -> list[Hit]:
        """The hits that count under the hit policy, in its order."""
        policy = self.table.hit_policy
        if policy == "UNIQUE" and len(hits) > 1:
            rows = ", ".join(str(hit.row.index) for hit in hits)
            raise HitPolicyViolated(f"only one rule may match, but rules {rows} do", self.table.id)
        if policy == "ANY" and any(_differ(hits[0], hit, scope.run) for hit in hits):
            raise HitPolicyViolated("the matching rules have different results", self.table.id)
        if policy in ("PRIORITY", "OUTPUT ORDER"):
            priorities = [each and each.evaluate_scope(scope) for each in self.priorities]
            hits = order_by_priority(hits, lambda hit: hit.values, priorities, scope.run)
        return hits[:1] if policy in _SINGLE_HIT else hits

    def _conclude(self, hits: list[Hit], scope: Scope) -> object:
        if not hits:
            return self._default(scope)
        if self.table.hit_policy in _SINGLE_HIT:
            return self._shape(hits[0].values)
        values = [self._shape(hit.values) for hit in hits]
        return aggregate(self.table.aggregation, values, scope.run)

    def _default(self, scope: Scope) -> object:
        if all(default is None for default in self.defaults):
            return None
        return self._shape(
            self._typed([default and default.evaluate_scope(scope) for default in self.defaults], scope.run)
        )

    def _shape(self, values: tuple[object, ...]) -> object:
        """One output is the value itself, several are a context."""
        if len(values) == 1:
            return values[0]
        names = (output.name or output.id for output in self.table.outputs)
        return dict(zip(names, values, strict=True))

    def _record(self, inputs: list[object], hits: list[Hit], scope: Scope) -> None:
        if isinstance(scope.run, DecisionRun):
            labelled = {column.label: value for column, value in zip(self.columns, inputs, strict=True)}
            scope.run.record(labelled, tuple(hit.row for hit in hits))


def _optional(text: str, names: frozenset[str]) -> Expression | None:
    return feel.compile(text, names) if text and text != "[]" else None


def _compile_rule(index: int, rule: Rule, names: frozenset[str]) -> _CompiledRule:
    return _CompiledRule(
        Row(index, rule.id, rule.annotation),
        tuple(
            feel.compile_unary(cell.text, names) if cell.text not in ("", "-") else None
            for cell in rule.conditions
        ),
        tuple(feel.compile(cell.text, names) if cell.text else None for cell in rule.results),
    )


def _passes(tests: Expression, value: object, scope: Scope) -> bool:
    return tests.evaluate_scope(Scope(scope.run, {"?": value}, scope)) is True


def _fit(value: object, spec: TypeSpec | None, run: Run) -> object:
    return value if spec is None else coerce(value, spec, run)


def _differ(first: Hit, other: Hit, run: Run) -> bool:
    pairs = zip(first.values, other.values, strict=True)
    return any(equal(one, another, run) is not True for one, another in pairs)
