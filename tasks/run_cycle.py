"""Run a month by hand: `python -m tasks.run_cycle --month 2024-06`."""

import argparse
import sys
from collections.abc import Sequence

from tasks import prefect_env
from workflows.payments import month
from tasks.adapters.bank import HttpBank
from tasks.adapters.prefect_api import trigger
from workflows.payments import cycles, months, schemes
from workflows.records.session import reading


def main(arguments: Sequence[str] | None = None) -> int:
    """Go on with the month here and now, or let Prefect do it."""
    said = _arguments(arguments)
    if not months.is_month(said.month):
        sys.stderr.write("--month is written 2024-06\n")
        return 2
    if said.via_prefect:
        parameters = {"month": said.month, "scheme": said.scheme, "division": said.division}
        run = trigger(prefect_env.api_url(), prefect_env.FLOW, prefect_env.DEPLOYMENT, parameters)
        sys.stdout.write(f"{run}\n")
        return 0
    with reading() as session:
        places = [said.division] if said.division else list(month.counties(session))
        keys = [month.Key(said.month, name, place) for place in places
                for name in ([said.scheme] if said.scheme else schemes.paying(session, place))]
    for key in keys:
        state = month.run(key, month.Desk(HttpBank()))
        sys.stdout.write(f"{key.scheme} {key.month} {key.division}: {state}\n{_progress(key)}")
    return 0


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    said = argparse.ArgumentParser(prog="python -m tasks.run_cycle", description=main.__doc__)
    said.add_argument("--month", required=True, help="2024-06")
    said.add_argument("--scheme", default="", help="the process that grants it; empty: every one that pays")
    said.add_argument("--division", default="", help="county code; empty: all of this installation")
    said.add_argument("--via-prefect", action="store_true", help="start a run of the served flow instead")
    return said.parse_args(arguments)


def _progress(key: month.Key) -> str:
    with reading() as session:
        cycle = cycles.find(session, key.scheme, key.month, key.division)
        steps = cycles.progress(session, cycle).steps if cycle else ()
        return "".join(f"  {step.step:<13}{step.state:<8}{dict(step.detail) or ''}\n" for step in steps)


if __name__ == "__main__":
    raise SystemExit(main())
