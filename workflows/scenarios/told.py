"""What does not hold, as sentences: values as a scenario file writes them, names as people read them with the file's word behind."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from bpmn.message import Message, Term
from workflows.cases.progress import RUNNING, SUSPENDED, TERMINATED
from workflows.office.people import Officer
from workflows.records.types import CHINA
from workflows.registers import declared
from workflows.releases import Published
from workflows.sample import fixture

Sentence = Message | Term
NOTHING = Message("nothing")
STATES = {RUNNING: Term("办理中", "in progress"), SUSPENDED: Term("已挂起", "suspended"), TERMINATED: Term("已终止", "terminated")}


def differs(what: Sentence | str, expected: object, found: object) -> Message:
    """Something was found that is not what was expected."""
    return Message("{what}: expected {expected}, found {found}", {"what": what, "expected": shown(expected), "found": shown(found)})


def differing(what: Sentence | str, expected: Mapping[str, object], found: Mapping[str, object]) -> Iterator[Message]:
    """A sentence for each expected key that was found otherwise, or not at all."""
    for key, value in expected.items():
        if found.get(key) != value:
            yield differs(f"{what}.{key}" if isinstance(what, str) else part(key, what), value, found.get(key))


def part(word: str, what: Sentence) -> Message:
    """One of the things that are looked at in something that has a name."""
    return Message("{word} of {what}", {"word": word, "what": what})


def shown(value: object) -> Sentence | str:
    """A value as a scenario file writes it; words and sentences are left as they are."""
    if value is None:
        return NOTHING
    return value if isinstance(value, (Message, Term)) else _written(value)


def names(several: Iterable[Term]) -> Sentence:
    """Several names in one list."""
    listed = sorted(several, key=str)
    return Term("、".join(one.zh for one in listed), ", ".join(map(str, listed))) if listed else NOTHING


def called(name: Term, word: str) -> Term:
    """A name, and the word by which a scenario file knows its bearer."""
    return Term(word) if name.zh in ("", word) else Term(f"{name.zh}（{word}）", f"{name} ({word})")


def state(published: Published, word: str) -> Term:
    """Where a case stands, or how it ended."""
    end = published.process.ends.get(word)
    return called(Term(end.name, end.en) if end else STATES.get(word, Term(word)), word)


def element(published: Published, word: str) -> Term:
    """An element of the drawing."""
    return called(published.name_of(word), word)


def limit(published: Published, word: str) -> Term:
    """A limit of the process."""
    return called(next((rule.title for rule in published.process.clocks if rule.kind == word), Term(word)), word)


def paper(published: Published, word: str) -> Term:
    """A kind of paper of the process."""
    kind = published.papers.get(word)
    return called(Term(kind.name, kind.english) if kind else Term(word), word)


def register(word: str) -> Term:
    """A register of the house."""
    found = declared.registers().get(word)
    return called(Term(found.name, found.en) if found else Term(word), word)


def person(who: Officer) -> Term:
    """Somebody with an account."""
    return called(Term(who.name), who.login)


def division(code: str) -> Term:
    """A place of the fixture's county."""
    return called(Term(fixture.DIVISIONS.get(code, code)), code)


def _written(value: object) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_inner(one)}" for key, one in value.items()) + " }" if value else "{}"
    if isinstance(value, (list, tuple, set, frozenset)):
        return f"[{', '.join(map(_inner, value))}]"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return f"{value.astimezone(CHINA):%Y-%m-%dT%H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (str, bool)) else str(value)


def _inner(value: object) -> str:
    """Within a list or a table what is missing is the empty text, as TOML knows no other."""
    return '""' if value is None else _written(value)
