"""Topic -> function: all that a case may ask of the machines. A handler runs outside any transaction."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlmodel import select

from tasks import prefect_env
from tasks.adapters.prefect_api import trigger
from workflows.cases.papers import documents
from workflows.cases.tables import Case
from workflows.office import clock
from workflows.payments.entitled import readjustments
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


def carry_out_readjustment(_payload: Mapping[str, Any], key: str) -> Mapping[str, object]:
    """Change each household's entitlement as the signed list says; stopped on the way, it goes on where it was."""
    with reading() as session:
        case = session.exec(select(Case).where(Case.number == key.partition(":")[0])).one()
        waiting = readjustments.waiting(session, readjustments.must(session, case))
        now = clock.now(session)
    for line in waiting:
        with writing() as session:
            readjustments.carry_out(session, line, now)
    with reading() as session:
        return {"readjustment": readjustments.totals(session, readjustments.must(session, session.get_one(Case, case.id)))}


HANDLERS: Mapping[str, Handler] = {"run_cycle": run_cycle, readjustments.TOPIC: carry_out_readjustment, documents.RENDER: render_document}
