"""Papers: each issued once, numbered without gaps, the same bytes ever after."""

from io import BytesIO

import docx
import pytest

import bpmn.loader
import bpmn.papers
from sqlmodel import col, select

from tests import families
from tests.makers import REFUSED, at, bureau, case_at, done, standing
from bpmn import feel
from bpmn.papers import Paper
from workflows import papers
from workflows.cases import attachments, facts, jobs, world
from workflows.cases.papers import documents, world as paper_world
from workflows.cases.effects import Step
from workflows.cases.tables import Case, Document, Job
from workflows.errors import Conflict, NotFound

PAPERS = {kind: paper for folder in ("public_notice", "dibao") for kind, paper in bpmn.papers.describe(folder, bpmn.loader.files("dibao")).items()}
UNSIGNED = [{**member, "authorised": False} for member in families.application()["members"]]
HIT = {"conclusion": "inconsistent", "sources": [{"source": "bank_deposit", "result": "hit", "detail": "存款", "amount": "9000"}]}
ACCEPTED, FILED = ["receipt", "acceptance_notice", "check_request"], ["survey_form", "check_report"]
# How a case must go for each paper to be issued, and the element it then stands at.
WAYS = {
    "granted": ("confirmed", {}, {}, [*ACCEPTED, *FILED, "preliminary_opinion", "public_notice", "notice_proof", "report_form", "decision",
                                      "certificate"]),
    "refused": ("refused", REFUSED, {}, [*ACCEPTED, *FILED, "preliminary_opinion", "report_form", "refusal_notice"]),
    "incomplete": ("supplement_materials", {"review_materials": {"outcome": "supplement"}}, {"members": UNSIGNED},
                   ["receipt", "correction_notice"]),
    "not taken": ("not_accepted", {"review_materials": {"outcome": "not_accepted", "not_accepted_reason": "非本镇户籍",
                                                        "where_to_go": "河西镇人民政府"}}, {}, ["receipt", "not_accepted_notice"]),
    "rebutted": ("draft_opinion", {"data_check": HIT}, {}, [*ACCEPTED, "check_result_notice"]),
}


def issued(house, case):
    """The case's papers, oldest first."""
    with house.work() as session:
        return documents.of_case(session, case.id)


@pytest.mark.parametrize("way", WAYS)
def test_each_paper_is_issued_once_says_all_its_kind_asks_and_becomes_a_pdf(way):
    element, answers, application, kinds = WAYS[way]
    house = bureau()
    case = case_at(house, element, answers=answers, **application)
    assert [paper.kind for paper in issued(house, case)] == kinds
    for paper in issued(house, case):
        with house.work() as session:
            content = documents.file_of(session, documents.by_id(session, paper.id))
        assert content.startswith(b"%PDF-")
        asked = PAPERS[paper.kind]
        assert set(paper.data) == asked.keys | {"number", "issued_on", "issuer"}
        assert [key for key in asked.data if paper.data[key] in (None, "", [])] == []
        assert paper.number == f"{'城关镇' if asked.issuer.startswith('TOWN') else '示民'}低保{asked.mark}〔2024〕1号"
        assert (paper.data["number"], paper.name, paper.english) == (paper.number, asked.name, asked.english)


def test_the_same_paper_gives_the_same_bytes_and_is_made_only_once(monkeypatch):
    house, case = standing("draft_opinion")
    paper = issued(house, case)[0]
    with house.work() as session:
        row = documents.by_id(session, paper.id)
        first = documents.file_of(session, row)
        kept, row.sha256 = row.sha256, None
        assert documents.file_of(session, row) == first
        assert row.sha256 == kept
        monkeypatch.setattr(papers, "print_out", None)
        assert documents.file_of(session, row) == first


def test_a_stored_file_that_was_touched_is_noticed_and_one_that_is_gone_is_told(own_folder):
    house, case = standing("draft_opinion")
    with house.work() as session:
        paper = documents.of_case(session, case.id)[0]
        documents.file_of(session, paper)
        path = own_folder / "files" / paper.sha256[:2] / paper.sha256
        content = path.read_bytes()
        path.write_bytes(content.replace(b"2024", b"2025", 1) + b" ")
        with pytest.raises(Conflict, match="does not match"):
            documents.file_of(session, paper)
        path.unlink()
        with pytest.raises(NotFound):
            attachments.read(paper.sha256)


def test_papers_are_numbered_by_kind_and_year_without_gaps():
    house = bureau()
    for number in range(4):
        case_at(house, "home_visit", number=number)
    for number in range(4, 6):
        case_at(house, "draft_opinion", number=number)
    house.pass_time(at("2025-01-02"))
    for number in range(6, 8):
        case_at(house, "home_visit", number=number)
    with house.work() as session:
        rows = session.exec(select(Document.year, Document.serial, Document.number)
                            .where(Document.kind == "acceptance_notice").order_by(col(Document.id))).all()
    assert [row[:2] for row in rows] == [(2024, n) for n in range(1, 7)] + [(2025, 1), (2025, 2)]
    assert rows[-1][2] == "城关镇低保受〔2025〕2号"


def test_a_step_that_was_undone_leaves_no_gap(monkeypatch):
    house = bureau()
    first, second = case_at(house, "review_materials"), case_at(house, "review_materials", number=1)
    with monkeypatch.context() as patched:
        patched.setattr(jobs, "ask", lambda *_, **__: (_ for _ in ()).throw(Conflict("This can't be done.")))
        with pytest.raises(Conflict):
            done(house, first, "review_materials", outcome="accept")
    done(house, second, "review_materials", outcome="accept")
    assert [paper.number for paper in issued(house, second) if paper.kind == "acceptance_notice"] == ["城关镇低保受〔2024〕1号"]


