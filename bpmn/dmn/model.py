"""The parts of a DMN model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class LiteralExpression:
    """A FEEL expression."""

    id: str
    text: str
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class TableInput:
    """A column of conditions."""

    id: str
    label: str
    text: str
    allowed: str = ""
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class TableOutput:
    """A column of results."""

    id: str
    name: str
    label: str
    allowed: str = ""
    default: str = ""
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: one unary test for each input, one expression for each output."""

    id: str
    conditions: tuple[LiteralExpression, ...]
    results: tuple[LiteralExpression, ...]
    annotation: str = ""


@dataclass(frozen=True, slots=True)
class DecisionTable:
    """A decision table."""

    id: str
    inputs: tuple[TableInput, ...]
    outputs: tuple[TableOutput, ...]
    rules: tuple[Rule, ...]
    hit_policy: str
    aggregation: str = ""


@dataclass(frozen=True, slots=True)
class BoxedEntry:
    """A named and typed entry of a context; the result has no name."""

    name: str
    type_ref: str
    expression: BoxedExpression


@dataclass(frozen=True, slots=True)
class BoxedContext:
    """A boxed context."""

    id: str
    entries: tuple[BoxedEntry, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A formal parameter."""

    name: str
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class BoxedFunction:
    """A function definition."""

    id: str
    parameters: tuple[Parameter, ...]
    body: BoxedExpression
    kind: str = "FEEL"
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class Invocation:
    """A call of a business knowledge model with named arguments."""

    id: str
    function: BoxedExpression
    bindings: tuple[BoxedEntry, ...]


@dataclass(frozen=True, slots=True)
class BoxedList:
    """A list of expressions."""

    id: str
    items: tuple[BoxedExpression, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """A list of contexts written as a table."""

    id: str
    columns: tuple[str, ...]
    rows: tuple[BoxedList, ...]


@dataclass(frozen=True, slots=True)
class BoxedConditional:
    """A boxed if, then and else."""

    id: str
    condition: BoxedExpression
    consequence: BoxedExpression
    alternative: BoxedExpression


@dataclass(frozen=True, slots=True)
class BoxedFilter:
    """A boxed filter of a list."""

    id: str
    source: BoxedExpression
    condition: BoxedExpression


@dataclass(frozen=True, slots=True)
class BoxedIteration:
    """A boxed for, some or every."""

    id: str
    kind: str
    variable: str
    source: BoxedExpression
    body: BoxedExpression


BoxedExpression: TypeAlias = (
    LiteralExpression
    | DecisionTable
    | BoxedContext
    | BoxedFunction
    | Invocation
    | BoxedList
    | Relation
    | BoxedConditional
    | BoxedFilter
    | BoxedIteration
)


@dataclass(frozen=True, slots=True)
class InputData:
    """A fact that decisions need."""

    id: str
    name: str
    type_ref: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision and the ids of what it requires."""

    id: str
    name: str
    variable: str
    type_ref: str
    expression: BoxedExpression | None
    required_inputs: tuple[str, ...] = ()
    required_decisions: tuple[str, ...] = ()
    required_knowledge: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnowledgeModel:
    """A business knowledge model: a function that decisions share."""

    id: str
    name: str
    variable: str
    type_ref: str
    function: BoxedFunction | None
    required_knowledge: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionService:
    """Decisions that can be called like a function."""

    id: str
    name: str
    variable: str
    type_ref: str
    outputs: tuple[str, ...]
    input_decisions: tuple[str, ...]
    input_data: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ItemDefinition:
    """A type of the model."""

    name: str
    type_ref: str = ""
    allowed: str = ""
    is_collection: bool = False
    components: tuple[ItemDefinition, ...] = ()
    function_parameters: tuple[str, ...] | None = None


@dataclass(slots=True)
class Definitions:
    """A DMN model; its parts by id."""

    id: str
    name: str
    decisions: dict[str, Decision]
    inputs: dict[str, InputData]
    knowledge: dict[str, KnowledgeModel]
    services: dict[str, DecisionService]
    types: dict[str, ItemDefinition]
    names: frozenset[str]
    compiled: dict[str, object] = field(default_factory=dict, repr=False, compare=False)
