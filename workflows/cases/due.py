"""What is due by the clock in the whole county, in one row: timers of cases, and those by which cases begin."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType, ModuleType

from sqlmodel import Session

from workflows.cases import start_timers, timers
from workflows.cases.timers import Due

SOURCES: Mapping[str, ModuleType] = MappingProxyType({"timer": timers, "start timer": start_timers})


def next_due(session: Session, now: datetime, places: Mapping[str, Due]) -> tuple[Due, str] | None:
    """The earliest of all, and of which kind it is, each kind looked for behind its own place."""
    found = [(due, kind) for kind, source in SOURCES.items() if (due := source.next_due(session, now, places.get(kind)))]
    return min(found, default=None)
