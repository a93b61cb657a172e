"""What facts, computed values and codes are called: the process's own words, the house's, then its forms'; money in yuan."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from bpmn import register_files
from bpmn.message import Message, Term
from bpmn.register_files import Column
from bpmn.schema import Word
from forms import checks
from forms.display import NO, YES
from forms.schema import Choosing, Component
from workflows.cases import elements, facts
from workflows.releases import Published

# What the house itself writes; a process says the names of its own in `[words]`.
FACTS = {"application": Message("Application"), "decision": Message("Decision"), "approved_on": Message("Approved on"),
         "complaint": Message("Complaint"), "entitlement": Message("Entitlement")}
PARTS = {
    "people": Message("Persons"), "eligible": Message("Eligible"), "reason": Message("Reason"), "amount_fen": Message("Amount"),
    "supplement_fen": Message("Supplement"), "total_fen": Message("Total"),
    "number": Message("Number"), "decided_on": Message("Decided on"), "posted_on": Message("Posted on"), "posted_by": Message("Posted by"),
    "place": Message("Place of posting"), "photos": Message("Photos"), "age": Message("Age"), "from_month": Message("From month"),
}
ROW = re.compile(r"\[(\d+)\]")
LITERALS = re.compile(r'[\s,<>=.()\[\]-]*((not|true|false|null|"[^"]*"|\d+(\.\d+)?)[\s,<>=.()\[\]-]*)*')
LITERAL = re.compile(r'"([^"]*)"|\b(true|false)\b|(\d+(?:\.\d+)?)')
FORMULA = Message("By formula")


@dataclass(frozen=True)
class Said:
    """A value as people read it, and the exact one where that says more."""

    text: str
    exact: str = ""


class Wording:
    """The words of one release in one reader's language."""

    def __init__(self, say: Callable[[Message | Term | str], str], published: Published) -> None:
        """Gather them: a process's words come before those of the parts it calls."""
        self._say = say
        self._words: dict[str, Word] = {}
        for part in (*published.parts.values(), published.process):
            self._words |= part.words
        self._fields: dict[str, list[Component]] = {}
        for form in published.forms.values():
            for path, field in form.walk():
                self._fields.setdefault(path.rsplit(".", 1)[-1], []).append(field)
        self._columns: dict[str, list[Column]] = {}     # what the registers that it uses call their own
        for _, _, register in register_files.gather(published.files):
            for item in register.fields:
                for column in (item, *item.columns):
                    self._columns.setdefault(column.key, []).append(column)

    def name(self, key: str, drawn: str = "") -> str:
        """What one name is called; as drawn where the process adds no word, itself where nobody gave it one."""
        word = self._word(key)
        if drawn or (word and (word.zh or word.en)):
            return self._say(Term(drawn or (word.zh if word else ""), word.en if word else ""))
        last = _last(key)
        if last in PARTS:
            return self._say(PARTS[last])
        field = next((one for one in self._fields.get(last, ()) if one.title.zh), None)
        column = next(iter(self._columns.get(last, ())), None)
        return self._say(field.title) if field else self._say(column.title) if column else last

    def path(self, path: str, root: str = "") -> str:
        """A place in a nested value: `members[1].health` as 家庭成员 1 · 健康状况."""
        parts, before = [], root
        for part in path.split("."):
            key = ROW.sub("", part)
            before = f"{before}.{key}" if before and key else before or key
            parts.append(" ".join(filter(None, (self.name(before) if key else "", *ROW.findall(part)))))
        return " · ".join(parts)

    def value(self, key: str, raw: Any) -> Said:
        """One value by the name it stands under."""
        value = facts.decode(raw)
        if value is None or value == "":
            return Said("—")
        if isinstance(value, bool):
            return Said(self._say(YES if value else NO))
        if isinstance(value, (int, float, Decimal)):
            return self._number(key, Decimal(str(value)))
        if isinstance(value, list):
            return Said("、".join(self.value(key, one).text for one in value) or "—")
        return Said(self._say(self._options(key).get(str(value)) or str(value)))

    def cell(self, key: str, text: str) -> Said:
        """A cell of a table: its literals as words; a formula by that word, whole where one asks for it."""
        if text.strip() in ("", "-"):
            return Said("—")
        if not LITERALS.fullmatch(text):
            return Said(self._say(FORMULA), text)
        said = LITERAL.sub(lambda found: self._literal(key, *found.groups()), text.strip())
        return Said(said.removeprefix("[").removesuffix("]").strip() or "—" if text.strip().startswith("[") and ".." not in text else said)

    def _literal(self, key: str, words: str | None, truth: str | None, number: str | None) -> str:
        return self.value(key, words if words is not None else truth == "true" if truth else Decimal(number or 0)).text

    def _number(self, key: str, value: Decimal) -> Said:
        money = self._money(key)
        exact = value / 100 if money else value
        shown = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
        if money:
            text = f"{checks.yuan(int(shown * 100))} {self._say(Message('yuan'))}"
            return Said(text, "" if shown == exact else str(exact))
        return Said(f"{value.normalize():,f}") if shown == exact else Said(f"{shown:,}", str(exact))

    def _money(self, key: str) -> bool:
        word = self._word(key)
        if word and word.unit:
            return word.unit == "fen"
        return key.endswith("_fen") or any(one.properties.format == "money" for one in self._fields.get(_last(key), ()))

    def _options(self, key: str) -> Mapping[str, Term]:
        word = self._word(key)
        if word and word.values:
            return {code: Term(*both) for code, both in word.values.items()}
        fields = [one for one in self._fields.get(_last(key), ()) if isinstance(one, Choosing)]
        kept = self._columns.get(_last(key), ())
        return {code: Term(*both) for one in reversed(kept) for code, both in one.values.items()} | {
            code: term for one in reversed(fields) for code, term in one.choices.items()}

    def _word(self, key: str) -> Word | None:
        plain = ROW.sub("", key)
        return self._words.get(plain) or self._words.get(_last(plain))


def flat(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """A nested value as the paths and plain values in it."""
    if isinstance(value, Mapping) and not any(str(key).startswith("$") for key in value):
        for key, inner in value.items():
            if key not in (elements.TURN, elements.NUMBERS):   # how the house tells instances apart
                yield from flat(inner, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list) and value and all(isinstance(inner, Mapping) and not any(
            str(key).startswith("$") for key in inner) for inner in value):
        for place, inner in enumerate(value, start=1):
            yield from flat(inner, f"{name}[{place}]")
    else:
        yield name, value


def _last(key: str) -> str:
    return ROW.sub("", key).rsplit(".", 1)[-1]
