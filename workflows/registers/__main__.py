"""Take over a register kept elsewhere, from the command line.

python -m workflows.registers template REGISTER FILE(.xlsx or .csv)
python -m workflows.registers import REGISTER FILE(.xlsx or .csv) LOGIN
"""

import argparse
import sys
from pathlib import Path

from workflows import messages
from workflows.errors import Refusal, RowsInvalid
from workflows.office import clock, people
from workflows.records.session import writing
from workflows.registers import declared, import_rows, importing


def main(words: list[str]) -> int:
    """Exit status 1 where the file or the person is refused: every wrong cell is told, and nothing of the file is kept."""
    reader = argparse.ArgumentParser(prog="python -m workflows.registers")
    reader.add_argument("--en", action="store_true", help="tell errors in English")
    parts = reader.add_subparsers(dest="what", required=True)
    for name in ("template", "import"):
        part = parts.add_parser(name)
        part.add_argument("register")
        part.add_argument("file", type=Path)
        if name == "import":
            part.add_argument("login")
    asked = reader.parse_args(words)
    language = messages.ENGLISH if asked.en else messages.CHINESE
    try:
        sys.stdout.write(_template(asked) if asked.what == "template" else _import(asked))
    except OSError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except Refusal as refused:
        sys.stderr.write(f"{messages.say(refused.message, language)}\n")
        for wrong in refused.errors if isinstance(refused, RowsInvalid) else ():
            sys.stderr.write(f"{wrong.sheet}!{wrong.row} {wrong.column}  {messages.say(wrong.message, language)}\n")
        return 1
    return 0


def _template(asked: argparse.Namespace) -> str:
    register = declared.named(asked.register)
    made = import_rows.template_csv(register) if asked.file.suffix.lower() == import_rows.CSV else import_rows.template(register)
    asked.file.write_bytes(made)
    return f"{asked.file}\n"


def _import(asked: argparse.Namespace) -> str:
    content = asked.file.read_bytes()
    with writing() as session:
        done = importing.take_in(session, asked.register, content, asked.file.name, people.by_login(session, asked.login), clock.now(session))
    return f"{done.entered} + {done.already_there}\n"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
