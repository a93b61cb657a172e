"""What comes for a suspended case is kept, and heard when the case is resumed."""

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session, col, select

from workflows.cases import facts
from workflows.cases.tables import Case, Held
from workflows.records.types import stored

MESSAGE, ANSWER, REFUSAL = "message", "answer", "refusal"


def message(session: Session, case: Case, name: str, now: datetime) -> None:
    """A message came."""
    session.add(Held(case_id=stored(case.id), kind=MESSAGE, name=name, at=now))


def answer(session: Session, case: Case, token: str, author: str, said: Mapping[str, object], now: datetime) -> None:
    """A machine has done what an element asked for."""
    session.add(Held(case_id=stored(case.id), kind=ANSWER, name=token, author=author, payload=facts.encode(said), at=now))


def refusal(session: Session, case: Case, token: str, code: str, now: datetime) -> None:
    """What an element asked for was refused, with a code that its drawing knows."""
    session.add(Held(case_id=stored(case.id), kind=REFUSAL, name=token, author=code, at=now))


def of(session: Session, case: Case) -> list[Held]:
    """All that is kept for a case, the first come first."""
    return list(session.exec(select(Held).where(Held.case_id == case.id).order_by(col(Held.at), col(Held.id))))
