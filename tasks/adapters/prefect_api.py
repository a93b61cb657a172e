"""Ask Prefect to run a flow; Prefect may be down, then somebody tries again later."""

from collections.abc import Mapping

import httpx

from tasks.adapters.failures import Refused, Unreachable

NOT_FOUND, SERVER_ERROR = 404, 500


def trigger(api_url: str, flow: str, deployment: str, parameters: Mapping[str, object], key: str = "",
            transport: httpx.BaseTransport | None = None) -> str:
    """Start a run; its id. Asked twice under one `key` it is one run."""
    try:
        with httpx.Client(base_url=api_url, timeout=10, transport=transport, trust_env=False) as client:
            found = client.get(f"/deployments/name/{flow}/{deployment}")
            if found.status_code == NOT_FOUND:
                raise Unreachable("the flow is not served yet")
            found.raise_for_status()
            body: dict[str, object] = {"parameters": dict(parameters), "state": {"type": "SCHEDULED"}}
            if key:
                body["idempotency_key"] = key
            made = client.post(f"/deployments/{found.json()['id']}/create_flow_run", json=body)
            made.raise_for_status()
            return str(made.json()["id"])
    except httpx.HTTPStatusError as error:
        kind = Unreachable if error.response.status_code >= SERVER_ERROR else Refused
        raise kind(f"Prefect answers {error.response.status_code}") from error
    except httpx.HTTPError as error:
        raise Unreachable(f"Prefect does not answer ({type(error).__name__})") from error
