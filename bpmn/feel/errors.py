"""The errors that FEEL expressions can raise."""


class FeelError(Exception):
    """Base of everything this package raises on purpose."""


class FeelSyntaxError(FeelError):
    """The source text is not a FEEL expression."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"{message} (at character {position + 1})")
        self.message = message
        self.position = position


class FeelLimitExceeded(FeelError):
    """The expression is too large, too deep or too expensive."""


class FeelInputError(FeelError):
    """A Python value was passed in that has no FEEL counterpart."""
