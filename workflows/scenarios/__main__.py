"""`python -m workflows.scenarios run FILE...`: run scenarios; exit status 1 when any fails, 2 when unreadable."""

import sys
from pathlib import Path

from workflows.scenarios import ScenarioInvalid, run_file
from workflows.settings import ROOT

USAGE = "usage: python -m workflows.scenarios run [FILE_OR_FOLDER ...]   (nothing named: every shipped scenario)\n"


def main(arguments: list[str]) -> int:
    """Run the named files, or all."""
    if not arguments or arguments[0] != "run":
        sys.stderr.write(USAGE)
        return 2
    failed = 0
    for path in files(arguments[1:]):
        try:
            report = run_file(path)
        except ScenarioInvalid as wrong:
            sys.stderr.write(f"{wrong}\n")
            return 2
        sys.stdout.write(report.text() + "\n")
        failed += not report.good
    return 1 if failed else 0


def files(named: list[str]) -> list[Path]:
    """Named files and the files in named folders; all shipped ones where nothing is named."""
    chosen = [Path(name) for name in named] or [ROOT / "bpmn"]
    return [file for path in chosen for file in (_inside(path) if path.is_dir() else [path])]


def _inside(folder: Path) -> list[Path]:
    """The scenarios below a folder of processes, or simply every file of a folder of scenarios."""
    return sorted(folder.rglob("scenarios/*.toml")) or sorted(folder.rglob("*.toml"))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
