"""A form file that says something unknown is refused, with everything that is wrong."""

import json

import pytest

from forms import loader
from forms.loader import FormInvalid

FIELD = {"type": "textfield", "id": "a", "key": "a", "label": "a"}


def findings(*components, **root):
    whole = {"type": "default", "id": "x", "schemaVersion": 18, "components": list(components), **root}
    with pytest.raises(FormInvalid) as caught:
        loader.parse(json.dumps(whole).encode(), "p/x")
    return [(finding.component, str(finding.message)) for finding in caught.value.findings]


def rows(*components, **more):
    return {"type": "dynamiclist", "id": "rows", "path": "rows", "label": "rows", "components": list(components), **more}


@pytest.mark.parametrize(("components", "key", "says"), [
    ([{"type": "html", "id": "h", "content": "<b>"}], "h", "html"),
    ([{"type": "iframe", "id": "h"}], "h", "iframe"),
    ([FIELD | {"surprise": 1}], "a", "surprise"),
    ([FIELD | {"properties": {"formt": "phone"}}], "a", "formt"),
    ([FIELD | {"properties": {"format": "zip"}}], "a", "format"),
    ([FIELD | {"validate": {"size": 1}}], "a", "size"),
    ([FIELD | {"key": "Key"}], "Key", "not written as"),
    ([FIELD | {"key": "a.b"}], "a.b", "not written as"),
    ([FIELD | {"disabled": True}], "a", "disabled"),
    ([FIELD | {"conditional": {"hide": "=1 +"}}], "a", "xpression"),
    ([FIELD | {"conditional": {"hide": ""}}], "a", "xpression"),
    ([FIELD | {"validate": {"pattern": "("}}], "a", "not a pattern"),
    ([FIELD | {"validate": {"pattern": "(a+)+$"}}], "a", "for ever"),
    ([FIELD | {"validate": {"pattern": "(a|a)*$"}}], "a", "for ever"),
    ([FIELD | {"properties": {"refuse_when": "=a = 1"}}], "a", "go together"),
    ([FIELD | {"properties": {"says": "x", "says_en": "x"}}], "a", "go together"),
    ([FIELD | {"properties": {"refuse_when_2": "=a = 1", "says_2": "x"}}], "a", "go together"),
    ([FIELD | {"properties": {"options_en": "urban"}}], "a", "value: English"),
    ([FIELD | {"type": "textarea", "properties": {"format": "phone"}}], "a", "does not fit"),
    ([FIELD | {"type": "select"}], "a", "Exactly one of"),
    ([FIELD | {"type": "radio", "valuesKey": "v", "valuesExpression": "=[1]"}], "a", "Exactly one of"),
    ([FIELD | {"type": "radio", "values": [{"value": "1", "label": "1"}] * 2}], "a", "twice"),
    ([{"type": "text", "id": "t", "text": "<script>"}], "t", "not written as"),
    ([{"type": "text", "id": "t", "text": "{{a}}"}], "t", "not written as"),
    ([FIELD, FIELD | {"id": "b"}], "a", "key is used twice"),
    ([FIELD, FIELD | {"key": "b"}], "a", "id is used twice"),
    ([FIELD | {"properties": {"unique": "true"}}], "a", "unique"),
    ([FIELD | {"properties": {"min_rows": "1"}}], "a", "min_rows"),
    ([FIELD | {"properties": {"not_after": "today"}}], "a", "not_after"),
    ([rows(properties={"min_rows": 3, "max_rows": 2})], "rows", "greater"),
    ([rows(rows(id="inner", path="inner"))], "rows[].inner", "list inside a list"),
    ([FIELD | {"layout": {"row": "r", "columns": 9}}, FIELD | {"id": "b", "key": "b", "layout": {
        "row": "r", "columns": 8}}], "b", "16 columns"),
    ([FIELD | {"type": "radio", "values": [{"value": "1", "label": "1"}], "properties": {"options_en": "2: Two"}}],
     "a", "no choice"),
    ([{"type": "group", "id": "g", "components": [], "properties": {
        "refuse_when": "=true", "says": "x", "says_en": "x"}}], "#g", "belongs to a field"),
])
def test_unknown_syntax_is_refused_by_the_components_key(components, key, says):
    found = findings(*components)
    assert any(where.endswith(key.lstrip("#")) and says in message for where, message in found), found


def test_everything_wrong_is_found_at_once():
    found = findings(FIELD | {"surprise": 1}, FIELD | {"id": "b", "key": "b", "properties": {"format": "x"}}, other=1)
    assert {where for where, _ in found} == {"", "a", "b"}


def test_a_field_deep_inside_is_found_by_its_own_key():
    assert findings(rows(FIELD | {"key": "name", "surprise": 1}))[0][0] == "name"


@pytest.mark.parametrize("content", [b"{", b"[]", b"null", b"\xff", b"[" * 100_000, b" " * 600_000])
def test_what_is_no_form_is_refused(content):
    with pytest.raises(FormInvalid):
        loader.parse(content)


def test_all_files_of_a_folder_are_judged_together(tmp_path):
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "one.form").write_text("{")
    (tmp_path / "p" / "two.form").write_text("[]")
    with pytest.raises(FormInvalid) as caught:
        loader.load(tmp_path)
    assert {finding.file for finding in caught.value.findings} == {"p/one", "p/two"}
    assert "p/one: form: This is not JSON" in str(caught.value)


def test_a_form_as_the_editor_saves_it_is_read():
    whole = {"type": "default", "id": "x", "schemaVersion": 18, "exporter": {"name": "form-js", "version": "1.23.0"},
             "executionPlatform": "Camunda Platform", "executionPlatformVersion": "7.21.0", "versionTag": "1",
             "components": [
                 FIELD | {"appearance": {"suffixAdorner": "元"}, "layout": {"row": "r", "columns": None}},
                 {"type": "spacer", "id": "s", "height": 30}, {"type": "separator", "id": "l"},
                 {"type": "number", "id": "n", "key": "n", "label": "n", "increment": "1", "decimalDigits": 2,
                  "serializeToString": False}]}
    form = loader.parse(json.dumps(whole).encode())
    assert form.components[0].unit.zh == "元"
