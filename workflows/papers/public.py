"""What the public may read: every value masked by its rule, and the whole looked through before it is issued."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any, Final, NoReturn

from bpmn.papers import Mask, Paper
from forms import checks
from workflows.papers import mask
from workflows.papers.errors import PaperDataWrong

NUMBERS: Final = re.compile(r"(?<![0-9])(?:[0-9]{17}[0-9Xx]|1[3-9][0-9]{9}|[0-9]{12,19})(?![0-9])")     # ID, mobile, account
Rule = Mask | Mapping[str, Mask]
BY_RIGHT: Final = frozenset({"name", "representative"})      # names that may be read
FREE: Final = frozenset({*BY_RIGHT, "text", "class", "family_name"})    # masks under which something written by hand may stand
SECRET: Final = {"id_number": 8, "phone": 7, "account_number": 8, "disability_number": 8, "illness": 2, "address": 4}     # from how many characters on


def masked(paper: Paper, values: Mapping[str, Any], on: date) -> dict[str, Any]:
    """The values as everybody may see them on that day."""
    return {key: None if value is None else _shown(key, paper.shows[key], value, on) for key, value in values.items()}


def demand_clean(paper: Paper, values: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    """Refuse a paper in which a number, an account, an address or another person's name would stand."""
    texts = [text for key, value in values.items() if value is not None for text in _texts(key, paper.shows[key], value)]
    by_right = [said for _, rule, said in texts if rule in BY_RIGHT]
    kept = [secret for secret in (*_secrets(facts), *_names(facts)) if not any(secret in name for name in by_right)]
    for key, rule, said in texts:
        if rule in FREE and (NUMBERS.search(said) or any(secret in said for secret in kept)):
            raise PaperDataWrong(f"{key}: what the public may not see stands in it")


def _texts(key: str, rule: Rule, value: Any) -> Iterator[tuple[str, str, str]]:
    """Each value that is printed, with its key and its mask."""
    if isinstance(rule, str):
        yield key, rule, str(value)
        return
    for row in value:
        yield from ((name, rule[name], str(part)) for name, part in row.items() if part is not None)


def _shown(key: str, rule: Rule, value: Any, on: date) -> object:
    if isinstance(rule, Mapping):
        return [_row(key, rule, row, on) for row in value] if isinstance(value, list) else _refuse(key, "a list of rows is needed")
    if rule in HIDING:
        return HIDING[rule](key, value, on)
    if rule in ("count", "money") and (isinstance(value, bool) or not isinstance(value, int)):
        _refuse(key, "a number is needed")
    if rule == "day" and not isinstance(value, date):
        _refuse(key, "a day is needed")
    return value


def _row(key: str, rules: Mapping[str, Mask], row: Any, on: date) -> dict[str, Any]:
    """A row's parts, each masked; one of which nothing is said is refused: it might be a secret on its way out."""
    if not isinstance(row, Mapping) or row.keys() - rules.keys():
        _refuse(key, "a row has parts of which nothing is said in shows")
    return {name: None if part is None else _shown(f"{key}.{name}", rules[name], part, on) for name, part in row.items()}


def _refuse(key: str, why: str) -> NoReturn:
    raise PaperDataWrong(f"{key}: {why}")


def _name(key: str, value: Any, on: date) -> str:
    """An adult's name in full, a child's by the family name; who proves no age counts as a child."""
    if not isinstance(value, Mapping) or not value.get("name"):
        raise PaperDataWrong(f"{key}: a person is a name and an id_number")
    born = checks.birth_date(str(value.get("id_number") or ""))
    return mask.family_name(value["name"]) if born is None or mask.is_minor(born, on) else str(value["name"])


def _names(facts: Mapping[str, Any]) -> Iterator[str]:
    """The name of everybody whose ID number is known: `name` beside `id_number`, `agent_name` beside `agent_id_number`."""
    for record in _records(facts):
        for key, value in record.items():
            known = key == "name" or key.endswith("_name")
            if known and f"{key.removesuffix('name')}id_number" in record and isinstance(value, str) and len(value) > 1:
                yield value


def _secrets(facts: Mapping[str, Any]) -> Iterator[str]:
    for record in _records(facts):
        yield from (value for key, value in record.items() for ending, least in SECRET.items()
                    if key.endswith(ending) and isinstance(value, str) and len(value) >= least)


def _records(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
        for part in value.values():
            yield from _records(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _records(part)


HIDING: Final[Mapping[str, Callable[[str, Any, date], str]]] = {
    "name": _name,
    "family_name": lambda _key, value, _on: mask.family_name(str(value)),
    "id_middle": lambda _key, value, _on: mask.id_number(str(value)),
}
