"""A bureau with cases on their way, and a newer version of their process."""

from pathlib import Path

import pytest

from tests import versions
from tests.makers import standing
from workflows import settings
from workflows.migration import plans, results, work
from workflows.migration.tables import Plan
from workflows.office import people
from workflows.scenarios.bureau import Bureau


class Move:
    """One plan in a bureau, driven as its people and machines would."""

    def __init__(self, house: Bureau, folder: Path) -> None:
        self.house, self.folder, self.id = house, folder, 0

    def plan(self, changes=None, old: int = 1, mapping=None, process: str = "dibao", login: str = "designer1") -> "Move":
        """Publish a newer version, and plan from the first one to it."""
        with self.house.work() as session:
            new = versions.newer(session, self.folder / "newer", self.house.now, changes, process).version
            who = people.by_login(session, login)
            made = plans.make(session, process, old, new, who, self.house.now)
            self.id = made.id
            if mapping:
                plans.edit(session, self.id, {**made.mapping, **mapping}, who, self.house.now)
        return self

    def act(self, act: str, login: str = "", **more) -> Plan:
        """One command of the plan's life."""
        login = login or ("designer1" if act in ("edit", "check", "drop") else "county_lead1")
        with self.house.work() as session:
            reason = {"reason": "按新流程办理"} if act in ("start", "back", "back_one") else {}
            return getattr(plans, act)(session, self.id, *more.values(), people.by_login(session, login), self.house.now, **reason)

    def turn(self) -> int:
        return work.turn(lambda _: self.house.now, self.house.engine)

    def through(self) -> Plan:
        return work.finish(self.id, lambda _: self.house.now, self.house.engine)

    def tried(self) -> "Move":
        self.act("check")
        self.through()
        return self

    def moved(self) -> "Move":
        self.tried().act("start")
        self.through()
        return self

    def back(self) -> "Move":
        self.act("back")
        self.through()
        return self

    def counts(self) -> dict[str, int]:
        with self.house.work() as session:
            return plans.counts(session, plans.by_id(session, self.id))

    def reasons(self) -> dict[str, str]:
        """Code -> sentence in English."""
        with self.house.work() as session:
            return {one.code: str(one.sentence) for one in results.groups(session, plans.by_id(session, self.id))}


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """Whatever is stored is stored here, and gone afterwards."""
    monkeypatch.setattr(settings.settings(), "var", tmp_path)


@pytest.fixture
def at(tmp_path):
    """DB-1's case standing at an element, and a plan to be made there."""
    def found(element: str):
        house, case = standing(element)
        return Move(house, tmp_path), case
    return found
