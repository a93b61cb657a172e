"""Names in a scenario that nothing bears: a person, an element, a field. They are told before anybody has been misled by them."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlmodel import Session, select

from bpmn.message import Message
from forms.schema import Form
from workflows import releases
from workflows.office.tables import Person
from workflows.scenarios import words
from workflows.scenarios.shape import Scenario, Step
from workflows.scenarios.wrong import ScenarioInvalid, Steps, Wrong, unknown

PERSON = Message("There is no account “{word}” in the county.")
PROCESS = Message("There is no process “{word}”.")
ACT = Message("There is no verb and no person's step “{word}”.")
FIELD = Message("The form has no field “{word}”.")


def demand(session: Session, scenario: Scenario) -> None:
    """Every person, process and element that the steps name is there, or `ScenarioInvalid` says which is not."""
    logins = frozenset(session.exec(select(Person.login)))
    processes = releases.described(session)
    own = _elements(session, {scenario.process, *(step.process for step in scenario.steps)} & set(processes))
    every = own | _elements(session, set(processes))
    for step in scenario.steps:
        if wrongs := [*_wrong(step, logins, set(processes), own, every)]:
            raise ScenarioInvalid(wrongs, step.file)


def answers(form: Form, said: Mapping[str, Any], at: Steps) -> Iterator[Wrong]:
    """Answers to questions that the form does not ask."""
    asked = {path: path.rpartition(".")[2] for path, _ in form.walk() if path}
    groups = {path[:place] for path in asked for place, letter in enumerate(path) if letter == "."}
    known = {path.replace("[]", "") for path in (*asked, *groups)}
    yield from _answers(known, said, "", at)


def _answers(known: set[str], said: Mapping[str, Any], above: str, at: Steps) -> Iterator[Wrong]:
    for key, value in said.items():
        path = f"{above}{key}"
        if path not in known:
            yield unknown((*at, key), FIELD, key, (one.removeprefix(above) for one in known if one.startswith(above)))
            continue
        if not any(one.startswith(f"{path}.") for one in known):
            continue
        for n, row in enumerate(value) if isinstance(value, list) else ((None, value),):
            if isinstance(row, Mapping):
                yield from _answers(known, row, f"{path}.", (*at, key) if n is None else (*at, key, n))


def _wrong(step: Step, logins: frozenset[str], processes: set[str], own: set[str], every: set[str]) -> Iterator[Wrong]:
    at = step.at
    if step.who and step.who not in logins:
        yield unknown((*at, "who"), PERSON, step.who, logins)
    if step.process and step.process not in processes:
        yield unknown((*at, "process"), PROCESS, step.process, processes)
    if step.does not in words.VERBS and step.does not in every:
        hinted = unknown((*at, "does"), ACT, step.does, {*own, *words.VERBS})
        yield hinted if hinted.hint else unknown((*at, "does"), ACT, step.does, every)


def _elements(session: Session, processes: set[str]) -> set[str]:
    """What people do in these processes and in all they call."""
    return {node.id for name in processes for node in _published(session, name).drawing.nodes_by_process.values()
            if node.form_key or node.candidate_groups}


def _published(session: Session, process: str) -> releases.Published:
    return releases.current(session, process)
