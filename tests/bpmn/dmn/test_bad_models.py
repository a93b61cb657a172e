"""Models that cannot be used, and the findings about doubtful ones."""

import pytest
from bpmn import dmn

OPENING = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="defs" name="d" namespace="x">'
)


def parse(body: str) -> dmn.Definitions:
    return dmn.parse(f"{OPENING}{body}</definitions>".encode())


REFUSED = {
    "no xml": b"hello",
    "nothing": b"",
    "another vocabulary": b"<definitions xmlns='http://www.omg.org/spec/BPMN/20100524/MODEL'/>",
    "a doctype": b"<!DOCTYPE definitions [<!ENTITY a 'b'>]>" + OPENING.encode() + b"</definitions>",
    "too large": OPENING.encode() + b" " * (2 * 1024 * 1024) + b"</definitions>",
    "too deep": OPENING.encode() + b"<a>" * 200 + b"</a>" * 200 + b"</definitions>",
    "the same id twice": f"{OPENING}<decision id='d'/><decision id='d'/></definitions>".encode(),
    "an unknown hit policy": f"{OPENING}<decision id='d'><decisionTable hitPolicy='BEST'><output/></decisionTable>"
    "</decision></definitions>".encode(),
    "a rule with too few cells": f"{OPENING}<decision id='d'><decisionTable><output/><rule id='r'/></decisionTable>"
    "</decision></definitions>".encode(),
    "another language": f"{OPENING}<decision id='d'><literalExpression expressionLanguage='javascript'/>"
    "</decision></definitions>".encode(),
}


@pytest.mark.parametrize("xml", REFUSED.values(), ids=REFUSED.keys())
def test_unusable_documents_are_refused(xml):
    with pytest.raises(dmn.DmnInvalid):
        dmn.parse(xml)


def test_the_error_names_the_element():
    with pytest.raises(dmn.DmnInvalid) as caught:
        dmn.parse(REFUSED["a rule with too few cells"])
    assert caught.value.element_id == "r"


def test_all_problems_are_found_at_once():
    definitions = parse(
        "<decision id='a' name='a'><informationRequirement><requiredDecision href='#b'/></informationRequirement>"
        "<literalExpression id='le'><text>1 +</text></literalExpression></decision>"
        "<decision id='b' name='b'><informationRequirement><requiredDecision href='#a'/></informationRequirement>"
        "<informationRequirement><requiredInput href='#gone'/></informationRequirement></decision>"
        "<decision id='c' name='c'><decisionTable id='t' hitPolicy='PRIORITY'>"
        "<input id='i'><inputExpression><text>x x +</text></inputExpression></input>"
        "<output id='o1'/><output id='o2' name='y'/>"
        "<rule id='r'><inputEntry id='cell'><text>&lt;</text></inputEntry>"
        "<outputEntry id='out'><text>]</text></outputEntry><outputEntry><text>1</text></outputEntry></rule>"
        "</decisionTable></decision>"
    )
    found = {finding.element_id for finding in dmn.check(definitions)}
    assert {"le", "a", "b", "t", "i", "o1", "cell", "out"} <= found


def test_a_circle_of_requirements_is_an_error_at_run_time_too():
    definitions = parse(
        "<decision id='a' name='a'><informationRequirement><requiredDecision href='#a'/></informationRequirement>"
        "<literalExpression><text>1</text></literalExpression></decision>"
    )
    with pytest.raises(dmn.DmnInvalid):
        dmn.evaluate(definitions, "a", {})


def test_a_bad_expression_is_an_error_at_its_first_use():
    definitions = parse(
        "<decision id='a' name='a'><literalExpression><text>1 +</text></literalExpression></decision>"
    )
    with pytest.raises(dmn.DmnInvalid):
        dmn.evaluate(definitions, "a", {})


def test_a_good_model_has_no_findings():
    definitions = parse(
        "<decision id='a' name='a'><literalExpression><text>1 + x</text></literalExpression></decision>"
    )
    assert dmn.check(definitions) == []
