"""Topic -> function: all that a case may ask of the machines. A handler runs outside any transaction."""

from collections.abc import Callable, Mapping
from typing import Any

from tasks import prefect_env
from tasks.adapters.prefect_api import trigger
from workflows.cases import documents
from workflows.records.session import reading, writing

Handler = Callable[[Mapping[str, Any], str], Mapping[str, object] | None]


def run_cycle(payload: Mapping[str, Any], key: str) -> None:
    """Let the month's flow go on."""
    trigger(prefect_env.api_url(), prefect_env.FLOW, prefect_env.DEPLOYMENT, payload, key)


def render_document(payload: Mapping[str, Any], _key: str) -> None:
    """Make the file of an issued paper; slow, so nobody is kept waiting in a transaction."""
    number = int(payload["document"])
    with reading() as session:
        paper = documents.by_id(session, number)
        documents.file_of(session, paper)
        made = paper.sha256
    with writing() as session:
        paper = documents.by_id(session, number)
        paper.sha256 = paper.sha256 or made
        session.add(paper)


HANDLERS: Mapping[str, Handler] = {"run_cycle": run_cycle, documents.RENDER: render_document}
