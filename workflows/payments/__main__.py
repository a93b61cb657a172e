"""Registers and standards from the command line.

python -m workflows.payments registers LOGIN [--scheme dibao]              enter who receives already and stands in no register
python -m workflows.payments standard LOGIN DAY DOCUMENT [--process NAME]  begin the change of a standard in force from DAY
python -m workflows.payments lines NUMBER                                  each household's line of that change
"""

import argparse
import sys

from sqlmodel import select

import workflows.payments.effects  # noqa: F401  (registers what the drawings ask for)
from workflows import messages
from workflows.cases import intake
from workflows.cases.tables import Case
from workflows.errors import NotAllowed, NotFound, Refusal
from workflows.office import clock, people, permissions
from workflows.office.people import Officer
from workflows.payments import schemes
from workflows.payments.entitled import readjustments
from workflows.payments.taking_over import registered as taken_over
from workflows.payments.money import yuan
from workflows.payments.taking_over.registered import Known
from workflows.records.session import writing

PORTION = 200   # households entered in one transaction


def main(words: list[str]) -> int:
    """Exit status 1 where the bureau refuses."""
    reader = argparse.ArgumentParser(prog="python -m workflows.payments")
    parts = reader.add_subparsers(dest="what", required=True)
    registers = parts.add_parser("registers")
    registers.add_argument("login")
    registers.add_argument("--scheme", default="")
    standard = parts.add_parser("standard")
    for name in ("login", "day", "document"):
        standard.add_argument(name)
    standard.add_argument("--process", default="dibao_standard_change")
    parts.add_parser("lines").add_argument("number")
    asked = reader.parse_args(words)
    try:
        sys.stdout.write({"registers": _registers, "standard": _standard, "lines": _lines}[asked.what](asked))
    except Refusal as refused:
        sys.stderr.write(f"{messages.say(refused.message, messages.CHINESE)}\n")
        return 1
    return 0


def _registers(asked: argparse.Namespace) -> str:
    count = 0
    while entered := _portion(asked):
        count += entered
    return f"{count}\n"


def _portion(asked: argparse.Namespace) -> int:
    """So many at a time: stopped on the way, it goes on with the rest."""
    with writing() as session:
        who, now = people.by_login(session, asked.login), clock.now(session)
        register = taken_over.Register(session, schemes.check(session, asked.scheme), who.actor(), now)
        ground = _ground(who)
        waiting = [pair for pair, _ in zip(register.missing(ground), range(PORTION), strict=False)]
        for home, given in waiting:
            register.enter(home, given, Known())
        return len(waiting)


def _ground(who: Officer) -> str:
    """The ground on which this person may bring households in."""
    found = next((held.division_code for held in who.duties if held.role in permissions.MAY["import_households"]), None)
    if found is None:
        raise NotAllowed("Only the county bureau imports households.")
    return found


def _standard(asked: argparse.Namespace) -> str:
    with writing() as session:
        case = intake.apply(session, asked.process, {"effective_on": asked.day, "document": asked.document},
                            people.by_login(session, asked.login), clock.now(session))
        return f"{case.number}\n"


def _lines(asked: argparse.Namespace) -> str:
    with writing() as session:
        case = session.exec(select(Case).where(Case.number == asked.number)).first()
        if case is None:
            raise NotFound("There is no case {number}.", number=asked.number)
        made = readjustments.must(session, case)
        rows = readjustments.with_homes(session, made)
        return "".join(f"{home.number}\t{line.payee_name}\t{line.people}\t{yuan(line.before_fen)}\t{yuan(line.after_fen)}\t{line.state}\n"
                       for line, home in rows)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
