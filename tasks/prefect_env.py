"""Prefect's settings, from ours: local only, its files under `var`, nothing sent anywhere."""

import os
from collections.abc import Mapping

from workflows.settings import Settings, settings

FLOW, DEPLOYMENT = "monthly-disbursement", "monthly"


def api_url(chosen: Settings | None = None) -> str:
    """Where Prefect's API answers: the address a browser on this machine uses too."""
    return f"http://127.0.0.1:{(chosen or settings()).prefect_port}/api"


def environment(chosen: Settings | None = None) -> Mapping[str, str]:
    """What the server and everything that talks to it must be started with."""
    mine, url = chosen or settings(), api_url(chosen)
    return {
        "PREFECT_HOME": str(mine.var / "prefect"),
        "PREFECT_API_URL": url,
        "PREFECT_SERVER_API_HOST": "127.0.0.1",
        "PREFECT_SERVER_API_PORT": str(mine.prefect_port),
        "PREFECT_UI_API_URL": url,
        "PREFECT_SERVER_UI_API_URL": url,
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        "PREFECT_LOGGING_LEVEL": "WARNING",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    }


def apply() -> None:
    """Set them for this process; before Prefect is imported."""
    (settings().var / "prefect").mkdir(parents=True, exist_ok=True)
    os.environ.update(environment())
