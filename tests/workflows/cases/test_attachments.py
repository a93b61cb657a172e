"""Files handed in are told by their bytes, kept by their hash, and never lost with a refused form."""

from datetime import datetime

import pytest

from workflows import settings as settings_module
from workflows.cases import attachments, sources
from workflows.errors import Conflict, NotFound
from workflows.office.tables import Person
from workflows.records.types import CHINA

NOW = datetime(2024, 3, 4, 9, tzinfo=CHINA)
PDF = b"%PDF-1.4\n..."


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(settings_module.settings(), "var", tmp_path)


def test_the_same_bytes_are_kept_once_under_their_hash(session, tmp_path):
    first = attachments.stage(session, "a.pdf", PDF, None, NOW)
    second = attachments.stage(session, "b.pdf", PDF, None, NOW)
    assert first.sha256 == second.sha256
    assert first.token != second.token
    assert attachments.read(first.sha256) == PDF
    assert len([path for path in (tmp_path / "files").rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize("content", [b"MZ\x90", b"<html>", b"", b"PK\x03\x04"])
def test_what_is_no_pdf_or_picture_is_refused_whatever_its_name(session, content):
    with pytest.raises(Conflict, match="not a PDF"):
        attachments.stage(session, "invoice.pdf", content, None, NOW)


def test_a_file_over_twenty_megabytes_is_refused(session):
    with pytest.raises(Conflict, match="larger"):
        attachments.stage(session, "a.pdf", PDF + b"0" * attachments.LARGEST, None, NOW)


def test_a_path_in_the_name_is_cut_off(session):
    assert attachments.stage(session, "../../etc/passwd.pdf", PDF, None, NOW).name == "passwd.pdf"


def test_a_tampered_file_is_noticed(session, tmp_path):
    kept = attachments.stage(session, "a.pdf", PDF, None, NOW)
    (tmp_path / "files" / kept.sha256[:2] / kept.sha256).write_bytes(b"%PDF-other")
    with pytest.raises(Conflict, match="does not match"):
        attachments.read(kept.sha256)


def test_an_unbound_file_is_seen_and_bound_by_who_sent_it_only(session):
    own, other = (Person(login=login, name=login) for login in ("own", "other"))
    session.add_all([own, other])
    session.flush()
    kept = attachments.stage(session, "a.pdf", PDF, own.id, NOW)
    assert set(sources.staged(session, None, own.id)) == {kept.token}
    assert sources.staged(session, None, other.id) == sources.staged(session, 1, other.id) == {}
    with pytest.raises(Conflict, match="somebody else"):
        attachments.bind(session, 1, [kept.token], other.id)
    assert kept.case_id is None


def test_the_folder_of_a_new_file_is_synced_too(session, tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr(attachments, "_sync", synced.append)
    kept = attachments.stage(session, "a.pdf", PDF, None, NOW)
    assert synced == [tmp_path / "files" / kept.sha256[:2], tmp_path / "files"]


def test_an_unknown_token_is_not_found(session):
    with pytest.raises(NotFound):
        attachments.by_token(session, "nobody's")
