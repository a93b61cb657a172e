"""`python -m workflows.scenarios run FILE...`: run scenarios; exit status 1 when any fails, 2 when any can't be run.

`words` lists every word a scenario may use, as the rooms register them; `steps` what it may name of a process.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import bpmn.loader
from bpmn.message import Message
from workflows import messages
from workflows.scenarios import ScenarioInvalid, guide, run_file, spelling, words
from workflows.scenarios.wrong import unknown
from workflows.settings import ROOT

USAGE = """usage: python -m workflows.scenarios run [--en] [FILE_OR_FOLDER ...]   (nothing named: every shipped scenario)
       python -m workflows.scenarios words                              (what a scenario may say)
       python -m workflows.scenarios steps [--en] PROCESS               (what it may name: steps, fields, codes, limits, papers)
"""


def main(arguments: list[str]) -> int:
    """Run the named files, or all; or tell what they may say."""
    if arguments == ["words"]:
        sys.stdout.write(vocabulary())
        return 0
    named = [each for each in arguments[1:] if each != "--en"]
    if not arguments or arguments[0] not in ("run", "steps") or any(each.startswith("-") for each in named):
        sys.stderr.write(USAGE)
        return 2
    language = messages.ENGLISH if "--en" in arguments else messages.CHINESE
    if arguments[0] == "steps":
        return steps(named, language)
    found = files(named)
    if not found:
        sys.stderr.write(messages.say(Message("There is no scenario in {folders}.", {"folders": ", ".join(named)}), language) + "\n")
    return max((run(path, language) for path in found), default=2)


def steps(processes: list[str], language: str) -> int:
    """Tell what scenarios of these processes may name."""
    known = bpmn.loader.names()
    for process in processes or known:
        if process not in known:
            sys.stderr.write(unknown((), spelling.PROCESS, process, known).say(language) + "\n")
            return 2
        sys.stdout.write(guide.of(process, language) + "\n")
    return 0


def run(path: Path, language: str) -> int:
    """Run one file and tell how it went: 0 it holds, 1 it does not, 2 it can't be run."""
    try:
        report = run_file(path)
    except ScenarioInvalid as wrong:
        sys.stderr.write(f"{wrong.say(language)}\n")
        return 2
    sys.stdout.write(report.text(language) + "\n")
    return int(not report.good)


def vocabulary() -> str:
    """Every word, with what it means."""
    tables: dict[str, Mapping[str, words.Word[Any]]] = {
        "[given]": words.GIVEN, "does =": words.VERBS, "then = {": words.THEN}
    return "\n".join(f"{where} {name}: {word.says}" for where, table in tables.items()
                     for name, word in sorted(table.items())) + "\n"


def files(named: list[str]) -> list[Path]:
    """Named files and the files in named folders; all shipped ones where nothing is named."""
    chosen = [Path(name) for name in named] or [ROOT / "bpmn"]
    return [file for path in chosen for file in (_inside(path) if path.is_dir() else [path])]


def _inside(folder: Path) -> list[Path]:
    """The scenarios below a folder of processes, or simply every file of a folder of scenarios."""
    return sorted(folder.rglob("scenarios/*.toml")) or sorted(folder.rglob("*.toml"))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
