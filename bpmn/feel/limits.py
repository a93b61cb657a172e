"""Upper bounds that keep expressions of untrusted designers harmless."""

from bpmn.feel.errors import FeelLimitExceeded

MAX_SOURCE_LENGTH = 20_000
MAX_NESTING = 100
MAX_STEPS = 200_000
MAX_LIST_SIZE = 100_000
MAX_STRING_SIZE = 1_000_000
MAX_CALL_DEPTH = 40


def check_list_size(size: int) -> None:
    """Refuse lists that are too long."""
    if size > MAX_LIST_SIZE:
        raise FeelLimitExceeded(f"a list may have at most {MAX_LIST_SIZE} items")


def check_string_size(size: int) -> None:
    """Refuse strings that are too long."""
    if size > MAX_STRING_SIZE:
        raise FeelLimitExceeded(f"a string may have at most {MAX_STRING_SIZE} characters")
