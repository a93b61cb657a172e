"""A decision's answer is seen by the next gateway, and how it came about is told."""

from decimal import Decimal

import pytest

from workflows import engine

ENDS = '<startEvent id="start"/><endEvent id="end"/>'
TABLE = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="t">
<decision id="grade" name="grade"><decisionTable id="t" hitPolicy="FIRST">
<input id="i1"><inputExpression id="ie1"><text>income</text></inputExpression></input>
<output id="o1" name="grade"/><output id="o2" name="share"/>
<rule id="r1"><description>poor</description><inputEntry id="c1"><text>&lt; 1000</text></inputEntry><outputEntry id="x1"><text>"A"</text></outputEntry><outputEntry id="y1"><text>0.5</text></outputEntry></rule>
<rule id="r2"><inputEntry id="c2"><text>-</text></inputEntry><outputEntry id="x2"><text>"B"</text></outputEntry><outputEntry id="y2"><text>0</text></outputEntry></rule>
</decisionTable></decision></definitions>"""
FLOWS = 'start>rate\nrate>g\ng>a ? {name}grade = "A"\ng>b\na>end\nb>end'
GATE = '<exclusiveGateway id="g" default="g_b"/><userTask id="a"/><userTask id="b"/>'


def test_a_decision_under_a_name(draw, bench):
    rule = '<businessRuleTask id="rate" camunda:decisionRef="grade" camunda:resultVariable="result"/>'
    drawing = draw(ENDS + rule + GATE, FLOWS.format(name="result."), dmn=TABLE)
    case = bench.Case(drawing, income=500)
    assert case.waits == ["a"]
    assert case.move.facts == {"result": {"grade": "A", "share": Decimal("0.5")}}
    (trace,) = case.move.decisions
    assert (trace.node, trace.decision_id, trace.value) == ("rate", "grade", {"grade": "A", "share": Decimal("0.5")})
    assert [row.index for row in trace.matched_rows] == [1]
    assert bench.Case(drawing, income=5000).waits == ["b"]


def test_a_decision_without_a_name_writes_its_columns(draw, bench):
    rule = '<businessRuleTask id="rate" camunda:decisionRef="grade"/>'
    case = bench.Case(draw(ENDS + rule + GATE, FLOWS.format(name=""), dmn=TABLE), income=500)
    assert case.waits == ["a"]
    assert set(case.move.facts) == {"grade", "share"}


def test_a_damaged_table_is_refused(draw):
    with pytest.raises(engine.DrawingRefused):
        draw(ENDS, "start>end", dmn=TABLE.replace(b"&lt; 1000", b"&lt; ("))
    with pytest.raises(engine.DrawingRefused):
        draw(ENDS, "start>end", dmn=b"<definitions/>")
