"""工作日历: the year's notice is entered as published; what moves is told before, and counted anew after."""

from collections.abc import Callable
from datetime import date

import pytest
from sqlmodel import Session, select

from tests.api.conftest import Enter, post
from tests.api.html import Page
from workflows.cases.tables import Recount
from workflows.office.tables import CalendarDay

NOTICE = ("一、元旦：1月1日（周五）至3日（周日）放假，共3天。二、春节：2月5日（周五）至12日（周五）放假调休，共8天。1月31日（周日）、2月20日（周六）上班。"
          "三、清明节：4月3日（周六）至5日（周一）放假，共3天。四、劳动节：5月1日（周六）至5日（周三）放假，共5天。五、端午节：6月9日（周三）放假1天。六、中秋节：9月15日（周三）放假1天。七、国庆节：10月1日（周五）至7日（周四）放假，共7天。")
SENT = {"year": "2027", "text": NOTICE, "source": "国办发明电〔2026〕8号"}
PATH = "/calendar?year=2027"


def test_a_year_is_shown_with_its_holidays_by_name_and_document(screen: Callable[..., Page]):
    page = screen("county_lead1", "/calendar?year=2024")
    assert "清明节补班" in page.text
    assert "国务院办公厅关于2024年部分节假日安排的通知" in page.text
    assert "尚未公布" in screen("admin1", PATH).text


def test_what_a_notice_says_is_told_before_it_is_kept(enter: Enter, db: Session):
    admin = enter("admin1")
    told = post(admin, "/calendar/preview", SENT, on=PATH)
    assert "读出 30 天" in told.text
    assert "在途期限没有变动" in told.text
    assert db.exec(select(CalendarDay)).all() == []


def test_a_notice_is_kept_with_its_document_and_the_limits_are_counted_anew(enter: Enter, db: Session):
    admin = enter("admin1")
    assert post(admin, "/calendar", SENT, on=PATH).status_code == 303
    db.rollback()
    days = {row.day: row for row in db.exec(select(CalendarDay))}
    assert (days[date(2027, 2, 20)].kind, days[date(2027, 2, 20)].name, days[date(2027, 2, 20)].source) == ("MAKEUP_WORK", "春节", SENT["source"])
    assert db.exec(select(Recount)).one().reason == f"工作日历：{SENT['source']}"
    shown = admin.get(PATH).text
    assert "安排已公布" in shown and "春节补班" in shown
    assert post(admin, "/calendar/remove", {"day": "2027-02-20"}, on=PATH).status_code == 303
    db.rollback()
    assert db.get(CalendarDay, date(2027, 2, 20)) is None


@pytest.mark.parametrize(("change", "said"), [
    ({"source": " "}, "文件"), ({"text": "放假"}, "没有读出节日"), ({"text": NOTICE.replace("周五", "周四")}, "请核对是否为当年"),
    ({"text": ""}, "粘贴通知原文"), ({"text": "", "day": "2027-03-03", "kind": "MAKEUP_WORK"}, "周末调休"),
])
def test_what_makes_no_sense_is_refused_and_nothing_is_kept(enter: Enter, db: Session, change: dict[str, str], said: str):
    for path in ("/calendar/preview", "/calendar"):
        answer = post(enter("admin1"), path, SENT | change, on=PATH)
        assert answer.status_code == 422
        assert said in answer.text
    db.rollback()
    assert db.exec(select(CalendarDay)).all() == []


def test_only_an_administrator_changes_the_calendar(enter: Enter):
    lead = enter("county_lead1")
    assert "录入" not in Page(lead.get(PATH).text).heading
    assert post(lead, "/calendar/preview", SENT, on=PATH).status_code == 403
    assert post(lead, "/calendar", SENT, on=PATH).status_code == 403
    assert enter("town_clerk1").get("/calendar").status_code == 403
