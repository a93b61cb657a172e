"""Migration from the command line, by the same commands as the pages; the work is done here and waited for.

python -m workflows.migration plan PROCESS OLD NEW --as LOGIN [--map ELEMENT=ELEMENT ...]
python -m workflows.migration dry-run PLAN --reason TEXT --as LOGIN
python -m workflows.migration run PLAN --as LOGIN
python -m workflows.migration back PLAN [--case NUMBER] --reason TEXT --as LOGIN
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlmodel import Session

import workflows.payments.effects  # noqa: F401  (registers what the drawings ask for)
from workflows import messages
from workflows.errors import Refusal
from workflows.migration import plans, results, work
from workflows.migration.tables import Plan
from workflows.office import clock, people
from workflows.office.people import Officer
from workflows.records.session import reading, writing
from workflows.records.types import stored

ACTS: dict[str, Callable[..., Plan]] = {"run": plans.start, "back": plans.back}


def main(arguments: Sequence[str]) -> int:
    """Run one command; a refusal is said in the person's language."""
    asked = _parser().parse_args(arguments)
    language = messages.CHINESE
    try:
        with writing() as session:
            who = people.by_login(session, asked.login)
            language = who.language
            plan = _do(session, asked, who, clock.now(session))
        if asked.command != "plan" and not getattr(asked, "case", ""):
            plan = work.finish(stored(plan.id), clock.now)
    except Refusal as refusal:
        sys.stderr.write(f"{messages.say(refusal.message, language)}\n")
        return 1
    with reading() as session:
        sys.stdout.write(results.text(session, plan, language) + "\n")
    return 0


def _do(session: Session, asked: argparse.Namespace, who: Officer, now: datetime) -> Plan:
    if asked.command == "plan":
        plan = plans.make(session, asked.process, asked.old, asked.new, who, now)
        chosen = dict(pair.partition("=")[::2] for pair in asked.map)
        return plans.edit(session, stored(plan.id), {**plan.mapping, **chosen}, who, now) if chosen else plan
    if asked.command == "back" and asked.case:
        return plans.back_one(session, asked.plan, asked.case, who, now, reason=asked.reason)
    if asked.command == "dry-run":
        return plans.check(session, asked.plan, who, now)
    return ACTS[asked.command](session, asked.plan, who, now, reason=asked.reason)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m workflows.migration", description="Carry running cases to another version.")
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("plan", help="begin a plan")
    making.add_argument("process")
    making.add_argument("old", type=int)
    making.add_argument("new", type=int)
    making.add_argument("--map", action="append", default=[], metavar="OLD=NEW", help="an element's counterpart")
    for name, said in (("dry-run", "judge every case, write nothing"), ("run", "carry the cases over"), ("back", "take them back")):
        doing = commands.add_parser(name, help=said)
        doing.add_argument("plan", type=int)
        if name in ACTS:
            doing.add_argument("--reason", required=True, help="is kept in the audit log")
        if name == "back":
            doing.add_argument("--case", default="", help="one case alone, by its number")
    for command in commands.choices.values():
        command.add_argument("--as", dest="login", required=True, metavar="LOGIN", help="who does it")
    return parser


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
