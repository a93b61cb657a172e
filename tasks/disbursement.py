"""The month as a Prefect flow: what stands in `workflows.payments.month`, made visible. Prefect holds no truth."""

from collections.abc import Callable

from prefect import flow, task
from prefect.runtime import flow_run

from workflows.payments import month as plain
from tasks.adapters.bank import HttpBank
from tasks.prefect_env import FLOW
from workflows.office import clock
from workflows.payments.bank_files import SCHEMES
from workflows.records.session import reading


def _name() -> str:
    """低保-2024-06, or 低保-到期 for a run by schedule."""
    said = flow_run.parameters
    return f"{SCHEMES.get(said['scheme'], said['scheme'])}-{said['month'] or '到期'}"


@flow(name=FLOW, flow_run_name=_name, retries=3, retry_delay_seconds=60, persist_result=False)
def monthly_disbursement(month: str = "", scheme: str = "dibao", division: str = "") -> list[str]:
    """Go on with a month, or with all that are due; ends where people have to act, and is run again later."""
    desk = plain.Desk(HttpBank(), flow_run=str(flow_run.id or ""))
    return [f"{key.month} {key.division}: {plain.run(key, desk, _as_task)}" for key in keys(month, scheme, division)]


def keys(month: str, scheme: str, division: str) -> list[plain.Key]:
    """The months a run is about."""
    with reading() as session:
        places = [division] if division else plain.counties(session)
        if month:
            return [plain.Key(month, scheme, place) for place in places]
        today = clock.now(session).date()
        return [key for place in places for key in plain.due(session, scheme, place, today)]


def _as_task(name: str, step: Callable[[], plain.Said]) -> plain.Said:
    """Each step shows in Prefect under its own name."""
    return task(name=name, task_run_name=name, persist_result=False)(step)()
