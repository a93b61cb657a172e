"""An unknown category of household has no budget code: nothing is booked on a guess."""

import pytest

from bpmn.schema import Payment
from workflows.errors import Conflict
from workflows.payments import schemes
from workflows.payments.cycle import papers

DIBAO = Payment(budget={"urban": "2081901", "rural": "2081902"})


def test_each_category_has_its_code_and_another_has_none() -> None:
    assert tuple(papers._budget(DIBAO, category) for category in ("urban", "rural")) == ("2081901", "2081902")
    with pytest.raises(Conflict, match="budget code"):
        papers._budget(DIBAO, "nomad")


def test_a_matter_without_categories_has_one_code_for_all() -> None:
    assert papers._budget(Payment(budget={"any": "2081107"}), "") == "2081107"


def test_the_codes_and_the_name_stand_in_the_process_folder(session) -> None:
    assert schemes.rule(session, "dibao").budget == DIBAO.budget
    assert schemes.title(session, "dibao").zh == "低保"
