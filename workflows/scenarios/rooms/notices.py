"""Scenario words about public notices: object to one; what it shows, and to whom an objector is known."""

from collections.abc import Iterator
from typing import Any

from sqlmodel import Session, col, func, select

from bpmn.message import Message
from workflows.cases import facts, world
from workflows.cases.notice import notices, objections
from workflows.cases.papers import documents
from workflows.cases.tables import Notice, Objection
from workflows.errors import NotFound
from workflows.office import people, permissions
from workflows.scenarios import told
from workflows.scenarios.bureau import Bureau
from workflows.scenarios.shape import Shape, Step
from workflows.scenarios.words import Look, then, verb


class Objects(Shape):
    """What somebody objects, and who he is, where he says so."""

    text: str = ""
    name: str = ""
    phone: str = ""


@verb("object", "somebody of the public objects to the case's notice: `text`, and `name`, `phone` if he likes", Objects)
def _object(bureau: Bureau, step: Step) -> None:
    with bureau.work() as session:
        notice = world.latest_notice(session, bureau.case(session, step.case))
        said = Objects.model_validate(step.answers)
        objections.object_to(session, notice.id or 0 if notice else 0, said.text, said.name, said.phone, bureau.now)


@then("notice", dict[str, Any], "`posted_on`, `ends_on`, `taken_down`, `public`, `objections`, `late`, any shown field; `shows`, `hides`: lists of text; "
      "`proof`: `from`, `to`, `photos`, `objections` as the newest 公示证明 says")
def _notice(look: Look, expected: dict[str, Any]) -> Iterator[Message]:
    notice = world.latest_notice(look.session, look.case)
    if notice is None:
        yield Message("The case has no notice.")
        return
    text = str(facts.decode(notice.shown))
    found = {"posted_on": notice.posted_on, "ends_on": notice.ends_on,
             "taken_down": notice.taken_down_at.date() if notice.taken_down_at else None,
             "objections": _raised(look, notice, late=False), "late": _raised(look, notice, late=True), "proof": _proof(look),
             "public": _public(look.session, notice.id or 0, look.bureau), **facts.decode(notice.shown)}
    for key, value in expected.items():
        if key == "shows":
            yield from (Message("The notice does not show “{text}”.", {"text": part}) for part in value if part not in text)
        elif key == "hides":
            yield from (Message("The notice shows “{text}”.", {"text": part}) for part in value if part in text)
        elif found.get(key) != value:
            yield told.differs(f"notice.{key}", value, found.get(key))


@then("objector_hidden_from", list[str], "logins that may not read who objected")
def _hidden(look: Look, logins: list[str]) -> Iterator[Message]:
    named = look.session.exec(select(Objection).where(Objection.case_id == look.case.id)).first()
    for login in logins:
        who = people.by_login(look.session, login)
        if named and permissions.why_not(who, "read_objector", look.case.division_code) is None:
            yield Message("{person} may read who objected.", {"person": told.person(who)})


def _raised(look: Look, notice: Notice, *, late: bool) -> int:
    return look.session.exec(select(func.count()).where(Objection.notice_id == notice.id, col(Objection.late).is_(late))).one()


def _proof(look: Look) -> dict[str, Any] | None:
    issued = [paper for paper in documents.of_case(look.session, look.case.id or 0) if paper.kind == "notice_proof"]
    said = facts.decode(issued[-1].data) if issued else None
    return {"from": said["posted_on"], "to": said["ends_on"], "objections": said["objections"],
            "photos": len([one for one in said["photos"] if one != "无"])} if said else None


def _public(session: Session, notice_id: int, bureau: Bureau) -> bool:
    try:
        notices.public(session, notice_id, bureau.now)
    except NotFound:
        return False
    return True
