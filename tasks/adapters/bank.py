"""The bank over HTTP."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import httpx

from tasks.adapters.failures import Refused, Unreachable
from workflows.payments.bank.port import Answer, BadAnswer
from workflows.settings import settings

TIMEOUT = httpx.Timeout(10, connect=3)
NOTHING, NOT_FOUND, SERVER_ERROR = 204, 404, 500


class HttpBank:
    """A bank connector; times out rather than waits, and says whether trying again makes sense."""

    def __init__(self, base_url: str = "", transport: httpx.BaseTransport | None = None) -> None:
        """`base_url` empty: the one in the settings."""
        self._client = httpx.Client(base_url=base_url or settings().bank, timeout=TIMEOUT, transport=transport,
                                    trust_env=False)

    def send(self, content: bytes, name: str) -> str:
        """Hand in a payment file; the receipt."""
        return str(self._ask("POST", f"/files/{name}", content).json()["receipt"])

    def result(self, batch: str) -> bytes | None:
        """The result file of a batch, or None while there is none."""
        answer = self._ask("GET", f"/results/{batch}")
        return None if answer.status_code == NOTHING else answer.content

    def query(self, trace_id: str) -> Answer:
        """What became of one transfer."""
        try:
            return _answer(self._ask("GET", f"/transfers/{trace_id}").json())
        except (Refused, ValueError, TypeError, LookupError, AttributeError) as error:
            raise BadAnswer(f"the bank's answer about a line can't be read ({type(error).__name__})") from error

    def _ask(self, method: str, path: str, content: bytes | None = None) -> httpx.Response:
        try:
            answer = self._client.request(method, path, content=content)
        except httpx.HTTPError as error:
            raise Unreachable(f"the bank does not answer ({type(error).__name__})") from error
        if answer.status_code >= SERVER_ERROR:
            raise Unreachable(f"the bank is out of order ({answer.status_code})")
        if answer.is_error:
            raise Refused(f"the bank refused ({answer.status_code}): {answer.text[:200]}")
        return answer


def _answer(said: Mapping[str, Any]) -> Answer:
    at = datetime.fromisoformat(said["at"]) if said.get("at") else None
    if at is not None and at.tzinfo is None:
        raise ValueError(at)
    return Answer(bool(said["known"]), str(said.get("code") or ""), str(said.get("message") or ""),
                  str(said.get("serial") or ""), at, int(said.get("fen") or 0))
