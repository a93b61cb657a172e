"""Build the application: `uvicorn api.app:app`."""

from typing import Any

from fastapi import Depends, FastAPI
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from sqlalchemy import Engine
from starlette.types import Scope

import api.errors
from api.known import guard, posted
from api.pages import case, case_files, cases, inbox, intake, office, public, sample, work
from api.rendering.assets import DIST
from api.security import SecurityHeaders
from workflows.records import session as records

ROUTERS = (office.router, inbox.router, work.router, cases.router, case.router, case_files.router, intake.router,
           public.router, sample.router)


def create_app(engine: Engine | None = None) -> FastAPI:
    """The pages, around a database; without one, the one of this installation."""
    app = FastAPI(title="Yimen", docs_url=None, redoc_url=None, openapi_url=None,
                  dependencies=[Depends(posted), Depends(guard)])
    app.state.engine = engine or records.engine()
    for router in ROUTERS:
        app.include_router(router)
    app.state.paths = frozenset(getattr(route, "path", "") for router in ROUTERS for route in router.routes)
    app.mount("/static", Bundles(directory=DIST, check_dir=False), name="static")
    app.add_middleware(SecurityHeaders)
    api.errors.install(app)
    return app


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
