"""A paper is made of facts that are there: papers.toml says which, and the drawing is held to it."""

import pytest

from workflows import releases

from .conftest import files

FLOW, CALLED, PAPERS = "aid/flow.bpmn", "posting/flow.bpmn", "aid/papers.toml"
PREPARE = 'camunda:topic="prepare_notice"'
EARLY = ('<bpmn:sendTask id="early" camunda:type="external" camunda:topic="issue_document"><bpmn:extensionElements><camunda:properties>'
         '<camunda:property name="document" value="decision" /></camunda:properties></bpmn:extensionElements></bpmn:sendTask>'
         '<bpmn:sequenceFlow id="early_to_split" sourceRef="early" targetRef="again" />')
LINE = '<bpmn:sequenceFlow id="applied_to_split" sourceRef="applied" targetRef="again" />'
SPARE = '[paper.spare]\nname = "备用"\nenglish = "Spare"\nmark = "备"\nissuer = "TOWN_CLERK"\nbody = ["无"]\n\n[paper.decision]'

FINDINGS = {
    "nothing writes what it needs": ([(FLOW, 'resultVariable="means"', 'resultVariable="sums"')],
                                     {("name_unknown", "issue_decision"), ("name_unknown", "prepare")}),
    "a part of it is written by nothing": ([(FLOW, "total_fen: award.amount, ", "")],
                                           {("part_unknown", "issue_decision"), ("part_unknown", "prepare")}),
    "it is written later": ([(FLOW, LINE, EARLY + LINE.replace('targetRef="again"', 'targetRef="early"'))], {("fact_too_early", "early")}),
    "nothing tells of it": ([(FLOW, 'value="decision"', 'value="decison"')], {("paper_unknown", "issue_decision")}),
    "a notice begins that nothing has made": ([(CALLED, PREPARE, 'camunda:topic="record_objection"')], {("effect_too_early", "begin")}),
    "its formula can't be read": ([(PAPERS, '"means.people"', '"means.("')], {("expression_broken", "issue_decision")}),
    "its formula reads what only another kind is given": ([(PAPERS, "case.number", "posting.ends_on")], {("name_unknown", "issue_decision")}),
    "nobody does what it names the hand of": ([(PAPERS, "case.number", "done.decided.name")], {("part_unknown", "issue_decision")}),
    "it tells the last day of no limit": ([(PAPERS, "case.number", "due.totally.on")], {("part_unknown", "issue_decision")}),
    "it asks the words of an answer nobody gives": ([(PAPERS, "case.number", "said.decide.outcom")], {("part_unknown", "issue_decision")}),
    "there is no such template": ([(PAPERS, "remedies = true", 'remedies = true\ntemplate = "letter"')], {("template_unknown", "decision")}),
    "no office issues it": ([(PAPERS, "COUNTY_LEAD", "COUNTY_CHIEF")], {("role_unknown", "decision")}),
    "everybody reads it and nothing is masked": ([(PAPERS, "public = true\n", ""), (PAPERS, '[paper.public_notice.shows]\npeople = "count"\namount_fen = "money"\nends_on = "day"\n', "")],
                                                 {("paper_not_masked", "public_notice")}),
}
BROKEN = {
    "the text names what nothing gives": ("{people}人", "{peple}人", "Its text names “peple”"),
    "a value is not said to be masked": ('people = "count"\n', "", "How the public sees “people”"),
    "a value is masked that nothing gives": ('people = "count"\n', 'people = "count"\nphone = "text"\n', "Its shows names “phone”"),
    "the same key twice": ("[paper.decision.may]", '[paper.decision.may]\npeople = "1"', "Both data and may give “people”"),
    "no remedies against an adverse paper": ("remedies = true", "adverse = true", "must tell the remedies"),
    "a number without a running number": ('mark = "决"', 'mark = "决"\nnumber = "{mark}〔{year}〕"', "must hold the running number"),
    "a block of no kind": ('"{again}"]', '{ picture = "again" }]', "There is no kind “picture”."),
    "a word it does not know": ('mark = "决"', 'mark = "决"\nsize = 3', "There is no such word here."),
}


@pytest.mark.parametrize(("changes", "told"), FINDINGS.values(), ids=FINDINGS)
def test_a_paper_that_can_not_be_made_is_told(changes, told):
    assert {(each.code, each.element) for each in releases.check("aid", files(*changes)).errors} == told


@pytest.mark.parametrize(("old", "new", "said"), BROKEN.values(), ids=BROKEN)
def test_a_paper_that_contradicts_itself_is_told_in_its_file(old, new, said):
    found = [each for each in releases.check("aid", files((PAPERS, old, new))).errors if each.code == "rules_broken"]
    assert [(each.file, said in str(each.sentence.params["reason"])) for each in found] == [(PAPERS, True)]


def test_a_paper_that_nothing_issues_is_a_warning():
    found = releases.check("aid", files((PAPERS, "[paper.decision]", SPARE))).warnings
    assert [(each.code, each.element) for each in found] == [("paper_unused", "spare")]


def test_a_limit_that_can_be_extended_needs_the_paper_that_tells_it():
    changed = files(("aid/process.toml", 'limit = "aid.limit.total"', 'limit = "aid.limit.total"\nextended = "aid.limit.total"\nextension_reasons = ["公示有异议"]'))
    assert [(each.code, each.file) for each in releases.check("aid", changed).errors] == [("paper_unknown", PAPERS)]


def test_papers_are_part_of_what_a_version_is_known_by():
    from workflows.releases import checking
    assert checking.digest_of(files()) != checking.digest_of(files((PAPERS, "补助决定书", "救助决定书")))
