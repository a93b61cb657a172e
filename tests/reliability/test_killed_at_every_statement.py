"""Random drawings run through the database, the process killed at every statement of a step, against the reference."""

import os
import signal
import traceback
from types import SimpleNamespace

import pytest
from sqlalchemy import event
from sqlmodel import SQLModel, select

from tests import drawn
from tests.makers import everything, whole
from tests.workflows.engine.conftest import flows_xml, process_xml
from tests.workflows.engine.making import Dice, Maker
from tests.workflows.engine.oracle import Oracle, Root
from workflows.cases import decisions, facts, intake, timers
from workflows.cases.tables import Case, Timer, Visit, WorkItem, WorkState
from workflows.office import people
from workflows.records import append_only
from workflows.records.session import make_engine, writing
from workflows.sample import fixture
from workflows.scenarios.bureau import moment

NOW = moment(fixture.date(2024, 3, 4))
OFFICER, GROUND = "town_clerk1", "990101001001"
LONGEST = 12
PEN = SimpleNamespace(process=process_xml, flows=flows_xml)


class Walk:
    """A random case in a file, and the reference that goes beside it."""

    def __init__(self, seed, folder):
        self.url = f"sqlite:///{folder / 'case.sqlite'}"
        maker = Maker(seed, plain=True)
        root = Root(maker)
        _, processes = root.drawn(PEN)
        self.random, self.names, self.text = maker.random, next(maker.count), "".join(processes)
        engine = make_engine(self.url)
        SQLModel.metadata.create_all(engine)
        append_only.install(engine)
        said = self.dice()
        with writing(engine) as session:
            fixture.load(session)
            drawn.publish(session, folder, NOW, *processes, given=dict.fromkeys(said, "number"))
            who = people.by_login(session, OFFICER)
            self.case = intake.open_case(session, "p", "随机", GROUND, said, who, NOW).id
        engine.dispose()
        self.oracle = Oracle(root, said)

    def dice(self):
        """Facts for the gateways that are drawn."""
        return {name: value for name, value in Dice(self.random, self.names).items() if f'"{name}"' in self.text}

    def waiting(self):
        """What the database says waits: (element, kind, row)."""
        engine = make_engine(self.url)
        with writing(engine) as session:
            items = session.exec(select(WorkItem).where(WorkItem.case_id == self.case, WorkItem.state == WorkState.OPEN))
            found = [(item.node, "user", item.id) for item in items]
            found += [(timer.node, "timer", timer.id) for timer in session.exec(select(Timer))]
        engine.dispose()
        return sorted(found)

    def step(self, engine, kind, row, said):
        """One step as people and machines take it, in one transaction."""
        with writing(engine) as session:
            facts.write(session, session.get_one(Case, self.case), said, "掷骰", NOW)
            if kind == "timer":
                assert timers.fire(session, row, NOW)
            else:
                who = people.by_login(session, OFFICER)
                decisions.complete(session, row, {"outcome": "again", "opinion": str(sorted(said.items()))}, who, NOW)

    def rows(self):
        """Everything there is, read by somebody who was not there."""
        engine = make_engine(self.url)
        found = everything(engine)
        engine.dispose()
        return found


def killed(walk, at, *step):
    """Take the step in a process that is killed at the `at`th statement; whether it came through before."""
    child = os.fork()
    if child:
        status = os.waitpid(child, 0)[1]
        assert status in {0, signal.SIGKILL}, "the step failed by itself"
        return status == 0
    signal.alarm(20)
    engine, seen = make_engine(walk.url), []

    @event.listens_for(engine, "before_cursor_execute")
    @event.listens_for(engine, "commit")
    def _statement(*call):
        seen.append(call)
        if len(seen) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        walk.step(engine, *step)
    except BaseException:  # noqa: BLE001  the parent hears of it by the status
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


@pytest.mark.parametrize("seed", range(1000, 1010))
def test_killed_at_any_statement_a_case_goes_on_as_the_reference_says(seed, tmp_path):
    walk = Walk(seed, tmp_path)
    doomed = seed % 4      # which step of the walk is killed again and again
    kills, ended = 0, False
    for number in range(LONGEST):
        waiting = walk.waiting()
        assert sorted(node for node, _, _ in waiting) == [node for node, _ in walk.oracle.waits()]
        node, kind, row = walk.random.choice(waiting)
        said = walk.dice()
        if number == doomed:
            before, at = walk.rows(), 1
            while not killed(walk, at, kind, row, said):
                assert walk.rows() == before, f"statement {at} of {node}"
                at += 1
            kills += at - 1
        else:
            engine = make_engine(walk.url)
            walk.step(engine, kind, row, said)
            engine.dispose()
        walk.oracle.step(node, None, said)
        if ended := walk.oracle.over:
            break
    assert not ended or walk.waiting() == []
    engine = make_engine(walk.url)
    with writing(engine) as session:
        case = session.get_one(Case, walk.case)
        assert (case.state == "end") is ended
        assert whole(session)
        completed = [visit.node for visit in session.exec(select(Visit)) if visit.what == "completed"]
        done = session.exec(select(WorkItem.node).where(WorkItem.state == WorkState.DONE)).all()
        assert sorted(node for node in completed if node.startswith("t")) == sorted(done)
    engine.dispose()
    assert kills > 10 or number < doomed
