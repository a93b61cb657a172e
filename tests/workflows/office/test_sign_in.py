"""Passwords and browser sessions."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from workflows.errors import Invalid, NotAllowed, NotFound
from workflows.office import sign_in
from workflows.office.people import Officer
from workflows.office.tables import Person, SignIn
from workflows.records import audit
from workflows.records.tables import AuditEvent

PASSWORD = "correct horse"
HASH = sign_in.hashed(PASSWORD)


@pytest.fixture(autouse=True)
def _a_password(session: Session, officer: Callable[[str], Officer]) -> None:
    session.get_one(Person, officer("town_clerk1").id).password_hash = HASH
    session.flush()


def test_the_right_password_opens_a_session(session: Session, now: datetime) -> None:
    signed = sign_in.sign_in(session, " town_clerk1 ", PASSWORD, now)
    assert signed
    token, row = signed
    assert (officer := sign_in.who(session, token, now))
    assert officer.login == "town_clerk1"
    assert token not in row.token_hash
    assert audit.events(session, f"sign_in:{officer.id}")[-1].action == "sign_in"


@pytest.mark.parametrize(("login", "password"), [("town_clerk1", "wrong"), ("nobody", PASSWORD), ("town_clerk2", ""),
                                                 ("town_clerk1", "x" * 10**6)])
def test_anything_else_opens_nothing_and_is_noted(session: Session, now: datetime, login: str, password: str) -> None:
    assert sign_in.sign_in(session, login, password, now) is None
    last = session.exec(select(AuditEvent).order_by(col(AuditEvent.id).desc())).first()
    person = session.exec(select(Person).where(Person.login == login)).first()
    assert last
    assert (last.action, last.actor_id) == ("sign_in.fail", person.id if person else None)
    assert login not in last.chain


def test_an_unknown_login_costs_a_verification_too(session: Session, now: datetime,
                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    verify = sign_in.HASHER.verify_and_update
    monkeypatch.setattr(sign_in.HASHER, "verify_and_update", lambda *given: calls.append(given[1]) or verify(*given))
    sign_in.sign_in(session, "nobody", "x", now)
    assert calls
    assert calls[0].startswith("$argon2id$")


def test_a_session_ends_after_its_time_or_on_sign_out(session: Session, now: datetime) -> None:
    signed = sign_in.sign_in(session, "town_clerk1", PASSWORD, now)
    assert signed
    assert sign_in.who(session, signed[0], now + sign_in.LASTS) is None
    sign_in.sign_out(session, signed[0], now)
    sign_in.sign_out(session, signed[0], now)
    assert sign_in.who(session, signed[0], now) is None
    assert sign_in.who(session, "", now) is None


def test_old_sessions_are_swept(session: Session, now: datetime) -> None:
    sign_in.sign_in(session, "town_clerk1", PASSWORD, now)
    sign_in.sign_in(session, "town_clerk1", PASSWORD, now + timedelta(days=2))
    assert len(session.exec(select(SignIn)).all()) == 1


def test_a_dismissed_person_is_nobody(session: Session, now: datetime, officer: Callable[[str], Officer]) -> None:
    signed = sign_in.sign_in(session, "town_clerk1", PASSWORD, now)
    session.get_one(Person, officer("town_clerk1").id).active = False
    session.flush()
    assert signed
    assert sign_in.who(session, signed[0], now) is None
    assert sign_in.sign_in(session, "town_clerk1", PASSWORD, now) is None


def test_five_wrong_passwords_close_the_account_for_a_while(session: Session, now: datetime) -> None:
    for _ in range(sign_in.FAILURES_MAX):
        assert sign_in.sign_in(session, "town_clerk1", "wrong", now) is None
    with pytest.raises(NotAllowed):
        sign_in.sign_in(session, "town_clerk1", PASSWORD, now + timedelta(minutes=14))
    assert sign_in.sign_in(session, "town_clerk1", PASSWORD, now + timedelta(minutes=15))


def test_a_login_nobody_has_closes_just_the_same(session: Session, now: datetime) -> None:
    for _ in range(sign_in.FAILURES_MAX):
        assert sign_in.sign_in(session, "nobody", "wrong", now) is None
    with pytest.raises(NotAllowed):
        sign_in.sign_in(session, " nobody ", "wrong", now + timedelta(minutes=14))
    assert sign_in.sign_in(session, "nobody else", "wrong", now) is None
    assert sign_in.sign_in(session, "nobody", "wrong", now + timedelta(minutes=15)) is None


@pytest.mark.parametrize("login", ["town_clerk1", "nobody"])
def test_guesses_are_counted_behind_a_lock(session: Session, now: datetime, login: str,
                                           monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []
    monkeypatch.setattr(sign_in, "alone", lambda _session, what: taken.append(what))
    sign_in.sign_in(session, login, "wrong", now)
    last = session.exec(select(AuditEvent).order_by(col(AuditEvent.id).desc())).first()
    assert last
    assert taken == [last.chain]


def test_the_present_password_is_asked_for_and_guesses_at_it_are_counted(
        session: Session, now: datetime, officer: Callable[[str], Officer]) -> None:
    clerk = officer("town_clerk1")
    assert sign_in.confirmed(session, clerk, PASSWORD, now)
    for _ in range(sign_in.FAILURES_MAX):
        assert not sign_in.confirmed(session, clerk, "wrong", now)
    with pytest.raises(NotAllowed):
        sign_in.confirmed(session, clerk, PASSWORD, now)


def test_a_new_password_ends_the_old_sessions(session: Session, now: datetime,
                                              officer: Callable[[str], Officer]) -> None:
    signed = sign_in.sign_in(session, "town_clerk1", PASSWORD, now)
    clerk = officer("town_clerk1")
    sign_in.set_password(session, clerk.id, "another one", clerk, now)
    assert signed
    assert sign_in.who(session, signed[0], now) is None
    assert sign_in.sign_in(session, "town_clerk1", "another one", now)


def test_who_may_set_which_password(session: Session, now: datetime, officer: Callable[[str], Officer]) -> None:
    clerk = officer("town_clerk1")
    sign_in.set_password(session, clerk.id, "another one", officer("admin1"), now)
    with pytest.raises(NotAllowed):
        sign_in.set_password(session, clerk.id, "another one", officer("town_lead1"), now)
    with pytest.raises(NotFound):
        sign_in.set_password(session, 10**6, "another one", officer("admin1"), now)
    for password in ("short", "x" * 129, "town_clerk1"):
        with pytest.raises(Invalid):
            sign_in.set_password(session, clerk.id, password, clerk, now)
