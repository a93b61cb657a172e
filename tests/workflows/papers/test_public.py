"""What the public may read: masked by the paper's own rules, and looked through for what the case keeps to itself."""

from datetime import date
from typing import Any

import pytest

from bpmn.papers import Paper
from tests.families import id_number
from workflows.papers import demand_clean, masked
from workflows.papers.errors import PaperDataWrong

DAY = date(2024, 3, 18)
CHILD, ADULT = id_number("20120505", 3), id_number("19800101", 1)
FACTS = {"application": {"applicant_name": "张建国", "applicant_id_number": ADULT, "phone": "13800138000", "account_number": "62284800",
                         "registered_address": "解放路12号", "organisation_name": "示例商会",
                         "members": [{"name": "张小明", "id_number": CHILD, "illness": "白血病"}, {"name": "张建", "id_number": id_number("19700101", 5)}]}}


def paper(**shows: Any) -> Paper:
    return Paper.model_validate({"name": "公示书", "english": "Notice", "mark": "示", "issuer": "TOWN_CLERK", "public": True,
                                 "data": dict.fromkeys(shows, "null"), "shows": shows})


def shown(rule: Any, value: Any, facts: Any = FACTS) -> Any:
    told = paper(it=rule)
    seen = masked(told, {"it": value}, DAY)
    demand_clean(told, seen, facts)
    return seen["it"]


@pytest.mark.parametrize(("rule", "value", "seen"), [
    ("name", {"name": "张建国", "id_number": ADULT}, "张建国"), ("name", {"name": "张小明", "id_number": CHILD}, "张某"),
    ("name", {"name": "欧阳小明", "id_number": CHILD}, "欧阳某"), ("name", {"name": "无证人", "id_number": None}, "无某"),
    ("name", {"name": "假证人", "id_number": "12"}, "假某"), ("representative", "张建国", "张建国"), ("family_name", "张小明", "张某"),
    ("id_middle", ADULT, f"990101********{ADULT[-4:]}"), ("count", 3, 3), ("money", 60000, 60000), ("day", DAY, DAY), ("class", "医疗", "医疗"),
    ("text", "从事行业服务", "从事行业服务"), ("place", "解放路12号", "解放路12号"), ("text", None, None)])
def test_each_mask_shows_what_it_may(rule: str, value: Any, seen: Any) -> None:
    assert shown(rule, value) == seen


@pytest.mark.parametrize("value", [ADULT, f"身份证{ADULT}。", "电话13800138000", "联系13912345678", "卡号622848001234567", "住解放路12号", "因白血病",
                                   "其子张小明", "账户62284800", "张建也在内"])
@pytest.mark.parametrize("rule", ["text", "class"])
def test_what_the_case_keeps_to_itself_is_refused_in_any_free_text(value: str, rule: str) -> None:
    with pytest.raises(PaperDataWrong, match="it: what the public may not see"):
        shown(rule, value)


@pytest.mark.parametrize(("rule", "value"), [("count", "3"), ("count", True), ("money", "600"), ("day", "2024-03-18"), ("name", "张建国"),
                                             ("name", {"id_number": ADULT}), ({"who": "name"}, "张建国"), ({"who": "name"}, ["张建国"]),
                                             ({"who": "name"}, [{"who": {"name": "张建国"}, "phone": "1"}])])
def test_a_value_of_another_shape_than_its_mask_is_refused(rule: Any, value: Any) -> None:
    with pytest.raises(PaperDataWrong, match="it"):
        shown(rule, value)


def test_a_name_that_is_part_of_one_shown_by_right_is_no_leak() -> None:
    assert shown("name", {"name": "张建国", "id_number": ADULT}) == "张建国"


def test_every_row_of_a_list_is_masked() -> None:
    rows = [{"who": {"name": "张建国", "id_number": ADULT}, "sum_fen": 1}, {"who": {"name": "张小明", "id_number": CHILD}, "sum_fen": 2}]
    assert shown({"who": "name", "sum_fen": "money"}, rows) == [{"who": "张建国", "sum_fen": 1}, {"who": "张某", "sum_fen": 2}]
    with pytest.raises(PaperDataWrong):
        shown({"who": "text"}, [{"who": "张小明"}])
