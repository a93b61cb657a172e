"""What payments refuse.

Conflict
├── WrongState        not in a state that allows it
├── RosterLocked      the roster can't change any more
├── ErrorsOpen        wrong data is neither mended nor held
├── OutOfOrder        the level before has not agreed
├── ShortOfFunds      the money does not suffice
├── NotFinal          the bank's answer is not final: ask, never resend
├── AlreadyImported   this file was taken in before
└── NotBalanced       a check of the books fails
NotAllowed
└── SamePerson        duties that must be kept apart
Invalid
└── FileRefused       a bank file that is wrong is refused whole
"""

from bpmn.message import Message
from workflows.errors import Conflict, Invalid, NotAllowed


class WrongState(Conflict):
    """The thing is not in a state that allows this."""

    says = "This is not possible in the state it is in."


class RosterLocked(Conflict):
    """The money is on its way."""

    says = "The roster is approved and can no longer be changed."


class ErrorsOpen(Conflict):
    """PY-17."""

    says = "{count} lines have wrong data: correct them or hold them before anybody signs."


class OutOfOrder(Conflict):
    """A level signs only after the level before."""

    says = "The level before has not agreed to this version of the roster."


class ShortOfFunds(Conflict):
    """PY-10: the amount that is missing is named."""

    says = "The funds are {short} yuan short of {needed} yuan. Nothing was approved."


class NotFinal(Conflict):
    """PY-6: unknown is not failure."""

    says = "The bank's answer is not known yet. It must be asked before this line may be sent again."


class AlreadyImported(Conflict):
    """PY-13."""

    says = "This result file was imported before."


class NotBalanced(Conflict):
    """Closing, or paying, is refused with every check that fails."""

    says = "Refused: these checks do not hold: {codes}."

    def __init__(self, codes: tuple[str, ...]) -> None:
        """Keep the codes of the failed checks."""
        self.codes = codes
        super().__init__(codes=", ".join(codes))


class SamePerson(NotAllowed):
    """One person never does two of these."""

    says = "This must be done by another person than the one who did the step before."


class FileRefused(Invalid):
    """PY-13: one wrong total, and nothing of the file is taken."""

    says = "The bank's file was refused whole: {problem}."

    def __init__(self, problem: str) -> None:
        """Say what is wrong."""
        super().__init__((), self.says, problem=Message(problem))
