"""Money allocated by the finance bureau; a returned line deferred; the bank's statement written down."""

from sqlalchemy import Engine
from sqlmodel import Session, select

from tests.api import months
from tests.api.conftest import Enter, post
from tests.api.html import Page
from workflows.payments import funds
from workflows.payments.tables import Attempt, Line, LineState
from workflows.records.session import writing


def returned(county: Engine) -> int:
    with writing(county) as session:
        months.build(session, returned=True)
        return session.exec(select(Line).where(Line.state == LineState.RETURNED)).first().id or 0


def test_the_finance_bureau_allocates_money(enter: Enter, county: Engine, db: Session):
    returned(county)
    before = funds.available(db, "03")
    client = enter("finance1")
    Page(client.get("/payments").text).checked()
    sent = {"source": "03", "amount_fen": "12,000.50", "memo": "湘财社指〔2024〕1号"}
    assert post(client, "/payments/funds", sent, on="/payments").status_code == 303
    db.rollback()
    db.expire_all()
    assert funds.available(db, "03") == before + 1_200_050
    for wrong in ({"amount_fen": "0"}, {"memo": ""}, {"source": "99"}):
        answer = post(client, "/payments/funds", {**sent, **wrong}, on="/payments")
        assert answer.status_code == 422, wrong
        Page(answer.text).checked()
    assert post(enter("county_finance1"), "/payments/funds", sent, on="/payments").status_code == 403
    assert "/payments/funds" not in enter("county_finance1").get("/payments").text


def test_a_returned_line_is_deferred_by_the_finance_section(enter: Enter, county: Engine, db: Session):
    path = f"/payments/lines/{returned(county)}"
    client = enter("county_finance1")
    assert "转下月发放" in Page(client.get(path).text).checked().text
    assert "转下月发放" not in enter("county_lead1").get(path).text
    assert post(client, f"{path}/defer", {"defer_reason": ""}, on=path).status_code == 422
    assert post(enter("county_lead1"), f"{path}/defer", {"defer_reason": "x"}, on=path).status_code == 403
    assert post(client, f"{path}/defer", {"defer_reason": "账户待核实"}, on=path).status_code == 303
    assert db.get_one(Line, int(path.rsplit("/", 1)[1])).state == LineState.DEFERRED


def test_the_banks_statement_makes_an_unknown_line_a_returned_one(enter: Enter, county: Engine, db: Session):
    number = returned(county)
    with writing(county) as session:
        session.get_one(Line, number).state = LineState.UNKNOWN
        session.exec(select(Attempt).where(Attempt.line_id == number)).one().code = "R08"
    path = f"/payments/lines/{number}"
    client = enter("county_finance1")
    assert "登记银行书面说明" in Page(client.get(path).text).checked().text
    assert post(client, f"{path}/not-received", {"statement": ""}, on=path).status_code == 422
    answer = post(client, f"{path}/not-received", {"statement": "农行函〔2024〕3号：未收妥"}, on=path)
    assert answer.status_code in {303, 409}, answer.text[:500]
