"""The same plan from the command line, on a database file of one's own."""

import pytest

from tests.makers import standing
from tests.versions import RENAMED, newer
from workflows.migration.__main__ import main
from workflows.records import session as records
from workflows.scenarios.databases import kept
from workflows.settings import settings


@pytest.fixture
def installed(tmp_path, monkeypatch):
    house, case = standing("home_visit")
    (tmp_path / "yimen.sqlite").write_bytes(kept(house.engine))
    monkeypatch.setattr(settings(), "var", tmp_path)
    monkeypatch.setattr(settings(), "database_url", f"sqlite:///{tmp_path / 'yimen.sqlite'}")
    records.engine.cache_clear()
    with records.writing() as session:
        newer(session, tmp_path / "newer", house.now, RENAMED)
    yield case
    records.engine().dispose()
    records.engine.cache_clear()


def test_plan_try_run_and_back(installed, capsys):
    def said(*words: str, code: int = 0) -> str:
        assert main(words) == code
        out, error = capsys.readouterr()
        return out + error

    assert "第 1 版 → 第 2 版" in said("plan", "dibao", "1", "2", "--as", "designer1")
    assert "[gone] home_visit" in said("dry-run", "1", "--as", "designer1")
    said("plan", "dibao", "1", "2", "--as", "designer1", "--map", "home_visit=house_visit")
    assert "1  可迁移" in said("dry-run", "2", "--as", "designer1")
    assert "您的岗位没有此项权限" in said("run", "2", "--reason", "换版", "--as", "designer1", code=1)
    assert "1  已迁移" in said("run", "2", "--reason", "换版", "--as", "county_lead1")
    assert "1  已迁回" in said("back", "2", "--case", installed.number, "--reason", "换版", "--as", "county_lead1")
    assert "没有第 9 号迁移方案" in said("back", "9", "--reason", "换版", "--as", "county_lead1", code=1)
