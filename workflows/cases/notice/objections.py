"""公示异议: by anybody, with or without a name; within the notice's days it stops the flow, afterwards it is a complaint."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from workflows import releases
from workflows.cases import access, chains, progress, world
from workflows.cases.notice import complaints, notices
from workflows.cases.papers import issuing
from workflows.cases.effects import Step, effect
from workflows.cases.messages import mailbox
from workflows.cases.tables import Case, Notice, Objection
from workflows.errors import Conflict, NotFound
from workflows.office import permissions
from workflows.office.people import Officer
from workflows.records import audit
from workflows.records.types import stored

MESSAGE = "objection"
ACTION = "notice.object"
ANSWERED = "notice.answer"
RECORD = "objection_record"
PUBLIC = audit.Actor(None, "公众")
LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"     # none that is taken for another
SECRET = 10
LONGEST = 2000


@dataclass(frozen=True)
class Receipt:
    """What an objector takes home: with both numbers he can read the answer; the secret is kept nowhere else."""

    objection: Objection
    number: str
    secret: str

    @property
    def late(self) -> bool:
        """Whether it came after the notice's days, and is a complaint."""
        return self.objection.late


def object_to(session: Session, notice_id: int, text: str, name: str, phone: str, now: datetime) -> Receipt:
    """Record what somebody of the public objects; whoever is signed in, the log says 公众 and nothing more."""
    return _object(session, notices.posted(session, notice_id), (text, name, phone), now, None)


def register(session: Session, notice_id: int, text: str, name: str, phone: str, who: Officer, now: datetime) -> Receipt:
    """Record an objection brought to the counter; by duty only, and kept from the village like any other."""
    notice = notices.posted(session, notice_id)
    permissions.demand(permissions.why_not(who, "register_objection", notice.division_code))
    access.demand_sight(session, session.get(Case, notice.case_id), who)
    return _object(session, notice, (text, name, phone), now, who)


def read(session: Session, number: str, secret: str) -> Objection:
    """What became of an objection, for whoever holds the receipt; a wrong secret tells nothing."""
    found = session.exec(select(Objection).where(Objection.receipt == number.strip().upper())).first()
    if not secrets.compare_digest(found.secret if found else "", _hashed(number.strip().upper(), secret.strip().upper())) or found is None:
        raise NotFound("There is no objection with this receipt number and code. Compare both with your receipt.")
    return found


def answer(session: Session, objection_id: int, text: str, who: Officer, now: datetime) -> Objection:
    """Answer one that came too late for the notice: no re-check of the flow will."""
    row = session.get(Objection, objection_id)
    if row is None or not row.late:
        raise NotFound("This was not found.")
    case = progress.locked(session, row.case_id)
    access.demand_sight(session, case, who)
    permissions.demand(permissions.why_not(who, "answer_objection", case.division_code))
    if row.answered_at:
        raise Conflict("This has been answered already.")
    if not text.strip():
        raise Conflict("Please write the answer.")
    row.answered_at, row.answer = now, text.strip()[:LONGEST]
    session.add(row)
    session.flush()
    role = permissions.role_for(who, "answer_objection", case.division_code)
    audit.append(session, chains.of(case.id), who.actor(role), ANSWERED, now, summary="答复逾期异议", after={"objection": row.id})
    return row


def answer_all(session: Session, case: Case, answer: str, now: datetime) -> None:
    """The re-survey answers every objection that waits."""
    for objection in world.open_objections(session, case):
        objection.answered_at, objection.answer = now, answer
        session.add(objection)
    session.flush()


def _object(session: Session, notice: Notice, said: tuple[str, str, str], now: datetime, who: Officer | None) -> Receipt:
    """A real name is not required. In time the case is told; late it is a complaint about a case that still runs."""
    text, name, phone = (part.strip()[:most] for part, most in zip(said, (LONGEST, 50, 30), strict=True))
    if not text:
        raise Conflict("Please say what you object to.")
    case, late = progress.locked(session, notice.case_id), notices.over(notice, now)
    objection = Objection(case_id=notice.case_id, notice_id=stored(notice.id), received_at=now, text=text, objector_name=name,
                          objector_phone=phone, late=late)
    session.add(objection)
    session.flush()
    receipt = _receipt(session, objection)
    audit.append(session, chains.of(case.id), who.actor() if who else PUBLIC, ACTION, now,
                 summary="公示期满后收到异议，按投诉举报登记" if late else "公示期内收到异议", after={"objection": objection.id, "notice": notice.id})
    if not late:
        progress.tell(session, case, MESSAGE, progress.Cause(now))
    elif case.ended_at is None:
        complaints.keep(session, case, (text, name, phone), progress.Cause(now, who))
    return receipt


def _receipt(session: Session, objection: Objection) -> Receipt:
    number = f"YY{objection.received_at:%Y%m%d}{stored(objection.id):05d}"
    secret = "".join(secrets.choice(LETTERS) for _ in range(SECRET))
    objection.receipt, objection.secret = number, _hashed(number, secret)
    session.add(objection)
    session.flush()
    return Receipt(objection, number, secret)


def _hashed(number: str, secret: str) -> str:
    """Slow on purpose: who reads the database still can't try all codes."""
    return hashlib.scrypt(secret.encode(), salt=number.encode(), n=2**12, r=8, p=1, dklen=32).hex()


@effect("record_objection")
def _record(step: Step) -> Mapping[str, object]:
    """Objections are rows of their own; where the process has the paper, each that waits gets its 异议登记表, without who it was."""
    if RECORD in releases.load(step.session, step.case.release_id).papers:
        for one in world.open_objections(step.session, step.case):
            said = {"receipt": one.receipt, "received_at": one.received_at, "text": one.text, "named": bool(one.objector_name)}
            issuing.issue(step, RECORD, given={"objection": said})
    return {}


@effect("answer_objections")
def _answer(step: Step) -> Mapping[str, object]:
    """Close the objections that this re-survey or appraisal dealt with, by the property `answer` or the task's own answers."""
    drawn = mailbox.computed(step.node.properties.get("answer", ""), step.facts, step.now)
    answer_all(step.session, step.case, str(drawn or step.answers.get("objection_answer") or step.answers.get("findings") or ""), step.now)
    return {}
