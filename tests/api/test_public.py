"""What everybody may read, and objecting to it."""

from sqlmodel import Session, select

from tests.api.conftest import Enter, case_of, post
from tests.api.html import Page
from workflows.cases.tables import Notice, Objection


def notice_of(db: Session) -> Notice:
    return db.exec(select(Notice).where(Notice.case_id == case_of(db, "马桂兰").id)).one()


def test_a_notice_is_listed_on_its_own_ground(enter: Enter, db: Session):
    path = f"/public/notices/{notice_of(db).id}"
    assert path in Page(enter().get("/public").text).links()
    assert path in Page(enter().get("/public?area=990101001").text).links()
    assert path not in Page(enter().get("/public?area=990101002").text).links()


def test_a_notice_shows_what_the_law_lists_and_nothing_else(enter: Enter, db: Session):
    shown = Page(enter().get(f"/public/notices/{notice_of(db).id}").text).checked()
    words = " ".join(shown.texts("//main"))
    for told in ("马桂兰", "东街社区", "3人", "每月600.00元", "2024年3月4日至2024年3月11日"):
        assert told in words
    facts = case_of(db, "马桂兰").facts["application"]
    for kept in (facts["applicant_id_number"], "13800138000", "6228480012345678903", "解放路", "李秀兰", "王小明"):
        assert kept not in shown.text


def test_a_notice_not_yet_posted_is_not_public(enter: Enter, db: Session):
    waiting = db.exec(select(Notice).where(Notice.case_id == case_of(db, "陈国强").id)).one()
    assert enter().get(f"/public/notices/{waiting.id}").status_code == 404
    assert enter().get(f"/public/notices/{waiting.id}/objection").status_code == 404


def test_anybody_may_object_without_a_name(enter: Enter, db: Session):
    path = f"/public/notices/{notice_of(db).id}/objection"
    client = enter()
    answer = post(client, path, {"anonymous": "true", "text": "家里有两套房"}, on=path)
    assert answer.headers["location"] == f"{path}/received"
    db.rollback()
    kept = db.exec(select(Objection)).one()
    assert (kept.text, kept.objector_name) == ("家里有两套房", "")
    assert Page(client.get(f"{path}/received").text).checked().heading == "已收到"


def test_an_objection_must_say_something_and_leaves_nothing_otherwise(enter: Enter, db: Session):
    path = f"/public/notices/{notice_of(db).id}/objection"
    answer = post(enter(), path, {"objector_name": "某某", "text": ""}, on=path)
    assert answer.status_code == 422
    assert "某某" in Page(answer.text).checked().text
    assert db.exec(select(Objection)).all() == []


def test_who_objected_is_hidden_from_the_village(enter: Enter, db: Session):
    path = f"/public/notices/{notice_of(db).id}/objection"
    post(enter(), path, {"objector_name": "告发人", "objector_phone": "13900139000", "text": "有车"}, on=path)
    case = f"/cases/{case_of(db, '马桂兰').number}"
    assert "告发人" in enter("town_clerk1").get(case).text
    seen = enter("village1").get(case).text
    assert "有车" in seen
    assert "告发人" not in seen
    assert "13900139000" not in seen


def test_the_name_goes_away_when_anonymous_is_ticked(enter: Enter, db: Session):
    path = f"/public/notices/{notice_of(db).id}/objection"
    answer = post(enter(), path, {"anonymous": "true", "_refresh": "anonymous", "text": "有车"}, on=path)
    shown = Page(answer.text).checked()
    assert not shown.tree.xpath("//input[@name='objector_name']")
    assert "有车" in shown.text


def test_in_english_the_sheet_has_english_labels_too(enter: Enter, db: Session):
    client = enter()
    post(client, "/language", {"language": "en"}, on="/sign-in")
    shown = Page(client.get(f"/public/notices/{notice_of(db).id}").text).checked().text
    for said in ("Applicant", "Days on display", "Proposed monthly allowance", "申请人"):
        assert said in shown
    assert "Applicant" not in enter().get(f"/public/notices/{notice_of(db).id}").text


def test_no_notice_is_to_be_kept_by_a_search_engine(enter: Enter, db: Session):
    for path in ("/public", f"/public/notices/{notice_of(db).id}", "/public/notices/0"):
        assert enter().get(path).headers["x-robots-tag"] == "noindex"
    assert "x-robots-tag" not in enter().get("/sign-in").headers


def test_the_receipt_is_shown_once_and_leads_back_to_the_answer(enter: Enter, db: Session):
    path, client = f"/public/notices/{notice_of(db).id}/objection", enter()
    post(client, path, {"anonymous": "true", "text": "家里有两套房"}, on=path)
    number, secret = Page(client.get(f"{path}/received").text).checked().texts("//dd")[-2:]
    assert secret not in enter().get(f"{path}/received").text
    told = post(client, "/public/objections", {"number": number, "secret": secret}, on="/public/objections")
    assert "家里有两套房" in Page(told.text).checked().text
    wrong = post(client, "/public/objections", {"number": number, "secret": "AAAAAAAAAA"}, on="/public/objections")
    assert wrong.status_code == 404
    assert "家里有两套房" not in wrong.text


def test_a_notice_whose_days_are_over_is_gone_and_names_nobody(enter: Enter, db: Session):
    notice = notice_of(db)
    notice.taken_down_at = notice.ends_at
    db.add(notice)
    db.commit()
    answer = enter().get(f"/public/notices/{notice.id}")
    assert answer.status_code == 410
    assert "马桂兰" not in Page(answer.text).checked().text
    assert enter().get(f"/public/notices/{notice.id}/text").status_code == 410
    assert "马桂兰" not in Page(enter().get(f"/public/notices/{notice.id}/objection").text).checked().text


def test_the_feed_tells_of_what_hangs_and_names_nobody(enter: Enter, db: Session):
    answer = enter().get("/public/notices.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    assert f"/public/notices/{notice_of(db).id}" in answer.text
    assert "马桂兰" not in answer.text
    assert f"/public/notices/{notice_of(db).id}" not in enter().get("/public/notices.atom?matter=temporary_relief").text
