"""The matters that can be applied for, and who may take which in."""

from collections.abc import Mapping

from sqlmodel import Session

from bpmn.schema import Process
from workflows import releases
from workflows.office.people import Officer


def open_to(session: Session, who: Officer) -> Mapping[str, Process]:
    """What the person's duties let him take in, in the order of their names."""
    return {name: process for name, process in releases.described(session).items()
            if process.start_form and who.holds(*process.start_roles)}
