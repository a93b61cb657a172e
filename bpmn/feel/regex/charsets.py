"""Sets of characters: classes, escapes and Unicode categories."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

CharTest = Callable[[str], bool]

_BLOCKS = {
    "BasicLatin": (0x0, 0x7F),
    "Latin-1Supplement": (0x80, 0xFF),
    "LatinExtended-A": (0x100, 0x17F),
    "LatinExtended-B": (0x180, 0x24F),
    "Greek": (0x370, 0x3FF),
    "GreekandCoptic": (0x370, 0x3FF),
    "Cyrillic": (0x400, 0x4FF),
    "Hebrew": (0x590, 0x5FF),
    "Arabic": (0x600, 0x6FF),
    "Thai": (0xE00, 0xE7F),
    "GeneralPunctuation": (0x2000, 0x206F),
    "CJKSymbolsandPunctuation": (0x3000, 0x303F),
    "Hiragana": (0x3040, 0x309F),
    "Katakana": (0x30A0, 0x30FF),
    "CJKUnifiedIdeographsExtensionA": (0x3400, 0x4DBF),
    "CJKUnifiedIdeographs": (0x4E00, 0x9FFF),
    "HangulSyllables": (0xAC00, 0xD7AF),
    "CJKCompatibilityIdeographs": (0xF900, 0xFAFF),
    "HalfwidthandFullwidthForms": (0xFF00, 0xFFEF),
}
_CATEGORIES = frozenset(
    [
        "L",
        "Lu",
        "Ll",
        "Lt",
        "Lm",
        "Lo",
        "M",
        "Mn",
        "Mc",
        "Me",
        "N",
        "Nd",
        "Nl",
        "No",
        "P",
        "Pc",
        "Pd",
        "Ps",
        "Pe",
        "Pi",
        "Pf",
        "Po",
    ]
) | frozenset(["Z", "Zs", "Zl", "Zp", "S", "Sm", "Sc", "Sk", "So", "C", "Cc", "Cf", "Co", "Cn"])


def is_digit(character: str) -> bool:
    r"""The class \\d."""
    return unicodedata.category(character) == "Nd"


def is_space(character: str) -> bool:
    r"""The class \\s."""
    return character in " \t\n\r"


def is_word(character: str) -> bool:
    r"""The class \\w: everything but punctuation, separators and the like."""
    return unicodedata.category(character)[0] not in "PZC"


def is_name_start(character: str) -> bool:
    r"""The class \\i: characters an XML name can start with."""
    return character.isalpha() or character in "_:"


def is_name_part(character: str) -> bool:
    r"""The class \\c: characters an XML name can contain."""
    return character.isalnum() or character in "_:-.\u00b7"


CLASSES: dict[str, CharTest] = {
    "d": is_digit,
    "s": is_space,
    "w": is_word,
    "i": is_name_start,
    "c": is_name_part,
}


def negated(test: CharTest) -> CharTest:
    """All characters outside a set."""
    return lambda character: not test(character)


def property_test(name: str) -> CharTest | None:
    """The set of a Unicode category such as `Lu` or a block such as `IsBasicLatin`."""
    if name in _CATEGORIES:
        return lambda character: unicodedata.category(character).startswith(name)
    limits = _BLOCKS.get(name[2:]) if name.startswith("Is") else None
    if limits is None:
        return None
    first, last = limits
    return lambda character: first <= ord(character) <= last


def folded(test: CharTest) -> CharTest:
    """A set of characters whatever their case."""

    def accepts(character: str) -> bool:
        return any(test(variant) for variant in case_variants(character))

    return accepts


def case_variants(character: str) -> set[str]:
    """A character with its capital and small forms."""
    variants = {character, character.lower(), character.upper(), character.lower().upper()}
    return {variant for variant in variants if len(variant) == 1}
