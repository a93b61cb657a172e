"""The sample county's clock."""

import pytest
from sqlmodel import Session

from tests.api.conftest import NOW, Enter, post
from tests.api.html import Page
from workflows.office.tables import SampleClock


def told(client) -> str:
    return Page(client.get("/sample/clock").text).tree.xpath("string(//time/@datetime)")


@pytest.mark.parametrize(("path", "data", "now"), [
    ("days", {"days": "7"}, "2024-03-11T10:30:00+08:00"),
    ("working-day", {}, "2024-03-05T09:00:00+08:00"),
    ("moment", {"moment": "2024-04-03T15:45"}, "2024-04-03T15:45:00+08:00"),
])
def test_the_clock_moves_on(enter: Enter, path: str, data: dict[str, str], now: str):
    client = enter("town_clerk1")
    assert told(client) == NOW.isoformat()
    answer = post(client, f"/sample/clock/{path}", data, on="/sample/clock")
    assert answer.headers["location"] == "/sample/clock?moved=1"
    assert told(client) == now
    assert "时钟已拨动。" in client.get("/sample/clock?moved=1").text


@pytest.mark.parametrize(("path", "data", "status"), [
    ("moment", {"moment": "2024-03-01T09:00"}, 409), ("moment", {"moment": "soon"}, 409),
    ("moment", {"moment": "9999-12-31T23:59"}, 409), ("days", {"days": "367"}, 409), ("days", {"days": "-1"}, 400)])
def test_it_never_moves_back_nor_to_nonsense(enter: Enter, path: str, data: dict[str, str], status: int):
    client = enter("town_clerk1")
    assert post(client, f"/sample/clock/{path}", data, on="/sample/clock").status_code == status
    assert told(client) == NOW.isoformat()


def test_where_the_clock_is_real_there_is_no_such_page(enter: Enter, db: Session):
    client = enter("town_clerk1")
    db.delete(db.get(SampleClock, 1))
    db.commit()
    assert client.get("/sample/clock").status_code in {303, 404}
