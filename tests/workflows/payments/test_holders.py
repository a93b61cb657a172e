"""Where a correction may lead: to a member by his own name, or to whom a filed agreement names (A1 26)."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from workflows.errors import Conflict
from workflows.payments.bank import corrections
from workflows.payments.cycle import closing
from workflows.payments.entitled import entitlements
from workflows.payments.entitled.entitlements import Payee
from workflows.payments.tables import Correction, CycleState

NOW = datetime(2024, 6, 6, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
OTHER, STRANGER = "6217999999999999", "990101199001010038"


def came_back(county: Any) -> tuple[Any, Any]:
    county.money()
    given = county.grant(1)
    county.grant(2)
    cycle, file = county.sent()
    county.results(cycle, file, {given.household_id: "R02"})
    return cycle, county.lines(cycle)["H00001"]


def correct(county: Any, line: Any, payee: Payee) -> Correction:
    return corrections.correct(county.session, line, payee, "更正", county.clerk, NOW)


@pytest.mark.parametrize(("name", "account"), [("外人", OTHER), ("户主一", OTHER)])
def test_another_name_on_another_account_is_a_stranger(county: Any, name: str, account: str) -> None:
    _, line = came_back(county)
    with pytest.raises(Conflict, match="no member"):
        correct(county, line, Payee(name, line.payee_id_number, account, "PSBC"))


def test_a_misspelt_name_is_mended_on_its_own_account(county: Any) -> None:
    _, line = came_back(county)
    assert correct(county, line, Payee("户主一", line.payee_id_number, line.account_number, "PSBC")).payee_name == "户主一"


def test_a_stranger_needs_the_filed_agreement_in_his_own_name(county: Any) -> None:
    cycle, line = came_back(county)
    helper = Payee("照料人", STRANGER, OTHER, "PSBC")
    with pytest.raises(Conflict, match="no member"):
        correct(county, line, helper)
    entitlements.file_exception(county.session, line.household_id, helper, "代领〔2024〕1号", date(2024, 6, 5), NOW)
    with pytest.raises(Conflict, match="no member"):
        correct(county, line, Payee("外人", STRANGER, OTHER, "PSBC"))
    corrections.approve(county.session, correct(county, line, helper), county.lead, NOW)
    county.reissue(line)
    assert cycle.state == CycleState.RECONCILED
    assert {one.code for one in closing.check(county.session, cycle) if not one.holds} == set()


def test_v9_sees_who_was_really_paid(county: Any) -> None:
    cycle, line = came_back(county)
    made = correct(county, line, Payee(line.payee_name, line.payee_id_number, OTHER, "PSBC"))
    corrections.approve(county.session, made, county.lead, NOW)
    county.reissue(line)
    made.payee_name = "外人"  # behind the commands' back
    assert {one.code for one in closing.check(county.session, cycle) if not one.holds} == {"V9"}
