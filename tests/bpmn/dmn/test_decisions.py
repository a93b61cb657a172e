"""Decision tables, requirement graphs and boxed expressions, read from XML and evaluated."""

from datetime import UTC, date, datetime

import pytest
from bpmn import dmn, feel

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def model(body: str, namespace: str = NAMESPACE) -> dmn.Definitions:
    xml = f'<definitions xmlns="{namespace}" id="defs" name="d" namespace="x">{body}</definitions>'
    return dmn.parse(xml.encode())


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def text(tag: str, content: str, attributes: str = "") -> str:
    return f"<{tag} {attributes}><text>{escape(content)}</text></{tag}>"


def table(
    policy: str, rows: list[tuple[str, ...]], outputs: str = '<output id="o"/>', inputs: str = ""
) -> str:
    """A table with one input `x`; the first cell of a row is the condition."""
    column = inputs or '<input id="i" label="金额"><inputExpression><text>x</text></inputExpression></input>'
    rules = "".join(
        f'<rule id="r{number}"><description>第{number}条</description>'
        + text("inputEntry", row[0])
        + "".join(text("outputEntry", cell) for cell in row[1:])
        + "</rule>"
        for number, row in enumerate(rows, 1)
    )
    return f"<decisionTable id='t' {policy}>{column}{outputs}{rules}</decisionTable>"


def decision(body: str, decision_id: str = "d", extra: str = "") -> str:
    return f'<decision id="{decision_id}" name="{decision_id}">{extra}{body}</decision>'


def run(
    policy: str, rows: list[tuple[str, ...]], x: object, outputs: str = '<output id="o"/>'
) -> dmn.DecisionResult:
    return dmn.evaluate(model(decision(table(policy, rows, outputs))), "d", {"x": x})


OVERLAPPING = [("< 10", "1"), ("< 20", "2"), ("< 30", "2"), ("-", "5")]


@pytest.mark.parametrize(
    ("policy", "x", "expected", "rows"),
    [
        ('hitPolicy="FIRST"', 15, 2, (2,)),
        ('hitPolicy="FIRST"', 99, 5, (4,)),
        ('hitPolicy="RULE ORDER"', 15, [2, 2, 5], (2, 3, 4)),
        ('hitPolicy="COLLECT"', 15, [2, 2, 5], (2, 3, 4)),
        ('hitPolicy="COLLECT" aggregation="SUM"', 15, 9, (2, 3, 4)),
        ('hitPolicy="COLLECT" aggregation="MIN"', 5, 1, (1, 2, 3, 4)),
        ('hitPolicy="COLLECT" aggregation="MAX"', 5, 5, (1, 2, 3, 4)),
        ('hitPolicy="COLLECT" aggregation="COUNT"', 5, 4, (1, 2, 3, 4)),
    ],
)
def test_hit_policies_choose_and_combine_rules(policy, x, expected, rows):
    result = run(policy, OVERLAPPING, x)
    assert result.value == expected
    assert tuple(row.index for row in result.matched_rows) == rows


def test_a_unique_table_tells_row_annotation_and_inputs():
    result = run("", [("< 10", '"低"'), (">= 10", '"高"')], 12)
    assert result.value == "高"
    assert result.matched_rows == (dmn.Row(2, "r2", "第2条"),)
    assert result.inputs == {"金额": 12}


def test_a_unique_table_refuses_two_matches():
    with pytest.raises(dmn.HitPolicyViolated) as caught:
        run("", [("< 10", "1"), ("< 20", "2")], 5)
    assert caught.value.element_id == "t"


def test_an_any_table_demands_equal_results():
    assert run('hitPolicy="ANY"', [("< 10", "1"), ("< 20", "1.0")], 5).value == 1
    with pytest.raises(dmn.HitPolicyViolated):
        run('hitPolicy="ANY"', [("< 10", "1"), ("< 20", "2")], 5)


@pytest.mark.parametrize(
    ("policy", "expected"), [("PRIORITY", "拒绝"), ("OUTPUT ORDER", ["拒绝", "复核", "通过"])]
)
def test_output_values_give_the_priority(policy, expected):
    outputs = '<output id="o">' + text("outputValues", '"拒绝","复核","通过"') + "</output>"
    rows = [("< 30", '"通过"'), ("< 20", '"拒绝"'), ("< 25", '"复核"')]
    assert run(f'hitPolicy="{policy}"', rows, 5, outputs).value == expected


def test_no_match_is_null_with_no_rows():
    result = run("", [("< 10", "1")], 50)
    assert (result.value, result.matched_rows) == (None, ())


def test_no_match_yields_the_default_outputs():
    outputs = '<output id="o">' + text("defaultOutputEntry", '"其他"') + "</output>"
    assert run("", [("< 10", '"低"')], 50, outputs).value == "其他"


