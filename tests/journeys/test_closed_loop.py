"""DB-1 as people walk it: from the counter to the bank, through the pages only."""

import re
from collections.abc import Sequence
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.journeys import family
from tests.journeys.conftest import PHONE, Meet
from tests.journeys.looks import wider_than_screen
from tests.journeys.people import Somebody
from tests.journeys.running import Product

NAME, ROSTER = "王建国", "低保2024-05发放名册"


def test_from_the_counter_to_the_bank(product: Product, meet: Meet, tmp_path: Path) -> None:
    meet("town_clerk1", **PHONE).photograph("inbox-phone")
    window, clerk, clock = meet("window_clerk1"), meet("town_clerk1"), meet("admin1")
    number = the_application_is_taken_in(window)
    one_authorisation_is_missing(clerk, number, tmp_path)
    the_family_is_visited_and_checked(clerk, meet("check_org1"), clock)
    the_opinion_is_drafted_and_signed(clerk, meet("town_lead1"), clock)
    the_notice_hangs_and_comes_down_by_itself(meet("village1"), meet(), clock)
    product.until_flows_are_served()
    product.meanwhile("tests.journeys.county", "april")
    lead, office = meet("county_lead1"), meet("county_finance1")
    the_county_decides(clerk, meet("county_clerk2"), lead, clock, number, tmp_path)
    the_bank_knows_another_name(meet(), product)
    the_roster_is_made_and_signed(office, clock, (meet("town_lead1"), meet("town_lead2")), lead, meet("finance1"))
    the_returned_payment_is_mended_by_two_people(office, meet("county_clerk1"), meet("county_lead2"))
    the_month_is_closed_and_nothing_can_be_paid_again(office)
    the_roster_and_the_trace(office, number, tmp_path)
    the_month_fits_a_phone(meet("county_finance1", **PHONE))


def the_application_is_taken_in(window: Somebody) -> str:
    """The clerk at the counter fills the form in, with a wrong digit at first."""
    window.go("/intake/dibao")
    form = window.form
    form.pick("保障类别", "城市")
    form.write(**{**family.APPLICANT, "申请人身份证号": family.WRONG_NUMBER, "户籍所在村（社区）": "城关镇东街社区",
                  "户籍地址": "解放路12号", "现居住地址": "解放路12号"})
    form.pick("致困原因（可多选）", "疾病", "失业")
    for number, member in enumerate(family.MEMBERS, start=1):
        if number > 1:
            window.press("添加成员", stays=True)
        form.row(f"成员 {number}").write(**member)
    for number in (1, 3):
        form.row(f"成员 {number}").tick("已签署核对授权书")
    for number, income in enumerate(family.INCOMES, start=1):
        window.press("添加收入", stays=True)
        form.row(f"收入 {number}").write(**income)
    form.pick("是否为经办人员或者村（居）委会成员的近亲属", "否")
    form.write(户名=NAME, 银行账号=family.ACCOUNT, 开户银行="中国农业银行")
    form.tick("本人承诺所填内容真实，并授权民政部门核对家庭经济状况")
    window.press("提交登记")
    a_wrong_number_is_said_beside_its_field(window)
    form.write(申请人身份证号=family.APPLICANT["申请人身份证号"])
    window.press("提交登记")
    expect(window.page.get_by_role("heading", name=NAME, level=1)).to_be_visible()
    return window.page.url.rpartition("/")[2]


def a_wrong_number_is_said_beside_its_field(window: Somebody) -> None:
    """In Chinese, beside the field and in a summary that has the focus; nothing that was typed is lost."""
    summary = window.page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("校验位不正确，应为 4")
    expect(window.form.error_of("申请人身份证号")).to_contain_text("校验位不正确，应为 4")
    window.photograph("application-errors")
    expect(window.form.field("申请人身份证号")).to_have_value(family.WRONG_NUMBER)
    expect(window.form.row("成员 3").field("姓名")).to_have_value("王小明")
    expect(window.form.row("收入 2").field("金额")).to_have_value(re.compile(r"600(\.00)?"))
    summary.get_by_role("link").first.click()
    expect(window.form.field("申请人身份证号")).to_be_focused()


def one_authorisation_is_missing(clerk: Somebody, number: str, folder: Path) -> None:
    """审查、一次性补正、补正、受理."""
    clerk.take_up(NAME, "审查材料")
    clerk.form.pick("办理结论", "一次性告知补正")
    expect(clerk.form.row("补正项 1").field("材料名称")).to_have_value(re.compile("授权书"))
    clerk.hand_in()
    clerk.go(f"/cases/{number}")
    paper(clerk, "补正通知书", folder)
    clerk.take_up(NAME, "补正材料")
    clerk.form.row("成员 2").tick("已签署核对授权书")
    clerk.hand_in()
    clerk.take_up(NAME, "审查材料")
    clerk.form.pick("办理结论", "受理")
    clerk.hand_in()
    clerk.go(f"/cases/{number}")
    paper(clerk, "受理通知书", folder)
    clerk.sees("入户调查", "04-16")


