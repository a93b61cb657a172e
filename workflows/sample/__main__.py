"""`python -m workflows.sample load | reset`."""

import sys

from workflows.errors import Refusal
from workflows.office import clock
from workflows.records.session import writing
from workflows.sample import accounts, county


def main(arguments: list[str]) -> int:
    """Load the sample county, beginning anew for `reset`."""
    if arguments not in (["load"], ["reset"]):
        sys.stderr.write(f"{__doc__}\n")
        return 2
    try:
        if arguments == ["reset"]:
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
