"""Scenario words about public notices: object to one; what it shows, and to whom an objector is known."""

from collections.abc import Iterator
from typing import Any

from sqlmodel import Session, select

from workflows.cases import facts, notices, objections, world
from workflows.cases.tables import Objection
from workflows.errors import NotFound
from workflows.office import people, permissions
from workflows.scenarios.bureau import Bureau
from workflows.scenarios.shape import Step
from workflows.scenarios.words import Look, then, verb


@verb("object", "somebody of the public objects to the case's notice: `text`, and `name`, `phone` if he likes")
def _object(bureau: Bureau, step: Step) -> None:
    with bureau.work() as session:
        notice = world.latest_notice(session, bureau.case(session, step.case))
        objections.object_to(session, notice.id or 0 if notice else 0, str(step.answers.get("text", "")),
                          str(step.answers.get("name", "")), str(step.answers.get("phone", "")), bureau.now)


@then("notice", dict[str, Any], "`posted_on`, `ends_on`, `public`, any shown field; `shows` and `hides`: lists of text")
def _notice(look: Look, expected: dict[str, Any]) -> Iterator[str]:
    notice = world.latest_notice(look.session, look.case)
    if notice is None:
        yield "there is no notice"
        return
    text = str(facts.decode(notice.shown))
    found = {"posted_on": notice.posted_on, "ends_on": notice.ends_on,
             "public": _public(look.session, notice.id or 0, look.bureau), **facts.decode(notice.shown)}
    for key, value in expected.items():
        if key == "shows":
            yield from (f"the notice does not show {part!r}" for part in value if part not in text)
        elif key == "hides":
            yield from (f"the notice shows {part!r}" for part in value if part in text)
        elif found.get(key) != value:
            yield f"notice.{key}: expected {value!r}, found {found.get(key)!r}"


@then("objector_hidden_from", list[str], "logins that may not read who objected")
def _hidden(look: Look, logins: list[str]) -> Iterator[str]:
    named = look.session.exec(select(Objection).where(Objection.case_id == look.case.id)).first()
    for login in logins:
        who = people.by_login(look.session, login)
        if named and permissions.why_not(who, "read_objector", look.case.division_code) is None:
            yield f"{login} may read the objector's name"


def _public(session: Session, notice_id: int, bureau: Bureau) -> bool:
    try:
        notices.public(session, notice_id, bureau.now)
    except NotFound:
        return False
    return True
