"""The list, the panel, and deciding from there."""

from sqlmodel import Session, select

from tests.api.conftest import Enter, item_of, post
from tests.api.html import Page
from workflows.cases.tables import Case, WorkItem, WorkState

HX = {"hx-request": "true"}


def test_the_first_item_is_open_beside_the_list(enter: Enter):
    shown = Page(enter("town_lead1").get("/inbox").text)
    assert shown.texts("//a[@data-row]//b") == ["刘海燕", "孙立军"]
    assert shown.texts("//section[contains(@class, 'panel')]//h2") == ["刘海燕"]
    assert shown.texts("//footer[contains(@class, 'panel-foot')]//button") == ["同意", "退回"]


def test_none_is_open_when_it_was_closed(enter: Enter):
    assert not Page(enter("town_lead1").get("/inbox?item=0").text).texts("//section[contains(@class, 'panel')]")


def test_filters_narrow_the_rows(enter: Enter):
    client = enter("town_lead1")
    assert Page(client.get("/inbox?township=990101002").text).texts("//a[@data-row]") == []
    assert len(Page(client.get("/inbox?process=dibao&light=normal").text).texts("//a[@data-row]")) == 2
    assert client.get("/inbox?light=purple").status_code == 400


def test_the_panel_alone_is_the_same_fragment(enter: Enter, db: Session):
    item = item_of(db, "孙立军")
    client = enter("town_lead1")
    alone = client.get(f"/inbox/items/{item.id}", headers=HX).text
    assert "<html" not in alone
    assert Page(alone).texts("//h2") == Page(client.get(f"/inbox?item={item.id}").text).texts("//section//h2")


def test_a_decision_is_kept_and_the_next_item_opens(enter: Enter, db: Session):
    item, following = item_of(db, "刘海燕"), item_of(db, "孙立军")
    answer = post(enter("town_lead1"), f"/inbox/items/{item.id}", {"outcome": "agree", "opinion": "同意"}, on="/inbox",
                  headers=HX)
    assert answer.status_code == 200
    assert answer.headers["hx-replace-url"] == f"/inbox?item={following.id}"
    shown = Page(f"<div>{answer.text}</div>")
    assert shown.texts("//h2") == ["孙立军"]
    assert shown.texts("//a[@data-row]//b") == ["孙立军"]
    assert "刘海燕 · 签署初审意见已办结，流转至下一环节" in answer.text
    db.rollback()
    assert db.get(WorkItem, item.id).state == WorkState.DONE


def test_the_same_decision_works_without_scripts(enter: Enter, db: Session):
    item, following = item_of(db, "刘海燕"), item_of(db, "孙立军")
    client = enter("town_lead1")
    answer = post(client, f"/inbox/items/{item.id}", {"outcome": "agree"}, on="/inbox")
    assert answer.headers["location"] == f"/inbox?item={following.id}&done={item.id}"
    assert "已办结" in client.get(answer.headers["location"]).text
    assert "已办结" not in enter("town_clerk1").get(f"/inbox?done={item.id}").text


def test_the_last_item_leaves_an_empty_list(enter: Enter, db: Session):
    client = enter("town_lead1")
    for subject in ("刘海燕", "孙立军"):
        answer = post(client, f"/inbox/items/{item_of(db, subject).id}", {"outcome": "agree"}, on="/inbox", headers=HX)
    assert answer.headers["hx-replace-url"] == "/inbox?item=0"
    assert "这里没有等您办理的事项。" in answer.text


def test_a_refused_decision_says_why_keeps_the_words_and_changes_nothing(enter: Enter, db: Session):
    item = item_of(db, "刘海燕")
    version = db.get(Case, item.case_id).version
    for headers in ({}, HX):
        answer = post(enter("town_lead1"), f"/inbox/items/{item.id}", {"outcome": "return"}, on="/inbox", headers=headers)
        assert answer.status_code == 422
        assert "退回或不予确认须写明理由" in answer.text
    db.rollback()
    assert (db.get(WorkItem, item.id).state, db.get(Case, item.case_id).version) == (WorkState.OPEN, version)


def test_deciding_twice_is_a_conflict(enter: Enter, db: Session):
    item = item_of(db, "刘海燕")
    client = enter("town_lead1")
    post(client, f"/inbox/items/{item.id}", {"outcome": "agree"}, on="/inbox")
    again = post(client, f"/inbox/items/{item.id}", {"outcome": "agree"}, on="/inbox")
    assert again.status_code == 409
    db.rollback()
    done = select(WorkItem).where(WorkItem.id == item.id, WorkItem.state == WorkState.DONE)
    assert len(db.exec(done).all()) == 1


def test_an_item_with_a_form_of_its_own_links_to_it(enter: Enter, db: Session):
    item = item_of(db, "赵德顺", "home_visit")
    shown = Page(enter("town_clerk1").get(f"/inbox?item={item.id}").text)
    assert f"/work/{item.id}" in shown.links()


def test_the_search_finds_by_number_name_and_id(enter: Enter, db: Session):
    client = enter("town_clerk1")
    case = db.exec(select(Case).where(Case.subject == "马桂兰")).one()
    assert client.get(f"/cases?q={case.number}").headers["location"] == f"/cases/{case.number}"
    number = case.facts["application"]["applicant_id_number"]
    for words in ("马桂", number):
        assert Page(client.get(f"/cases?q={words}").text).texts("//td[@class='row-head']/a") == ["马桂兰"]
