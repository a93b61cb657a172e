"""A work item's own form, and the application at the counter."""

import pytest
from sqlmodel import Session, col, select

from tests.api.conftest import Enter, case_of, item_of, post
from tests.api.html import Page
from tests.families import application
from tests.web_client import flat
from workflows.cases.tables import Attachment, Case, WorkItem, WorkState
from workflows.office.tables import Person

PDF = ("材料.pdf", b"%PDF-1.7 x", "application/pdf")
UNBOUND = select(Attachment).where(col(Attachment.case_id).is_(None))


def answers(**changes):
    return dict(flat(application(90, applicant_name="吴建华", account_holder="吴建华", **changes)))


def renamed(values):
    return {name: "吴建华" if value == "王建国" else value for name, value in values.items()}


def test_a_form_handed_in_moves_the_case(enter: Enter, db: Session):
    item = item_of(db, "王建国")
    answer = post(enter("town_clerk1"), f"/work/{item.id}", {"outcome": "accept"}, on=f"/work/{item.id}")
    assert answer.headers["location"] == f"/inbox?done={item.id}"
    db.rollback()
    assert db.get(WorkItem, item.id).state == WorkState.DONE
    assert {one.node for one in db.exec(select(WorkItem).where(WorkItem.case_id == item.case_id,
                                                               WorkItem.state == WorkState.OPEN))} == {"home_visit", "data_check"}


def test_a_finished_item_leads_to_its_case(enter: Enter, db: Session):
    done = db.exec(select(WorkItem).where(WorkItem.state == WorkState.DONE)).first()
    number = db.get(Case, done.case_id).number
    assert enter("town_clerk1").get(f"/work/{done.id}").headers["location"] == f"/cases/{number}"


def test_what_is_wrong_stands_beside_its_field(enter: Enter, db: Session):
    item = item_of(db, "赵德顺", "home_visit")
    answer = post(enter("town_clerk1"), f"/work/{item.id}", {"respondent": "本人"}, on=f"/work/{item.id}")
    shown = Page(answer.text).checked()
    assert answer.status_code == 422
    assert "提交未成功" in shown.texts("//div[@role='alert']")[0]
    assert shown.tree.xpath("string(//input[@name='respondent']/@value)") == "本人"
    assert item_of(db, "赵德顺", "home_visit").id == item.id


def test_a_row_more_is_a_form_again_and_no_submission(enter: Enter, db: Session):
    item = item_of(db, "赵德顺", "home_visit")
    path = f"/work/{item.id}"
    rows = len(Page(enter("town_clerk1").get(path).text).tree.xpath("//input[contains(@name, 'surveyors[')][@type='text']"))
    answer = post(enter("town_clerk1"), path, {"_add": "surveyors", "surveyors[0].name": "张伟", "surveyors[1].name": "何芳"},
                  on=path)
    assert answer.status_code == 200
    shown = Page(answer.text).checked()
    assert len(shown.tree.xpath("//input[contains(@name, 'surveyors[')][@type='text']")) == rows + 1


def test_a_file_survives_a_refused_form(enter: Enter, db: Session):
    client = enter("window_clerk1")
    sent = {"applicant_name": "吴建华", "_csrf": Page(client.get("/intake/dibao").text).csrf}
    answer = client.post("/intake/dibao", data=sent, files={"attachments": PDF})
    assert answer.status_code == 422
    kept = Page(answer.text).checked().tree.xpath("string(//input[@type='hidden'][@name='attachments']/@value)")
    assert kept == db.exec(UNBOUND).one().token
    assert "材料.pdf" in answer.text
    again = client.post("/intake/dibao", data={**sent, "attachments": kept})
    assert kept in again.text


def test_a_file_of_another_kind_is_refused(enter: Enter, db: Session):
    client = enter("window_clerk1")
    sent = {"_csrf": Page(client.get("/intake/dibao").text).csrf, "applicant_name": "吴建华"}
    for wrong, said in ((b"MZ", "不是"), (b"%PDF-" + bytes(20 * 1024 * 1024), "20 MB")):
        answer = client.post("/intake/dibao", data=sent, files={"attachments": ("x.pdf", wrong, "application/pdf")})
        assert answer.status_code == 422
        shown = Page(answer.text).checked()
        assert any("x.pdf" in one and said in one for one in shown.texts("//p[@class='field-error']"))
        assert shown.tree.xpath("string(//input[@name='applicant_name']/@value)") == "吴建华"
    assert db.exec(UNBOUND).all() == []


def test_a_file_of_another_kind_keeps_a_good_application_waiting(enter: Enter, db: Session):
    client = enter("window_clerk1")
    sent = {**renamed(answers()), "_csrf": Page(client.get("/intake/dibao").text).csrf}
    before = len(db.exec(select(Case)).all())
    answer = client.post("/intake/dibao", data=sent, files={"attachments": ("x.exe", b"MZ", "application/pdf")})
    assert answer.status_code == 422
    db.rollback()
    assert len(db.exec(select(Case)).all()) == before


def test_an_application_opens_a_case(enter: Enter, db: Session):
    answer = post(enter("window_clerk1"), "/intake/dibao", renamed(answers()), on="/intake/dibao")
    assert answer.status_code == 303, Page(answer.text).texts("//div[@role='alert']")
    number = case_of(db, "吴建华").number
    assert answer.headers["location"] == f"/cases/{number}"


def test_who_is_covered_already_is_refused_beside_his_number(enter: Enter, db: Session):
    before = len(db.exec(select(Case)).all())
    answer = post(enter("window_clerk1"), "/intake/dibao", dict(flat(application(0))), on="/intake/dibao")
    assert answer.status_code == 422
    assert "已" in Page(answer.text).texts("//p[@class='field-error']")[0]
    db.rollback()
    assert len(db.exec(select(Case)).all()) == before


@pytest.mark.parametrize("path", ["/intake/public_notice", "/intake/none", "/intake/monthly_review"])
def test_only_what_has_an_application_can_be_registered(enter: Enter, path: str):
    assert enter("window_clerk1").get(path).status_code in {403, 404}


def test_who_comes_too_late_reads_who_was_faster_and_keeps_what_he_typed(enter: Enter, db: Session):
    item = item_of(db, "王建国")
    late, path = enter("town_clerk2"), f"/work/{item.id}"
    csrf = Page(late.get(path).text).csrf
    assert post(enter("town_clerk1"), path, {"outcome": "accept"}, on=path).status_code == 303
    answer = late.post(path, data={"_csrf": csrf, "outcome": "accept", "override_reason": "材料齐全，但需补照片"})
    page = Page(answer.text).checked()
    said = page.texts("//*[@role='alert']")[0]
    name = db.exec(select(Person.name).where(Person.login == "town_clerk1")).one()
    assert (answer.status_code, f"{name}已于" in said, "可以复制" in said) == (409, True, True)
    assert "材料齐全，但需补照片" in " ".join(page.texts("//*[@class='answer-part']"))
    assert page.tree.xpath("//main//textarea") == []
