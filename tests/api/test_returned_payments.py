"""A month with a return: what came back, why, and what to do; who may close it."""

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from tests.api import months
from tests.api.conftest import Enter, post
from tests.api.html import Page
from workflows.payments import month
from workflows.records.session import writing

Screen = Callable[..., Page]


@pytest.fixture(autouse=True)
def returned(county: Engine) -> None:
    with writing(county) as session:
        months.build(session, returned=True)


def test_a_return_says_its_code_and_what_to_do(screen: Screen):
    shown = screen("county_clerk1", f"/payments/dibao/{months.PAID}/bank")
    assert ["R02", "户名不符", "1", "600.00", "核实身份后更正账户。"] in months.cells(shown)
    assert any(row.startswith("户主甲") for row in shown.texts("//tbody/tr"))


def test_a_month_with_a_return_stays_open(screen: Screen, enter: Enter):
    path = f"/payments/dibao/{months.PAID}/checks"
    assert screen("county_finance1", path).tree.xpath("//li[@class='broken']")
    refused = post(enter("county_finance1"), f"/payments/dibao/{months.PAID}/close", on=path)
    assert refused.status_code == 409
    Page(refused.text).checked()


def test_the_funds_add_up(screen: Screen):
    cells = screen("county_finance1", f"/payments/dibao/{months.PAID}").texts("//section[.//h2='资金来源']//tbody/tr[1]/*")
    assert cells[1:] == ["100,000.00", "0.00", "3,000.10", "600.00", "97,599.90", "2,400.10"]


def test_the_public_sees_no_list_before_it_is_reconciled(screen: Screen):
    screen("", f"/public/payments/dibao/{months.PAID}", 404)
    assert "目前没有公布名单。" in screen("", "/public/payments").text


def test_the_panel_of_a_return_says_whose_how_much_and_what_to_do(screen: Screen, county: Engine):
    month.open_corrections(month.Key(months.PAID, "dibao", "990101"), month.Desk(None, source=county))
    shown = screen("county_clerk1", "/inbox?process=returned_payment")
    figures = shown.texts("//dl[@class='figures']/div")
    assert [figure.split()[0] for figure in figures] == ["领款人户主甲", "金额600.00", "银行结果R02", "处理办法核实身份后更正账户。"]
    number = shown.texts("//section[contains(@class,'panel')]//header//p/span[2]")[0]
    assert f"/cases/{number}" in screen("county_clerk1", f"/payments/dibao/{months.PAID}/bank").links()
