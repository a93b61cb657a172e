"""Passwords and browser sessions."""

import hashlib
import secrets
from datetime import datetime, timedelta
from functools import lru_cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import Session, col, delete, select

from workflows.errors import Invalid, NotAllowed, NotFound
from workflows.office import people
from workflows.office.people import Officer
from workflows.office.tables import Person, Role, SignIn
from workflows.records import audit
from workflows.records.audit import Actor
from workflows.records.session import alone
from workflows.records.tables import AuditEvent

LASTS = timedelta(hours=12)
FAILURES_MAX = 5
LOCKED = timedelta(minutes=15)
SHORTEST, LONGEST = 8, 128

HASHER = PasswordHash((Argon2Hasher(),))


def sign_in(session: Session, login: str, password: str, now: datetime) -> tuple[str, SignIn] | None:
    """The session's token and row; None for a wrong login or password, so that the attempt's event is kept."""
    person = session.exec(select(Person).where(Person.login == login.strip())).first()
    chain = _chain(person) if person else _nobodys_chain(login.strip())
    _refuse_guessing(session, chain, now)
    if not _verified(person, password) or person is None:
        _failed(session, chain, person, now)
        return None
    token = secrets.token_urlsafe(32)
    row = SignIn(token_hash=_digest(token), person_id=_id(person), csrf=secrets.token_urlsafe(32), started_at=now,
                 expires_at=now + LASTS)
    session.add(row)
    session.exec(delete(SignIn).where(col(SignIn.expires_at) <= now))
    audit.append(session, _chain(person), Actor(person.id, person.name), "sign_in", now, summary="登录")
    return token, row


def session_of(session: Session, token: str, now: datetime) -> SignIn | None:
    """The live browser session of a token: for its CSRF token."""
    row = session.get(SignIn, _digest(token)) if token else None
    return row if row is not None and now < row.expires_at else None


def who(session: Session, token: str, now: datetime) -> Officer | None:
    """The officer signed in with that token; None: nobody, too late, or dismissed."""
    row = session_of(session, token, now)
    if row is None:
        return None
    try:
        return people.officer(session, row.person_id)
    except NotFound:
        return None


def sign_out(session: Session, token: str, now: datetime) -> None:
    """End a browser session; a token that isn't known is no error."""
    row = session.get(SignIn, _digest(token))
    person = session.get(Person, row.person_id) if row else None
    if row is None or person is None:
        return
    session.delete(row)
    audit.append(session, _chain(person), Actor(person.id, person.name), "sign_out", now, summary="退出")


def confirmed(session: Session, who: Officer, password: str, now: datetime) -> bool:
    """Whether that is the officer's present password; guesses at it count like those at the door."""
    person = session.get_one(Person, who.id)
    _refuse_guessing(session, _chain(person), now)
    right = _verified(person, password)
    if not right:
        _failed(session, _chain(person), person, now)
    return right


def set_password(session: Session, person_id: int, password: str, who: Officer, now: datetime) -> None:
    """Set one's own password, or as administrator anybody's; other sessions of that person end."""
    person = session.get(Person, person_id)
    if person is None:
        raise NotFound("This person is not known.")
    if who.id != person_id and not who.holds(Role.ADMIN):
        raise NotAllowed("Only an administrator sets another person's password.")
    if not SHORTEST <= len(password) <= LONGEST or password == person.login:
        raise Invalid((), "A password has {least} to {most} characters and is not the login name.",
                      least=SHORTEST, most=LONGEST)
    person.password_hash = hashed(password)
    session.add(person)
    session.exec(delete(SignIn).where(col(SignIn.person_id) == person_id))
    audit.append(session, "office", who.actor(), "password.set", now, summary=f"设置 {person.name} 的密码")


def hashed(password: str) -> str:
    """Argon2id with pwdlib's parameters."""
    return HASHER.hash(password)


def _verified(person: Person | None, password: str) -> bool:
    """Takes the same time for an unknown login as for a wrong password."""
    known = person is not None and person.active and bool(person.password_hash)
    stored = person.password_hash if person is not None and known else _nobodys()
    right, newer = HASHER.verify_and_update(password[:LONGEST], stored)
    if right and known and newer and person is not None:
        person.password_hash = newer
    return right and known


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return hashed(secrets.token_urlsafe(32))


def _failed(session: Session, chain: str, person: Person | None, now: datetime) -> None:
    actor = Actor(person.id, person.name) if person else Actor(None, "?")
    audit.append(session, chain, actor, "sign_in.fail", now,
                 summary="登录失败" if person else "登录失败：无此账号")


def _refuse_guessing(session: Session, chain: str, now: datetime) -> None:
    """Five wrong passwords in a row close a login for a quarter of an hour, whether or not it is anybody's."""
    alone(session, chain)  # guesses sent at once are counted one by one
    last = session.exec(select(AuditEvent).where(AuditEvent.chain == chain)
                        .order_by(col(AuditEvent.seq).desc()).limit(FAILURES_MAX)).all()
    failures = [event for event in last if event.action == "sign_in.fail" and now - event.at < LOCKED]
    if len(failures) == FAILURES_MAX:
        raise NotAllowed("Too many wrong passwords. Try again in {minutes} minutes.",
                         minutes=LOCKED.seconds // 60)


def _chain(person: Person) -> str:
    return f"sign_in:{person.id}"


def _nobodys_chain(login: str) -> str:
    """Of a login that nobody has; not in clear, for it may be a password in the wrong field."""
    return f"sign_in:?{_digest(login)[:12]}"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _id(person: Person) -> int:
    if person.id is None:
        raise NotFound("This person is not known.")
    return person.id
