"""Whose organisations an authority inspects: those registered at its own level, not those of the places below it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from workflows.office.jurisdiction import COUNTY, LEVELS
from workflows.registers import found
from workflows.registers.found import Wanted

Entry = Mapping[str, Any]
MINISTRY = "ministry"
NAMES = {LEVELS[0]: "province", LEVELS[1]: "city", COUNTY: "county"}     # digits of a code -> level


def level(division: str) -> str:
    """The level of an authority by its division's code: `ministry` is the whole country's."""
    return NAMES.get(min(len(division), COUNTY), MINISTRY)


def registered(session: Session, division: str, day: date) -> list[Entry]:
    """The organisations in force that this authority registered, the oldest entry first."""
    return [one for one in found.entries(session, Wanted("organisation"), day) if str(one["division"])[:COUNTY] == division]
