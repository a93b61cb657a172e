"""The fixture county in memory, and its people."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from sqlmodel import Session

import workflows.cases.tables
import workflows.payments.tables
import workflows.records.tables  # noqa: F401  (fills the metadata)
from workflows.office import people
from workflows.office.people import Officer
from workflows.records.types import CHINA
from workflows.sample import fixture
from workflows.scenarios.databases import in_memory


@pytest.fixture
def now() -> datetime:
    """A Monday morning."""
    return datetime(2024, 3, 4, 9, tzinfo=CHINA)


@pytest.fixture
def session() -> Iterator[Session]:
    """The fixture county's database."""
    with Session(in_memory(), expire_on_commit=False) as session:
        fixture.load(session)
        yield session


@pytest.fixture
def officer(session: Session) -> Callable[[str], Officer]:
    """Somebody of the fixture by login."""
    return lambda login: people.by_login(session, login)