def paper(reader: Somebody, name: str, folder: Path) -> None:
    """A paper of the case is a PDF that one can download."""
    link = reader.page.locator(".papers").get_by_role("link", name=name, exact=True)
    content = reader.download(link, folder / f"{name}.pdf").read_bytes()
    assert content.startswith(b"%PDF")


def the_family_is_visited_and_checked(clerk: Somebody, checker: Somebody, clock: Somebody) -> None:
    """入户调查 and 数据核对, each by its own officer."""
    clock.move_clock("2024-03-06T11:00")
    clerk.take_up(NAME, "入户调查")
    clerk.form.write(入户时间="2024-03-06T10:00", 被访人=NAME, 调查情况="住房两间，无机动车，收入与申报一致", 调查结论="情况属实")
    for number, name in enumerate(("陈立新", "彭佳慧"), start=1):
        clerk.form.row(f"调查人 {number}").write(姓名=name)
    clerk.form.tick("在场家庭成员已签字确认")
    clerk.hand_in()
    clock.move_clock("2024-03-12T09:00")
    checker.take_up(NAME, "信息核对")
    checker.form.write(查询日期="2024-03-12", 授权书编号="SQ-2024-0001")
    checker.form.pick("核对结论", "与申报一致")
    checker.hand_in()


def the_opinion_is_drafted_and_signed(clerk: Somebody, lead: Somebody, clock: Somebody) -> None:
    """The amount is the table's, not the clerk's; who drafted can't sign."""
    clock.move_clock("2024-03-15T09:00")
    clerk.take_up(NAME, "拟初审意见")
    clerk.sees("500.00", "700.00", "600.00")
    clerk.form.pick("办理结论", "拟予保障")
    clerk.form.write(初审意见="月人均收入 500 元，低于城市标准 700 元，拟按月补差 600 元")
    clerk.hand_in()
    clock.move_clock("2024-03-18T09:00")
    lead.decide(NAME, "同意", "情况属实，同意按月补差 600 元", photograph="inbox")


def the_notice_hangs_and_comes_down_by_itself(village: Somebody, visitor: Somebody, clock: Somebody) -> None:
    """公示 of seven days: masked, open to everybody, and gone when its time is over."""
    village.take_up(NAME, "张贴并确认")
    village.form.write(张贴日期="2024-03-18", 张贴人="赵德", 张贴地点="村务公开栏")
    village.form.attach("张贴照片")
    village.hand_in()
    visitor.go("/public")
    visitor.page.get_by_role("link", name=re.compile(NAME)).click()
    visitor.look()
    visitor.sees(NAME, "3人", "600.00元", "2024年3月18日", "2024年3月25日")
    visitor.sees_nothing_of(*family.HIDDEN)
    visitor.photograph("notice")
    shown = visitor.page.url
    clock.move_clock("2024-03-25T23:00")
    visitor.go(shown)
    visitor.sees(NAME)
    clock.move_clock("2024-03-26T09:00")
    visitor.until(shown, lambda answer: answer.status == 410)
    visitor.go("/public")
    expect(visitor.page.locator("main")).not_to_contain_text(NAME)


def the_county_decides(clerk: Somebody, reviewer: Somebody, lead: Somebody, clock: Somebody, number: str,
                       folder: Path) -> None:
    """报送、县级审核、确认: three people, and the case page tells it all."""
    clerk.take_up(NAME, "报送县民政局")
    clerk.form.pick("案卷目录", "申请书及承诺", "身份证明", "核对授权书", "入户调查表", "核对报告", "初审意见", "公示记录")
    clerk.hand_in()
    clock.move_clock("2024-04-02T09:00")
    reviewer.take_up(NAME, "县级审核")
    reviewer.form.pick("办理结论", "确认")
    reviewer.form.write(审核意见="材料齐全，建议确认")
    reviewer.hand_in()
    clock.move_clock("2024-04-08T09:00")
    reviewer.go(f"/cases/{number}")
    reviewer.photograph("case")
    expect(reviewer.page.locator(".todo")).to_contain_text("您已办理本案“县级审核”环节")
    expect(reviewer.page.locator(".todo").get_by_role("link", name="办理", exact=True)).to_have_count(0)
    lead.take_up(NAME, "审核确认")
    lead.form.pick("办理结论", "确认")
    lead.form.write(确认意见="同意确认")
    lead.hand_in()
    lead.go(f"/cases/{number}")
    paper(lead, "审核确认决定书", folder)
    lead.sees("已确认", "600.00", "方建平 · 县级负责人", "材料齐全，建议确认", "审计事件")


# ---- the month ---------------------------------------------------------------------------------------------------


