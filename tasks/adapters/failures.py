"""How the outside can fail us."""


class Unreachable(Exception):
    """No answer: try again later."""


class Refused(Exception):
    """The other side said no: the drawing's error event for its `code` takes over; without one a person must look."""

    def __init__(self, text: str, code: str = "") -> None:
        """`code` is what the drawing calls it."""
        self.code = code
        super().__init__(text)
