"""The rules of payment in force on a day and a ground: dated data, never constants (glossary 6a)."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from workflows.office import rates


@dataclass(frozen=True)
class Rules:
    """What a county has set for its payments."""

    cut_off_day: int        # of the month before
    pay_day: int            # of the month itself
    max_failed_cycles: int  # so many months returned in a row, and the next is held for a visit
    offset_limit_percent: int  # of a month, at most, that may be kept back for an overpayment


def of(session: Session, day: date, division: str) -> Rules:
    """The rules in force."""

    def number(code: str) -> int:
        return int(str(rates.value(session, f"payment.{code}", day, division)))

    return Rules(*(number(name) for name in ("cut_off_day", "pay_day", "max_failed_cycles", "offset_limit_percent")))
