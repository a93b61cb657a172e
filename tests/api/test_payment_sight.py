"""On the checks of a month nobody reads of households outside his ground."""

from types import SimpleNamespace
from typing import Any

from sqlalchemy import Engine
from sqlmodel import select

from api.pages.payments.months import _numbered
from bpmn.message import Message
from workflows.cases.tables import Household
from workflows.office.people import by_login
from workflows.payments.cycle.invariants import Check
from workflows.records.session import writing


def test_a_township_reads_of_its_own_households_only(county: Engine) -> None:
    with writing(county) as session:
        here, there = (Household(number=number, division_code=code, category="urban")
                       for number, code in (("HIER", "990101001001"), ("DORT", "990101002001")))
        session.add_all([here, there])
        session.flush()
        text = "Household {household}: {month} was paid twice."
        check = Check("V3", Message("V3"), False, {}, tuple(
            Message(text, {"household": home.id, "month": "2024-06"}) for home in (here, there)))

        def seen(login: str) -> str:
            desk: Any = SimpleNamespace(session=session, officer=by_login(session, login))
            return " ".join(str(one) for one in _numbered(desk, check).problems)

        assert "HIER" in seen("town_lead1") and "DORT" not in seen("town_lead1")
        assert "1 more outside" in seen("town_lead1")
        assert "HIER" in seen("county_lead1") and "DORT" in seen("county_lead1")
        assert len(session.exec(select(Household)).all()) >= 2
