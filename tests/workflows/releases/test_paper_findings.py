"""A paper is made of facts that are there: house.toml says which, as the code reads them, and the drawing is held to it."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from workflows import releases
from workflows.cases import paper_data
from workflows.errors import Conflict
from workflows.records.types import CHINA
from workflows.releases.house import house

from .conftest import files

FLOW, CALLED = "aid/flow.bpmn", "posting/flow.bpmn"
NOW = datetime(2026, 3, 2, 12, tzinfo=CHINA)
PREPARE = 'camunda:topic="prepare_notice"'
EARLY = ('<bpmn:sendTask id="early" camunda:type="external" camunda:topic="issue_document"><bpmn:extensionElements><camunda:properties>'
         '<camunda:property name="document" value="report_form" /></camunda:properties></bpmn:extensionElements></bpmn:sendTask>'
         '<bpmn:sequenceFlow id="early_to_split" sourceRef="early" targetRef="again" />')
LINE = '<bpmn:sequenceFlow id="applied_to_split" sourceRef="applied" targetRef="again" />'

FINDINGS = {
    "nothing writes what it needs": ([(FLOW, 'resultVariable="means"', 'resultVariable="sums"')],
                                     {("name_unknown", "issue_decision"), ("name_unknown", "prepare")}),
    "a part of it is written by nothing": ([(FLOW, "total_fen: award.amount, ", "")],
                                           {("part_unknown", "issue_decision"), ("part_unknown", "prepare")}),
    "it is written later": ([(FLOW, LINE, EARLY + LINE.replace('targetRef="again"', 'targetRef="early"'))], {("fact_too_early", "early")}),
    "no builder makes it for a case": ([(FLOW, 'value="decision"', 'value="receipt"')], {("property_wrong", "issue_decision")}),
    "a notice begins that nothing has made": ([(CALLED, PREPARE, 'camunda:topic="record_objection"')], {("effect_too_early", "begin")}),
}


@pytest.mark.parametrize(("changes", "told"), FINDINGS.values(), ids=FINDINGS)
def test_a_paper_that_can_not_be_made_is_told(changes, told):
    assert {(each.code, each.element) for each in releases.check("aid", files(*changes)).errors} == told


def test_every_paper_that_the_code_makes_is_declared_and_no_other():
    assert set(house().papers) == {*paper_data._BUILDERS, "public_notice"}


class Seen(dict):
    """A fact that notes which parts are read as if they must be there."""

    def __init__(self, name, needed, parts):
        super().__init__(parts)
        self.name, self.needed = name, needed

    def __getitem__(self, key):
        self.needed.add(f"{self.name}.{key}")
        return super().__getitem__(key)


MEANS = {"people": 3, "total_fen": 5, "per_capita_fen": 5, "standard_fen": 9}


def step(without=""):
    """A step of a case in which every fact is there but that part; the step, what is read, what is read as needed."""
    read, needed = set(), set()

    class Facts(dict):
        def get(self, name, default=None):
            read.update({name} - {"notice"})
            return super().get(name, default)

    means = Seen("means", needed, {key: value for key, value in MEANS.items() if f"means.{key}" != without})
    facts = Facts(means=means, draft_opinion={"outcome": "grant"})
    case = SimpleNamespace(subject="赵六", number="KN1", opened_at=NOW, accepted_at=NOW, division_code="110101001001", id=1)
    return SimpleNamespace(facts=facts, case=case, now=NOW, who=None, session=None), read, needed


@pytest.fixture
def build(monkeypatch):
    """The papers' own code, on no database."""
    unit = SimpleNamespace(name="某镇", phone="")
    stands_in = {"_unit": unit, "_place": "某地", "_days": 3, "_due": NOW.date(), "_done_by": "某人", "_file_names": [], "_label": "",
                 "first_month": "2026-04", "_objections": ""}
    for name, value in stands_in.items():
        monkeypatch.setattr(paper_data, name, lambda *_, value=value, **__: value)
    monkeypatch.setattr(paper_data.notices, "last_day", lambda *_: NOW.date() + timedelta(days=7))
    return lambda kind, made: paper_data.public_notice(made, NOW.date()) if kind == "public_notice" else paper_data.build(kind, made)


@pytest.mark.parametrize("kind", house().papers)
def test_a_paper_reads_what_is_declared_of_it(kind, build, monkeypatch):
    monkeypatch.setattr(paper_data, "_demand", lambda *_: None)     # which reads the declaration itself
    made, read, needed = step()
    build(kind, made)
    declared = house().papers[kind]
    assert (read - {"means"}, needed) == (set(declared.reads) - {"means"}, set(declared.needs))
    assert ("means" in read) == ("means" in declared.reads or any(each.startswith("means.") for each in declared.needs))


@pytest.mark.parametrize(("kind", "lacking"), [(kind, each) for kind, paper in house().papers.items() for each in paper.needs])
def test_a_paper_is_refused_by_name_where_what_it_needs_is_not_there(kind, lacking, build):
    with pytest.raises(Conflict) as refused:
        build(kind, step(lacking)[0])
    assert lacking in str(refused.value)


def test_a_paper_of_no_case_is_refused_by_name():
    with pytest.raises(Conflict):
        paper_data.build("receipt", step()[0])
