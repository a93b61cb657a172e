"""The State Council's notice is read as it is published."""

from datetime import date

import pytest

from workflows.errors import Invalid
from workflows.office import day_notices
from workflows.office.arrangements import MAKEUP_WORK, OFF, arranged

NOTICE = {
    2024: """一、元旦：1月1日（周一）放假，与周末连休。
二、春节：2月10日至17日放假调休，共8天。2月4日（周日）、2月18日（周日）上班。鼓励各单位结合带薪年休假等制度落实，安排职工在除夕（2月9日）休息。
三、清明节：4月4日（周四）至6日（周六）放假调休，共3天。4月7日（周日）上班。
四、劳动节：5月1日（周三）至5日（周日）放假调休，共5天。4月28日（周日）、5月11日（周六）上班。
五、端午节：6月10日（周一）放假，与周末连休。
六、中秋节：9月15日（周日）至17日（周二）放假调休，共3天。9月14日（周六）上班。
七、国庆节：10月1日（周二）至7日（周一）放假调休，共7天。9月29日（周日）、10月12日（周六）上班。""",
    2025: """一、元旦：1月1日（周三）放假1天，不调休。二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。""",
}


@pytest.mark.parametrize("year", sorted(NOTICE))
def test_the_notice_of_a_year_gives_the_days_of_that_year(year):
    found = day_notices.read(NOTICE[year], year)
    off = {one.day for one in found if one.kind == OFF}
    known = arranged(())
    assert {one.day for one in found if one.kind == MAKEUP_WORK} == {day for day in known.makeup if day.year == year}
    assert {day for day in known.off if day.year == year} <= off
    assert all(day in known.off or day.weekday() >= 5 for day in off)


def test_each_day_bears_its_holidays_name():
    found = {one.day: one for one in day_notices.read(NOTICE[2025], 2025)}
    assert (found[date(2025, 10, 8)].name, found[date(2025, 9, 28)].name) == ("国庆节、中秋节", "国庆节、中秋节")


@pytest.mark.parametrize(("text", "year", "said"), [
    ("放假通知", 2025, "No holiday"), (NOTICE[2025], 2026, "周"), ("一、清明节：4月4日至6日放假。", 2027, "New Year"),
    ("一、元旦：1月32日放假。", 2027, "no day"), ("一、元旦：1月1日至3月3日放假。", 2027, "off from"),
    ("一、元旦：1月1日放假。1月1日上班。", 2027, "both"), ("一、元旦：1月1日放假。", 2027, "lacks"),
])
def test_a_notice_that_contradicts_the_calendar_is_refused(text, year, said):
    with pytest.raises(Invalid) as refusal:
        day_notices.read(text, year)
    assert any(said in str(error.message) for error in refusal.value.errors)
