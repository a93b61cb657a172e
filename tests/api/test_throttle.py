"""How often one address may object, and how many objections without a name may wait."""

import pytest
from sqlmodel import Session, col, select

from api.throttle import Throttle
from tests.api.conftest import NOW, Enter, case_of, post
from tests.api.html import Page
from workflows.cases.tables import Notice, Objection
from workflows.settings import settings


def test_a_bucket_is_emptied_and_fills_again():
    moment = [0.0]
    throttle = Throttle(2, 60, lambda: moment[0])
    assert [throttle.take("a") for _ in range(3)] == [True, True, False]
    assert throttle.take("b")
    moment[0] = 59
    assert not throttle.take("a")
    moment[0] = 60
    assert [throttle.take("a"), throttle.take("a")] == [True, False]


@pytest.fixture
def path(db: Session) -> str:
    found = select(Notice).where(Notice.case_id == case_of(db, "马桂兰").id).order_by(col(Notice.id).desc())
    return f"/public/notices/{db.exec(found).first().id}/objection"


def test_an_address_that_objects_too_often_is_asked_to_wait(enter: Enter, db: Session, path: str,
                                                            monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(settings(), "objections_at_once", 2)
    client = enter()
    client.app.state.objections = Throttle(2, 600)
    answers = [post(client, path, {"objector_name": "某", "text": f"有车{n}"}, on=path) for n in range(3)]
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    shown = Page(answers[2].text).checked()
    assert "请稍等几分钟" in shown.text
    assert "有车2" in shown.text
    db.rollback()
    assert len(db.exec(select(Objection)).all()) == 2


def test_objections_without_a_name_have_an_end_and_those_with_one_do_not(enter: Enter, db: Session, path: str,
                                                                         monkeypatch: pytest.MonkeyPatch):
    notice = db.get_one(Notice, int(path.split("/")[3]))
    db.add_all(Objection(case_id=notice.case_id, notice_id=notice.id, received_at=NOW, text="x", receipt=f"YY{number}") for number in range(3))
    db.commit()
    monkeypatch.setattr(settings(), "objections_open", 3)
    answer = post(enter(), path, {"anonymous": "true", "text": "有房"}, on=path)
    assert answer.status_code == 429
    assert "请留下姓名" in Page(answer.text).checked().text
    answer = post(enter(), path, {"objector_name": "某某", "text": "有房"}, on=path)
    assert answer.status_code == 303, Page(answer.text).checked().text
