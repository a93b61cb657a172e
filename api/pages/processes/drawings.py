"""A drawing for the viewer: its XML, which is Chinese, what its elements are called for another reader, and marks on it."""

from collections.abc import Iterable, Mapping
from typing import Any

from fastapi.responses import JSONResponse, Response

from api.desk import Desk
from workflows.messages import CHINESE
from workflows.releases import Published


def answer(desk: Desk, published: Published, part: str, *, now: Iterable[Mapping[str, Any]], done: Iterable[str] = (),
           flows: Iterable[str] = (), last: str = "") -> Response:
    """The drawing of one of a version's parts; `now` are the elements that bear a badge, the first is shown first."""
    names = {} if desk.language == CHINESE else published.parts[part].names_en
    return JSONResponse({"xml": published.flow_file(part).decode(), "names": names, "done": list(done), "flows": list(flows),
                         "last": last, "now": list(now)})
