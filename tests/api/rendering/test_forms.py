"""A form as it reaches the browser: labelled, explained, without script or style of its own."""

import copy
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from lxml import html

from api.rendering import forms as drawing
from api.rendering.field_views import Speaker
from bpmn.message import Message, Term
from forms import answers, loader
from forms.answers import Change, FieldError, Staged
from forms.world import World
from workflows.messages import translations

ROOT = Path(__file__).parents[3]
SHIPPED = loader.load(ROOT / "forms")
TODAY = date(2024, 3, 4)
SOURCES = {"villages": {"990101001001": Term("东风村", "Dongfeng")}}
STAGED = {"tok": Staged("tok", "身份证 <1>.jpg", 2_500_000, "image/jpeg")}
TEMPLATES = Environment(loader=FileSystemLoader(ROOT / "api/templates"), autoescape=True, undefined=StrictUndefined)
PAGE = "{% import 'components/form.html' as form %}{{ form.form(view, action='/here', hidden={'csrf': 'x'}) }}"
READ = "{% import 'components/form.html' as form %}{{ form.read_only(sections) }}"


def speaker(language="zh_CN"):
    return Speaker(language, translations(language).gettext)


def draw(name, checked, facts=None, focus="", language="zh_CN"):
    world = World(facts or {}, TODAY, SOURCES, STAGED)
    view = drawing.draw(SHIPPED[name], checked, world, speaker(language), focus=focus)
    return html.fromstring(TEMPLATES.from_string(PAGE).render(view=view))


def first_page(name, facts=None, **more):
    form = SHIPPED[name]
    first = answers.initial(form, facts or {}, TODAY, sources=SOURCES)
    return draw(name, answers.look(form, first, facts or {}, TODAY, sources=SOURCES), facts, **more)


def wrong_page(name, raw, **more):
    return draw(name, answers.check(SHIPPED[name], raw, {}, TODAY, sources=SOURCES, staged=STAGED), **more)


def texts(page, path):
    return [" ".join(node.text_content().split()) for node in page.xpath(path)]


@pytest.fixture(params=sorted(SHIPPED))
def any_page(request):
    return first_page(request.param)


def test_ids_are_unique_and_every_input_has_a_label(any_page):
    ids = any_page.xpath("//@id")
    assert len(ids) == len(set(ids))
    labelled = set(any_page.xpath("//label/@for"))
    for control in any_page.xpath("//input[not(@type='hidden')] | //select | //textarea"):
        assert control.get("id") in labelled, html.tostring(control)


def test_no_script_or_style_stands_in_a_form(any_page):
    assert not any_page.xpath("//script | //style | //@style")
    assert not [name for node in any_page.iter() for name in node.attrib if name.startswith("on")]


def test_a_form_posts_to_its_own_page_and_the_server_judges(any_page):
    assert any_page.get("method") == "post"
    assert any_page.get("action") == "/here"
    assert "novalidate" in any_page.attrib
    assert any_page.xpath("//input[@name='csrf']/@value") == ["x"]


def test_the_enter_key_submits_instead_of_removing_a_row(any_page):
    assert any_page.xpath("(//button)[1][not(@name)]")


def test_what_htmx_swaps_is_the_form_itself(any_page):
    for node in any_page.xpath("//*[@hx-post]"):
        assert node.get("hx-post") == "/here"
        assert node.get("hx-target") == node.get("hx-select") == f"#{any_page.get('id')}"


def test_errors_are_summed_up_linked_and_told_beside_their_fields():
    page = wrong_page("dibao/application", {"members": [{"name": "王秀英", "id_number": "990101198001010015"}]})
    summary = page.xpath("//div[@role='alert']")[0]
    assert summary.get("tabindex") == "-1"
    assert "autofocus" in summary.attrib
    assert texts(summary, ".//h2")[0].startswith("提交未成功，请更正以下")
    links = summary.xpath(".//a/@href")
    assert all(page.xpath(f"//*[@id='{link[1:]}']") for link in links)
    field = page.xpath("//input[@name='members[0].id_number']")[0]
    assert field.get("aria-invalid") == "true"
    assert field.get("value") == "990101198001010015"
    said = page.xpath(f"//*[@id='{field.get('aria-describedby').split()[-1]}']")[0]
    assert said.text_content() == "“身份证号”校验位不正确，应为 4，请核对"
    assert "成员 1：“身份证号”校验位不正确，应为 4，请核对" in texts(summary, ".//a")


def test_every_error_of_a_form_has_its_place():
    raw = {"has_agent": True, "near_relative": "yes", "members": [{"health": "disabled", "name": "x"}], "incomes": [
        {"member": "x"}], "properties_owned": [{"exempt": True}]}
    page = wrong_page("dibao/application", raw)
    targets = page.xpath("//div[@role='alert']//a/@href")
    assert len(targets) > 20
    for target in targets:
        assert page.xpath(f"//*[@id='{target[1:]}-error']"), target


def test_an_error_without_a_field_is_told_without_a_link():
    checked = answers.check(SHIPPED["dibao/sign_opinion"], {"outcome": "agree"}, {}, TODAY)
    errors = (FieldError("means", Message("{words}", {"words": Term("测算结果已过期", "Outdated")})),
              FieldError("opinion", Message("“{label}” must be text.", {"label": Term("意见", "Opinion")})))
    page = draw("dibao/sign_opinion", replace(checked, errors=errors))
    assert texts(page, "//div[@role='alert']//li") == ["测算结果已过期", "“意见”应填写文字"]
    assert page.xpath("//div[@role='alert']//a/@href") == ["#f-opinion"]


