"""Every refusal the bureau can give, as one tree.

Refusal
├── NotFound      the thing is not there, or not for this person to know of
│   └── Gone          it was there for everybody to read, and no longer is
├── NotAllowed    duty, place or relation forbids it
├── Conflict      stale, already done, or not in a state that allows it
└── Invalid       answers that break a rule, beside their fields
    └── RowsInvalid   an import's rows, each with its own errors
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bpmn.message import Message
from forms.answers import FieldError


class Refusal(Exception):
    """Base of all refusals; carries a translatable message, never a finished sentence."""

    says = "This can't be done."

    def __init__(self, text: str = "", /, **params: object) -> None:
        """`text` is an English msgid with {placeholders}; empty takes the class's own."""
        self.message = Message(text or self.says, params)
        super().__init__(str(self.message))


class NotFound(Refusal):
    """What was asked for is not there."""

    says = "This was not found."


class Gone(NotFound):
    """What was asked for could be read, and can be no longer."""

    says = "This is no longer on display."


class NotAllowed(Refusal):
    """The person's duty, place or relation forbids it."""

    says = "You are not allowed to do this."


class Conflict(Refusal):
    """Somebody was faster, or the state does not allow it."""

    says = "This has been changed by somebody else in the meantime."


class Invalid(Refusal):
    """Answers that break a rule."""

    says = "Some answers need to be corrected."

    def __init__(self, errors: Sequence[FieldError] = (), text: str = "", /, **params: object) -> None:
        """Keep each field's error."""
        self.errors = tuple(errors)
        super().__init__(text or (errors[0].message.text if len(errors) == 1 else ""),
                         **(params or (errors[0].message.params if len(errors) == 1 else {})))


@dataclass(frozen=True)
class RowError:
    """One wrong cell of an imported sheet; `row` as the spreadsheet counts."""

    sheet: str
    row: int
    column: str
    message: Message


class RowsInvalid(Refusal):
    """An import that was refused whole, with every row's errors."""

    says = "The file was not imported: {count} errors."

    def __init__(self, errors: Sequence[RowError]) -> None:
        """Keep each row's error."""
        self.errors = tuple(errors)
        super().__init__(count=len(errors))

