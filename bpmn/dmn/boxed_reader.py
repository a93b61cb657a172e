"""Reads boxed expressions out of XML."""

from __future__ import annotations

from collections.abc import Callable

from bpmn.dmn import model
from bpmn.dmn.errors import DmnInvalid
from bpmn.dmn.xml_access import Element, attribute, child, children, local_name, text_of

_HIT_POLICIES = ("UNIQUE", "FIRST", "PRIORITY", "ANY", "COLLECT", "RULE ORDER", "OUTPUT ORDER")
_AGGREGATIONS = ("", "SUM", "COUNT", "MIN", "MAX")
_NOTHING = model.LiteralExpression("", "null")


def read_boxed(parent: Element | None) -> model.BoxedExpression | None:
    """The first boxed expression below an element, or None."""
    for element in children(parent) if parent is not None else ():
        reader = _READERS.get(local_name(element))
        if reader is not None:
            return reader(element)
    return None


def _required(parent: Element | None) -> model.BoxedExpression:
    return read_boxed(parent) or _NOTHING


def read_literal(element: Element) -> model.LiteralExpression:
    """A FEEL expression."""
    language = attribute(element, "expressionLanguage").lower()
    if language and "feel" not in language:
        raise DmnInvalid(f"the expression language {language} is not supported", attribute(element, "id"))
    return model.LiteralExpression(attribute(element, "id"), text_of(element), attribute(element, "typeRef"))


def read_table(element: Element) -> model.DecisionTable:
    """A decision table."""
    element_id = attribute(element, "id")
    policy = attribute(element, "hitPolicy") or "UNIQUE"
    aggregation = attribute(element, "aggregation")
    if policy not in _HIT_POLICIES or aggregation not in _AGGREGATIONS:
        raise DmnInvalid(f"unknown hit policy {policy} {aggregation}".rstrip(), element_id)
    inputs = tuple(_read_input(column) for column in children(element, "input"))
    outputs = tuple(_read_output(column) for column in children(element, "output"))
    rules = tuple(_read_rule(row, len(inputs), len(outputs)) for row in children(element, "rule"))
    if not outputs:
        raise DmnInvalid("a decision table needs an output", element_id)
    return model.DecisionTable(element_id, inputs, outputs, rules, policy, aggregation)


def _read_input(element: Element) -> model.TableInput:
    expression = child(element, "inputExpression")
    text = text_of(expression)
    return model.TableInput(
        attribute(element, "id"),
        attribute(element, "label") or text,
        text,
        text_of(child(element, "inputValues")),
        attribute(expression, "typeRef"),
    )


def _read_output(element: Element) -> model.TableOutput:
    return model.TableOutput(
        attribute(element, "id"),
        attribute(element, "name"),
        attribute(element, "label"),
        text_of(child(element, "outputValues")),
        text_of(child(element, "defaultOutputEntry")),
        attribute(element, "typeRef"),
    )


def _read_rule(element: Element, inputs: int, outputs: int) -> model.Rule:
    conditions = tuple(read_literal(entry) for entry in children(element, "inputEntry"))
    results = tuple(read_literal(entry) for entry in children(element, "outputEntry"))
    if (len(conditions), len(results)) != (inputs, outputs):
        raise DmnInvalid(
            "a rule has more or fewer cells than its table has columns", attribute(element, "id")
        )
    annotations = [text_of(entry) for entry in children(element, "annotationEntry")]
    texts = [text for text in (*annotations, text_of(element, "description")) if text]
    return model.Rule(attribute(element, "id"), conditions, results, "\n".join(texts))


def _read_context(element: Element) -> model.BoxedContext:
    entries = []
    for entry in children(element, "contextEntry"):
        variable = child(entry, "variable")
        entries.append(
            model.BoxedEntry(attribute(variable, "name"), attribute(variable, "typeRef"), _required(entry))
        )
    return model.BoxedContext(attribute(element, "id"), tuple(entries))


def read_function(element: Element) -> model.BoxedFunction:
    """A function definition or the logic of a business knowledge model."""
    parameters = tuple(
        model.Parameter(attribute(each, "name"), attribute(each, "typeRef"))
        for each in children(element, "formalParameter")
    )
    return model.BoxedFunction(
        attribute(element, "id"),
        parameters,
        _required(element),
        attribute(element, "kind") or "FEEL",
        attribute(element, "typeRef"),
    )


def _read_invocation(element: Element) -> model.Invocation:
    bindings = []
    for binding in children(element, "binding"):
        parameter = child(binding, "parameter")
        bindings.append(
            model.BoxedEntry(
                attribute(parameter, "name"), attribute(parameter, "typeRef"), _required(binding)
            )
        )
    return model.Invocation(attribute(element, "id"), _required(element), tuple(bindings))


def _read_list(element: Element) -> model.BoxedList:
    items = [_READERS[local_name(item)](item) for item in children(element) if local_name(item) in _READERS]
    return model.BoxedList(attribute(element, "id"), tuple(items))


def _read_relation(element: Element) -> model.Relation:
    columns = tuple(attribute(column, "name") for column in children(element, "column"))
    rows = tuple(_read_list(row) for row in children(element, "row"))
    if any(len(row.items) != len(columns) for row in rows):
        raise DmnInvalid(
            "a row has more or fewer cells than its relation has columns", attribute(element, "id")
        )
    return model.Relation(attribute(element, "id"), columns, rows)


def _read_conditional(element: Element) -> model.BoxedConditional:
    parts = [_required(child(element, name)) for name in ("if", "then", "else")]
    return model.BoxedConditional(attribute(element, "id"), *parts)


def _read_filter(element: Element) -> model.BoxedFilter:
    source, condition = (_required(child(element, name)) for name in ("in", "match"))
    return model.BoxedFilter(attribute(element, "id"), source, condition)


def _read_iteration(element: Element) -> model.BoxedIteration:
    kind = local_name(element)
    source, body = (
        _required(child(element, name)) for name in ("in", "return" if kind == "for" else "satisfies")
    )
    return model.BoxedIteration(
        attribute(element, "id"), kind, attribute(element, "iteratorVariable"), source, body
    )


_READERS: dict[str, Callable[[Element], model.BoxedExpression]] = {
    "literalExpression": read_literal,
    "decisionTable": read_table,
    "context": _read_context,
    "functionDefinition": read_function,
    "invocation": _read_invocation,
    "list": _read_list,
    "relation": _read_relation,
    "conditional": _read_conditional,
    "filter": _read_filter,
    "for": _read_iteration,
    "some": _read_iteration,
    "every": _read_iteration,
}
