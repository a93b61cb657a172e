"""One database session a request: read for GET, the one writer's place for the rest."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session

from workflows.records.session import reading, writing

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def session(request: Request) -> Iterator[Session]:
    """Committed when the page function returns, before the answer leaves; undone when it raises."""
    opened = reading if request.method in SAFE_METHODS else writing
    with opened(request.app.state.engine) as found:
        yield found


Db = Annotated[Session, Depends(session, scope="function")]
