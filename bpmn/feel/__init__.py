"""A safe evaluator of FEEL, the expression language of DMN."""

from bpmn.feel.conversion import to_python
from bpmn.feel.errors import FeelError, FeelInputError, FeelLimitExceeded, FeelSyntaxError
from bpmn.feel.expression import Expression, compile, compile_unary, evaluate, test  # noqa: A004

__all__ = [
    "Expression",
    "FeelError",
    "FeelInputError",
    "FeelLimitExceeded",
    "FeelSyntaxError",
    "compile",
    "compile_unary",
    "evaluate",
    "test",
    "to_python",
]
