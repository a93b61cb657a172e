"""What can be wrong with a paper before it is printed."""

from workflows.errors import Conflict


class PaperRefused(Conflict):
    """A paper could not be made: `says` is for the officer, the detail for the log."""

    says = "The document could not be made."

    def __init__(self, detail: str) -> None:
        """Keep the detail out of the message: it may hold what the data hold."""
        super().__init__()
        self.detail = detail

    def __str__(self) -> str:
        """Give the detail, as a log wants it."""
        return self.detail


class PaperUnknown(PaperRefused):
    """No template bears this name."""

    says = "There is no such kind of document."


class PaperDataWrong(PaperRefused):
    """A key is missing, unknown or of the wrong shape."""

    says = "The document was not made: something it has to say is missing or malformed."


class NoChineseFont(PaperRefused):
    """Without one the typesetter would make a page of blanks and only warn."""

    says = "The document was not made: this server has no Chinese font."


class CharacterMissing(PaperRefused):
    """A rare character that no configured font can draw: never print a box in a person's name."""

    says = "The document was not made: no font here has one of its characters. Ask the administrator to add one."
