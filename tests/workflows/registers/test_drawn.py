"""What drawings ask of registers: effects in a case, what guards ask, and what is said of a drawing that asks wrongly."""

from datetime import date

import pytest

from tests.workflows.registers.conftest import CODE, on, organisation
from workflows import releases
from workflows.registers import entries, found
from workflows.registers.found import Wanted
from workflows.registers.tables import RegisterEntry
from workflows.releases import checking

START, END = '<startEvent id="begun"/>', '<endEvent id="done"/>'


def asking(element: str, topic: str, **properties: str) -> str:
    """A machine's step with an effect and its properties."""
    said = "".join(f'<camunda:property name="{name}" value="{value.replace(chr(34), "&quot;").replace("<", "&lt;")}"/>'
                   for name, value in properties.items())
    return (f'<serviceTask id="{element}" camunda:type="external" camunda:topic="{topic}"><extensionElements><camunda:properties>'
            f"{said}</camunda:properties></extensionElements></serviceTask>")


DATA = '{name: "示例县河湖保护协会", code: "51990101MJ0000001K", kind: "association", fund_fen: 3000000}'


def test_a_case_enters_finds_changes_and_strikes_off(county):
    county.draw("errand", START + END
                + asking("enter", "enter_register", register="organisation", data=f"={DATA}", into="entry_made")
                + asking("look", "look_up", register="organisation", by="code", value='="51990101MJ0000001K"', into="known",
                         where="entry.fund_fen >= 3000000")
                + asking("change", "change_entry", register="organisation", entry="=known[1].id", data='={residence: "解放路 1 号"}')
                + asking("strike", "close_entry", register="organisation", entry="=known[1].id", reason='="注销登记"'),
                "begun>enter\nenter>look\nlook>change\nchange>strike\nstrike>done")
    case = county.open("errand")
    facts = county.facts(case)
    assert facts["entry_made"]["title"] == "示例县河湖保护协会"
    assert [(one["code"], one["fund_fen"]) for one in facts["known"]] == [(CODE, 3_000_000)]
    with county.work() as session:
        entry = session.get_one(RegisterEntry, facts["entry_made"]["id"])
        assert (entry.case_id, entry.closed_on, entry.close_reason, entry.data["residence"]) == (
            case.id, date(2024, 6, 3), "注销登记", "解放路 1 号")


def test_what_an_element_wrote_can_be_undone(county):
    with county.work() as session:
        known = entries.enter(session, "organisation", organisation(residence="旧址"), "990101", on(2024, 6, 3)).id or 0
    county.draw("moving", START + END + asking("change", "change_entry", register="organisation", entry=f"={known}",
                                               data='={residence: "新址", name: "示例县新名协会"}'), "begun>change\nchange>done")
    case = county.open("moving")
    with county.work() as session:
        entries.undo(session, case.id or 0, "change", on(2024, 6, 4, "退回"))
        assert session.get_one(RegisterEntry, known).data["residence"] == "旧址"
        assert len(found.entries(session, Wanted("organisation", "name", ("示例县物业管理协会",)), date(2024, 6, 4))) == 1
        entries.undo(session, case.id or 0, "change", on(2024, 6, 5, "退回"))      # again does nothing
        assert session.get_one(RegisterEntry, known).version == 3


WRONG = [
    ("register_unknown", {"register": "organization", "by": "code", "value": '="x"', "into": "known"}),
    ("register_key_unknown", {"register": "organisation", "by": "cod", "value": '="x"', "into": "known"}),
    ("part_unknown", {"register": "organisation", "by": "code", "value": '="x"', "into": "known", "where": "entry.fund > 1"}),
    ("result_wrong", {"register": "organisation", "by": "code", "value": '="x"', "into": "known", "where": "entry.fund_fen"}),
    ("property_missing", {"register": "organisation"}),
]


def findings(county, topic, properties):
    """What is said of a drawing whose one step asks that."""
    with pytest.raises(releases.NotPublished) as refused:
        county.draw("wrong", START + END + asking("ask", topic, **properties), "begun>ask\nask>done")
    return {found.code for found in refused.value.report.findings if found.severity == "error"}


@pytest.mark.parametrize(("code", "properties"), WRONG, ids=[code for code, _ in WRONG])
def test_a_wrong_question_is_told_before_anybody_asks_it(county, code, properties):
    assert code in findings(county, "look_up", properties)


@pytest.mark.parametrize(("code", "data"), [
    ("register_field_unknown", DATA.replace("fund_fen", "fund")), ("register_field_kind", DATA.replace("3000000", '"三万"')),
    ("register_field_kind", DATA.replace('"association"', "1")), ("register_field_missing", DATA.replace(", kind: \"association\"", ""))])
def test_what_a_register_does_not_hold_is_told_too(county, code, data):
    assert findings(county, "enter_register", {"register": "organisation", "data": f"={data}"}) == {code}


def test_a_release_keeps_the_registers_it_names(county):
    county.draw("errand", START + END + asking("look", "look_up", register="organisation", by="code", value='="x"', into="known"),
                "begun>look\nlook>done")
    assert "registers/organisation.toml" in checking.collect("errand", county.root)
    assert "registers/organisation_name.toml" not in checking.collect("errand", county.root)
