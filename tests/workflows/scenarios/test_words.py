"""Every room brings its own words; the page that explains them names each."""

import re

import pytest

from bpmn.message import Message
from workflows.releases import checking
from workflows.releases.checking import collect
from workflows.scenarios import ScenarioInvalid, bureau, load, run_file, words
from workflows.scenarios.__main__ import main
from workflows.settings import ROOT

BASE = ROOT / "bpmn/dibao/scenarios/db_01_urban_normal"
HEAD = f'name = "own"\nextends = "{BASE}"\n'
APPLY = '[[step]]\non = 2024-03-04\nwho = "town_clerk1"\ndoes = "apply"\n'


@pytest.fixture
def file(tmp_path):
    """Write a scenario outside the project; its path."""
    def write(text):
        path = tmp_path / "own.toml"
        path.write_text(text)
        return path

    return write


def test_the_page_about_scenarios_names_every_word_there_is():
    told = set(re.findall(r"`\[*([\w.]+?)\]*`", (ROOT / "docs/scenarios.md").read_text()))
    named = {word.removeprefix("given.") for word in told}
    assert {*words.GIVEN, *words.VERBS, *words.THEN} - named == set()


def test_the_command_line_lists_them_with_what_they_mean(capsys):
    assert main(["words"]) == 0
    listed = capsys.readouterr().out
    for table in (words.GIVEN, words.VERBS, words.THEN):
        assert all(f" {name}: {word.says}" in listed for name, word in table.items())


def test_the_command_line_lists_what_a_scenario_of_a_process_may_name(capsys):
    assert main(["steps", "dibao"]) == 0
    listed = capsys.readouterr().out
    for line in ("apply  WINDOW_CLERK, TOWN_CLERK, VILLAGE", "home_visit  入户调查  TOWN_CLERK", "  members[].name *  姓名: 文本",
                 "  outcome *  办理结论: accept 受理, supplement 一次性告知补正, not_accepted 不予受理",
                 "  total  审核确认总时限  公示有异议 / 人户分离 / 异地申办 / 家庭经济状况调查难度较大", "  decision  审核确认决定书", "  confirmed  已确认"):
        assert f"\n{line}\n" in listed
    assert main(["steps", "--en", "dibaoo"]) == 2
    assert capsys.readouterr().err == "There is no process “dibaoo”. Did you mean “dibao”?\n"


def test_a_room_adds_a_word_by_registering_it(file, monkeypatch):
    for table in ("GIVEN", "VERBS", "THEN"):
        monkeypatch.setattr(words, table, dict(getattr(words, table)))
    laid = []
    words.given("weather", str, "how it is outside")(lambda before, value: laid.append((before.process, value)))
    words.verb("open_window", "let air in")(lambda bureau, step: laid.append((bureau.process, step.who)))
    words.then("air", list[int], "what it is like")(lambda look, expected: [Message("{who} breathes {n}", {"who": look.case.subject, "n": sum(expected)})])
    report = run_file(file(f'{HEAD}[given]\nweather = "fine"\n{APPLY}'
                           '[[step]]\nwho = "town_clerk1"\ndoes = "open_window"\nthen = { air = [1, 2] }\n'))
    assert laid == [("dibao", "fine"), ("dibao", "town_clerk1")]
    assert [str(failure) for failure in report.steps[-1].failures] == ["王建国 breathes 3"]


def test_two_rooms_may_not_claim_one_word():
    with pytest.raises(TypeError, match="state"):
        words.then("state", str, "again")


@pytest.mark.parametrize(("text", "said"), [
    ('[given]\nhousehol = []', "given → househol: Scenarios have no word “househol” here. Did you mean “household”?"),
    ("[given]\nfunds = 5", "given → funds: Words of its own are needed here"),
    ('[given]\ntoday = "soon"', "given → today: "),
    ('[[step]]\ndoes = "wait"\nthen = { opne = [] }', "step → no. 1 → then → opne: Scenarios have no word “opne” here. Did you mean “open”?"),
    ('[[step]]\ndoes = "wait"\nthen = { clocks = { total = "soon" } }', "step → no. 1 → then → clocks → total: "),
    ('[[step]]\ndoes = "wait"\nthne = {}', "step → no. 1 → thne: There is no such word here. Did you mean “then”?"),
    ('[[step]]\ndoes = "set_rate"\nwith = { code = "dibao.limit.total", value = 20 }', "step → no. 1 → with → from: It is missing."),
    ('[[step]]\ndoes = "run_month"\nwith = { mnth = "2024-04" }', "mnth: There is no such word here. Did you mean “month”?"),
])
def test_a_word_nobody_knows_and_a_value_of_another_shape_are_told_with_their_place(file, text, said):
    with pytest.raises(ScenarioInvalid, match=re.escape(said)):
        load(file(f'name = "own"\n{text}'))


