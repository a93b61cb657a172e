"""What we tell a person, kept apart from the language it is told in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from string import Formatter


@dataclass(frozen=True)
class Term:
    """Words that come from data (a field's label, an option): both languages travel together."""

    zh: str
    en: str = ""

    def __str__(self) -> str:
        """English where there is any: logs and exceptions are English."""
        return self.en or self.zh

    def say(self, language: str) -> str:
        """Chinese for `zh…`, otherwise English, each standing in for a missing other."""
        return (self.zh or self.en) if language.startswith("zh") else (self.en or self.zh)


@dataclass(frozen=True)
class Message:
    """A sentence to be said later: `text` is an English msgid with {placeholders} for `params`."""

    text: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """Say it in English."""
        return self.say("en", lambda msgid: msgid)

    def say(self, language: str, gettext: Callable[[str], str]) -> str:
        """Translate the sentence, then fill it; a `Term` or `Message` among the params speaks it too."""
        spoken = {name: _spoken(value, language, gettext) for name, value in self.params.items()}
        return _Lenient().vformat(gettext(self.text), (), spoken)

    def with_params(self, **more: object) -> "Message":
        """Fill further placeholders of the same sentence."""
        return Message(self.text, {**self.params, **more})


def _spoken(value: object, language: str, gettext: Callable[[str], str]) -> str:
    if isinstance(value, (Term, Message)):
        return value.say(language) if isinstance(value, Term) else value.say(language, gettext)
    return str(value)


class _Lenient(Formatter):
    """Leaves an unknown placeholder readable, and never walks attributes or indexes."""

    def get_field(self, field_name: str, args: object, kwargs: Mapping[str, object]) -> tuple[object, str]:  # noqa: ARG002
        """The plain name's value; anything cleverer stays as it was written."""
        return kwargs.get(field_name, "{" + field_name + "}"), field_name
