"""What each paper says about a case, taken from its facts."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlmodel import col, select

import forms.checks
from workflows import papers
from workflows import releases
from workflows.cases import clocks, notices, sources
from workflows.cases.effects import Step
from workflows.cases.names import names_since
from workflows.cases.tables import Document, Objection, WorkItem, WorkState
from workflows.office import accrual, jurisdiction, rates, working_days
from workflows.errors import Conflict
from workflows.office.tables import Division, Person, Role, Unit
from workflows.papers.public_notice import Office
from workflows.releases.house import house

Builder = Callable[[Step], Mapping[str, object]]
_NOT_KEPT = "(未填写)"
_NO_PHONE = "0000-0000000"
_CATEGORY = {"urban": "城市", "rural": "农村"}
_RESULT = {"hit": "有记录", "none": "无记录", "no_answer": "未回复", "error": "查询出错"}


def build(kind: str, step: Step) -> Mapping[str, object]:
    """The data of a kind of paper for this case, without number and day."""
    if kind not in _BUILDERS:
        raise Conflict("“{paper}” is no paper that a drawing can have issued.", paper=papers.KINDS[kind].name)
    _demand(kind, step)
    return _BUILDERS[kind](step)


def public_notice(step: Step, starts_on: date) -> Mapping[str, object]:
    """Masked data of the 公示书 for a notice that starts on that day."""
    _demand("public_notice", step)
    application = _fact(step, "application")
    means = _fact(step, "means")
    town, county = _unit(step, Role.TOWN_CLERK), _unit(step, Role.COUNTY_LEAD)
    data = papers.public_notice_data(
        office=Office(town.name, _place(step, 9), _place(step, 12), phone(town), phone(county)), number="",
        applicant_name=step.case.subject, applicant_born=_born(application), member_count=int(means["people"]),
        amount_fen=int(means["total_fen"]), starts_on=starts_on,
        ends_on=notices.last_day(step.session, step.case, starts_on))
    return {key: value for key, value in data.items() if key != "number"}


def _demand(kind: str, step: Step) -> None:
    """Everything that the paper can't do without; `Conflict` names the first that is not there."""
    for needed in house().papers[kind].needs:
        name, _, key = needed.partition(".")
        if _fact(step, name).get(key) is None:
            raise Conflict("“{paper}” can't be printed: {fact} is not known.", paper=papers.KINDS[kind].name, fact=needed)


def _acceptance(step: Step) -> Mapping[str, object]:
    length = _days(step, "dibao.limit.total")
    return _common(step, Role.TOWN_CLERK) | {
        "accepted_on": step.now.date(), "due_on": _due(step, length), "limit": f"{length}个工作日",
        "handler": _handler(step)}


def _correction(step: Step) -> Mapping[str, object]:
    return _common(step, Role.TOWN_CLERK) | {
        "gaps": _gaps(step), "due_on": _due(step, _days(step, "dibao.limit.correction")), "handler": _handler(step)}


def _not_accepted(step: Step) -> Mapping[str, object]:
    review = _fact(step, "review_materials")
    return _common(step, Role.TOWN_CLERK) | {
        "reason": _text(review, "not_accepted_reason"), "where_to_go": _text(review, "where_to_go"),
        "reconsideration_body": _body(step)}


def _check_result(step: Step) -> Mapping[str, object]:
    check = _fact(step, "data_check")
    rows = check.get("sources") or []
    told = [row for row in rows if row.get("result") == "hit"] or rows[:1]
    return _common(step, Role.TOWN_CLERK, "applied_on") | {
        "checked_on": _day(check.get("queried_on"), step), "check_office": _unit(step, Role.CHECK_ORG).name,
        "findings": [{"source": _label(step, "dibao/data_check", "source", row.get("source")),
                      "result": str(row.get("detail") or _RESULT.get(str(row.get("result")), ""))} for row in told],
        "conclusion": str(check.get("note") or "核对信息与申报情况不一致,您可以在期限内提出说明和证明材料。"),
        "reply_by": _due(step, _days(step, "dibao.limit.rebuttal"))}


