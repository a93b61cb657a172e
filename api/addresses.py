"""Addresses a browser may ask for again: where a page drawn in answer to something sent can be come back to."""

from urllib.parse import urlsplit

from fastapi import Request
from starlette.routing import BaseRoute

READS = frozenset({"GET", "HEAD"})


def readable(routes: list[BaseRoute]) -> frozenset[str]:
    """The paths, as their routes are written, that draw something when they are merely asked for."""
    return frozenset(str(getattr(route, "path", "")) for route in routes if "GET" in (getattr(route, "methods", None) or ()))


def of(request: Request) -> str:
    """The address in the browser's line; where that only takes things in, the page they were sent from."""
    if request.method in READS or _drawn(request) in request.app.state.readable:
        return request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return came_from(request) or above(request)


def came_from(request: Request) -> str:
    """The page of ours that led here; empty where none did, or the address itself."""
    came = urlsplit(request.headers.get("referer", ""))
    if came.netloc != request.url.netloc or came.path in {"", request.url.path}:
        return ""
    return came.path + (f"?{came.query}" if came.query else "")


def above(request: Request) -> str:
    """The nearest page above an address that can't be asked for: `/cases/DB-1` of `/cases/DB-1/extension`."""
    drawn, path = _drawn(request).split("/"), request.url.path.split("/")
    for depth in range(len(drawn) - 1, 1, -1):
        if "/".join(drawn[:depth]) in request.app.state.readable:
            return "/".join(path[:depth])
    return "/"


def _drawn(request: Request) -> str:
    """The path as its route is written; empty where no route knows it."""
    return str(getattr(request.scope.get("route"), "path", ""))
