"""What the public may read: every value masked by its rule, and the whole looked through before it is issued."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from bpmn.papers import Paper
from forms import checks
from workflows.papers import mask
from workflows.papers.errors import PaperDataWrong

NUMBERS: Final = re.compile(r"(?<![0-9])(?:[0-9]{17}[0-9Xx]|1[3-9][0-9]{9}|[0-9]{12,19})(?![0-9])")     # ID, mobile, account
FREE: Final = frozenset({"name", "text", "class", "family_name"})    # masks under which something written by hand may stand
SECRET: Final = ("id_number", "phone", "account_number", "disability_number", "illness", "address")
SHORTEST: Final = 4     # of a secret text that is looked for


def masked(paper: Paper, values: Mapping[str, Any], on: date) -> dict[str, Any]:
    """The values as everybody may see them on that day."""
    return {key: None if value is None else _shown(key, paper.shows[key], value, on) for key, value in values.items()}


def demand_clean(paper: Paper, values: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
    """Refuse a paper in which a number, an account, an address or another person's name would stand."""
    by_right = [str(value) for key, value in values.items() if paper.shows[key] == "name"]
    kept = [secret for secret in (*_secrets(facts), *_names(facts)) if not any(secret in name for name in by_right)]
    for key, value in values.items():
        if value is not None and paper.shows[key] in FREE and (
                NUMBERS.search(str(value)) or any(secret in str(value) for secret in kept)):
            raise PaperDataWrong(f"{key}: what the public may not see stands in it")


def _shown(key: str, rule: str, value: Any, on: date) -> object:
    match rule:
        case "name":
            return _name(key, value, on)
        case "family_name":
            return mask.family_name(str(value))
        case "id_middle":
            return mask.id_number(str(value))
        case "count" | "money" if isinstance(value, bool) or not isinstance(value, int):
            raise PaperDataWrong(f"{key}: a number is needed")
        case "day" if not isinstance(value, date):
            raise PaperDataWrong(f"{key}: a day is needed")
    return value


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
        yield from (value for key, value in record.items()
                    if key.endswith(SECRET) and isinstance(value, str) and len(value) >= SHORTEST)


def _records(value: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, Mapping):
        yield value
        for part in value.values():
            yield from _records(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _records(part)
