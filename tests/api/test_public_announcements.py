"""公告: what the law has announced for good, for everybody to read."""

from datetime import date

import pytest
from sqlmodel import Session

from bpmn.papers import Paper
from tests.api.conftest import Enter, case_of
from tests.api.html import Page
from workflows import papers
from workflows.cases.tables import Document

TITLE = "社会组织成立登记公告"


@pytest.fixture
def announced(db: Session) -> Document:
    """One that stands, of the case of 马桂兰, and beside it a paper that nobody announced."""
    case = case_of(db, "马桂兰")
    paper = Paper(name=TITLE, english="Announcement", mark="公告", issuer="REG_AUTH", public=True, announced=True, data={"subject": '"茶"'},
                  shows={"subject": "text"}, body=({"rows": [["名称", "{subject}", "Name"]]},))     # type: ignore[arg-type]
    said = papers.filled(paper, {"subject": "示例县茶叶协会"}, {
        "number": "示民公告〔2024〕1号", "issued_on": date(2024, 3, 6), "issuer": "示例县民政局", "to": "", "county": "示例县"})
    both = [Document(case_id=case.id, kind="announcement", name=TITLE, english="Announcement", ground="990101", series=series, year=2024, serial=1,
                     number=f"示民{series}〔2024〕1号", issued_on=date(2024, 3, 6), announced_on=day, data={}, said=said)
            for series, day in (("公告", date(2024, 3, 6)), ("内", None))]
    db.add_all(both)
    db.commit()
    return both[0]


def test_everybody_finds_and_reads_what_is_announced_and_nothing_else(enter: Enter, announced: Document):
    path = f"/public/announcements/{announced.id}"
    client = enter()
    assert "/public/announcements" in Page(client.get("/public").text).links()
    listed = Page(client.get("/public/announcements?q=马桂兰").text).checked()
    assert [link for link in listed.links() if link.startswith("/public/announcements/")] == [path]
    shown = Page(client.get(path).text).checked()
    for part in (TITLE, "示例县茶叶协会", "示民公告〔2024〕1号", "2024年3月6日"):
        assert part in shown.text
    assert "没有找到公告。" in client.get("/public/announcements?q=别的").text
    assert client.get(f"/public/announcements/{(announced.id or 0) + 1}").status_code == 404
