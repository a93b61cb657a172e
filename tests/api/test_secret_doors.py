"""Every address there is, asked for a secret case: who may not see it learns nothing, and who reads it is logged."""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from api.app import _routers
from tests.api.conftest import NOW, Enter
from tests.api.test_secrecy import SCENARIOS, SEARCHED, answers, as_typed
from workflows.cases import decisions, intake
from workflows.cases.tables import Case, Clock, Document, Notice, WorkItem, WorkState
from workflows.office import people
from workflows.records.session import writing
from workflows.records.tables import AuditEvent
from workflows.registers.tables import RegisterEntry

STRANGERS = ("", "village1", "town_clerk1", "county_clerk1", "third_party1", "admin1")
HIDDEN = ("周立诚", "沈若兰", "何小禾", "晓晨", "沈新名", "田秀英", "990101202006011138")
ROUTES = sorted({route.path for router in _routers() for route in router.routes if isinstance(route, APIRoute) and "GET" in route.methods})
OWN = {"number", "item", "document", "entry", "notice"}     # parts of an address that are a case's own


@dataclass(frozen=True)
class Secret:
    """Two adoptions, one searched for its parents and one registered, and all that an address can name of them."""

    numbers: Sequence[str]
    parts: Mapping[str, Sequence[object]]

    def addresses(self, route: str) -> Iterator[str]:
        """The route with every value that its parts can have."""
        names = re.findall(r"{(\w+)}", route)
        for values in product(*(self.parts.get(name, ("1", "adoption")) for name in names)):
            yield re.sub(r"{\w+}", lambda _, rest=iter(values): str(next(rest)), route)


@pytest.fixture
def secret(county: Engine) -> Secret:
    base, step = (tomllib.loads((SCENARIOS / f"{name}.toml").read_text(encoding="utf-8"))["application"] for name in ("ad_01_normal", "ad_07_step_child"))
    child = as_typed({**base, **step})
    there = {"present": [{"name": one["name"], "presence": "present"} for one in child["adopters"]], "placer_presence": "present",
             "children": [{**{key: one[key] for key in ("name", "sex", "birth_date")}, "name_after": "沈新名", "consents": "under_8"}
                          for one in child["children"]], "questions": "自愿。"}
    registered = (("first_look", {"outcome": "accept"}), ("review", {"proposal": "approve", "opinion": "符合"}),
                  ("decide", {"outcome": "approve"}), ("register", there))
    with writing(county) as session:
        cases = [_bring(session, answers("ad_02_search_notice"), SEARCHED), _bring(session, child, registered)]
        ids = [case.id for case in cases]
        of = {name: session.exec(select(table.id).where(col(table.case_id).in_(ids))).all()
              for name, table in {"item": WorkItem, "document": Document, "notice": Notice, "entry": RegisterEntry, "limit": Clock}.items()}
        assert all(of.values())
        return Secret([case.number for case in cases], {
            **of, "number": [case.number for case in cases], "name": ["adoption"], "process": ["adoption"], "fact": ["application"],
            "what": ["send_back", "suspend", "terminate"]})


def _bring(session: Session, application: object, steps: Sequence[tuple[str, Mapping[str, object]]]) -> Case:
    case = intake.apply(session, "adoption", application, people.by_login(session, "reg_auth1"), NOW)
    for node, given in steps:
        who = people.by_login(session, "county_lead1" if node == "decide" else "reg_auth1")
        item = session.exec(select(WorkItem).where(WorkItem.case_id == case.id, WorkItem.node == node, WorkItem.state == WorkState.OPEN)).one()
        decisions.complete(session, item.id or 0, {**decisions.initial(session, item, case, who, NOW), **given}, who, NOW)
    return case


def test_no_door_tells_a_stranger_anything(enter: Enter, secret: Secret):
    for login in STRANGERS:
        client = enter(login)
        for route in ROUTES:
            own = OWN & set(re.findall(r"{(\w+)}", route)) and not route.startswith(("/public", "/processes", "/readjustments"))
            for address in secret.addresses(route):
                answer = client.get(address)
                assert not own or answer.status_code in ((303,) if not login else (403, 404)), (login, address, answer.status_code)
                told = [one for one in (*HIDDEN, *secret.numbers) if one in answer.text and one not in address]
                assert not told, (login, address, told)


def test_every_page_of_it_that_somebody_reads_is_logged(enter: Enter, db: Session, secret: Secret):
    client, read = enter("reg_auth1"), 0
    for route in ROUTES:
        for address in secret.addresses(route) if OWN & set(re.findall(r"{(\w+)}", route)) and not route.startswith("/public") else ():
            before = _logged(db)
            answer = client.get(address, headers={"HX-Request": "true"})
            if answer.status_code == 200:
                assert _logged(db) == before + 1, address
                read += 1
    assert read > 25
    entries = _logged(db)
    client.get("/registers/adoption", params={"q": db.exec(select(RegisterEntry.title)).one()})
    client.get("/registers/adoption/sheet.xlsx")
    assert _logged(db) == entries + 2


def _logged(db: Session) -> int:
    db.rollback()
    return db.exec(select(func.count()).where(col(AuditEvent.action).in_(["case.read", "register.read"]))).one()
