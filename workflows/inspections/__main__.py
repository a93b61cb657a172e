"""Repeat a draw, or run a year's campaign, from the command line.

python -m workflows.inspections draw --seed SEED --population FILE [--ratio 3]
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
from workflows.inspections import campaigns, lots
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
    codes = [line.split()[0] for line in asked.population.read_text(encoding="utf-8").splitlines() if line.strip()]
    n = lots.size(Decimal(asked.ratio), len(set(codes)))
    drawn = lots.draw(asked.seed, codes, n)
    return "\n".join([f"N = {len(set(codes))}  n = {n}  sha256 = {lots.digest(set(codes))}", *drawn]) + "\n"


def _campaign(asked: argparse.Namespace) -> str:
    with writing() as session:
        who, now = people.by_login(session, asked.login), clock.now(session)
        if asked.what == "freeze":
            made = campaigns.freeze(session, asked.year, asked.division, who, now)
            return f"{len(campaigns.standings(session, made))}  sha256 = {made.digest}\n"
        made = campaigns.must(session, asked.year, asked.division)
        if asked.what == "open":
            return f"{campaigns.open_cases(session, made, who, now)}\n"
        counted = Counter(one.state for one in campaigns.standings(session, made))
        return "".join(f"{state}  {counted[state]}\n" for state in campaigns.STATES)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
