"""How a source is said to an English reader: laws by their English titles, articles by their numbers."""

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from bpmn import toml

FILE = Path(__file__).with_name("laws.toml")
DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")}
TENS = {"十": 10, "百": 100, "千": 1000}
PARTS = {"条": "art.", "款": "para.", "项": "item"}
MARKS = str.maketrans({"；": "; ", "：": ": ", "、": ", ", "，": ", ", "（": " (", "）": ")", "。": "."})
_TITLE = re.compile(r"《([^》]+)》")
_PART = re.compile(r"第([零一二三四五六七八九十百千]+)([条款项])")


def in_english(source: str) -> str:
    """A source with what is known of it in English; what is not stays as it was written."""
    titles, words = _read()
    said = _TITLE.sub(lambda found: f" {titles[found[1]]} " if found[1] in titles else found[0], source)
    said = _PART.sub(lambda found: f" {PARTS[found[2]]} {number(found[1])}", said).replace(" 至 art. ", "–").replace("至 art. ", "–")
    for chinese, english in words.items():
        said = said.replace(chinese, english)
    return re.sub(r" +([;:,.)])", r"\1", re.sub(r" {2,}", " ", said.translate(MARKS))).strip()


def number(chinese: str) -> int:
    """一千零九十三 is 1093."""
    whole, digit = 0, 0
    for sign in chinese:
        if sign in TENS:
            whole, digit = whole + (digit or 1) * TENS[sign], 0
        else:
            digit = DIGITS[sign]
    return whole + digit


def known() -> Mapping[str, str]:
    """Every title that has an English one."""
    return _read()[0]


@lru_cache
def _read() -> tuple[Mapping[str, str], Mapping[str, str]]:
    book = toml.file(FILE)
    return book["titles"], dict(sorted(book["words"].items(), key=lambda pair: -len(pair[0])))
