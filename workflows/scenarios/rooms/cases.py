"""Scenario words about cases: apply, wait; where a case stands, its facts and papers; who sees it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from pydantic import Field
from sqlmodel import col, select

from bpmn.message import Message
from workflows import releases
from workflows.cases import access, world
from workflows.cases.papers import documents
from workflows.cases.tables import WorkItem, WorkState
from workflows.office import people, rates
from workflows.office.rate_files import Rule, shipped
from workflows.office.tables import Duty, LocalRate, Role
from workflows.sample import fixture
from workflows.scenarios import told
from workflows.scenarios.bureau import Bureau
from workflows.scenarios.shape import Shape, Step
from workflows.scenarios.words import Before, Look, given, then, verb
from workflows.scenarios.wrong import ScenarioInvalid, Wrong, unknown


@given("rates", dict[str, Any], "rule code = value from the first day on, in place of the county's own")
def _rates(before: Before, values: dict[str, Any]) -> None:
    known = shipped()
    if wrongs := [*_no_rules(known.rules, values)]:
        raise ScenarioInvalid(wrongs)
    own = {known.source_of(code): value for code, value in values.items()}
    for row in before.session.exec(select(LocalRate).where(col(LocalRate.code).in_(own))).all():
        before.session.delete(row)
    before.session.flush()
    before.session.add_all(LocalRate(code=code, scope=fixture.COUNTY, value=value, valid_from=date(2000, 1, 1),
                                     source="scenario") for code, value in own.items())


def _no_rules(known: Mapping[str, Rule], values: dict[str, Any]) -> Iterator[Wrong]:
    for code, value in values.items():
        at = ("given", "rates", code)
        if code not in known:
            yield unknown(at, Message("There is no rule “{word}”."), code, known)
        elif not known[code].takes(value):
            yield Wrong(at, Message("{value} can't be the value of this rule (unit: {unit}).", {"value": repr(value), "unit": known[code].unit}))


@given("also", dict[str, Role], "login = a role that he holds besides, in the unit where he sits")
def _also(before: Before, roles: dict[str, Role]) -> None:
    for login, role in roles.items():
        held = people.by_login(before.session, login)
        before.session.add(Duty(person_id=held.id, role=role, unit_id=held.duties[0].unit_id))
    before.session.flush()


class SetRate(Shape):
    """A rule and its new value."""

    code: str
    value: Any
    since: date = Field(alias="from")
    source: str = "文件"
    scope: str = fixture.COUNTY


class Nothing(Shape):
    """Nothing is asked."""


@verb("apply", "hand in the start form of the scenario's process, or of the step's `process`; `with` replaces answers")
def _apply(bureau: Bureau, step: Step) -> None:
    bureau.apply(step)


@verb("set_rate", "the county's lead or administrator sets a rule: `code`, `value`, `from` a day on, `source`; `scope`: left out, the county", SetRate)
def _set_rate(bureau: Bureau, step: Step) -> None:
    with bureau.work() as session:
        said = SetRate.model_validate(step.answers)
        rates.set_local(session, said.code, said.value, scope=said.scope, valid_from=said.since, source=said.source,
                        who=bureau.who(session, step.who), now=bureau.now)


@verb("wait", "nobody does anything: time passes, timers fire", Nothing)
def _wait(bureau: Bureau, step: Step) -> None:
    """Time has passed already."""


@then("state", str, "running, suspended, terminated, or the id of the end event reached")
def _state(look: Look, expected: str) -> Iterator[Message]:
    if look.case.state != expected:
        yield told.differs("state", told.state(look.published, expected), told.state(look.published, look.case.state))


@then("open", list[str], "exactly these elements wait for people")
def _open(look: Look, expected: list[str]) -> Iterator[Message]:
    found = {item.node for item in look.session.exec(select(WorkItem).where(
        WorkItem.case_id == look.case.id, WorkItem.state == WorkState.OPEN))}
    if found != set(expected):
        yield told.differs("open", *(told.names(told.element(look.published, node) for node in nodes) for nodes in (expected, found)))


@then("facts", dict[str, Any], "dotted path = value (`aid.stages[0].fen` is of the first); money in fen; `rules.<code>` and `notice.<word>` too")
def _facts(look: Look, expected: dict[str, Any]) -> Iterator[Message]:
    known = world.of(look.session, look.case, look.bureau.now)
    for path, value in expected.items():
        found = _at(known, path)
        if found != value and str(found) != str(value):
            yield told.differs(path, value, found)


@then("documents", list[str], "kinds of paper issued by now, in any order")
def _documents(look: Look, expected: list[str]) -> Iterator[Message]:
    issued = {paper.kind for paper in documents.of_case(look.session, look.case.id or 0)}
    for kind in expected:
        if kind not in issued:
            yield not_issued(look, kind, issued)


@then("no_documents", list[str], "kinds of paper not issued by now")
def _no_documents(look: Look, expected: list[str]) -> Iterator[Message]:
    issued = {paper.kind for paper in documents.of_case(look.session, look.case.id or 0)}
    yield from (Message("Paper {paper} was issued.", {"paper": told.paper(look.published, kind)}) for kind in expected if kind in issued)
    yield from no_such(look, set(expected) - issued)


@then("sees", dict[str, bool], "login = whether he may see the case")
def _sees(look: Look, expected: dict[str, bool]) -> Iterator[Message]:
    for login, may in expected.items():
        who = people.by_login(look.session, login)
        if access.may_see(look.session, look.case, who) != may:
            said = Message("{person} does not see the case.") if may else Message("{person} sees the case.")
            yield said.with_params(person=told.person(who))


def not_issued(look: Look, kind: str, issued: Iterable[str]) -> Message:
    """A paper that should be there is not; others are."""
    return Message("Paper {paper} was not issued; issued: {issued}", {
        "paper": told.paper(look.published, kind), "issued": told.names(told.paper(look.published, one) for one in issued)})


def no_such(look: Look, kinds: Iterable[str]) -> Iterator[Message]:
    """Kinds of paper that no process has: a misspelt one must not pass for one that was not issued."""
    known = {kind for name in releases.described(look.session)
             for kind in releases.current(look.session, name).papers}
    own = look.published
    here = told.names(told.paper(own, kind) for kind in own.papers)
    yield from (Message("There is no kind of paper “{word}”; this process has: {known}", {"word": kind, "known": here})
                for kind in sorted(kinds) if kind not in known)


def _at(value: Any, path: str) -> Any:
    for name in path.replace("[", ".").replace("]", "").split("."):
        if isinstance(value, list) and name.isdigit():
            value = value[int(name)] if int(name) < len(value) else None
        else:
            value = value.get(name) if isinstance(value, Mapping) else None
    return value
