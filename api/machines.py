"""The door for other systems: `POST /api/messages`, signed, strict, answered in JSON and nothing else."""

import json
from decimal import Decimal
from typing import Annotated, Any, Self

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from sqlalchemy import Engine
from starlette.exceptions import HTTPException

from api import errors
from api.session import Db
from bpmn.message import Message
from forms.answers import FieldError
from workflows.cases.messages import arrivals
from workflows.errors import Invalid, NotAllowed, Refusal
from workflows.office import clock

BYTES_MAX = 64 * 1024
DIGITS_MAX = 34
SENDER, TIMESTAMP, SIGNATURE = "x-yimen-sender", "x-yimen-timestamp", "x-yimen-signature"
UNREADABLE = Message("This request could not be read.")
Short = Annotated[str, Field(min_length=1, max_length=200)]


class Strict(BaseModel):
    """A shape that takes nothing it does not know, and nothing for something else."""

    model_config = ConfigDict(extra="forbid", strict=True)


class Correlation(Strict):
    """A fact by which a case of that process is known."""

    process: Short
    path: Short
    value: Short


class Said(Strict):
    """A message: for which case, under which name, and what it says."""

    key: Short
    name: Short
    case: Short | None = None
    correlation: Correlation | None = None
    payload: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="after")
    def one_way(self) -> Self:
        """A case is named in one way."""
        if (self.case is None) == (self.correlation is None):
            raise ValueError("either case or correlation")
        return self

    def arrival(self) -> arrivals.Arrival:
        """As the domain knows it."""
        by = self.correlation
        return arrivals.Arrival(self.key, self.name, self.payload, self.case or "", by.process if by else "",
                                by.path if by else "", by.value if by else "")


def create(engine: Engine) -> FastAPI:
    """An application of its own: no cookies, no pages, no forms."""
    machines = FastAPI(title="Yimen for machines", docs_url=None, redoc_url=None, openapi_url=None)
    machines.state.engine = engine
    machines.post("/messages")(receive)
    machines.add_exception_handler(Refusal, _refused)
    machines.add_exception_handler(HTTPException, _http)
    machines.add_exception_handler(Exception, _failed)
    return machines


async def signed(request: Request) -> tuple[str, bytes]:
    """The body as it came, of a size and type that is taken, before anybody looks into it."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise HTTPException(415)
    length = request.headers.get("content-length", "")
    if not (length.isascii() and length.isdigit()):
        raise HTTPException(411)
    if int(length) > BYTES_MAX:
        raise HTTPException(413)
    body = await request.body()
    headers = request.headers
    sender = headers.get(SENDER, "")
    arrivals.prove(sender, headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, ""), body, clock.machine())
    request.state.proved = True
    return sender, body


def receive(session: Db, proved: Annotated[tuple[str, bytes], Depends(signed)]) -> Response:
    """Take a message in; sent again with the same key and content it is answered the same."""
    sender, body = proved
    said = _read(body)
    message = arrivals.receive(session, sender, said.arrival(), clock.now(session))
    return JSONResponse({"id": message.id, "key": message.key, "received_at": message.received_at.isoformat()})


def _read(body: bytes) -> Said:
    try:
        return Said.model_validate(json.loads(body, parse_float=_number, parse_int=_whole, parse_constant=_no_number,
                                               object_pairs_hook=_once))
    except ValidationError as wrong:
        raise Invalid([FieldError(".".join(map(str, each["loc"])), Message("{reason}", {"reason": each["msg"]}))
                       for each in wrong.errors(include_url=False, include_input=False)]) from wrong
    except (ValueError, RecursionError) as wrong:
        raise HTTPException(400) from wrong


def _number(text: str) -> Decimal:
    found = Decimal(text)
    return found if found.is_finite() and abs(found.adjusted()) < DIGITS_MAX else _no_number(text)


def _whole(text: str) -> int:
    return int(text) if len(text.lstrip("-")) <= DIGITS_MAX else int(_no_number(text))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys each stand in it once: of two, readers would differ about which one counts."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands there twice")
    return found


def _no_number(text: str) -> Decimal:
    raise ValueError(text)


def _refused(request: Request, error: Exception) -> Response:
    if not isinstance(error, Refusal):
        return _failed(request, error)
    problem = errors.problem_of(error)
    unproved = isinstance(error, NotAllowed) and not hasattr(request.state, "proved")
    return errors.as_json(request, errors.Problem(401, problem.message) if unproved else problem)


def _http(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    return errors.as_json(request, errors.Problem(status, UNREADABLE))


def _failed(request: Request, error: Exception) -> Response:
    errors.log.error("unexpected: %s %s", request.method, request.url.path, exc_info=error)
    return errors.as_json(request, errors.Problem(500, errors.FAILED))
