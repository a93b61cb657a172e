"""The same on a real PostgreSQL: a bulk that people and three workers race on, and the way back."""

import copy

import pytest

from tests.makers import bureau, case_at
from tests.versions import RENAMED, TO_HOUSE
from tests.workflows.migration.conftest import Move
from tests.workflows.migration.crowds import crowd
from tests.workflows.migration.test_bulk import migrations, races

pytestmark = [pytest.mark.postgresql, pytest.mark.xdist_group("postgresql")]


def test_people_and_workers_at_once_and_all_of_it_back(postgresql_database, tmp_path):
    house = bureau(database=postgresql_database)
    case = case_at(house, "home_visit")
    with house.work() as session:
        crowd(session, case, 7)
    move = Move(house, tmp_path)
    move.plan(RENAMED, mapping=TO_HOUSE).tried().act("start")
    races(move, case, copy.copy(move))
    move.back()
    assert move.counts() == {"back": 8}
    assert set(migrations(move).values()) == {2}
