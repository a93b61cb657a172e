"""The runner: refusals that must come, labels, numbers, and every failure told rather than raised."""

import shutil

import pytest

from tests.families import application
from workflows.scenarios import run_file
from workflows.scenarios.__main__ import files, main
from workflows.settings import ROOT

SHIPPED = ROOT / "bpmn/dibao/scenarios"
BASE = "db_01_urban_normal"
HEAD = f'name = "own"\nextends = "{BASE}"\n'
APPLY = '[[step]]\non = 2024-03-04\nwho = "town_clerk1"\ndoes = "apply"\n'
OTHERS = ", ".join(f'{{ name = "{member["name"]}", id_number = "{member["id_number"]}", relation = "{member["relation"]}", '
                   f'health = "healthy", work_ability = "full", living_together = true, authorised = true }}'
                   for member in application(5)["members"])
OTHER = f'with = {{ applicant_id_number = "{application(5)["applicant_id_number"]}", members = [{OTHERS}] }}\n'


@pytest.fixture
def run(tmp_path):
    """Run a scenario that stands beside DB-1; its report."""
    shutil.copy(SHIPPED / f"{BASE}.toml", tmp_path)

    def run_text(text, head=HEAD):
        path = tmp_path / "own.toml"
        path.write_text(head + text)
        return run_file(path)

    return run_text


def failures(report):
    """Everything that failed, in English."""
    return [str(failure) for failure in [*(failure for step in report.steps for failure in step.failures), *report.failures]]


@pytest.mark.parametrize(("refused", "good"), [
    ('"不符合要求"', False), ('"校验位"', True), ('["校验位", "身份证"]', True), ('["校验位", "日期"]', False), ('""', False),
])
def test_each_sentence_of_a_refusal_that_must_come_is_looked_for(run, refused, good):
    report = run(f'{APPLY}with = {{ applicant_id_number = "990101198001010015" }}\nrefused = {refused}\n')
    assert report.good == good, report.text()


def test_a_refusal_nobody_expected_is_told_with_its_words(run):
    report = run(f'{APPLY}with = {{ phone = "12" }}\n')
    assert len(failures(report)) == 1
    assert failures(report)[0].startswith("refused: ")


def test_a_refusal_that_does_not_come_is_told(run):
    assert failures(run(f'{APPLY}refused = "不许"\n')) == ["not refused; expected: 不许"]


def test_after_a_failure_the_steps_behind_it_are_not_run(run):
    report = run(f'{APPLY}refused = "不许"\n[[step]]\ndoes = "wait"\n')
    assert [step.does for step in report.steps] == ["apply"]


def test_steps_with_labels_speak_of_their_own_case(run):
    report = run(f'''{APPLY}case = "first"
{APPLY}case = "second"
{OTHER}
[[step]]
who = "town_clerk1"
case = "first"
does = "review_materials"
with = {{ outcome = "accept" }}
then = {{ open = ["home_visit", "data_check"] }}
[[step]]
case = "second"
does = "wait"
then = {{ open = ["review_materials"] }}
[[step]]
case = "first"
does = "wait"
then = {{ documents = ["acceptance_notice"] }}
''')
    assert report.good, report.text()


def test_without_a_label_the_last_case_is_meant(run):
    report = run(f'''{APPLY}case = "first"
{APPLY}{OTHER}then = {{ open = ["review_materials"] }}
[[step]]
who = "town_clerk1"
does = "review_materials"
with = {{ outcome = "accept" }}
[[step]]
case = "first"
does = "wait"
then = {{ open = ["review_materials"] }}
''')
    assert report.good, report.text()


def test_a_number_is_yuan_as_a_clerk_types_it(run):
    report = run(APPLY + 'then = { facts = { "application.incomes.0.amount" = 90000, "application.incomes.1.amount" = 60000 } }\n')
    assert report.good, report.text()


@pytest.mark.parametrize(("steps", "said"), [
    (f'{APPLY}then = {{ sees = {{ nobody9 = true }} }}\n', "nobody9"),
    (f'{APPLY}case = "a"\n[[step]]\ndoes = "wait"\ncase = "b"\nthen = {{ state = "running" }}\n', "not found"),
    (f'{APPLY}[[step]]\non = 2024-03-01\ndoes = "wait"\n', "order of their days"),
    (f'{APPLY}[[step]]\ndoes = "object"\nwith = {{ text = "有门面" }}\n', "refused"),
    ('[then]\nstate = "running"\n', "not found"),
])
def test_what_can_not_be_done_or_asked_is_a_failure_and_not_a_crash(run, steps, said):
    found = failures(run(steps))
    assert len(found) == 1, found
    assert said in found[0], found


@pytest.mark.parametrize(("then", "said"), [
    ('state = "confirmed"', "state: expected Confirmed (confirmed), found in progress (running)"),
    ('open = []', "open: expected nothing, found Review materials (review_materials)"),
    ('facts = { "application.phone" = "1" }', 'application.phone: expected "1", found "13800138000"'),
    ('facts = { "application.members.9.name" = "甲" }', 'application.members.9.name: expected "甲", found nothing'),
    ("clocks = { total = 2024-04-16 }", "Limit Whole process (total) is due: expected 2024-04-16, found no such limit; those that have begun: nothing"),
    ("used = { total = 1 }", "Used of limit Whole process (total): expected 1, found no such limit; those that have begun: nothing"),
    ('documents = ["decision"]', "Paper Decision to confirm (decision) was not issued; issued: Receipt of an application (receipt)"),
    ("notice = { public = true }", "The case has no notice."),
    ("grants = { yuan = 600 }", "grants.yuan: expected 600, found nothing"),
    ("sees = { town_clerk1 = false, town_clerk3 = true }", "镇经办一 (town_clerk1) sees the case."),
])
def test_every_expectation_that_does_not_hold_is_told_in_plain_words(run, then, said):
    assert said in failures(run(f"{APPLY}then = {{ {then} }}\n"))


def test_a_report_shows_each_step_and_the_failure_under_it(run):
    report = run(f'{APPLY}then = {{ state = "confirmed" }}\n')
    text = report.text()
    assert text.splitlines()[0].startswith("✗ own")
    assert "✗  1 2024-03-04 09:00 town_clerk1 apply" in text
    assert "       state：应为 已确认（confirmed），实为 办理中（running）" in text
    assert "       state: expected Confirmed (confirmed), found in progress (running)" in report.text("en")


def test_the_command_line_tells_how_it_went(tmp_path, capsys, run):
    assert run(APPLY).good
    assert main(["run", str(tmp_path / "own.toml")]) == 0
    assert main([]) == 2
    (tmp_path / "own.toml").write_text("name =")
    assert main(["run", str(tmp_path / "own.toml")]) == 2
    assert "usage" in capsys.readouterr().err
    assert set(files([])) >= set(SHIPPED.glob("*.toml"))
    assert files([str(tmp_path)]) == sorted(tmp_path.glob("*.toml"))
