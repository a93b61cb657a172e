"""A page in its shell, or a fragment of one."""

from dataclasses import dataclass, field
from datetime import datetime

from fastapi.responses import HTMLResponse

from api.rendering.environment import environment
from workflows.messages import CHINESE
from workflows.office.people import Officer


@dataclass(frozen=True)
class Entry:
    """One line of the rail."""

    key: str
    url: str
    icon: str
    title: str
    count: int = 0


@dataclass(frozen=True)
class Shell:
    """What stands around a page: who reads it, in which language, and where he can go."""

    language: str = CHINESE
    csrf: str = ""
    officer: Officer | None = None
    now: datetime | None = None
    working: bool = True
    sample: bool = False
    bureau: str = ""
    path: str = "/"
    address: str = "/"      # the path with its query: what the reader has before him
    entries: tuple[Entry, ...] = field(default=())
    doubted: bool = False       # whether the machine's clock is
    doubt_link: str = ""        # what the reader may do about it; empty: nothing


def page(shell: Shell, template: str, status: int = 200, **context: object) -> HTMLResponse:
    """Render a whole page."""
    found = environment(shell.language).get_template(template)
    return HTMLResponse(found.render(shell=shell, csrf=shell.csrf, now=shell.now, **context), status)


def fragment(shell: Shell, template: str, status: int = 200, **context: object) -> HTMLResponse:
    """Render a part of a page, as htmx asks for it."""
    return page(shell, template, status, **context)
