"""Reads a model without evaluating it: the kind of each decision's value, and what in it can never make sense."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import singledispatchmethod

from bpmn.dmn import model
from bpmn.dmn.engine import model_types
from bpmn.dmn.item_types import type_of
from bpmn.feel.static import (
    ANY,
    NULL,
    NUMBER,
    Complaint,
    Kind,
    ListOf,
    Reading,
    Record,
    Text,
    join,
    of_spec,
    over,
    read,
    read_unary,
)
from bpmn.feel.static.kinds import BOOLEAN
from bpmn.feel.static.kinds import Callable as Function
from bpmn.message import Message

_SINGLE = ("UNIQUE", "ANY", "FIRST", "PRIORITY")
Names = Mapping[str, Kind]


@dataclass(frozen=True)
class Found:
    """A complaint and the element of the model it is about."""

    element: str
    complaint: Complaint


@dataclass
class ModelReading:
    """Kinds of the decisions, complaints, and which facts are read."""

    kinds: dict[str, Kind] = field(default_factory=dict)
    complaints: list[Found] = field(default_factory=list)
    facts: dict[str, set[str]] = field(default_factory=dict)


def read_model(definitions: model.Definitions, facts: Names) -> ModelReading:
    """Read every decision of a model over the facts it may find."""
    reader = _Reader(definitions, facts)
    for decision in definitions.decisions:
        reader.decide(decision)
    return reader.found


class _Reader:
    """One walk through a model; the owner is the decision whose logic is being read."""

    def __init__(self, definitions: model.Definitions, facts: Names) -> None:
        self.model, self.facts = definitions, facts
        self.found = ModelReading()
        self.functions: dict[str, Kind] = {}
        self.owner = ""

    def decide(self, decision_id: str) -> Kind:
        """The kind of a decision's value; one that is still being read is not known."""
        if decision_id in self.found.kinds:
            return self.found.kinds[decision_id]
        self.found.kinds[decision_id] = ANY
        decision = self.model.decisions[decision_id]
        reads = self.found.facts.setdefault(decision_id, set())
        around: dict[str, Kind] = {}
        for each in decision.required_inputs:
            if each in self.model.inputs:
                around[self.model.inputs[each].name] = self._input(self.model.inputs[each], reads)
        for each in decision.required_decisions:
            if required := self.model.decisions.get(each):
                kind = self.decide(each)
                reads |= self.found.facts[each]
                around.update(dict.fromkeys((required.id, required.name, required.variable), kind))
        self._know(around, decision.required_knowledge)
        outer, self.owner = self.owner, decision_id
        kind = self._fitted(self.kind(decision.expression, over(around, self.facts)), decision.type_ref, decision.id)
        self.owner = outer
        self.found.kinds[decision_id] = kind
        return kind

    def _input(self, data: model.InputData, reads: set[str]) -> Kind:
        """What an input brings: a fact of its name or of its id."""
        for name in (data.name, data.id):
            if name in self.facts:
                reads.add(name)
                return self.facts[name] if self.facts[name].known else self._of(data.type_ref)
        return self._complain(data.id, Complaint("input_unknown", Message(
            "The table needs “{name}”, which is no fact of the case.", {"name": data.name})))

    def _know(self, around: dict[str, Kind], knowledge: Iterable[str]) -> None:
        for each in knowledge:
            if each in self.model.knowledge:
                around[self.model.knowledge[each].variable] = self._function(self.model.knowledge[each])
            elif each in self.model.services:
                around[self.model.services[each].variable] = Function(ANY)

    def _function(self, knowledge: model.KnowledgeModel) -> Kind:
        if knowledge.id not in self.functions:
            self.functions[knowledge.id] = Function(ANY)
            around: dict[str, Kind] = {knowledge.variable: Function(ANY)}
            self._know(around, knowledge.required_knowledge)
            self.functions[knowledge.id] = self.kind(knowledge.function, around)
        return self.functions[knowledge.id]

    def _of(self, type_ref: str) -> Kind:
        return of_spec(type_of(type_ref, self.model.names), model_types(self.model))

    def _fitted(self, kind: Kind, type_ref: str, element: str) -> Kind:
        """A value made to fit its declared type: where it never does it is null, and that is told."""
        declared = self._of(type_ref)
        if not declared.known or kind == NULL:
            return kind
        if kind.known and not _fits(kind, declared):
            self._complain(element, Complaint("result_differs", Message(
                "This gives {kind}, where {declared} is declared.", {"kind": kind.say(), "declared": declared.say()})))
        return kind if kind.kind == declared.kind else declared

    def _complain(self, element: str, complaint: Complaint) -> Kind:
        self.found.complaints.append(Found(element or self.owner, complaint))
        return ANY

    def _say(self, element: str, reading: Reading) -> Kind:
        for complaint in reading.complaints:
            if complaint.code != "expression_broken":   # the model's own check says it
                self._complain(element, complaint)
        self.found.facts.setdefault(self.owner, set()).update(reading.names & self.facts.keys())
        return reading.kind

    def _read(self, element: str, text: str, names: Names) -> Kind:
        return self._say(element, read(text, names, self.model.names)) if text else NULL

    # ---- boxed expressions ---------------------------------------------------------------------------------------

    @singledispatchmethod
    def kind(self, expression: object, names: Names) -> Kind:  # noqa: ARG002
        """The kind of a boxed expression's value; nothing at all is null."""
        return NULL

    @kind.register
    def _literal(self, expression: model.LiteralExpression, names: Names) -> Kind:
        return self._fitted(self._read(expression.id, expression.text, names), expression.type_ref, expression.id)

    @kind.register
    def _context(self, expression: model.BoxedContext, names: Names) -> Kind:
        entries: dict[str, Kind] = {}
        for entry in expression.entries:
            kind = self._fitted(self.kind(entry.expression, over(entries, names)), entry.type_ref, expression.id)
            if not entry.name:
                return kind
            entries[entry.name] = kind
        return Record(entries)

    @kind.register
    def _boxed_function(self, expression: model.BoxedFunction, names: Names) -> Kind:
        if expression.kind != "FEEL":
            return ANY
        parameters = {each.name: self._of(each.type_ref) for each in expression.parameters}
        return Function(self.kind(expression.body, over(parameters, names)))

    @kind.register
    def _invocation(self, expression: model.Invocation, names: Names) -> Kind:
        for binding in expression.bindings:
            self.kind(binding.expression, names)
        function = self.kind(expression.function, names)
        return function.result if isinstance(function, Function) else ANY

    @kind.register
    def _list(self, expression: model.BoxedList, names: Names) -> Kind:
        return ListOf(join(*(self.kind(item, names) for item in expression.items)))

    @kind.register
    def _relation(self, expression: model.Relation, names: Names) -> Kind:
        rows = [Record({name: self.kind(cell, names) for name, cell in zip(expression.columns, row.items, strict=True)})
                for row in expression.rows]
        return ListOf(join(*rows))

    @kind.register
    def _conditional(self, expression: model.BoxedConditional, names: Names) -> Kind:
        self.kind(expression.condition, names)
        return join(self.kind(expression.consequence, names), self.kind(expression.alternative, names))

    @kind.register
    def _filter(self, expression: model.BoxedFilter, names: Names) -> Kind:
        source = self.kind(expression.source, names)
        item = source.item if isinstance(source, ListOf) else ANY
        if isinstance(item, Record) and not item.open:
            self.kind(expression.condition, over({**item.entries, "item": item}, names))
        return ListOf(item)

    @kind.register
    def _iteration(self, expression: model.BoxedIteration, names: Names) -> Kind:
        source = self.kind(expression.source, names)
        item = source.item if isinstance(source, ListOf) else ANY
        body = self.kind(expression.body, over({expression.variable: item, "partial": ListOf(ANY)}, names))
        return ListOf(body) if expression.kind == "for" else BOOLEAN

    # ---- tables --------------------------------------------------------------------------------------------------

    @kind.register
    def _table(self, table: model.DecisionTable, names: Names) -> Kind:
        tested = [self._column(column, names) for column in table.inputs]
        for rule in table.rules:
            for cell, kind in zip(rule.conditions, tested, strict=True):
                if cell.text not in ("", "-"):
                    self._say(cell.id or rule.id, read_unary(cell.text, kind, names, self.model.names))
        outputs = [self._output(place, output, table, names) for place, output in enumerate(table.outputs)]
        return self._concluded(table, outputs)

    def _column(self, column: model.TableInput, names: Names) -> Kind:
        kind, declared = self._read(column.id, column.text, names), self._of(column.type_ref)
        if kind.known and declared.known and not _fits(kind, declared):
            self._complain(column.id, Complaint("column_differs", Message(
                "The column is declared as {declared}, but its expression gives {kind}.",
                {"declared": declared.say(), "kind": kind.say()})))
        if column.allowed:
            self._say(column.id, read_unary(column.allowed, kind, names, self.model.names))
        return kind if kind.known else declared

    def _output(self, place: int, output: model.TableOutput, table: model.DecisionTable, names: Names) -> Kind:
        allowed = self._read(output.id, f"[{output.allowed}]", {}) if output.allowed else ANY
        offered = allowed.item if isinstance(allowed, ListOf) else ANY
        cells = [(rule.results[place].id or rule.id, rule.results[place].text) for rule in table.rules]
        kinds = []
        for element, text in [*cells, (output.id, output.default)]:
            kind = self._fitted(self._read(element, text, names), output.type_ref, element)
            self._offered(element, kind, offered)
            kinds.append(kind)
        found = offered if isinstance(offered, Text) and offered.options else join(*kinds)
        return found if found.known else self._of(output.type_ref)

    def _offered(self, element: str, kind: Kind, offered: Kind) -> None:
        if isinstance(kind, Text) and isinstance(offered, Text) and kind.options and offered.options:
            for stray in sorted(kind.options - offered.options):
                self._complain(element, Complaint("option_unknown", Message(
                    "“{value}” is none of the options: {options}.",
                    {"value": stray, "options": ", ".join(sorted(offered.options))})))

    def _concluded(self, table: model.DecisionTable, outputs: list[Kind]) -> Kind:
        one = outputs[0] if len(outputs) == 1 else Record(
            {output.name or output.id: kind for output, kind in zip(table.outputs, outputs, strict=True)})
        if table.hit_policy in _SINGLE:
            return one
        if table.aggregation == "COUNT":
            return NUMBER
        return one if table.aggregation else ListOf(one)


def _fits(kind: Kind, declared: Kind) -> bool:
    """As values are fitted: one item for a list and back, a date for a moment."""
    if declared.kind in (kind.kind, "list") or not kind.known or not declared.known:
        return True
    if isinstance(kind, ListOf):
        return _fits(kind.item, declared)
    return kind.kind == "date" and declared.kind == "date and time"
