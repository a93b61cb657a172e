"""A matter that no program knows by name, walked by people: chosen at the counter, noticed, confirmed, on a phone too."""

import re

from playwright.sync_api import expect

from tests.families import id_number
from tests.journeys.conftest import PHONE, Meet
from tests.journeys.looks import wider_than_screen
from tests.journeys.people import Somebody

NAME, MATTER = "欧阳春生", "残疾人两项补贴审核确认"
NUMBER = id_number("19850612", 377)
CERTIFICATE = f"{NUMBER}42"
ANSWERS = {"残疾人姓名": NAME, "残疾人身份证号": NUMBER, "联系电话": "13800138000", "户籍所在村（社区）": "城关镇东街社区",
           "现居住地址": "解放路30号", "户名": NAME, "银行账号": "6228480012345678909", "开户银行": "中国农业银行"}


def test_from_the_choice_of_the_matter_to_its_confirmation(meet: Meet) -> None:
    clock, village = meet("admin1"), meet("village1")
    clock.move_clock("2024-05-20T09:00")
    number = it_is_chosen_and_taken_in(meet("window_clerk1"))
    the_township_accepts_and_proposes(meet("town_clerk1"))
    meet("town_lead1").decide(NAME, "同意", "同意初审意见")
    village.take_up(NAME, "张贴并确认")
    village.form.write(张贴日期="2024-05-20", 张贴人="赵德", 张贴地点="村务公开栏")
    village.form.attach("张贴照片")
    village.hand_in()
    visitor = meet()
    shown = the_notice_says_what_it_may(visitor)
    clock.move_clock("2024-05-28T09:00")   # five days, the last moved from a Saturday to the Monday
    visitor.until(shown, lambda answer: answer.status == 410)
    the_county_confirms(meet("county_clerk1"), meet("county_lead1"), number)
    everything_fits_a_phone(meet("town_clerk1", **PHONE), number)


def it_is_chosen_and_taken_in(window: Somebody) -> str:
    """Every matter of the counter with its law and what is needed; a wrong certificate is said beside its field."""
    window.go("/intake")
    window.sees(MATTER, "有效的残疾人证", "国发〔2015〕52号")
    window.follow(MATTER)
    form = window.form
    form.pick("申请的补贴", "困难残疾人生活补贴", "重度残疾人护理补贴")
    form.write(**ANSWERS, 残疾人证号=f"{id_number('19850612', 379)}42")
    form.pick("家庭情况", "最低生活保障家庭")
    form.pick("是否为经办人员或者村（居）委会成员的近亲属", "否")
    form.tick("本人承诺所填内容真实，并授权查询残疾人证和救助信息")
    window.press("提交登记")
    expect(form.error_of("残疾人证号")).to_contain_text("前十八位须与身份证号一致")
    form.write(残疾人证号=CERTIFICATE)
    window.press("提交登记")
    expect(window.page.get_by_role("heading", name=NAME, level=1)).to_be_visible()
    return window.page.url.rpartition("/")[2]


def the_township_accepts_and_proposes(clerk: Somebody) -> None:
    """The amounts are the table's; the list can be narrowed to the matter."""
    clerk.take_up(NAME, "审查材料")
    clerk.form.pick("办理结论", "受理")
    clerk.hand_in()
    clerk.go("/inbox?process=disability_subsidy")
    expect(clerk.page.locator("[data-row]")).to_have_count(1)
    clerk.take_up(NAME, "提出初审意见")
    clerk.sees("90.00", "180.00")
    clerk.form.pick("办理结论", "拟予补贴")
    clerk.form.write(初审意见="残疾等级二级、低保家庭，拟予补贴")
    clerk.hand_in()


def the_notice_says_what_it_may(visitor: Somebody) -> str:
    """A name and an amount, and nothing of the certificate."""
    visitor.go("/public")
    visitor.page.get_by_role("link", name=re.compile(NAME)).first.click()
    visitor.look()
    visitor.sees(NAME, "180.00")
    visitor.sees_nothing_of(NUMBER, CERTIFICATE, "13800138000", "解放路30号", ANSWERS["银行账号"])
    return visitor.page.url


def the_county_confirms(reviewer: Somebody, lead: Somebody, number: str) -> None:
    """Certificate checked, then the decision with its paper and its entitlement."""
    reviewer.take_up(NAME, "县级审核")
    reviewer.form.pick("残疾人证核验结果", "有效，与申请一致")
    reviewer.form.write(核验日期="2024-05-28")
    reviewer.form.pick("办理结论", "报请决定")
    reviewer.hand_in()
    lead.decide(NAME, "确认", "同意")
    lead.go(f"/cases/{number}")
    lead.sees("已确认", "确认通知书", "180.00")


def everything_fits_a_phone(clerk: Somebody, number: str) -> None:
    """390 pixels: the choice of matters, the form, and the case."""
    for path in ("/intake", "/intake/disability_subsidy", f"/cases/{number}", "/inbox?item=0"):
        clerk.go(path)
        assert wider_than_screen(clerk.page) == [], path
