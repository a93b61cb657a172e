"""The house's words: every `workflows/messages/<language>/*.po`, compiled in memory when first asked for."""

from functools import lru_cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

from bpmn.message import Message, Term

HERE = Path(__file__).parent
CHINESE, ENGLISH = "zh_CN", "en"
LANGUAGES = (CHINESE, ENGLISH)


class WordsDifferError(Exception):
    """Two files translate one msgid in two ways."""


@lru_cache
def translations(language: str) -> NullTranslations:
    """What a language says for each msgid; a language without files speaks the msgids themselves."""
    if not (HERE / language).is_dir():
        return NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, catalog(language))
    compiled.seek(0)
    return Translations(compiled)


def catalog(language: str) -> Catalog:
    """All files of a language in one; `WordsDifferError` when they disagree."""
    whole = Catalog(locale=language)
    for path in sorted((HERE / language).glob("*.po")):
        for message in read(path):
            known = whole.get(message.id, message.context) if message.id else None
            if known and known.string != message.string:
                raise WordsDifferError(f"{path.name}: {message.id!r} is {known.string!r} elsewhere")
            if message.id and message.string:
                whole.add(message.id, message.string, context=message.context)
    return whole


def read(path: Path) -> Catalog:
    """One file, as Babel reads it."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parent.name)


def say(words: Message | Term | str, language: str) -> str:
    """A message in a language, its placeholders filled; a `str` is a msgid without any."""
    if isinstance(words, Term):
        return words.say(language)
    message = Message(words) if isinstance(words, str) else words
    return message.say(language, translations(language).gettext)


def spoken(wanted: str | None) -> str:
    """The nearest language we speak; Chinese when in doubt."""
    return wanted if wanted in LANGUAGES else CHINESE