def test_several_outputs_make_a_context():
    outputs = '<output id="o1" name="等级" typeRef="string"/><output id="o2" name="金额" typeRef="number"/>'
    assert run("", [("-", '"A"', "x * 2")], 4, outputs).value == {"等级": "A", "金额": 8}


def test_inputs_outside_the_allowed_values_are_refused():
    column = (
        '<input id="i" label="类别"><inputExpression><text>x</text></inputExpression>'
        + text("inputValues", '"低保","特困"')
        + "</input>"
    )
    definitions = model(decision(table("", [('"低保"', "1"), ("-", "2")], inputs=column)))
    assert dmn.evaluate(definitions, "d", {"x": None}).value == 2
    with pytest.raises(dmn.ValueNotAllowed) as caught:
        dmn.evaluate(definitions, "d", {"x": "其他"})
    assert caught.value.element_id == "i"


def test_required_decisions_are_evaluated_first_and_traced():
    needs = '<informationRequirement><requiredDecision href="#base"/></informationRequirement>'
    body = decision(table("", [("< 10", "100"), (">= 10", "200")]), "base").replace(
        'name="base"', 'name="基础金额"'
    )
    body += decision(text("literalExpression", "基础金额 * 人数 + base"), "total", needs)
    result = dmn.evaluate(model(body), "total", {"x": 3, "人数": 4})
    assert result.value == 500
    assert [step.decision_id for step in result.trace] == ["base"]
    assert result.trace[0].matched_rows[0].index == 1
    assert result.matched_rows == ()


def test_business_knowledge_can_be_called_and_invoked():
    knowledge = (
        '<businessKnowledgeModel id="k" name="补差"><variable name="补差"/><encapsulatedLogic>'
        '<formalParameter name="标准" typeRef="number"/><formalParameter name="收入" typeRef="number"/>'
        + text("literalExpression", "max(0, 标准 - 收入)")
        + "</encapsulatedLogic></businessKnowledgeModel>"
    )
    needs = '<knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>'
    invocation = (
        "<invocation>"
        + text("literalExpression", "补差")
        + '<binding><parameter name="收入"/>'
        + text("literalExpression", "x")
        + '</binding><binding><parameter name="标准"/>'
        + text("literalExpression", "1300")
        + "</binding></invocation>"
    )
    called = decision(text("literalExpression", "补差(1300, x)"), "called", needs)
    definitions = model(knowledge + called + decision(invocation, "invoked", needs))
    assert dmn.evaluate(definitions, "called", {"x": 400}).value == 900
    assert dmn.evaluate(definitions, "invoked", {"x": 2000}).value == 0
    assert dmn.evaluate(definitions, "called", {"x": "many"}).value is None


def test_boxed_contexts_see_their_earlier_entries():
    context = (
        '<context><contextEntry><variable name="a"/>'
        + text("literalExpression", "x + 1")
        + "</contextEntry><contextEntry>"
        + text("literalExpression", "a * 10")
        + "</contextEntry></context>"
    )
    assert dmn.evaluate(model(decision(context)), "d", {"x": 1}).value == 20


def test_input_data_is_fitted_to_its_type():
    definitions = model(
        '<itemDefinition name="tCategory"><typeRef>string</typeRef>'
        + text("allowedValues", '"低保","特困"')
        + "</itemDefinition>"
        '<inputData id="i1" name="类别"><variable name="类别" typeRef="tCategory"/></inputData>'
        + decision(
            text("literalExpression", "类别"),
            extra='<informationRequirement><requiredInput href="#i1"/></informationRequirement>',
        )
    )
    assert dmn.evaluate(definitions, "d", {"类别": "低保"}).value == "低保"
    assert dmn.evaluate(definitions, "d", {"类别": "其他"}).value is None


def test_the_clock_is_the_one_the_caller_gives():
    definitions = model(decision(text("literalExpression", "today()")))
    assert dmn.evaluate(definitions, "d", {}).value is None
    assert dmn.evaluate(definitions, "d", {}, datetime(2024, 5, 6, tzinfo=UTC)).value == date(2024, 5, 6)


@pytest.mark.parametrize(
    "namespace",
    [
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ],
)
def test_models_of_all_versions_are_read(namespace):
    definitions = model(decision(text("literalExpression", "1")), namespace)
    assert list(definitions.decisions) == ["d"]


def test_costs_are_limited_across_all_required_decisions():
    definitions = model(decision(text("literalExpression", "count(for a in 1..1000, b in 1..1000 return 1)")))
    with pytest.raises(feel.FeelLimitExceeded):
        dmn.evaluate(definitions, "d", {})


def test_an_unknown_decision_is_an_error():
    with pytest.raises(dmn.DmnError):
        dmn.evaluate(model(""), "nothing", {})