@pytest.mark.parametrize(("text", "said"), [
    (f'{APPLY}[[step]]\ndoes = "reveiw_materials"', ("step → no. 2 → does: There is no verb and no person's step “reveiw_materials”. "
                                                   "Did you mean “review_materials”?")),
    (f'{APPLY}[[step]]\ndoes = "wait"\nprocess = "dibao_reveiw"', "no. 2 → process: There is no process “dibao_reveiw”. Did you mean “dibao_review”?"),
    (f'{APPLY}with = {{ members = [{{ nmae = "甲" }}] }}', ("step → no. 1 → with → members → no. 1 → nmae: The form has no field “nmae”. "
                                                          "Did you mean “name”?")),
    (f'[application]\nphon = "1"\n{APPLY}', "application → phon: The form has no field “phon”. Did you mean “phone”?"),
    (f'{APPLY}[[step]]\nwho = "town_clerk1"\ndoes = "review_materials"\nwith = {{ outcom = "accept" }}', "no. 2 → with → outcom: "),
    (f'{APPLY}files = {{ fotos = [] }}', "step → no. 1 → files → fotos: The form has no field “fotos”."),
    ('[given]\nrates = { "dibao.limit.totl" = 20 }', "given → rates → dibao.limit.totl: There is no rule “dibao.limit.totl”. Did you mean “dibao.limit.total”?"),
])
def test_a_name_that_nothing_bears_is_told_with_its_file_its_place_and_the_nearest_one(file, text, said):
    path = file(f"{HEAD}{text}\n")
    with pytest.raises(ScenarioInvalid, match=re.escape(f"{path}: ") + ".*" + re.escape(said)):
        run_file(path)


def test_a_paper_that_the_process_does_not_have_is_not_missing_but_misspelt(file):
    report = run_file(file(f'{HEAD}{APPLY}then = {{ no_documents = ["decison"], papers = {{ refusal = {{ count = 0 }} }} }}\n'))
    assert [str(failure).split(";")[0] for failure in report.steps[-1].failures] == [
        "There is no kind of paper “decison”", "There is no kind of paper “refusal”"]


def test_what_is_wrong_is_told_in_chinese_unless_english_is_asked_for(file, capsys):
    path = str(file('name = "own"\n[[step]]\non = "soon"\ndoes = "wait"\n'))
    assert main(["run", path]) == main(["run", "--en", path]) == 2
    assert capsys.readouterr().err.splitlines() == [f"{path}: step → 第 1 项 → on: 此处应为日期，如 2024-01-01。",
                                                    f"{path}: step → no. 1 → on: A day is needed here, such as 2024-01-01."]


def test_what_can_not_be_given_is_a_plain_sentence(file):
    report = run_file(file(f'{HEAD}[given]\nalso = {{ nobody9 = "FINANCE" }}\n{APPLY}'))
    assert report.text().splitlines()[-1] == "  ✗ given：没有账号 nobody9。"
    assert report.text("en").splitlines()[-1] == "  ✗ given: There is no account nobody9."


@pytest.fixture
def spoil(monkeypatch):
    """Let one file of a process be another than it is."""
    def replace(process, name, content):
        monkeypatch.setattr(checking, "collect", lambda of, root=ROOT: collect(of, root) | ({name: content} if of == process else {}))
        bureau._county.cache_clear()

    yield replace
    bureau._county.cache_clear()


def test_a_process_that_can_not_be_published_is_told_with_its_flaws(file, spoil):
    spoil("dibao", "dibao/papers.toml", b"= 1")
    report = run_file(file(f"{HEAD}{APPLY}"))
    assert "dibao/papers.toml" in report.text()
    assert "can't be read" in report.text("en")
    assert report.steps == []


def test_one_that_the_scenarios_process_opens_is_told_too(file, spoil):
    spoil("dibao_review", "dibao_review/papers.toml", b"= 1")
    assert "dibao_review/papers.toml" in run_file(file('name = "own"\nprocess = "dibao_lead"\n')).text()


@pytest.mark.parametrize(("name", "content"), [("adoption/flow.bpmn", b"<half"), ("adoption/process.toml", b"= 1")])
def test_a_draft_of_which_the_scenario_does_not_speak_does_not_hinder_it(file, spoil, name, content):
    spoil("adoption", name, content)
    report = run_file(file(f'{HEAD}{APPLY}then = {{ open = ["review_materials"] }}\n'))
    assert report.good, report.text()


def test_what_is_applied_for_must_be_said_outside_a_process_folder(file):
    with pytest.raises(ScenarioInvalid, match="process"):
        load(file(f'name = "own"\n{APPLY}'))
    assert load(file(f'name = "own"\n{HEAD.splitlines()[1]}')).process == "dibao"


@pytest.mark.parametrize(("wanted", "good"), [
    ('{ applicant_id_number = "校验位" }', True),
    ('{ applicant_id_number = "不存在" }', False),
    ('{ phone = "校验位" }', False),
])
def test_a_refusal_can_be_expected_beside_a_field(file, wanted, good):
    report = run_file(file(f'{HEAD}{APPLY}with = {{ applicant_id_number = "990101198001010015" }}\nrefused_at = {wanted}\n'))
    assert report.good == good, report.text()


def test_a_step_may_apply_for_another_process_and_give_it_a_name(file):
    report = run_file(file(f'''{HEAD}{APPLY}case = "first"
[[step]]
who = "town_clerk1"
does = "apply"
process = "temporary_relief"
refused = "更正"
[[step]]
case = "first"
does = "wait"
then = {{ open = ["review_materials"] }}
'''))
    assert report.good, report.text()


def test_what_stands_in_a_paper_can_be_expected(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(BASE.with_suffix(".toml").read_text() + '\n[then.papers]\n'
                    'decision = { says = ["每月600.00元", "申请行政复议"], hides = ["6228480012345678903"], count = 1, to = "王建国" }\n'
                    'refusal_notice = { count = 0 }\n')
    assert run_file(path).good, run_file(path).text()
    path.write_text(path.read_text().replace('says = ["每月600.00元"', 'says = ["每月700.00元"').replace("count = 0", "count = 1"))
    assert [str(each).split(":")[0] for each in run_file(path).failures] == [
        "Paper Decision to confirm (decision) does not say “每月700.00元”, but",
        "Paper Notice of refusal (refusal_notice) was not issued; issued"]
