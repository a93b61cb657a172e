"""The door for other systems: signed, strict, idempotent, and closed to everything else."""

import json
from datetime import datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import Engine
from sqlmodel import Session, select

from api import machines
from api.app import create_app
from tests.api.conftest import case_of
from workflows.cases.messages import arrivals, mailbox
from workflows.cases.messages.tables import CaseKey, CaseMessage
from workflows.records import audit
from workflows.settings import Sender, settings

SECRET = "a secret of thirty-two characters"
SAID = {"key": "k1", "name": "objection", "payload": {"text": "有商铺", "amount": 1.5}}


@pytest.fixture
def registry(county: Engine, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    """Another system that may tell cases of dibao of objections."""
    sender = Sender(secret=SecretStr(SECRET), names=frozenset({"objection", "go"}), processes=frozenset({"dibao"}))
    monkeypatch.setattr(settings(), "message_senders", {"registry": sender})
    return TestClient(create_app(county))


def post(client: TestClient, body: Any, *, secret: str = SECRET, sender: str = "registry", late: float = 0,
         **headers: str) -> Any:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    timestamp = str(int(datetime.now().timestamp() - late))
    return client.post("/api/messages", content=sent, headers={
        "content-type": "application/json", machines.SENDER: sender, machines.TIMESTAMP: timestamp,
        machines.SIGNATURE: arrivals.signature(secret, timestamp, sent), **headers})


def to(db: Session, **changes: Any) -> dict[str, Any]:
    return {**SAID, "case": case_of(db, "马桂兰").number, **changes}


def kept(db: Session) -> list[CaseMessage]:
    db.rollback()
    return list(db.exec(select(CaseMessage)))


def test_a_message_is_kept_once_and_answered_the_same_whenever_it_comes_again(registry: TestClient, db: Session):
    first, again = post(registry, to(db)), post(registry, to(db))
    assert (first.status_code, again.status_code) == (200, 200), first.text
    assert first.json() == again.json()
    message, = kept(db)
    assert (message.sender, message.payload) == ("registry", {"text": "有商铺", "amount": {"$number": "1.5"}})
    events = [event for event in audit.events(db, f"case:{message.case_id}") if event.action == "message.receive"]
    assert [(event.actor, event.after["key"]) for event in events] == [("registry", "k1")]
    other = post(registry, to(db, payload={}))
    assert (other.status_code, other.headers["content-type"]) == (409, "application/problem+json")
    assert "k1" in other.json()["detail"]


@pytest.mark.parametrize("wrong", [
    {"secret": "another"}, {"sender": "nobody"}, {"late": 310}, {"late": -310}, {machines.SIGNATURE: ""}, {machines.TIMESTAMP: "soon"},
    {machines.SIGNATURE: "e9"}], ids=str)
def test_what_is_not_signed_rightly_and_lately_is_refused(registry: TestClient, db: Session, wrong: dict[str, Any]):
    answer = post(registry, to(db), **wrong)
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert kept(db) == []


def test_a_signed_message_can_be_sent_again_only_as_itself(registry: TestClient, db: Session):
    answer = post(registry, to(db))
    sent = json.loads(answer.request.content)
    changed = registry.post("/api/messages", content=json.dumps({**sent, "payload": {}}), headers=answer.request.headers)
    assert changed.status_code == 401
    assert len(kept(db)) == 1


@pytest.mark.parametrize(("change", "status"), [
    ({"key": ""}, 422), ({"key": 7}, 422), ({"payload": []}, 422), ({"more": 1}, 422), ({"case": None}, 422),
    ({"correlation": {"process": "dibao", "path": "receipt.number", "value": "1"}}, 422), ({"payload": {"$date": "x"}}, 422),
    ({"payload": {"text": "\0"}}, 422), ({"payload": {"text": "\ud800"}}, 422), ({"name": "go"}, 422), ({"name": "roster_changed"}, 403),
    ({"case": "DB-1999-01-0001"}, 404)], ids=str)
def test_every_wrong_message_is_told_what_is_wrong_with_it(registry: TestClient, db: Session, change: dict[str, Any], status: int):
    answer = post(registry, to(db, **change))
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    assert answer.json()["detail"]
    assert kept(db) == []


def test_what_is_no_json_not_said_to_be_json_too_deep_or_too_big_is_refused(registry: TestClient, db: Session):
    assert post(registry, b"{").status_code == 400
    assert post(registry, b"[" * 5_000 + b"]" * 5_000).status_code in (400, 422)
    assert post(registry, b'{"key": NaN}').status_code == 400
    assert post(registry, b'{"key": 1e999999}').status_code == 400
    assert post(registry, b'{"key": "a", "key": "b"}').status_code == 400
    assert post(registry, b'{"key": ' + b"9" * (machines.DIGITS_MAX + 1) + b"}").status_code == 400
    chunked = registry.post("/api/messages", content=iter([b"{}"]), headers={"content-type": "application/json"})
    assert (chunked.status_code, chunked.headers["content-type"]) == (411, "application/problem+json")
    assert post(registry, to(db), **{"content-type": "text/plain"}).status_code == 415
    assert post(registry, to(db, payload={"text": "x" * machines.BYTES_MAX})).status_code == 413
    deep: dict[str, Any] = {}
    for _ in range(arrivals.DEPTH_MAX + 1):
        deep = {"in": deep}
    assert post(registry, to(db, payload=deep)).status_code == 422
    assert kept(db) == []


def test_no_page_of_the_house_opens_by_that_door_and_no_cookie_opens_it(registry: TestClient):
    assert registry.get("/api/messages").status_code == 405
    assert registry.get("/api/inbox").status_code == 404
    assert registry.post("/api/messages", json={}).status_code == 401


def test_a_message_for_the_case_known_by_a_fact_finds_it(registry: TestClient, db: Session):
    case = case_of(db, "马桂兰")
    mailbox.correlate(db, case, ("application.applicant_id_number",))
    db.commit()
    number = case.facts["application"]["applicant_id_number"]
    by = {"process": "dibao", "path": "application.applicant_id_number", "value": number}
    assert post(registry, {**SAID, "correlation": by}).status_code == 200
    assert [message.case_id for message in kept(db)] == [case.id]
    assert post(registry, {**SAID, "key": "k2", "correlation": {**by, "value": "1"}}).status_code == 404


def test_a_correlated_message_is_the_same_one_also_when_the_fact_has_changed_since(registry: TestClient, db: Session):
    case = case_of(db, "马桂兰")
    mailbox.correlate(db, case, ("application.applicant_id_number",))
    db.commit()
    number = case.facts["application"]["applicant_id_number"]
    said = {**SAID, "correlation": {"process": "dibao", "path": "application.applicant_id_number", "value": number}}
    first = post(registry, said)
    db.delete(db.exec(select(CaseKey).where(CaseKey.value == number)).one())
    db.commit()
    assert (first.status_code, post(registry, said).json()) == (200, first.json())
