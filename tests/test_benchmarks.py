"""What is measured beside each other does the same: the benchmark's engines wait for the same tasks."""

import pytest
from sqlalchemy import text
from sqlmodel import select

from benchmarks.engine import crowd, databases, ours, upstream
from benchmarks.engine.process import ROUND, steps, windows
from workflows.cases.tables import WorkItem, WorkState
from workflows.records.session import reading


@pytest.fixture(scope="module")
def engine():
    with databases.sqlite() as prepared:
        yield prepared


def waiting(engine, case):
    with reading(engine) as session:
        return sorted(session.exec(select(WorkItem.node).where(WorkItem.case_id == case, WorkItem.state == WorkState.OPEN)))


def test_our_product_our_engine_alone_and_bare_spiffworkflow_go_the_same_way(engine):
    desk, bare = ours.Desk.at(engine), upstream.Upstream(engine)
    product, lean = desk.opened(), desk.opened()
    for node in steps(2 * len(ROUND)):
        ours.product(desk, product, node)
        ours.lean(desk, lean, node)
        bare.step(node)
        with engine.connect() as connection:
            state = bare.serializer.deserialize_json(connection.execute(text("SELECT state FROM whole_state")).scalar_one())
        ready = sorted(task.task_spec.name for task in state.get_tasks(state=upstream.TaskState.READY))
        assert waiting(engine, product) == waiting(engine, lean) == ready
    assert desk.state(product) == desk.state(lean) < 200 < 20_000 < bare.bytes


def test_a_copied_case_can_be_worked_like_its_original(engine):
    desk = ours.Desk.at(engine)
    rows = list(crowd.rows(desk, 1_000))
    assert [row.cases for row in rows] == [1_000]
    assert min(rows[0].lean, rows[0].product, rows[0].due, rows[0].inbox) > 0
    assert list(crowd.sizes(100_000)) == [1_000, 10_000, 100_000]


def test_the_windows_are_whole_rounds():
    assert windows(10_000) == ((1, 60), (141, 200), (941, 1_000), (9_941, 10_000))
    assert all((last - first + 1) % len(ROUND) == 0 for first, last in windows(777))
