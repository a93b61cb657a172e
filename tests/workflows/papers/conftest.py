"""Fonts, sample papers, and a small reader of the PDFs that come out: it reads the very bytes a printer gets."""

import re
import tomllib
import zlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from workflows.papers.fonts import find_fonts
from workflows.papers.render import render

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
STREAM = re.compile(rb"stream\n(.*)\nendstream", re.DOTALL)
PLAIN = rb"(?:\\.|[^\\()])"
NESTED = rb"\((?:" + PLAIN + rb"|\((?:" + PLAIN + rb"|\(" + PLAIN + rb"*\))*\))*\)"  # balanced brackets stand bare
SHOWN = re.compile(rb"/(f\d+) [\d.]+ Tf|" + NESTED + rb"|<([0-9A-Fa-f]+)>", re.DOTALL)
ESCAPE = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


@pytest.fixture(scope="session")
def fonts() -> tuple[Path, ...]:
    return find_fonts([], ROOT).folders


@pytest.fixture(scope="session")
def samples() -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((HERE / "samples.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def printed(fonts: tuple[Path, ...], samples: Mapping[str, Mapping[str, Any]]) -> Callable[..., str]:
    """Print a sample, with some values changed, and give the text of all pages."""

    def text(kind: str, **changed: object) -> str:
        return "".join(pages_of(render(kind, {**samples[kind], **changed}, fonts)))

    return text


@pytest.fixture(scope="session")
def read_pages() -> Callable[[bytes], list[str]]:
    return pages_of


def pages_of(pdf: bytes) -> list[str]:
    """Give each page's text, without line ends, by the fonts' own ToUnicode tables."""
    objects = {int(number): body for number, body in OBJECT.findall(pdf)}
    pages = [body for body in objects.values() if body.startswith(b"<</Type/Page/")]
    return [_page_text(objects, page) for page in pages]


def _follow(objects: Mapping[int, bytes], body: bytes, key: bytes) -> bytes:
    found = re.search(rb"/" + key + rb"[ \[]?(\d+) 0 R", body)
    assert found, key
    return objects[int(found[1])]


def _inflated(body: bytes) -> bytes:
    found = STREAM.search(body)
    assert found
    return zlib.decompress(found[1])


def _page_text(objects: Mapping[int, bytes], page: bytes) -> str:
    named = re.findall(rb"/(f\d+) (\d+) 0 R", _follow(objects, page, b"Resources"))
    tables = {name: _table(_inflated(_follow(objects, objects[int(number)], b"ToUnicode"))) for name, number in named}
    said, table = [], {}
    for shown in SHOWN.finditer(_inflated(_follow(objects, page, b"Contents"))):
        if shown[1]:
            table = tables[shown[1]]
        elif table:
            said.append(_decoded(shown, table))
    return "".join(said)


def _decoded(shown: re.Match[bytes], table: Mapping[int, str]) -> str:
    raw = bytes.fromhex(shown[2].decode()) if shown[2] else ESCAPE.sub(_unescaped, shown[0][1:-1])
    codes = [int.from_bytes(raw[at : at + 2]) for at in range(0, len(raw), 2)]
    return "".join(table.get(code, "\ufffd") for code in codes)


def _unescaped(found: re.Match[bytes]) -> bytes:
    sign = found[1]
    return bytes([int(sign, 8)]) if sign[:1].isdigit() else LETTERS.get(sign, sign)


def _table(cmap: bytes) -> dict[int, str]:
    """Read `<0001> <793A>` lines; typst writes no ranges."""
    pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\n", cmap.split(b"endcodespacerange")[1])
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}
