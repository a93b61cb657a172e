"""`python -m workflows.sample load | reset | start`: `start` loads where this is a sample county, else does nothing."""

import sys

from workflows.errors import Refusal
from workflows.office import clock
from workflows.records.session import writing
from workflows.sample import accounts, county
from workflows.settings import settings


def main(arguments: list[str]) -> int:
    """Load the sample county, beginning anew for `reset`."""
    if arguments not in (["load"], ["reset"], ["start"]):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    if arguments == ["start"] and not settings().sample:
        return 0
    try:
        if arguments == ["reset"]:
            county.refuse_while_running()
            county.wipe()
        county.migrate()
        with writing() as session:
            county.load(session, clock.now(session))
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    sys.stdout.write(f"岳阳县示例已就绪：{len(accounts.ACCOUNTS)} 个账号，密码 {accounts.PASSWORD}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
