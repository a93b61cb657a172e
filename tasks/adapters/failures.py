"""How the outside can fail us."""


class Unreachable(Exception):
    """No answer: try again later."""


class Refused(Exception):
    """The other side said no: a person must look."""
