"""What the machines gave up: shown to the administrator, with the error, and tried again."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from api.rendering.words import duration
from bpmn.message import Term
from tests import drawn
from tests.api.conftest import NOW, Enter, case_of, post
from tests.api.html import Page, filled
from tests.workflows.engine.conftest import flows_xml
from workflows.cases import intake, jobs
from workflows.cases.messages import mailbox
from workflows.cases.messages.tables import CaseMessage, MessageState
from workflows.cases.tables import Case, Incident, Job, JobState, Timer, WorkItem
from workflows.office import people
from workflows.office.tables import ClockJump
from workflows.records import audit
from workflows.records.session import writing
from workflows.records.tables import AuditEvent
from workflows.releases.tables import StartRound


def fail(county: Engine) -> None:
    with writing(county) as session:
        job = jobs.ask(session, "render_document", "document:77", {"document": 77}, NOW)
        jobs.fail(session, job.id, "PaperRefused: no font", NOW, final=True)


def test_the_administrator_sees_failures_and_tries_again(enter: Enter, county: Engine, db: Session):
    fail(county)
    timer = db.exec(select(Timer).where(Timer.case_id == case_of(db, "马桂兰").id)).first()
    timer.error, timer.retry_at = "Conflict: no desk", NOW + timedelta(minutes=5)
    db.commit()
    client = enter("admin1")
    assert Page(client.get("/inbox").text).texts("//span[@id='rail-count-jobs']") == ["2"]
    shown = Page(client.get("/jobs").text).checked()
    for said in ("PaperRefused: no font", "Conflict: no desk", case_of(db, "马桂兰").number):
        assert said in shown.text
    job = db.exec(select(Job).where(Job.key == "document:77")).one()
    why = {"reason": "字体已装好"}
    for address in (f"/jobs/{job.id}/retry", f"/jobs/timers/{timer.id}/retry"):
        refused = post(client, address, {"reason": " "}, on="/jobs")
        assert (refused.status_code, Page(refused.text).checked().texts(f"//form[@action='{address}']//*[@role='alert']")) == (422, ["请说明理由。"])
        assert client.post(address, data={**filled(refused.text, address), **why}).status_code == 303
    assert post(client, f"/jobs/{job.id}/retry", why, on="/jobs").status_code == 409
    db.rollback()
    db.expire_all()
    assert (db.get_one(Job, job.id).state, db.get_one(Timer, timer.id).retry_at) == (JobState.WAITING, None)
    assert set(db.exec(select(AuditEvent.chain, AuditEvent.action).where(AuditEvent.summary == why["reason"]))) == {
        ("office", "job.retry"), (f"case:{timer.case_id}", "case.retry")}


def test_a_process_that_could_not_begin_by_its_timer_is_shown_with_its_reason_and_tried_again(enter: Enter, db: Session):
    row = StartRound(process="patrol", node="begin", drawn="cycle R/PT1H each", due_at=NOW, error="NoDesk: nobody",
                     retry_at=NOW + timedelta(minutes=5), attempts=1)
    db.add(row)
    db.commit()
    client = enter("admin1")
    assert Page(client.get("/inbox").text).texts("//span[@id='rail-count-jobs']") == ["1"]
    shown = Page(client.get("/jobs").text).checked().text
    for said in ("未能定时启动的流程", "patrol", "NoDesk: nobody"):
        assert said in shown
    assert post(client, f"/jobs/rounds/{row.id}/retry", {"reason": "岗位已补"}, on="/jobs").status_code == 303
    assert post(client, f"/jobs/rounds/{row.id + 1}/retry", {"reason": "x"}, on="/jobs").status_code == 409
    db.rollback()
    db.expire_all()
    assert db.get_one(StartRound, row.id).retry_at is None
    event, = audit.events(db, "process:patrol")
    assert (event.action, event.node, event.after["error"]) == ("timer.retry", "begin", "NoDesk: nobody")
    assert "流程" in Page(client.get("/audit").text).checked().text


def test_work_is_named_by_its_element_and_case_and_its_error_in_plain_words(enter: Enter, county: Engine, db: Session):
    case = case_of(db, "马桂兰")
    with writing(county) as session:
        for topic, key, case_id in (("grant_entitlement", "a", case.id), ("render_document", "b", None), ("unheard_of", "c", None)):
            job = jobs.ask(session, topic, key, {}, NOW, case_id=case_id)
            jobs.fail(session, job.id, "Unreachable: ConnectError: [Errno 111]", NOW, final=True)
    shown = Page(enter("admin1").get("/jobs").text).checked()
    first, second, third = shown.texts("//section[@aria-labelledby='jobs-title']//li")
    assert first.startswith(f"登记待遇 {case.number}")
    linked = f"//li/a[@href='/cases/{case.number}']"      # for whoever may open it
    assert Page(enter("county_lead1").get("/jobs").text).checked().tree.xpath(linked)
    assert not shown.tree.xpath(linked)
    assert (second.startswith("生成文书文件"), third.startswith("unheard_of")) == (True, True)
    assert shown.texts("//li//summary") == ["未能连接对方系统。"] * 3
    assert shown.texts("//li//details[not(@open)]/span") == ["Unreachable: ConnectError: [Errno 111]"] * 3


def test_a_retry_without_an_element_is_told_by_its_work_and_not_as_tried_nought_times(enter: Enter, county: Engine, db: Session):
    case = case_of(db, "赵德顺")
    with writing(county) as session:
        job = jobs.ask(session, "render_document", "a", {}, NOW, case_id=case.id)
        jobs.fail(session, job.id, "Refused: no", NOW, final=True)
    lead, path = enter("county_lead1"), f"/cases/{case.number}/operations/retry?kind=job&job={job.id}"
    assert post(lead, path, {"reason": "已修复"}, on=path).status_code == 303
    shown = Page(lead.get(f"/cases/{case.number}").text).checked()
    assert "重试：生成文书文件" in shown.texts("//section[@id='history']//li//b")
    trouble = shown.texts("//section[@aria-labelledby='troubles-title']//li")[0]
    assert "已重新提交" in trouble
    assert "0 次" not in trouble


def test_nobody_else_sees_them(enter: Enter):
    assert enter("county_clerk1").get("/jobs").status_code == 403
    assert "/jobs" not in enter("county_clerk1").get("/inbox").text
    assert "没有失败的任务。" in Page(enter("admin1").get("/jobs").text).checked().text


def test_an_undelivered_message_is_delivered_again_or_discarded_with_a_reason(enter: Enter, county: Engine, db: Session):
    with writing(county) as session:
        case = session.get_one(Case, case_of(db, "马桂兰").id)
        made = [mailbox.put(session, case, "news", {}, NOW, sender="registry", key=key)[0] for key in "ab"]
        for message in made:
            message.state = MessageState.UNDELIVERED
    first, second = (message.id for message in made)
    client = enter("admin1")
    assert "来自外部系统“registry”" in Page(client.get("/jobs").text).checked().text
    assert post(client, f"/jobs/messages/{first}/again", on="/jobs").status_code == 303
    refused = post(client, f"/jobs/messages/{second}/discard", {"reason": " "}, on="/jobs")
    assert refused.status_code == 422
    shown = Page(refused.text).checked()
    assert shown.texts(f"//*[@id='reason-jobs-messages-{second}-discard']") == ["请填写理由。"]
    assert len(shown.texts("//*[@role='alert']")) == 1
    assert post(client, f"/jobs/messages/{second}/discard", {"reason": "重复"}, on="/jobs").status_code == 303
    db.rollback()
    assert [db.get_one(CaseMessage, number).state for number in (first, second)] == ["waiting", "discarded"]


def test_a_doubted_clock_is_told_to_everybody_and_confirmed_by_the_administrator_who_is_asked_twice(
        enter: Enter, county: Engine, db: Session):
    timer = db.exec(select(Timer)).first()
    timer.due_at = NOW - timedelta(hours=1)
    db.add(ClockJump(boot="b", kind="forward", expected_at=NOW, found_at=NOW + timedelta(hours=49, seconds=5)))
    db.commit()
    banner = "//p[@class='doubt']"
    assert Page(enter("town_clerk1").get("/inbox").text).checked().texts(banner) == ["系统时钟存疑，定时事项已暂停。"]
    lead, admin = enter("county_lead1"), enter("admin1")
    assert Page(lead.get("/inbox").text).texts(f"{banner}/a[@href='/jobs']") == ["查看情况"]
    shown = Page(lead.get("/jobs").text).checked()
    assert "系统时钟向前跳了 2 天 1 小时" in shown.text
    assert f"只有系统管理员可以确认：{people.by_login(db, 'admin1').name}" in shown.text
    assert post(lead, "/jobs/clock/1/confirm", on="/inbox").status_code == 403
    assert Page(admin.get("/inbox").text).texts(f"{banner}/a") == ["核对并确认"]
    link = Page(admin.get("/jobs").text).checked().tree.xpath("string(//section[@role='status']//a/@href)")
    asked = Page(admin.get(link).text).checked()
    assert "已到期的 1 项定时事项将立即办理" in asked.text
    assert post(admin, asked.tree.xpath("string(//section[@role='status']/form/@action)"), on=link).status_code == 303
    after = Page(admin.get("/jobs").text).checked()
    assert not after.texts(banner)
    assert "确认正确" in after.text


@pytest.mark.parametrize(("seconds", "zh", "en"), [
    (7200, "2 小时", "2 hours"), (176405, "2 天 1 小时", "2 days 1 hour"), (61, "1 分钟 1 秒", "1 minute 1 second"), (0, "0 秒", "0 seconds")])
def test_a_length_of_time_is_said_in_words(seconds: int, zh: str, en: str):
    assert duration(seconds) == Term(zh, en)


def test_a_case_that_cannot_go_on_says_where_and_why_leaves_nothing_and_is_shown(enter: Enter, county: Engine, db: Session, tmp_path: Path):
    flows = flows_xml("begin>a\na>x\nx>done ? case.number = null\nx>other ? case.number = null")
    with writing(county) as session:
        drawn.publish(session, tmp_path, NOW, '<process id="blocked" isExecutable="true"><startEvent id="begin"/><userTask id="a" name="核对"/>'
                      f'<exclusiveGateway id="x" name="结论"/><endEvent id="done"/><endEvent id="other"/>{flows}</process>')
        case = intake.open_case(session, "blocked", "甲", "990101001001", {}, None, NOW)
    item = db.exec(select(WorkItem).where(WorkItem.case_id == case.id)).one()
    clerk, admin = enter("town_clerk1"), enter("admin1")
    answers = {"outcome": "enough", "opinion": "同意"}
    refused = [post(clerk, f"/work/{item.id}", answers, on=f"/work/{item.id}") for _ in range(2)]
    assert [answer.status_code for answer in refused] == [409, 409]
    assert "办件在“结论”处无法继续：没有符合条件的去向" in Page(refused[0].text).text
    db.rollback()
    assert (db.get_one(Case, case.id).facts, db.get_one(WorkItem, item.id).state) == ({}, "open")
    shown = Page(admin.get("/jobs").text).checked().text
    for said in (case.number, "办件在“结论”处无法继续", "2 次"):
        assert said in shown
    incident = db.exec(select(Incident)).one()
    assert post(clerk, f"/jobs/incidents/{incident.id}/settle", on="/inbox").status_code == 403
    assert post(admin, f"/jobs/incidents/{incident.id}/settle", on="/jobs").status_code == 303
    assert case.number not in Page(admin.get("/jobs").text).checked().text
