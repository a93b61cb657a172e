"""A name as it is compared, and its four parts: division, trade name, field, form (D10 第八条)."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from workflows.naming.words import Words

_BLANK = re.compile(r"[\s\u200b-\u200f\ufeff]+")
_MARKS = str.maketrans({"（": "(", "）": ")", "【": "(", "】": ")", "〔": "(", "〕": ")", "[": "(", "]": ")", "｛": "(", "｝": ")",
                        "「": "", "」": "", "“": "", "”": "", '"': "", "《": "", "》": "", "·": "", "-": "", "—": "", "_": ""})


@dataclass(frozen=True)
class Parts:
    """The four parts of a name; empty: not recognised. Members of an association may stand in place of a field."""

    division: str = ""
    trade_name: str = ""
    field: str = ""
    form: str = ""


def normal(name: str) -> str:
    """Half-width, one kind of bracket, no blanks and no marks: two names that differ in these alone are one."""
    return _BLANK.sub("", unicodedata.normalize("NFKC", name).translate(_MARKS)).upper()


def joined(parts: Parts) -> str:
    """The full name that the parts make."""
    return normal(parts.division + parts.trade_name + parts.field + parts.form)


def parse(name: str, kind: str, places: Iterable[str], words: Words) -> Parts:
    """Take a name apart by the dictionaries; an association has no trade name, its field may be anything."""
    text = normal(name)
    division = next((place for place in sorted(map(normal, places), key=len, reverse=True) if text.startswith(place)), "")
    rest = text.removeprefix(division)
    form = ending(rest, words.forms.get(kind, ())) or ending(rest, [form for forms in words.forms.values() for form in forms])
    middle = rest.removesuffix(form) if form else rest
    if kind == "association":
        return Parts(division, "", middle, form)
    field = ending(middle, words.fields)
    return Parts(division, middle.removesuffix(field), field, form)


def ending(text: str, known: Iterable[str]) -> str:
    """The longest known word that the text ends with."""
    return max((word for word in known if text.endswith(word)), key=len, default="")
