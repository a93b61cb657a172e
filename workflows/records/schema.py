"""The database's shape: `python -m workflows.records.schema upgrade | check | new "what" | regenerate`."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError

from workflows.records import append_only
from workflows.records.session import make_engine
from workflows.settings import ROOT, settings

VERSIONS = Path(__file__).with_name("migrations") / "versions"
FIRST = "0001"


def upgrade(url: str | None = None) -> None:
    """Bring a database to the newest shape; a new one is made."""
    target = url or settings().url
    if target.startswith("sqlite:///") and target != "sqlite:///:memory:":
        Path(target.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    command.upgrade(_config(target), "head")
    engine = make_engine(target)
    append_only.install(engine)
    engine.dispose()


def check(url: str | None = None) -> str:
    """What the tables say and the database doesn't; empty: nothing."""
    try:
        command.check(_config(url or settings().url))
    except CommandError as error:
        return str(error)
    return ""


def new(what: str) -> None:
    """Write the next revision from what the tables say and the newest revision doesn't."""
    number = f"{len(list(VERSIONS.glob('*.py'))) + 1:04}"
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/empty.sqlite"
        if number != FIRST:
            command.upgrade(_config(url), "head")
        config = _config(url)
        config.attributes["first"] = number == FIRST
        command.revision(config, what, autogenerate=True, rev_id=number)


def regenerate() -> None:
    """Write the first revision anew; only as long as no bureau has a database."""
    others = [path for path in VERSIONS.glob("*.py") if not path.name.startswith(FIRST)]
    if others:
        raise SystemExit("there are later revisions: a database may exist; use `new`")
    for path in VERSIONS.glob("*.py"):
        path.unlink()
    new("first tables")


def main(arguments: list[str]) -> int:
    """Run one command."""
    match arguments:
        case ["upgrade"]:
            upgrade()
        case ["check"]:
            found = check()
            sys.stdout.write(f"{found}\n" if found else "")
            return 1 if found else 0
        case ["new", what]:
            new(what)
        case ["regenerate"]:
            regenerate()
        case _:
            sys.stderr.write(f"{__doc__}\n")
            return 2
    return 0


def _config(url: str) -> Config:
    config = Config(toml_file=ROOT / "pyproject.toml")
    config.attributes["url"] = url
    return config


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
