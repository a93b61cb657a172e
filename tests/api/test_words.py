"""Every word has its Chinese."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir

from bpmn.message import Message, Term
from workflows import messages
from workflows.settings import ROOT

PO = sorted((messages.HERE / messages.CHINESE).glob("*.po"))
PLACES = re.compile(r"%\(\w+\)s|\{\w+\}")
REFUSALS = {"NotFound", "NotAllowed", "Conflict"}
ONLY_PLACES = re.compile(r"(\{\w+\}|[\s:·.])*")     # such as {words}: what it is filled with brings its own Chinese


def said_in_templates() -> Iterator[str]:
    found = extract_from_dir(ROOT / "api/templates", [("**.html", "jinja2")],
                             {"**.html": {"newstyle_gettext": "true", "trimmed": "true", "silent": "false"}})
    for _, _, msgid, _, _ in found:
        yield msgid if isinstance(msgid, str) else msgid[0]


def said_in_python(folder: str) -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant) \
                    and isinstance(node.args[0].value, str) and _called(node) in {"Message", *REFUSALS}:
                yield path.name, node.args[0].value


def _called(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def missing(said: set[str]) -> list[str]:
    chinese = messages.catalog(messages.CHINESE)
    return sorted(words for words in said if not ONLY_PLACES.fullmatch(words) and not (chinese.get(words) and chinese.get(words).string))


def test_every_word_of_the_templates_has_its_chinese():
    assert missing(set(said_in_templates())) == []


def test_every_word_of_the_pages_has_its_chinese():
    assert missing({words for _, words in said_in_python("api")}) == []


@pytest.mark.parametrize("folder", ["workflows", "forms"])
def test_every_refusal_has_its_chinese(folder: str):
    assert missing({words for _, words in said_in_python(folder) if words}) == []


@pytest.mark.parametrize("path", PO, ids=lambda path: path.name)
def test_each_file_is_whole(path: Path):
    for message in messages.read(path):
        if message.id:
            assert message.string, f"{message.id} has no Chinese"
            assert not message.fuzzy, message.id
            assert set(PLACES.findall(str(message.string))) == set(PLACES.findall(str(message.id))), message.id


def test_files_that_disagree_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    (tmp_path / "zh_CN").mkdir()
    for name, chinese in (("a", "甲"), ("b", "乙")):
        (tmp_path / f"zh_CN/{name}.po").write_text(f'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "X"\nmsgstr "{chinese}"\n')
    monkeypatch.setattr(messages, "HERE", tmp_path)
    with pytest.raises(messages.WordsDifferError, match="b"):
        messages.catalog("zh_CN")


def test_a_message_is_said_in_the_readers_language():
    words = Message("{subject} · {node} is done", {"subject": "王秀英", "node": Term("入户调查", "Home visit")})
    assert messages.say(words, "zh_CN") == "王秀英 · 入户调查已办结，流转至下一环节"
    assert messages.say(words, "en") == "王秀英 · Home visit is done"
    assert messages.say("My work", "zh_CN") == "我的待办"
    assert messages.say(Term("低保", ""), "en") == "低保"
    assert messages.spoken("fr") == "zh_CN"
