"""Finds the problems of a model before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields

from bpmn import feel
from bpmn.dmn import model
from bpmn.feel.errors import FeelError

_AGGREGATING = "COLLECT"


@dataclass(frozen=True, slots=True)
class Finding:
    """A problem of one element."""

    element_id: str
    message: str


def check(definitions: model.Definitions) -> list[Finding]:
    """All problems of a model: bad expressions, missing requirements, circles."""
    findings = [*_check_requirements(definitions), *_check_circles(definitions)]
    for decision in definitions.decisions.values():
        if decision.expression is None:
            findings.append(Finding(decision.id, "the decision has no logic"))
        findings += _check_boxed(decision.expression, decision.id, definitions.names)
    for knowledge in definitions.knowledge.values():
        findings += _check_boxed(knowledge.function, knowledge.id, definitions.names)
    for item in definitions.types.values():
        findings += _check_item(item, definitions.names)
    return findings


def _check_requirements(definitions: model.Definitions) -> Iterator[Finding]:
    for decision in definitions.decisions.values():
        known = {*definitions.decisions, *definitions.inputs, *definitions.knowledge, *definitions.services}
        required = decision.required_decisions + decision.required_inputs + decision.required_knowledge
        for missing in sorted(set(required) - known):
            yield Finding(decision.id, f"the decision requires {missing}, which does not exist")


def _check_circles(definitions: model.Definitions) -> Iterator[Finding]:
    finished: set[str] = set()
    for start in definitions.decisions:
        path: list[str] = []
        pending = [(start, False)]
        while pending:
            decision_id, leaving = pending.pop()
            decision = definitions.decisions.get(decision_id)
            if leaving:
                path.pop()
                finished.add(decision_id)
            elif decision_id in path:
                yield Finding(decision_id, "the decision requires itself")
            elif decision is not None and decision_id not in finished:
                path.append(decision_id)
                pending.append((decision_id, True))
                pending += [(each, False) for each in decision.required_decisions]


def _check_boxed(expression: object, owner: str, names: frozenset[str]) -> Iterator[Finding]:
    """The problems of a boxed expression and all below it."""
    if isinstance(expression, tuple):
        for part in expression:
            yield from _check_boxed(part, owner, names)
    elif isinstance(expression, model.DecisionTable):
        yield from _check_table(expression, names)
    elif isinstance(expression, model.LiteralExpression):
        yield from _check_text(expression.text, expression.id or owner, names)
    elif isinstance(expression, _CONTAINERS):
        if isinstance(expression, model.BoxedFunction) and expression.kind != "FEEL":
            yield Finding(
                expression.id or owner, f"functions of the kind {expression.kind} are not supported"
            )
        for attribute in fields(expression):
            yield from _check_boxed(object.__getattribute__(expression, attribute.name), owner, names)


_CONTAINERS = (
    model.BoxedEntry,
    model.BoxedContext,
    model.BoxedFunction,
    model.Invocation,
    model.BoxedList,
    model.Relation,
    model.BoxedConditional,
    model.BoxedFilter,
    model.BoxedIteration,
)


def _check_table(table: model.DecisionTable, names: frozenset[str]) -> Iterator[Finding]:
    for column in table.inputs:
        if not column.text:
            yield Finding(column.id, "the input has no expression")
        yield from _check_text(column.text, column.id, names)
        yield from _check_text(column.allowed, column.id, names, unary=True)
    yield from _check_outputs(table, names)
    for rule in table.rules:
        for cell in rule.conditions:
            yield from _check_text(cell.text, cell.id or rule.id, names, unary=True)
        for cell in rule.results:
            yield from _check_text(cell.text, cell.id or rule.id, names)


def _check_outputs(table: model.DecisionTable, names: frozenset[str]) -> Iterator[Finding]:
    needs_order = table.hit_policy in ("PRIORITY", "OUTPUT ORDER")
    if needs_order and not any(output.allowed for output in table.outputs):
        yield Finding(table.id, "this hit policy needs output values that give the order")
    if table.aggregation and table.hit_policy != _AGGREGATING:
        yield Finding(table.id, "only the hit policy Collect can aggregate")
    for output in table.outputs:
        if len(table.outputs) > 1 and not output.name:
            yield Finding(output.id, "one of several outputs needs a name")
        yield from _check_text(output.allowed, output.id, names, unary=True)
        yield from _check_text(output.default, output.id, names)


def _check_item(item: model.ItemDefinition, names: frozenset[str]) -> Iterator[Finding]:
    yield from _check_text(item.allowed, item.name, names, unary=True)
    for component in item.components:
        yield from _check_item(component, names)


def _check_text(text: str, element_id: str, names: frozenset[str], unary: bool = False) -> Iterator[Finding]:
    if not text:
        return
    try:
        if unary:
            feel.compile_unary(text, names)
        else:
            feel.compile(text, names)
    except FeelError as error:
        yield Finding(element_id, str(error))
