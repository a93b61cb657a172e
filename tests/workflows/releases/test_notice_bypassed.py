"""A drawing that leads past its public notice is told the law beside the structure."""

from workflows.releases import checking


def test_a_notice_that_no_way_leads_through_is_told_with_its_law():
    files = dict(checking.collect("dibao"))
    drawn = files["dibao/flow.bpmn"].decode()
    files["dibao/flow.bpmn"] = drawn.replace('targetRef="public_notice"', 'targetRef="report_to_county"').replace(
        "<bpmn:incoming>noticed_before_to_public_notice</bpmn:incoming>", "").encode()
    told = {found.code: found.say("zh_CN") for found in checking.check("dibao", files).errors}
    assert {"unreachable", "notice_avoided"} <= told.keys()
    assert "第十九条" in told["notice_avoided"]
    assert checking.check("dibao").good