def test_a_required_field_says_so_to_eyes_and_ears():
    page = first_page("dibao/application")
    assert page.xpath("//input[@name='phone']/@aria-required") == ["true"]
    assert page.xpath("//label[@for='f-phone']/span[@aria-hidden='true']/text()") == ["*"]


def test_a_warning_does_not_mark_the_field_wrong():
    page = wrong_page("dibao/application", {"account_number": "6228480012345678901"})
    field = page.xpath("//input[@name='account_number']")[0]
    assert field.get("aria-invalid") is None
    assert texts(page, "//*[@id='f-account_number-warning']")[0].startswith("“银行账号”未通过卡号校验")


def test_a_hidden_field_is_not_drawn_and_its_switch_redraws():
    assert not first_page("dibao/application").xpath("//input[@name='agent_name']")
    page = wrong_page("dibao/application", {"has_agent": True})
    assert page.xpath("//input[@name='agent_name']")
    switch = page.xpath("//input[@name='has_agent']/ancestor::div[@hx-trigger='change']")[0]
    assert json.loads(switch.get("hx-vals")) == {"_refresh": "has_agent"}
    assert page.xpath("//noscript//button[@name='_refresh']")


def test_rows_are_added_and_removed_by_plain_buttons():
    page = wrong_page("dibao/application", {"members": [{"name": "a"}, {"name": "b"}]})
    assert page.xpath("//button[@name='_remove']/@value") == ["members[0]", "members[1]"]
    assert texts(page, "//button[@name='_add']") == ["＋添加成员", "＋添加收入", "＋添加扣减项", "＋添加财产"]
    assert all("formnovalidate" in button.attrib for button in page.xpath("//button[@name]"))


def test_the_last_needed_row_can_not_be_removed():
    assert not first_page("dibao/application").xpath("//button[@name='_remove']")


def test_a_changed_page_puts_the_cursor_where_it_changed():
    form = SHIPPED["dibao/application"]
    raw = answers.changed(form, {"members": [{"name": "a"}]}, Change("add", "members"), {}, TODAY)
    page = draw("dibao/application", answers.look(form, raw, {}, TODAY), focus="members[1].name")
    assert page.xpath("//*[@autofocus]/@name") == ["members[1].name"]


def test_staged_files_stay_and_can_be_taken_away():
    page = wrong_page("dibao/application", {"attachments": ["tok"]})
    assert page.get("enctype") == "multipart/form-data"
    assert page.xpath("//input[@type='hidden'][@name='attachments']/@value") == ["tok"]
    assert texts(page, "//*[@class='staged-name']") == ["身份证 <1>.jpg"]
    assert texts(page, "//*[@class='staged-size']") == ["2.4 MB"]
    assert page.xpath("//button[@value='attachments[0]']/@aria-label") == ["删除身份证 <1>.jpg"]


def test_money_from_the_facts_is_shown_in_yuan():
    page = first_page("dibao/draft_opinion", {"means": {"amount_fen": 60000, "total_fen": 60050}})
    assert texts(page, "//p[@id='f-amount']") == ["600.50 元"]
    assert not page.xpath("//*[@name='amount']")
    page = first_page("dibao/home_visit", {"application": {"incomes": [
        {"member": "王", "kind": "wage", "amount": 120050, "months": 1}]}})
    assert page.xpath("//input[@name='incomes[0].amount']/@value") == ["1200.50"]


def test_a_date_that_can_not_be_read_is_shown_as_it_was_typed():
    page = wrong_page("dibao/serve_refusal", {"served_on": "昨天"})
    field = page.xpath("//input[@name='served_on']")[0]
    assert (field.get("type"), field.get("value")) == ("text", "昨天")
    assert first_page("dibao/serve_refusal").xpath("//input[@name='served_on']/@type") == ["date"]


def test_what_was_typed_can_not_break_out_of_the_page():
    evil = "\"><script>alert(1)</script>"
    raw = dict.fromkeys(("phone", "applicant_name", "reason_note", "protection_category"), evil)
    page = wrong_page("dibao/application", raw | {"attachments": [evil], "members": [{"name": evil}] * 2})
    assert not page.xpath("//script")
    assert page.xpath("//input[@name='phone']/@value") == [evil]
    assert page.xpath("//textarea[@name='reason_note']")[0].text.lstrip("\n") == evil


def test_a_form_speaks_english_too():
    page = wrong_page("dibao/application", {}, language="en")
    assert texts(page, "//h1") == ["Application for the minimum living allowance"]
    assert "Enter “Phone”." in texts(page, "//div[@role='alert']//a")
    han = [text for text in page.itertext() if any("\u4e00" <= c <= "\u9fff" for c in text)]
    assert not han


def test_answers_are_read_in_sections():
    values = {"protection_category": "urban", "incomes": [{"member": "王", "kind": "wage", "amount": 120050, "months": 1}],
              "deductions": [], "reason_note": None, "promise": True}
    shown = answers.display(SHIPPED["dibao/application"], values, sources=SOURCES)
    sections = drawing.read_only(shown, speaker())
    page = html.fromstring(TEMPLATES.from_string("<div>" + READ + "</div>").render(sections=sections))
    assert texts(page, "//h3") == ["申请人", "申请原因", "收入 1", "刚性支出扣减 0", "材料与承诺"]
    assert "1,200.50 元" in texts(page, "//dd")
    assert texts(page, "//*[contains(@class, 'quiet')]") == ["—", "—"]


def test_drawing_changes_nothing_of_what_was_checked():
    checked = answers.check(SHIPPED["dibao/application"], {"members": [{"name": "a"}]}, {}, TODAY, sources=SOURCES)
    before = copy.deepcopy(checked.typed)
    draw("dibao/application", checked)
    assert checked.typed == before
