"""The counter works where scripts do not: rows come and go, and wrong answers are said beside their fields."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys import family
from tests.journeys.conftest import Meet
from tests.journeys.people import Somebody


@pytest.fixture
def window(meet: Meet) -> Somebody:
    """A clerk whose browser runs no scripts, at the application form."""
    clerk: Somebody = meet("window_clerk1", java_script_enabled=False)
    clerk.go("/intake/dibao")
    return clerk


def test_a_member_is_added_and_removed_and_nothing_typed_is_lost(window: Somebody) -> None:
    form = window.form
    form.row("成员 1").write(**family.MEMBERS[0])
    window.press("添加成员")
    form.row("成员 2").write(**family.MEMBERS[1])
    window.press("添加成员")
    form.row("成员 3").write(**family.MEMBERS[2])
    window.press("删除成员 2")
    expect(window.page.get_by_role("group", name=re.compile("^成员 \\d$"))).to_have_count(2)
    expect(form.row("成员 1").field("姓名")).to_have_value("王建国")
    expect(form.row("成员 2").field("姓名")).to_have_value("王小明")


def test_a_wrong_number_is_said_beside_its_field_and_the_rest_stays(window: Somebody) -> None:
    form = window.form
    form.write(申请人姓名="王建国", 申请人身份证号=family.WRONG_NUMBER)
    form.row("成员 1").write(姓名="王建国")
    window.press("提交登记")
    expect(form.error_of("申请人身份证号")).to_contain_text("校验位不正确，应为 4")
    expect(form.error_of("联系电话")).to_be_visible()
    expect(form.field("申请人身份证号")).to_have_value(family.WRONG_NUMBER)
    expect(form.row("成员 1").field("姓名")).to_have_value("王建国")
    expect(window.page.get_by_role("alert").get_by_role("link", name=re.compile("身份证号.*校验位")).first).to_be_visible()


def test_a_field_that_depends_on_an_answer_comes_with_the_button(window: Somebody) -> None:
    form = window.form
    form.pick("是否为经办人员或者村（居）委会成员的近亲属", "是")
    window.press("更新表单")
    expect(form.field("对方姓名")).to_be_visible()


def test_a_case_is_decided_from_the_list(meet: Meet) -> None:
    lead = meet("town_lead1", java_script_enabled=False)
    lead.decide("马桂兰", "同意", "同意")
    lead.sees("我的待办")
