"""Evaluates decisions together with all they require."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from bpmn.dmn.boxed import compile_boxed
from bpmn.dmn.errors import DmnError, DmnInvalid
from bpmn.dmn.item_types import build_types, type_of
from bpmn.dmn.model import Decision, DecisionService, Definitions, KnowledgeModel
from bpmn.dmn.recording import DecisionResult, DecisionRun, Row
from bpmn.feel.compile_calls import Closure
from bpmn.feel.conversion import from_python, to_python
from bpmn.feel.errors import FeelError, FeelLimitExceeded
from bpmn.feel.expression import as_clock
from bpmn.feel.run import TypeSpec
from bpmn.feel.scope import Evaluator, Scope
from bpmn.feel.type_specs import coerce
from bpmn.feel.values import measure

__all__ = ["DecisionResult", "Row", "evaluate"]
_MAX_REQUIREMENT_DEPTH = 40
_SERVICE_WEIGHT = 10


def evaluate(
    definitions: Definitions, decision_id: str, facts: Mapping[str, object], now: datetime | None = None
) -> DecisionResult:
    """Evaluate a decision, the decisions it requires first."""
    engine = Engine(definitions, {name: from_python(value) for name, value in facts.items()}, now)
    try:
        return engine.decide(decision_id)
    except RecursionError:
        raise FeelLimitExceeded("the evaluation is nested too deeply") from None


class Engine:
    """One evaluation of a model with given facts."""

    def __init__(
        self, definitions: Definitions, facts: dict[str, object], now: datetime | None = None
    ) -> None:
        self.definitions = definitions
        self.facts = facts
        self.run = DecisionRun(now=as_clock(now), types=model_types(definitions))
        self.values: dict[str, object] = {}
        self.results: dict[str, DecisionResult] = {}
        self.functions: dict[str, object] = {}
        self.pending: list[str] = []

    def decide(self, decision_id: str) -> DecisionResult:
        """The result of a decision, computed at most once."""
        if decision_id not in self.results:
            self._evaluate(self._decision(decision_id))
        return self.results[decision_id]

    def _decision(self, decision_id: str) -> Decision:
        decision = self.definitions.decisions.get(decision_id)
        if decision is None:
            raise DmnError("there is no such decision", decision_id)
        return decision

    def _evaluate(self, decision: Decision) -> None:
        if decision.id in self.pending or len(self.pending) > _MAX_REQUIREMENT_DEPTH:
            raise DmnInvalid("the requirements of decisions form a circle or are too deep", decision.id)
        self.pending.append(decision.id)
        trace = tuple(self.decide(each) for each in decision.required_decisions if self._is_known(each))
        scope = Scope(self.run, self._values_for(decision))
        self.run.inputs, self.run.rows = {}, ()
        value = self._typed(compiled(self.definitions, decision)(scope), decision.type_ref)
        measure(value, self.run)
        self.values[decision.id] = value
        inputs = {label: to_python(each) for label, each in self.run.inputs.items()}
        self.results[decision.id] = DecisionResult(
            to_python(value), decision.id, self.run.rows, inputs, trace
        )
        self.pending.pop()

    def _is_known(self, decision_id: str) -> bool:
        return decision_id in self.definitions.decisions

    def _typed(self, value: object, reference: str) -> object:
        spec = type_of(reference, self.definitions.names)
        return value if spec is None else coerce(value, spec, self.run)

    def _values_for(self, decision: Decision) -> dict[str, object]:
        """The names a decision sees: facts, required decisions and knowledge."""
        values = dict(self.facts)
        for input_id in decision.required_inputs:
            data = self.definitions.inputs.get(input_id)
            if data is not None:
                given = self.facts.get(data.name, self.facts.get(data.id))
                values[data.name] = self._typed(given, data.type_ref)
        for required_id in decision.required_decisions:
            required = self.definitions.decisions.get(required_id)
            if required is not None:
                values[required.id] = values[required.name] = values[required.variable] = self.values[
                    required_id
                ]
        self._add_knowledge(values, decision.required_knowledge)
        return values

    def _add_knowledge(self, values: dict[str, object], required: tuple[str, ...]) -> None:
        for knowledge_id in required:
            knowledge = self.definitions.knowledge.get(knowledge_id)
            if knowledge is not None:
                values[knowledge.variable] = self.function(knowledge)
            service = self.definitions.services.get(knowledge_id)
            if service is not None:
                values[service.variable] = self.service(service)

    def function(self, knowledge: KnowledgeModel) -> object:
        """A business knowledge model as a function, made at most once."""
        if knowledge.id in self.functions:
            return self.functions[knowledge.id]
        self.functions[knowledge.id] = None
        values: dict[str, object] = {}
        self._add_knowledge(values, knowledge.required_knowledge)
        function = compiled(self.definitions, knowledge)(Scope(self.run, values))
        values.setdefault(knowledge.variable, function)
        self.functions[knowledge.id] = function
        return function

    def service(self, service: DecisionService) -> Closure:
        """A decision service as a function: input data first, then input decisions."""
        parameters: list[tuple[str, TypeSpec | None]] = []
        for input_id in service.input_data:
            data = self.definitions.inputs[input_id]
            parameters.append((data.name, type_of(data.type_ref, self.definitions.names)))
        for decision_id in service.input_decisions:
            decision = self._decision(decision_id)
            parameters.append((decision.variable, type_of(decision.type_ref, self.definitions.names)))
        result = type_of(service.type_ref, self.definitions.names)
        return Closure(
            tuple(parameters), lambda scope: self._serve(service, scope), _SERVICE_WEIGHT, result=result
        )

    def _serve(self, service: DecisionService, scope: Scope) -> object:
        """Evaluate the outputs of a service; the arguments take the place of its inputs."""
        inner = Engine(self.definitions, {**self.facts, **scope.values})
        inner.run = DecisionRun(self.run.now, self.run.steps_left, self.run.types, self.run.call_depth)
        for decision_id in service.input_decisions:
            inner.values[decision_id] = scope.values[self._decision(decision_id).variable]
            inner.results[decision_id] = DecisionResult(None, decision_id)
        values = {}
        for decision_id in service.outputs:
            inner.decide(decision_id)
            values[self._decision(decision_id).variable] = inner.values[decision_id]
        self.run.steps_left = inner.run.steps_left
        return next(iter(values.values())) if len(values) == 1 else values


def compiled(definitions: Definitions, part: Decision | KnowledgeModel) -> Evaluator:
    """The evaluator of a part of a model, compiled at its first use."""
    if part.id not in definitions.compiled:
        expression = part.expression if isinstance(part, Decision) else part.function
        try:
            definitions.compiled[part.id] = compile_boxed(expression, definitions.names)
        except FeelError as error:
            raise DmnInvalid(f"{part.name}: {error}", part.id) from error
    return cast(Evaluator, definitions.compiled[part.id])


def model_types(definitions: Definitions) -> Mapping[str, TypeSpec]:
    """The types of a model, built at their first use."""
    if "" not in definitions.compiled:
        definitions.compiled[""] = build_types(definitions)
    return cast(Mapping[str, TypeSpec], definitions.compiled[""])
