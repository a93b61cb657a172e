"""Repeat a draw, or run a year's campaign, from the command line.

python -m workflows.inspections draw --seed SEED --population FILE [--ratio 3] [--roster FILE]
python -m workflows.inspections freeze|open|show YEAR DIVISION LOGIN
"""

import argparse
import sys
from collections import Counter
from decimal import Decimal, InvalidOperation
from pathlib import Path

import workflows.payments.effects  # noqa: F401  (registers what the drawings ask for)
from workflows import messages
from workflows.errors import Refusal
from workflows.inspections import campaigns, lots, standings
from workflows.office import clock, people
from workflows.records.session import writing


def main(words: list[str]) -> int:
    """Exit status 1 where the bureau refuses."""
    reader = argparse.ArgumentParser(prog="python -m workflows.inspections")
    parts = reader.add_subparsers(dest="what", required=True)
    draw = parts.add_parser("draw", help="repeat a draw: one code a line in the file")
    draw.add_argument("--seed", required=True)
    draw.add_argument("--population", required=True, type=Path)
    draw.add_argument("--ratio", default="3", help="percent")
    draw.add_argument("--roster", type=Path, help="also the inspectors, in the order of their lots: one name a line")
    for name in ("freeze", "open", "show"):
        part = parts.add_parser(name)
        part.add_argument("year", type=int)
        part.add_argument("division")
        part.add_argument("login")
    asked = reader.parse_args(words)
    try:
        sys.stdout.write(_draw(asked) if asked.what == "draw" else _campaign(asked))
    except (OSError, InvalidOperation) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except Refusal as refused:
        sys.stderr.write(f"{messages.say(refused.message, messages.CHINESE)}\n")
        return 1
    return 0


def _draw(asked: argparse.Namespace) -> str:
    codes = {line.split()[0] for line in _lines(asked.population)}
    n = lots.size(Decimal(asked.ratio), len(codes))
    roster = _lines(asked.roster) if asked.roster else []
    drawn = [" ".join([code, *lots.order(asked.seed, code, roster)]) for code in lots.draw(asked.seed, codes, n)]
    return "\n".join([f"N = {len(codes)}  n = {n}  sha256 = {lots.digest(codes)}", *drawn]) + "\n"


def _lines(file: Path) -> list[str]:
    """The lines that say something; a comment begins with #."""
    told = (line.strip() for line in file.read_text(encoding="utf-8").splitlines())
    return [line for line in told if line and not line.startswith("#")]


def _campaign(asked: argparse.Namespace) -> str:
    with writing() as session:
        who, now = people.by_login(session, asked.login), clock.now(session)
        if asked.what == "freeze":
            made = campaigns.freeze(session, asked.year, asked.division, who, now)
            return f"{len(standings.of(session, made, now))}  sha256 = {made.digest}\n"
        made = campaigns.must(session, asked.year, asked.division)
        if asked.what == "open":
            return f"{campaigns.open_cases(session, made, who, now)}\n"
        counted = Counter(one.state for one in standings.of(session, made, now))
        return "".join(f"{state}  {counted[state]}\n" for state in standings.STATES)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