def _opinion(step: Step) -> Mapping[str, object]:
    means, draft = _fact(step, "means"), _fact(step, "draft_opinion")
    visit, check = _fact(step, "home_visit"), _fact(step, "data_check")
    grant = draft.get("outcome") == "grant"
    return _common(step, Role.TOWN_LEAD, "applied_on", "phone") | {
        "category": _category(step), "accepted_on": _accepted(step), "village": _place(step, 12),
        "member_count": int(means["people"]), "income_fen": int(means["per_capita_fen"]),
        "standard_fen": int(means["standard_fen"]), "visited_on": _day(visit.get("visited_at"), step),
        "surveyors": [str(row.get("name")) for row in visit.get("surveyors") or []] or [_NOT_KEPT],
        "survey": _text(visit, "conclusion"), "checked_on": _day(check.get("queried_on"), step),
        "check": "一致" if check.get("conclusion") == "consistent" else "不一致,已告知并复查",
        "opinion": _text(draft, "opinion"), "drafted_by": _done_by(step, "draft_opinion"),
        "signed_by": _done_by(step, "sign_opinion"),
    } | ({"proposed_fen": int(means["total_fen"])} if grant else {})


def _report(step: Step) -> Mapping[str, object]:
    means, draft = _fact(step, "means"), _fact(step, "draft_opinion")
    notice = step.facts.get("notice")
    shown: Mapping[str, Any] = notice if isinstance(notice, Mapping) else {}
    start = shown.get("posted_on") or step.now.date()
    application = _fact(step, "application")
    related = application.get("near_relative") == "yes"
    return _common(step, Role.TOWN_CLERK, "applied_on", "phone") | {
        "to_office": _unit(step, Role.COUNTY_CLERK).name, "category": _category(step),
        "member_count": int(means["people"]), "proposed_fen": int(means["total_fen"]), "starts_on": start,
        "ends_on": shown.get("ends_on") or start,
        "objections": _objections(step) if shown else "未公示",
        "opinion": _text(draft, "opinion"), "registered_relative": "是" if related else "否",
        "file_list": [{"name": paper, "pages": 1} for paper in _file_names(step)], "sent_by": _handler(step)}


def _objections(step: Step) -> str:
    raised = step.session.exec(select(Objection.id).where(Objection.case_id == step.case.id)).first()
    return "公示期间收到异议,已重新调查" if raised else "公示无异议"


def _decision(step: Step) -> Mapping[str, object]:
    means, application = _fact(step, "means"), _fact(step, "application")
    account = str(application.get("account_number") or "")
    bank = sources.BANKS.get(str(application.get("bank_code")), sources.BANKS["OTHER"])
    return _common(step, Role.COUNTY_LEAD) | {
        "category": _category(step), "member_count": int(means["people"]), "amount_fen": int(means["total_fen"]),
        "first_month": first_month(step), "bank": bank, "account_last4": account[-4:], "township": _place(step, 9),
        "reconsideration_body": _body(step)}


def _refusal(step: Step) -> Mapping[str, object]:
    decision, means = _fact(step, "county_decision"), _fact(step, "means")
    data = _common(step, Role.COUNTY_LEAD) | {
        "decided_on": step.now.date(), "reason": _text(decision, "opinion"), "reconsideration_body": _body(step)}
    advice = "您的家庭符合低保边缘家庭条件,可向乡镇(街道)申请认定。"
    return data | ({"advice": advice} if means.get("marginal") else {})


_BUILDERS: dict[str, Builder] = {
    "acceptance_notice": _acceptance, "correction_notice": _correction, "not_accepted_notice": _not_accepted,
    "check_result_notice": _check_result, "preliminary_opinion": _opinion, "report_form": _report,
    "decision": _decision, "refusal_notice": _refusal,
}


