"""Every shipped scenario holds."""

from pathlib import Path

import pytest

from workflows.scenarios import ScenarioInvalid, load, run_file
from workflows.scenarios.__main__ import main
from workflows.settings import ROOT

SHIPPED = sorted((ROOT / "bpmn").glob("*/scenarios/*.toml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.parent.name}/{path.stem}")
def test_a_shipped_scenario_holds(path: Path):
    report = run_file(path)
    assert report.good, "\n" + report.text()


def test_a_wrong_expectation_is_found_and_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    base = ROOT / "bpmn/dibao/scenarios/db_01_urban_normal.toml"
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(base.read_text().replace('grants = { yuan = 600', 'grants = { yuan = 601'))
    assert main(["run", str(wrong)]) == 1
    assert "grants.yuan：应为 601，实为 600" in capsys.readouterr().out


def test_a_step_that_should_be_refused_and_is_not_is_found(tmp_path: Path):
    base = (ROOT / "bpmn/dibao/scenarios/db_01_urban_normal.toml").read_text()
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(base.replace('does = "apply"', 'does = "apply"\nrefused = "不许"', 1))
    assert not run_file(wrong).good


@pytest.mark.parametrize(("text", "said"), [
    ("name = 1", "name"),
    ('name = "x"\n[[step]]\ndid = "apply"', "did"),
    ("name = ", "no value"),
    ('name = "x"\nextends = "missing"', "missing"),
])
def test_a_file_that_cannot_be_read_says_where(tmp_path: Path, text: str, said: str):
    path = tmp_path / "bad.toml"
    path.write_text(text)
    with pytest.raises(ScenarioInvalid, match=said):
        load(path)