def test_what_a_paper_says_is_frozen_when_it_is_issued():
    house, case = standing("county_review")
    before = {paper.number: paper.data for paper in issued(house, case)}
    case_at(house, "confirmed", case=case)
    assert before.items() <= {paper.number: paper.data for paper in issued(house, case)}.items()


def test_the_decision_says_amount_first_month_and_only_the_accounts_end():
    house, case = standing("confirmed")
    decision = next(paper for paper in issued(house, case) if paper.kind == "decision")
    said = facts.decode(decision.data)
    assert (said["amount_fen"], f"{said['first_month']:%Y-%m}", said["account_last4"]) == (60_000, "2024-05", "8903")
    assert "6228480012345678903" not in str(said) + str(decision.said)
    assert "自2024年5月起按月发放，支付到你家庭在中国农业银行的账户（账号末四位：8903）。" in str(decision.said)
    assert "60日内依法向示例县人民政府申请行政复议" in decision.said["remedies"]


def test_the_refusal_advises_who_is_just_above_the_line():
    house = bureau()
    case = case_at(house, "serve_refusal", answers=REFUSED,
                   incomes=[{"member": "王建国", "kind": "wage", "amount": "2100", "months": "1"}])
    assert "低保边缘家庭" in issued(house, case)[-1].data["advice"]


def test_a_paper_without_what_its_kind_asks_is_refused():
    house, _ = standing("home_visit")
    with house.work() as session:
        before = len(session.exec(select(Document)).all())
        with pytest.raises(Conflict, match="missing contact, funds"):
            documents.issue(session, "payment_application", {"issuer": "县民政局"}, house.now, division_code="990101")
        assert len(session.exec(select(Document)).all()) == before


def test_each_paper_asks_the_machines_for_its_file_under_its_own_key():
    house, case = standing("confirmed")
    with house.work() as session:
        asked = session.exec(select(Job).where(Job.topic == documents.RENDER)).all()
    assert [job.key for job in asked] == [f"document:{paper.id}" for paper in issued(house, case)]


def test_a_paper_nobody_issued_is_not_found():
    house, _ = standing("home_visit")
    with house.work() as session, pytest.raises(NotFound):
        documents.by_id(session, 9_999)


# ---- replaced, copied ------------------------------------------------------------------------------------------

def test_a_paper_issued_again_says_which_it_replaces():
    house = bureau()
    case = case_at(house, "county_review")
    done(house, case, "county_review", outcome="return", reason="初审意见不完整")
    case_at(house, "report_to_county", case=case)
    first, again = [paper for paper in issued(house, case) if paper.kind == "preliminary_opinion"]
    assert (first.replaces_id, again.replaces_id) == (None, first.id)
    assert again.said["remarks"][-1] == f"本文书替代原{first.number}"


def test_a_second_notice_to_complete_stands_beside_the_first():
    assert not PAPERS["correction_notice"].replaces


def test_the_copy_that_may_be_edited_says_what_is_printed_and_is_kept_by_its_hash():
    house, case = standing("confirmed")
    with house.work() as session:
        decision = next(paper for paper in documents.of_case(session, case.id) if paper.kind == "decision")
        kind, content = documents.copy_of(session, decision)
        assert (kind, attachments.read(decision.copy_sha256)) == ("docx", content)
        notice = next(paper for paper in documents.of_case(session, case.id) if paper.kind == "public_notice")
        with pytest.raises(NotFound):
            documents.copy_of(session, notice)
    text = "\n".join(paragraph.text for paragraph in docx.Document(BytesIO(content)).paragraphs)
    for said in ("最低生活保障审核确认决定书", decision.number, "二、保障金额为每月600.00元（人民币陆佰元整）。", "申请行政复议", "（受理编号：DB-2024-03-0001）"):
        assert said in text


def test_each_unit_counts_its_own_numbers_under_its_own_mark_and_a_paper_may_give_its_own_pattern():
    house, _ = standing("home_visit")
    with house.work() as session:
        def number(division, series="x", pattern="{office}{mark}〔{year}〕{n:04}号（{division}）"):
            return documents.number(session, division, series, 2024, pattern, short="低保", mark="证")
        first = number("990101001")
        session.add(Document(**first, kind="x", name="x", issued_on=house.now.date(), data={}))
        session.flush()
        assert first["number"] == "城关镇证〔2024〕0001号（990101001）"
        assert [number(*asked)["serial"] for asked in (("990101001",), ("990101",), ("990101001", "y"))] == [2, 1, 1]
        assert number("990101", pattern="{office}{n}")["number"] == "示民1"


def test_what_was_chosen_is_printed_in_words_wherever_the_choices_come_from():
    house, case = standing("county_review")
    with house.work() as session:
        row = session.get_one(Case, case.id)
        step = Step(session, row, None, world.of(session, row, house.now), {}, house.now)

        def said(source):
            told = Paper.model_validate({"name": "x", "english": "x", "mark": "x", "issuer": "TOWN_CLERK", "data": {"x": source}})
            return feel.evaluate(source, paper_world.of(step, told, {}), house.now)
        assert said("said.application.bank_code") == "中国农业银行"
        assert said("said.application.registered_division") == "城关镇东街社区"
        assert said("said.application.members.relation") == ["本人", "配偶", "子女"]
        assert said("said.application").get("reasons") == ["疾病"]
        assert said("said.home_visit.incomes.kind") == ["工资性收入", "工资性收入"]
        assert said("said.resurvey") is None
        assert said("due.total.words + due.rebuttal.words") == "30个工作日5个工作日"
        assert said("done.draft_opinion.unit") == "城关镇人民政府"
        assert said("done.county_decision") is None
        assert said("place.whole") == "示例县城关镇东街社区"