def first_month(step: Step) -> str:
    """The first payable month, `2024-05`: the month after the decision, or by local rule the same (A1 21)."""
    start = rates.value(step.session, "dibao.accrual_start", step.now.date(), step.case.division_code)
    return accrual.first_month(step.now.date(), str(start))


def phone(unit: Unit) -> str:
    """A unit's number as papers print it; a paper can be made even where nobody has entered one."""
    return unit.phone or _NO_PHONE


def _common(step: Step, role: str, *without: str) -> dict[str, object]:
    unit = _unit(step, role)
    data: dict[str, object] = {"issuer": unit.name, "applicant": step.case.subject, "case_no": step.case.number,
                               "applied_on": step.case.opened_at.date(), "phone": phone(unit)}
    return {key: value for key, value in data.items() if key not in without}


def _fact(step: Step, name: str) -> Mapping[str, Any]:
    found = step.facts.get(name)
    return found if isinstance(found, Mapping) else {}


def _text(answers: Mapping[str, Any], key: str) -> str:
    return str(answers.get(key) or _NOT_KEPT)


def _unit(step: Step, role: str) -> Unit:
    return jurisdiction.unit_for(step.session, role, step.case.division_code)


def _place(step: Step, digits: int) -> str:
    division = step.session.get(Division, step.case.division_code[:digits])
    return division.name if division else ""


def _body(step: Step) -> str:
    return _place(step, 6) + "人民政府"


def _category(step: Step) -> str:
    kept = str(_fact(step, "application").get("protection_category") or "urban")
    return _CATEGORY.get(kept, kept)


def _accepted(step: Step) -> date:
    return step.case.accepted_at.date() if step.case.accepted_at else step.now.date()


def _day(text: object, step: Step) -> date:
    return date.fromisoformat(str(text)[:10]) if text else step.now.date()


def _days(step: Step, code: str) -> int:
    value = rates.value(step.session, code, clocks.rules_day(step.case, step.now.date()), step.case.division_code)
    return value if isinstance(value, int) else 0


def _due(step: Step, length: int) -> date:
    return working_days.calendar(step.session).due(step.now.date(), length, "WD").day


def _handler(step: Step) -> str:
    return step.who.name if step.who else "经办人"


def _gaps(step: Step) -> list[str]:
    review = _fact(step, "review_materials")
    told = [str(row.get("item") or "") + (f"({row['remark']})" if row.get("remark") else "")
            for row in review.get("gaps") or [] if row.get("item")]
    return told or [_NOT_KEPT]


def _born(application: Mapping[str, Any]) -> date:
    return forms.checks.birth_date(str(application.get("applicant_id_number"))) or date(1900, 1, 1)


def _done_by(step: Step, node: str) -> str:
    done = select(WorkItem).where(WorkItem.case_id == step.case.id, names_since(step.session, step.case).at(WorkItem, node),
                                  WorkItem.state == WorkState.DONE).order_by(col(WorkItem.id).desc())
    item = step.session.exec(done).first()
    person = step.session.get(Person, item.done_by) if item and item.done_by else None
    return person.name if person else _NOT_KEPT


def _file_names(step: Step) -> list[str]:
    found = step.session.exec(select(Document).where(Document.case_id == step.case.id).order_by(col(Document.id)))
    return ["低保申请表", "入户调查表", "核对报告", *(papers.KINDS[paper.kind].name for paper in found)]


def _label(step: Step, form_key: str, field: str, value: object) -> str:
    form = releases.load(step.session, step.case.release_id).form(form_key)
    return _option(form, field, value)


def _option(form: Any, field: str, value: object) -> str:
    for _, component in form.walk():
        if getattr(component, "key", "") == field:
            for choice in getattr(component, "options", ()) or ():
                if choice.value == value:
                    return str(choice.label)
    return str(value or "")