def the_roster_is_made_and_signed(office: Somebody, clock: Somebody, towns: Sequence[Somebody], lead: Somebody,
                                  bureau: Somebody) -> None:
    """PY-2: nothing in April, 600 in May; made by one, signed by four others."""
    clock.move_clock("2024-04-25T18:00")
    office.go("/payments")
    office.sees("2024年4月")
    office.page.get_by_role("combobox", name="月份").select_option(label="低保 · 2024年5月")
    office.press("发起本月发放")
    office.until("/payments/dibao/2024-05", lambda page: page.ok and "联审中" in page.text())
    office.go("/payments/dibao/2024-05")
    office.sees("平衡", "3,180.00", "+600.00", "3,780.00")
    office.photograph("month")
    office.go("/payments/dibao/2024-05/roster")
    office.sees(NAME, "600.00")
    office.go("/payments/dibao/2024-04/roster")
    expect(office.page.locator("main")).not_to_contain_text(NAME)
    office.take_up(ROSTER, "制表并提请联审")
    office.form.tick("已核对总额衔接表和问题清单")
    office.hand_in()
    for town in towns:
        agree(town, "乡镇（街道）审核")
    clock.move_clock("2024-05-06T09:00")
    agree(lead, "县民政局审核")
    agree(bureau, "财政局复核")


def agree(signer: Somebody, step: str) -> None:
    """One level signs."""
    signer.take_up(ROSTER, step)
    signer.form.pick("办理结论", "同意")
    signer.hand_in()


def the_bank_knows_another_name(visitor: Somebody, product: Product) -> None:
    """The account is his wife's, so the bank will say R02."""
    visitor.page.goto(product.chosen.bank)
    form = visitor.page.locator("form[action='/accounts']")
    form.get_by_label("账号").fill(family.ACCOUNT)
    form.get_by_label("户名").fill("李秀兰")
    form.get_by_role("button", name="记下").click()


def the_returned_payment_is_mended_by_two_people(office: Somebody, clerk: Somebody, lead: Somebody) -> None:
    """R02 comes back; one corrects, another approves, the machines send again."""
    office.until("/payments/dibao/2024-05/bank", lambda page: "R02" in page.text() and "TP-" in page.text())
    office.sees("户名不符", NAME)
    clerk.take_up(NAME, "更正收款账户")
    clerk.form.write(户名="李秀兰", 银行账号=family.ACCOUNT, 开户银行="中国农业银行", 更正原因="账户为配偶所有")
    clerk.form.tick("已核验收款人身份")
    clerk.hand_in()
    lead.decide(NAME, "同意更正", "身份证和存折已核对")


def the_month_is_closed_and_nothing_can_be_paid_again(office: Somebody) -> None:
    """One success, thirteen checks, and no way to send it once more."""
    office.until("/payments/dibao/2024-05/checks", lambda page: "已关账" in page.text())
    office.sees(*(f"V{number}" for number in range(1, 14)))
    office.go("/payments/dibao/2024-05/bank")
    office.go("/payments")
    expect(office.page.get_by_role("combobox", name="月份").get_by_role("option", name="2024年5月")).to_have_count(0)
    token = office.page.locator("[name=_csrf]").first.input_value()
    again = office.context.request.post("/payments/runs", form={"month": "2024-05", "_csrf": token})
    assert again.status == 409


def the_roster_and_the_trace(office: Somebody, number: str, folder: Path) -> None:
    """The workbook has the line; the bank's serial leads back to the case."""
    office.go("/payments/dibao/2024-05")
    link = office.page.get_by_role("link", name=re.compile("城关镇.*名册"))
    sheet = load_workbook(office.download(link, folder / "roster.xlsx")).active
    cells = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    assert NAME in cells, cells
    office.go(f"/payments/dibao/2024-05/roster?q={NAME}")
    office.follow(NAME)
    office.sees("李秀兰", "户名不符", "成功")
    serial = str(re.search(r"SIM[0-9A-F]{14}", office.page.locator("main").inner_text())[0])
    office.go("/payments/trace")
    office.page.locator("main").get_by_label("银行流水号").fill(serial)
    office.press("追溯")
    office.sees(serial, "户名不符", "熊志刚", "方建平", "刘国安")
    office.follow(number)
    expect(office.page.get_by_role("heading", name=NAME, level=1)).to_be_visible()


def the_month_fits_a_phone(office: Somebody) -> None:
    """Every page of the month, its payment and the public list."""
    wide = {}
    for path in ("", "/roster", "/bank", "/checks"):
        office.go(f"/payments/dibao/2024-05{path}")
        wide[path] = wider_than_screen(office.page)
    office.go(f"/payments/dibao/2024-05/roster?q={NAME}")
    office.follow(NAME)
    wide["line"] = wider_than_screen(office.page)
    office.go("/public/payments/dibao/2024-05")
    office.sees("2024年5月")
    wide["public"] = wider_than_screen(office.page)
    assert not any(wide.values()), wide
