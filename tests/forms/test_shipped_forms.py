"""The forms that come with the product."""

import json
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from forms import loader
from forms.schema import Choosing, Component, Input, Separator, Spacer, Text

ROOT = Path(__file__).parents[2]
SHIPPED = loader.load(ROOT / "forms")
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(params=sorted(SHIPPED))
def form(request):
    return SHIPPED[request.param]


def test_the_first_process_has_all_its_forms():
    wanted = {"application", "review_materials", "home_visit", "data_check", "check_rebuttal", "draft_opinion",
              "sign_opinion", "resurvey", "report_to_county", "county_visit", "county_review", "county_decision",
              "serve_refusal"}
    assert {f"dibao/{name}" for name in wanted} <= set(SHIPPED)


def test_every_word_is_said_in_both_languages(form):
    assert form.properties.title
    assert form.properties.title_en
    for path, component in form.walk():
        words = [component.title, component.hint] + [rule.says for rule in component.rules]
        words += list(component.choices.values()) if isinstance(component, Choosing) else []
        words += [component.unit] if isinstance(component, Input) else []
        words += [component.words] if isinstance(component, Text) else []
        assert all(bool(term.zh) == bool(term.en) for term in words), path
        assert all(HAN.search(term.zh) for term in words if term.zh), path
        assert not any(HAN.search(term.en) for term in words), path


def test_every_component_has_a_label(form):
    silent = [path for path, c in form.walk() if not isinstance(c, (Separator, Spacer, Text)) and not c.title.zh]
    assert not silent


def test_keys_and_ids_are_unique(form):
    parts = list(form.walk())
    named = [path for path, c in parts if c.key or getattr(c, "path", "")]
    assert len(named) == len(set(named))
    assert len({c.id for _, c in parts}) == len(parts)


def test_the_editor_can_save_the_properties_unchanged():
    for path in (ROOT / "forms").glob("*/*.form"):
        stack = list(json.loads(path.read_text(encoding="utf-8"))["components"])
        while stack:
            component = stack.pop()
            stack += component.get("components", [])
            assert all(isinstance(value, str) for value in component.get("properties", {}).values()), component


def test_every_sentence_has_its_chinese():
    catalogue = read_po((ROOT / "workflows/messages/zh_CN/forms.po").open("rb"), locale="zh_CN")
    known = {message.id: message.string for message in catalogue if message.id}
    assert all(known.values())
    sources = [*(ROOT / "forms").glob("*.py"), *(ROOT / "api/rendering").glob("f*.py")]
    said = {m for path in sources for m in re.findall(r'Message\(\s*"((?:[^"\\]|\\.)*)"', path.read_text("utf-8"))}
    assert said
    assert said <= set(known)
    for msgid, string in known.items():
        assert set(re.findall(r"\{\w+\}", msgid)) == set(re.findall(r"\{\w+\}", string)), msgid


def test_all_components_are_known(form):
    assert all(isinstance(component, Component) for _, component in form.walk())
