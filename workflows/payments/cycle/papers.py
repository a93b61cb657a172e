"""A month's papers: 发放名册 as a workbook, 用款申请 and 三级联审单, issued from the version that was signed."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from bpmn.schema import Payment
from workflows import papers
from workflows.cases.papers import documents
from workflows.cases.tables import Document, Household
from workflows.errors import Conflict, NotFound
from workflows.office import jurisdiction
from workflows.office.people import Officer
from workflows.office.tables import Division, Person, Role, Unit
from workflows.papers import BridgeStep, Change, RosterLine
from workflows.payments import cycles, schemes
from workflows.payments.roster import bridge_steps, bridges, rosters, signatures, sources as roster_sources
from workflows.payments.roster.bridge_steps import NAMES, Bridge
from workflows.payments.refusals import WrongState
from workflows.payments.tables import Cycle, CycleState, Entitlement, Line, Roster, Signature
from workflows.records.types import stored

FUNDS = {"01": "中央财政困难群众救助补助资金", "03": "省级财政困难群众救助补助资金", "05": "县级财政配套资金"}
APPLICATION, SHEET = "payment_application", "joint_review_sheet"
KINDS = (APPLICATION, SHEET)
NO_PHONE = "0000-0000000"      # a month's papers can be made even where nobody has entered the bureau's number
LEVELS = {signatures.TOWN: "一级（乡镇）", signatures.COUNTY: "二级（县民政）", signatures.FINANCE: "三级（县财政）"}
SIGNERS = {signatures.TOWN: Role.TOWN_LEAD, signatures.COUNTY: Role.COUNTY_LEAD, signatures.FINANCE: Role.FINANCE}
RESULTS = {signatures.AGREE: "同意", signatures.RETURN: "退回"}
KEPT = {"new": "新增", "raised": "增发", "cut": "减发", "account": "账户变更"}


def workbook(session: Session, cycle: Cycle, township: str) -> bytes:
    """One township's roster of the month, as it is in force."""
    roster, lines = rosters.must(session, cycle), _payable(session, cycle, township)
    last = roster_sources.last_lines(session, cycle)
    bridge = _bridge(session, cycle, roster, township)
    numbers = _numbers(session, {*last, *(line.household_id for line in lines)})
    return papers.roster_xlsx(papers.Roster(
        bureau=_bureau(session, cycle).name, township=_name(session, township),
        scheme=schemes.title(session, cycle.scheme).zh, month=cycle.month, fund_source=_sources(lines),
        version=roster.version, hash=roster.hash, made_on=roster.made_at.date(), made_by=_maker(session, roster),
        lines=[_line(line, numbers) for line in lines], last_households=bridge.last_households,
        last_total_fen=bridge.last_fen,
        bridge=[BridgeStep(NAMES[step.name], step.households, step.fen) for step in bridge.steps],
        changes=_changes(lines, last, numbers)))


def issue(session: Session, cycle: Cycle, now: datetime, who: Officer | None = None) -> list[Document]:
    """Issue the month's application and one review sheet a township, once, from the approved version."""
    cycle = cycles.hold(session, stored(cycle.id))
    there = issued(session, cycle)
    if there:
        return there
    if cycle.state in (CycleState.DRAFT, CycleState.REVIEW):
        raise WrongState("The roster has not been approved yet.")
    if not _payable(session, cycle):
        return []  # a month that asks for no money has no papers that ask for it
    ground = cycle.division_code
    _give(session, cycle, APPLICATION, application(session, cycle, now), now)
    for town in rosters.townships(session, cycle):
        if _payable(session, cycle, town):
            _give(session, cycle, SHEET, review_sheet(session, cycle, town), now)
    cycles.note(session, cycle, "papers.issue", f"{cycle.month} 用款申请和联审单制发", now, who, after={"division": ground})
    return issued(session, cycle)


def issued(session: Session, cycle: Cycle) -> list[Document]:
    """The month's papers, in the order they were issued."""
    return list(session.exec(select(Document).where(Document.cycle_id == cycle.id, col(Document.kind).in_(KINDS))
                             .order_by(col(Document.id))))


def application(session: Session, cycle: Cycle, now: datetime) -> Mapping[str, object]:
    """What 用款申请 says."""
    roster, lines, bureau = rosters.must(session, cycle), _payable(session, cycle), _bureau(session, cycle)
    return {"issuer": bureau.name, "to_office": _unit(session, Role.FINANCE, cycle.division_code).name,
            "month": cycle.month, "households": len(lines), "persons": sum(line.people for line in lines),
            "total_fen": roster.total_fen, "funds": _funds(session, lines), "pay_by": max(cycle.pay_by_on, now.date()),
            "roster_version": roster.version, "roster_hash": roster.hash, "contact": _maker(session, roster),
            "phone": bureau.phone or NO_PHONE}


