"""The machine may die at any statement of a step: afterwards all of the step is there, or nothing of it."""

from functools import partial

import pytest
from sqlalchemy import event
from sqlmodel import select

from tests.families import with_photo
from tests.makers import WAY, everything, open_item, standing
from workflows.cases import decisions
from workflows.cases.tables import Case
from workflows.records import audit
from workflows.records.session import make_engine, writing
from workflows.scenarios.databases import kept

STEPS = ("review_materials", "home_visit", "sign_opinion", "confirm_posting", "county_decision")


class PowerCut(BaseException):
    """Nothing in the house may catch this."""


def cut(engine, at):
    """Let the power go at the `at`th statement, or at the commit that follows the last; counts what it saw."""
    seen = []

    @event.listens_for(engine, "before_cursor_execute")
    def _statement(*call):
        seen.append(call[2])
        if len(seen) == at:
            raise PowerCut

    @event.listens_for(engine, "commit")
    def _commit(_connection):
        seen.append("COMMIT")
        if len(seen) == at:
            raise PowerCut

    return seen


def step(engine, item, answers, who, now):
    """The step under test, in a transaction of its own."""
    with writing(engine) as session:
        decisions.complete(session, item.id, answers, who, now)


@pytest.mark.parametrize("element", STEPS)
def test_a_power_cut_at_any_statement_leaves_all_of_the_step_or_nothing(element, tmp_path):
    house, case = standing(element)
    with house.work() as session:
        item, who = open_item(session, case, element)
        row = session.get_one(Case, case.id)
        answers = with_photo(session, {**decisions.initial(session, item, row, who, house.now), **WAY[element][1]}, who, house.now)
    answers = {key: value.replace("TODAY", f"{house.now:%Y-%m-%d}") if isinstance(value, str) else value
               for key, value in answers.items()}
    cut_everywhere(house, case, tmp_path, partial(step, item=item, answers=answers, who=who, now=house.now))


def cut_everywhere(house, case, folder, doing):
    """Do it with the power going at each statement in turn, and look at what lies there afterwards."""
    rows = kept(house.engine)
    before = everything(house.engine)
    doing(house.engine)
    after = everything(house.engine)
    assert before != after

    path, at, outcomes = folder / "case.sqlite", 0, []
    while "through" not in outcomes[-1:]:
        at += 1
        for old in folder.glob("case.sqlite*"):
            old.unlink()
        path.write_bytes(rows)
        doomed = make_engine(f"sqlite:///{path}")
        cut(doomed, at)
        try:
            doing(doomed)
            outcomes.append("through")
        except PowerCut:
            outcomes.append("cut")
        doomed.dispose()
        reopened = make_engine(f"sqlite:///{path}")
        found = everything(reopened)
        assert found == (after if outcomes[-1] == "through" else before), f"statement {at}"
        reopened.dispose()
    assert len(outcomes) > 10
    survivor = make_engine(f"sqlite:///{path}")
    with writing(survivor) as session:
        assert session.exec(select(Case)).one().id == case.id
        assert audit.broken_at(session, f"case:{case.id}") is None
