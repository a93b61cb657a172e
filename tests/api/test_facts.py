"""The facts of a case through their versions, and answers that a colleague has overtaken."""

import re
from collections.abc import Callable

import pytest
from sqlmodel import Session, select

from tests.api.conftest import NOW, Enter, case_of, item_of, post
from tests.api.html import Page, filled
from workflows.cases import facts, progress
from workflows.cases.tables import FactChange, WorkItem, WorkState
from workflows.records.session import writing

Screen = Callable[..., Page]


def test_each_version_of_a_fact_says_who_gave_it_and_what_changed(enter: Enter, db: Session, county):
    case = case_of(db, "刘海燕")
    with writing(county) as session:
        row = progress.locked(session, case.id)
        facts.write(session, row, {"data_check": {**row.facts["data_check"], "conclusion": "inconsistent"}}, "核对员二", NOW)
    shown = Page(enter("town_lead1").get(f"/cases/{case.number}/facts?fact=data_check").text).checked()
    heads = shown.texts("//section[@class='card']/div[@class='card-head']")
    assert [("核对员二" in head, "核对员一" in head) for head in heads] == [(True, False), (False, True)]
    changed = shown.texts("(//section[@class='card'])[1]//tbody/tr")
    assert len(changed) == 1
    assert changed[0].startswith("核对结论")
    assert shown.texts("(//section[@class='card'])[1]//del")
    assert len(shown.texts("(//section[@class='card'])[2]//tbody/tr")) > 1


def test_what_a_return_voids_says_so_by_its_labels_and_leads_to_the_operation(screen: Screen, enter: Enter, db: Session):
    number, item = case_of(db, "刘海燕").number, item_of(db, "刘海燕", "sign_opinion")
    path = f"/cases/{number}/operations/send_back?token={item.token}&to=home_visit&others=cancel"
    lead = enter("town_lead1")
    assert lead.post(path, data={**filled(lead.get(path).text), "reason": "收入未核清"}).status_code == 303
    shown = screen("town_lead1", f"/cases/{number}/facts?fact=draft_opinion")
    newest = shown.texts("(//section[@class='card'])[1]")[0]
    assert "因退回作废：收入未核清" in newest
    assert "拟" in newest
    assert not re.search(r"[a-z]{3,}", newest)
    target = shown.tree.xpath("string((//section[@class='card'])[1]//p/a/@href)").split("#")
    assert target[0] == f"/cases/{number}"
    assert "收入未核清" in screen("town_lead1", target[0]).texts(f"//li[@id='{target[1]}']")[0]
    assert "因退回作废：收入未核清" in screen("town_lead1", f"/cases/{number}/facts?fact=means").texts("(//section[@class='card'])[1]")[0]


def test_what_a_withdrawal_restores_says_so(screen: Screen, enter: Enter, db: Session):
    client, path = enter("town_clerk1"), f"/cases/{case_of(db, '刘海燕').number}"
    link = next(part for part in client.get(path).text.split('"') if "/operations/take_back" in part).replace("&amp;", "&")
    assert post(client, link, {"reason": "意见写错"}, on=link).status_code == 303
    assert "因撤回作废：意见写错" in screen("town_clerk1", f"{path}/facts?fact=draft_opinion").texts("(//section[@class='card'])[1]")[0]


@pytest.mark.parametrize("rest", ["", "/facts?fact=application"])
def test_divisions_are_shown_by_name(screen: Screen, db: Session, rest: str):
    case = case_of(db, "刘海燕")
    code = case.facts["application"]["registered_division"]
    assert code not in screen("town_lead1", f"/cases/{case.number}{rest}").text


def test_the_facts_are_masked_as_the_case_page_is(screen: Screen, enter: Enter, db: Session):
    path = f"/cases/{case_of(db, '刘海燕').number}/facts"
    number = case_of(db, "刘海燕").facts["application"]["applicant_id_number"]
    assert number in enter("town_clerk1").get(path).text
    for login in ("village1", "window_clerk1"):
        assert number not in enter(login).get(path).text
    village = screen("village1", path)
    assert "入户调查" not in " ".join(village.texts("//h2"))
    assert "900.00" not in village.text
    assert enter("town_clerk3").get(path).status_code == 404


def test_they_come_page_by_page(screen: Screen, db: Session, county):
    case = case_of(db, "刘海燕")
    for number in range(45):
        with writing(county) as session:
            facts.write(session, progress.locked(session, case.id), {"note": number}, "县经办一", NOW)
    path = f"/cases/{case.number}/facts?fact=note"
    first, second = screen("county_clerk1", path), screen("county_clerk1", f"{path}&page=2")
    assert len(first.texts("//section[@class='card']")) == 40
    assert len(second.texts("//section[@class='card']")) == 5


def test_answers_that_a_colleague_has_overtaken_come_back_whole_beside_his(enter: Enter, db: Session, county):
    item = item_of(db, "刘海燕", "sign_opinion")
    client, path = enter("town_lead1"), f"/work/{item.id}"
    opened = Page(client.get(path, headers={"hx-request": "true"}).text).tree.xpath("string(//input[@name='_seen']/@value)")
    with writing(county) as session:
        facts.write(session, progress.locked(session, item.case_id),
                    {"sign_opinion": {"outcome": "return", "opinion": "请补充存款明细"}}, "镇领导二", NOW)
    sent = {"outcome": "agree", "opinion": "同意上报", "_seen": opened}
    answer = post(client, path, sent, on=path)
    shown = Page(answer.text).checked()
    assert answer.status_code == 409
    assert "镇领导二已于 2024-03-04 10:30 修改" in shown.texts("//div[@role='alert']")[0]
    rows = shown.texts("//tbody/tr")
    assert any("请补充存款明细" in row and "同意上报" in row for row in rows)
    assert shown.texts("//textarea[@name='opinion']") == ["同意上报"]
    db.rollback()
    assert db.get(WorkItem, item.id).state == WorkState.OPEN
    again = {**sent, "_seen": shown.tree.xpath("string(//input[@name='_seen']/@value)")}
    assert post(client, path, again, on=path).status_code == 303
    db.rollback()
    written = db.exec(select(FactChange.author).where(
        FactChange.case_id == item.case_id, FactChange.name == "sign_opinion").order_by(FactChange.id)).all()
    assert written == ["镇领导二", "镇领导一"]


def test_the_panel_says_so_too_and_keeps_the_opinion(enter: Enter, db: Session, county):
    item = item_of(db, "刘海燕", "sign_opinion")
    client, path = enter("town_lead1"), f"/inbox/items/{item.id}"
    opened = Page(client.get(path, headers={"hx-request": "true"}).text).tree.xpath("string(//input[@name='_seen']/@value)")
    with writing(county) as session:
        facts.write(session, progress.locked(session, item.case_id), {"sign_opinion": {"outcome": "return"}}, "镇领导二", NOW)
    answer = post(client, path, {"outcome": "agree", "opinion": "同意上报", "_seen": opened}, on=f"/work/{item.id}")
    assert answer.status_code == 409
    assert "镇领导二已于" in answer.text
    assert "同意上报" in answer.text
