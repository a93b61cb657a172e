"""Serve the flows on their schedules: `python -m tasks.serve`."""

import logging
import time
from collections.abc import Callable, Coroutine

import httpx

from tasks import prefect_env

PATIENCE = 120  # seconds a server may take to come up

log = logging.getLogger("tasks.serve")


def wait_for_server(url: str, sleep: Callable[[float], None] = time.sleep, patience: int = PATIENCE) -> bool:
    """Whether Prefect's server answers within `patience` tries, a second apart."""
    for _ in range(patience):
        try:
            if httpx.get(f"{url}/health", timeout=2, trust_env=False).is_success:
                return True
        except httpx.HTTPError:
            pass
        sleep(1)
    return False


def main() -> None:
    """Wait for the server, then serve; after a lost server start over."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)   # it asks Prefect every ten seconds
    prefect_env.apply()
    if not wait_for_server(prefect_env.api_url()):
        raise SystemExit(f"Prefect does not answer at {prefect_env.api_url()}")
    from prefect import serve  # noqa: PLC0415  (its settings are read at import)

    from tasks.disbursement import monthly_disbursement  # noqa: PLC0415
    from tasks.schedules import ALL  # noqa: PLC0415

    log.info("serving %s at %s", prefect_env.FLOW, prefect_env.api_url())
    served = monthly_disbursement.to_deployment(
        name=prefect_env.DEPLOYMENT, schedules=list(ALL),
        description="按月发放:截止、制册、联审、送行、回盘、对账、重发、关账")
    assert not isinstance(served, Coroutine)  # called outside any event loop
    serve(served)


if __name__ == "__main__":
    main()
