"""papers.toml against the drawing and the house: every paper asked for is told of, and can be printed."""

from collections.abc import Iterator

from bpmn.feel.static import over, read
from bpmn.message import Message, Term
from workflows import papers
from workflows.office.jurisdiction import ROLE_UNIT_KIND
from workflows.releases import facts as known
from workflows.releases import formulas
from workflows.releases.checks.expressions import said
from workflows.releases.draft import PAPERS, Draft, Drawn, Told
from workflows.releases.house import house
from workflows.releases.report import Finding, nearest

MACHINES = ("serviceTask", "sendTask")
EXTENSION, TERMINATION = "extension_notice", "termination_notice"


def check(draft: Draft) -> Iterator[Finding]:
    """What is issued, what is told of, and what each is printed by."""
    asked, sure = set[str](), True
    for part, drawn in draft.elements():
        kind = formulas.paper_of(drawn)
        if kind and kind not in draft.papers and not draft.main.rules.callable_only:
            yield part.find("paper_unknown", "error", drawn.node.id, Message(
                "papers.toml tells of no paper {kind}.", {"kind": kind}), hint=nearest(kind, draft.papers))
        asked.add(kind)
        sure &= not _may_issue(drawn) or kind in draft.papers
    asked |= {EXTENSION} if any(clock.may_extend for clock in draft.main.rules.clocks) else set()
    asked |= {TERMINATION} if draft.main.rules.operations.terminate else set()
    if EXTENSION in asked and EXTENSION not in draft.papers:
        yield draft.main.find("paper_unknown", "error", "", Message(
            "A limit can be extended, which must be told to the applicant: papers.toml tells of no paper {kind}.",
            {"kind": EXTENSION}), file=PAPERS)
    for kind, told in draft.papers.items():
        yield from _paper(draft, kind, told)
        if sure and kind not in asked | house().papers.given.keys() and told.folder == draft.process:
            yield _found(kind, told, "paper_unused", "warning", Message("Nothing issues this paper."))
    yield from _by_the_house(draft)


def _may_issue(drawn: Drawn) -> bool:
    """Whether it issues papers, or would if it were written right."""
    effect = house().effects.get(formulas.effect_of(drawn))
    if effect is None:
        return drawn.node.kind in MACHINES and drawn.node.topic not in house().jobs
    return bool(effect.paper) or "paper" in effect.properties.values()


def _paper(draft: Draft, kind: str, told: Told) -> Iterator[Finding]:
    paper, own = told.paper, f"{told.folder}/{told.paper.template}"
    if paper.issuer not in ROLE_UNIT_KIND:
        yield _found(kind, told, "role_unknown", "error", Message("There is no role {role}.", {"role": paper.issuer}),
                     nearest(paper.issuer, ROLE_UNIT_KIND))
    if not papers.shared(paper.template) and own not in draft.files:
        yield _found(kind, told, "template_unknown", "error", Message(
            "There is no template {template}.", {"template": paper.template}), nearest(paper.template, papers.GENERIC))
    if kind == formulas.NOTICE and not paper.public:
        yield _found(kind, told, "paper_not_masked", "error", Message("Everybody reads it: it must be `public` and say how each value is masked."))


def _by_the_house(draft: Draft) -> Iterator[Finding]:
    """The formulas of papers that an operation of the house issues; those of elements are read where they are drawn."""
    drawn = {formulas.paper_of(each) for _, each in draft.elements()}
    for kind, told in draft.papers.items():
        if kind in drawn or (kind not in house().papers.given and told.folder != draft.process):
            continue
        facts = known.of(draft)
        for _, source in told.paper.formulas():
            for complaint in read(formulas.bare(source), over(facts.paper_names(kind), facts.around)).complaints:
                yield _found(kind, told, complaint.code, "error", said(formulas.PAPER, complaint), complaint.hint)


def _found(kind: str, told: Told, code: str, severity: str, sentence: Message, hint: Message | None = None) -> Finding:
    return Finding(code, "error" if severity == "error" else "warning", f"{told.folder}/{PAPERS}", kind,
                   Term(told.paper.name, told.paper.english), sentence, hint)
