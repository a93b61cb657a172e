"""What is published is checked first, whole, unchangeable, and known by its content."""

import json
import shutil
from contextlib import nullcontext
from datetime import datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import select

from workflows import releases
from workflows.records.tables import AuditEvent
from workflows.records.types import CHINA
from workflows.releases import __main__ as command
from workflows.releases.tables import Release

from .conftest import SAMPLE

NOW = datetime(2026, 3, 2, 12, tzinfo=CHINA)


REPLACED = """INSERT OR REPLACE INTO release (process, version, hash, title, files, published_at)
SELECT process, version, 'x', title, files, published_at FROM release"""


@pytest.fixture
def house(tmp_path):
    """The sample's folders, to be changed."""
    return shutil.copytree(SAMPLE, tmp_path / "house")


def change(house, name, old, new):
    path = house / name
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_an_error_keeps_everything_out_and_says_everything(session, house):
    change(house, "bpmn/aid/flow.bpmn", 'formKey="aid/remind"', 'formKey="aid/remnd"')
    with pytest.raises(releases.NotPublished) as refused:
        releases.publish(session, "aid", NOW, house)
    assert {each.code for each in refused.value.report.errors} == {"form_unknown"}
    assert "aid/remnd" in str(refused.value)
    assert session.exec(select(Release)).all() == []
    assert session.exec(select(AuditEvent)).all() == []


def test_a_mended_process_is_published_after_the_refused_one(session, house):
    change(house, "bpmn/aid/flow.bpmn", 'formKey="aid/remind"', 'formKey="aid/remnd"')
    with pytest.raises(releases.NotPublished):
        releases.publish(session, "aid", NOW, house)
    change(house, "bpmn/aid/flow.bpmn", 'formKey="aid/remnd"', 'formKey="aid/remind"')
    release = releases.publish(session, "aid", NOW, house)
    assert (release.version, releases.load(session, release.id).form("aid/remind").title.en) == (1, "Remind")


def test_a_warning_does_not_keep_it_out_and_is_counted_in_the_log(session, house):
    change(house, "bpmn/aid/process.toml", '"split", ', "")
    releases.publish(session, "aid", NOW, house)
    event = session.exec(select(AuditEvent)).one()
    assert (event.action, event.after["warnings"]) == ("release.publish", 1)


def test_the_same_content_is_the_same_release(session, house):
    first = releases.publish(session, "aid", NOW, house)
    assert releases.publish(session, "aid", NOW, house).id == first.id
    assert len(session.exec(select(AuditEvent)).all()) == 1


@pytest.mark.parametrize("name", [
    "bpmn/aid/flow.bpmn", "bpmn/aid/award.dmn", "bpmn/aid/process.toml", "bpmn/aid/rates.toml", "bpmn/posting/flow.bpmn",
    "bpmn/posting/process.toml", "forms/aid/remind.form", "forms/posting/post.form"])
def test_one_more_byte_in_any_file_is_another_version_and_the_old_one_stays(session, house, name):
    old = releases.publish(session, "aid", NOW, house)
    (house / name).write_bytes((house / name).read_bytes() + b"\n")
    new = releases.publish(session, "aid", NOW, house)
    assert (old.version, new.version, old.hash != new.hash) == (1, 2, True)
    assert releases.newest(session, "aid").id == new.id
    kept = releases.load(session, old.id)
    assert (kept.version, kept.flow_file("aid")) == (1, (SAMPLE / "bpmn/aid/flow.bpmn").read_bytes())


def test_the_database_itself_refuses_to_change_or_remove_a_release(session, house):
    releases.publish(session, "aid", NOW, house)
    session.commit()
    for statement in ("UPDATE release SET title = 'x'", "DELETE FROM release",
                      "INSERT OR REPLACE INTO release SELECT * FROM release",
                      REPLACED):
        with pytest.raises(DatabaseError):
            session.execute(text(statement))
        session.rollback()
    assert session.exec(select(Release)).one().title == "困难补助"


def test_the_command_line_tells_people_and_machines(capsys):
    assert command.main(["check", "returned_payment"]) == 0
    assert "returned_payment：0 个错误，0 个提醒" in capsys.readouterr().out
    assert command.main(["check", "--json", "no_such"]) == 1
    report, = json.loads(capsys.readouterr().out)
    assert report["findings"][0]["sentence"] == {"zh": "没有流程 no_such。", "en": "There is no process no_such."}
    assert command.main(["chekc"]) == 2


def test_the_command_line_publishes_all_or_nothing(monkeypatch, capsys, session):
    monkeypatch.setattr(command, "writing", lambda: nullcontext(session))
    assert command.main(["publish", "returned_payment", "no_such"]) == 1
    assert "没有流程 no_such" in capsys.readouterr().err
    session.rollback()
    assert session.exec(select(Release)).all() == []
    assert command.main(["publish", "--en", "returned_payment"]) == 0
    assert "returned_payment: version 1" in capsys.readouterr().out
