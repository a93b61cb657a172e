"""Compiles function literals and calls."""

from __future__ import annotations

from collections.abc import Mapping

from bpmn.feel import nodes
from bpmn.feel.builtins import BUILTINS
from bpmn.feel.run import Run, TypeSpec
from bpmn.feel.scope import Evaluator, Scope, compile_node, compiles
from bpmn.feel.type_specs import coerce
from bpmn.feel.values import Function


class Closure(Function):
    """A function written in FEEL, with the scope it was written in."""

    def __init__(
        self,
        parameters: tuple[tuple[str, TypeSpec | None], ...],
        body: Evaluator,
        weight: int,
        scope: Scope | None = None,
        result: TypeSpec | None = None,
    ) -> None:
        self.parameters = tuple(name for name, _ in parameters)
        self._specs = parameters
        self._body = body
        self._weight = weight
        self._scope = scope
        self._result = result

    def call(self, run: Run, arguments: list[object]) -> object:
        """Call with arguments in order."""
        if len(arguments) != len(self._specs):
            return None
        values: dict[str, object] = {}
        for (name, spec), argument in zip(self._specs, arguments, strict=True):
            values[name] = argument if spec is None else coerce(argument, spec, run)
            if values[name] is None and argument is not None:
                return None
        run.spend(self._weight)
        run.enter_call()
        result = self._body(Scope(run, values, self._scope))
        run.leave_call()
        return result if self._result is None else coerce(result, self._result, run)

    def call_named(self, run: Run, arguments: Mapping[str, object]) -> object:
        """Call with arguments by name."""
        if arguments.keys() != set(self.parameters):
            return None
        return self.call(run, [arguments[name] for name in self.parameters])


@compiles(nodes.FunctionLiteral)
def compile_function(node: nodes.FunctionLiteral) -> Evaluator:
    """Compile a function literal."""
    body = compile_node(node.body)
    return lambda scope: Closure(node.parameters, body, node.body.size, scope)


@compiles(nodes.Call)
def compile_call(node: nodes.Call) -> Evaluator:
    """Compile a call; calling what is not a function yields null."""
    function = compile_node(node.function)
    arguments = [compile_node(argument) for argument in node.arguments]
    names = node.names
    fallback = BUILTINS.get(node.function.name) if isinstance(node.function, nodes.Variable) else None

    def evaluate(scope: Scope) -> object:
        target = function(scope)
        if not isinstance(target, Function):
            if fallback is None:
                return None
            target = fallback
        values = [argument(scope) for argument in arguments]
        if names:
            return target.call_named(scope.run, dict(zip(names, values, strict=True)))
        return target.call(scope.run, values)

    return evaluate
