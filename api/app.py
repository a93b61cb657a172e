"""Build the application: `uvicorn api.app:app`."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Depends, FastAPI
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine
from starlette.types import ASGIApp, Scope

import api.errors
import workflows.payments.effects  # noqa: F401  (registers what the drawings ask for)
from api import addresses, machines, pages
from api.known import guard, posted
from api.rendering.assets import DIST
from api.security import SecurityHeaders
from api.throttle import Throttle
from workflows.records import session as records
from workflows.settings import settings


def create_app(engine: Engine | None = None) -> FastAPI:
    """The pages, around a database; without one, the one of this installation."""
    app = Application(title="Yimen", docs_url=None, redoc_url=None, openapi_url=None,
                      dependencies=[Depends(posted), Depends(guard)])
    app.state.engine = engine or records.engine()
    app.state.objections = Throttle(settings().objections_at_once, settings().objection_every)
    app.state.receipts = Throttle(2 * settings().objections_at_once, settings().objection_every)
    routers = list(_routers())
    for router in routers:
        app.include_router(router)
    app.state.paths = frozenset(getattr(route, "path", "") for router in routers for route in router.routes)
    app.state.readable = addresses.readable([route for router in routers for route in router.routes])
    app.mount("/api", machines.create(app.state.engine))
    app.mount("/static", Bundles(directory=DIST, check_dir=False), name="static")
    api.errors.install(app)
    return app


def _routers() -> Iterator[APIRouter]:
    """Every file below `api/pages` that has a `router` is a family of screens."""
    for found in pkgutil.walk_packages(pages.__path__, f"{pages.__name__}."):
        router = getattr(importlib.import_module(found.name), "router", None)
        if isinstance(router, APIRouter):
            yield router


class Application(FastAPI):
    """Carries the security headers around everything, the answer to a failure included."""

    def build_middleware_stack(self) -> ASGIApp:
        """Stand outermost: around the one who answers failures too."""
        return SecurityHeaders(super().build_middleware_stack())


class Bundles(StaticFiles):
    """Files whose names carry their content's hash: kept by browsers for a year."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Add how long the file may be kept."""
        answer = await super().get_response(path, scope)
        answer.headers["cache-control"] = "public, max-age=31536000, immutable"
        return answer


def __getattr__(name: str) -> Any:
    """`app` is built when a server asks for it, not when a test imports this file."""
    if name == "app":
        return create_app()
    raise AttributeError(name)