def review_sheet(session: Session, cycle: Cycle, township: str) -> Mapping[str, object]:
    """What one township's 三级联审单 says, with who signed it."""
    roster, lines = rosters.must(session, cycle), _payable(session, cycle, township)
    bridge = _bridge(session, cycle, roster, township)
    changes = [{"kind": NAMES[step.name], "households": step.households, "amount_fen": step.fen} for step in bridge.steps]
    return {"issuer": _bureau(session, cycle).name, "month": cycle.month, "township": _name(session, township),
            "fund_source": _sources(lines), "households": len(lines), "persons": sum(line.people for line in lines),
            "last_total_fen": bridge.last_fen, "total_fen": sum(line.total_fen for line in lines),
            "changes": changes or [{"kind": "无变动", "households": 0, "amount_fen": 0}],
            "roster_version": roster.version, "roster_hash": roster.hash,
            "signatures": [_signature(session, cycle, roster, level, township) for level in LEVELS]}


def bridge_of(session: Session, cycle: Cycle, roster: Roster) -> list[Bridge]:
    """The roster's bridge with its households: each township's, then the whole."""
    return bridge_steps.of(roster.bridge, roster_sources.last_lines(session, cycle), rosters.lines(session, cycle))


def _give(session: Session, cycle: Cycle, kind: str, data: Mapping[str, object], now: datetime) -> None:
    documents.issue(session, kind, data, now, division_code=cycle.division_code, cycle_id=cycle.id,
                    addressee=str(data.get("township") or data.get("to_office") or ""),
                    scheme=schemes.title(session, cycle.scheme).zh)


def _bridge(session: Session, cycle: Cycle, roster: Roster, township: str) -> Bridge:
    found = next((one for one in bridge_of(session, cycle, roster) if one.code == township), None)
    if found is None:
        raise NotFound("There is no roster for this month yet.")
    return found


def _payable(session: Session, cycle: Cycle, township: str = "") -> list[Line]:
    return [line for line in rosters.lines(session, cycle) if line.payable and line.township_code.startswith(township)]


def _line(line: Line, numbers: Mapping[int, str]) -> RosterLine:
    return RosterLine(numbers[line.household_id], line.payee_name, line.payee_id_number, line.account_number, line.people,
                      line.base_fen, line.supplement_fen, line.arrears_fen, line.recovery_fen, line.decision_no,
                      KEPT.get(line.change, ""))


def _changes(lines: Sequence[Line], last: Mapping[int, Line], numbers: Mapping[int, str]) -> list[Change]:
    found = []
    for line in lines:
        before = last.get(line.household_id)
        if line.change in KEPT:
            found.append(Change(KEPT[line.change], numbers[line.household_id], line.payee_name,
                                bridges.regular(before) if before else 0, bridges.regular(line), line.decision_no,
                                line.difference_reason))
    return found


def _funds(session: Session, lines: Sequence[Line]) -> list[dict[str, object]]:
    """By source and budget code: households and money as they were promised."""
    categories = dict(session.exec(select(Entitlement.id, Entitlement.category).where(
        col(Entitlement.id).in_({line.entitlement_id for line in lines}))).all())
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for line in lines:
        code = _budget(schemes.rule(session, line.scheme), categories[line.entitlement_id])
        for source, fen in (line.funding or {line.fund_source: line.total_fen}).items():
            sums[source, code][0] += 1
            sums[source, code][1] += fen
    return [{"fund_source": FUNDS.get(source, source), "budget_code": code, "households": count, "amount_fen": fen}
            for (source, code), (count, fen) in sorted(sums.items())]


def _budget(rule: Payment, category: str) -> str:
    """The budget code; money is never booked on a guess."""
    code = rule.budget.get(category) or rule.budget.get("any")
    if code is None:
        raise Conflict("There is no budget code for households of category “{category}”.", category=category)
    return code


def _signature(session: Session, cycle: Cycle, roster: Roster, level: int, township: str) -> dict[str, object]:
    scope = township if level == signatures.TOWN else cycle.division_code
    signed = next((one for one in signatures.valid(session, roster) if (one.level, one.scope) == (level, scope)), None)
    said = {"level": LEVELS[level], "office": _unit(session, SIGNERS[level], scope).name}
    return said | (_words(session, signed) if signed else dict.fromkeys(("signer", "result", "comment", "signed_on")))


def _words(session: Session, signed: Signature) -> dict[str, object]:
    person = session.get_one(Person, signed.person_id)
    return {"signer": person.name, "result": RESULTS.get(signed.result, signed.result),
            "comment": signed.comment.strip() or None, "signed_on": signed.at.date()}


def _numbers(session: Session, homes: set[int]) -> dict[int, str]:
    found = session.exec(select(Household).where(col(Household.id).in_(homes)))
    return {home.id or 0: home.number for home in found}


def _sources(lines: Sequence[Line]) -> str:
    named = {source for line in lines for source in (line.funding or {line.fund_source: 0})}
    return "、".join(FUNDS.get(source, source) for source in sorted(named)) or "—"


def _bureau(session: Session, cycle: Cycle) -> Unit:
    return _unit(session, Role.COUNTY_FINANCE, cycle.division_code)


def _unit(session: Session, role: str, ground: str) -> Unit:
    return jurisdiction.unit_for(session, role, ground)


def _maker(session: Session, roster: Roster) -> str:
    person = session.get(Person, roster.made_by) if roster.made_by else None
    return person.name if person else "系统"


def _name(session: Session, code: str) -> str:
    division = session.get(Division, code)
    return division.name if division else code
