"""The month as a Prefect flow: what stands in `workflows.payments.month`, made visible. Prefect holds no truth."""

from collections.abc import Callable

from prefect import flow, task
from prefect.runtime import flow_run

from workflows.payments import month as plain
from tasks.adapters.bank import HttpBank
from tasks.prefect_env import FLOW
from workflows.office import clock
from workflows.payments import schemes
from workflows.records.session import reading


def _name() -> str:
    """低保-2024-06; 全部-到期 for a run by schedule."""
    said = flow_run.parameters
    with reading() as session:
        named = schemes.title(session, said["scheme"]).zh if said["scheme"] else "全部"
    return f"{named}-{said['month'] or '到期'}"


@flow(name=FLOW, flow_run_name=_name, retries=3, retry_delay_seconds=60, persist_result=False)
def monthly_disbursement(month: str = "", scheme: str = "", division: str = "") -> list[str]:
    """Go on with a month, or with all that are due, of one scheme or of every scheme that pays; ends where people have to act, and is run again later."""
    desk = plain.Desk(HttpBank(), flow_run=str(flow_run.id or ""))
    return [f"{key.scheme} {key.month} {key.division}: {plain.run(key, desk, _as_task)}" for key in keys(month, scheme, division)]


def keys(month: str, scheme: str, division: str) -> list[plain.Key]:
    """The months a run is about."""
    with reading() as session:
        places = [division] if division else plain.counties(session)
        pairs = [(name, place) for place in places for name in ([scheme] if scheme else schemes.paying(session, place))]
        if month:
            return [plain.Key(month, name, place) for name, place in pairs]
        today = clock.now(session).date()
        return [key for name, place in pairs for key in plain.due(session, name, place, today)]


def _as_task(name: str, step: Callable[[], plain.Said]) -> plain.Said:
    """Each step shows in Prefect under its own name."""
    return task(name=name, task_run_name=name, persist_result=False)(step)()
