"""Scenario words about papers: what stands in them, and that every one of them can be printed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from bpmn.message import Message
from bpmn.strict import Strict
from workflows.cases.papers import documents
from workflows.cases.tables import Document
from workflows.errors import Refusal
from workflows.papers.errors import PaperRefused
from workflows.scenarios import told
from workflows.scenarios.rooms.cases import no_such, not_issued
from workflows.scenarios.words import Look, then


class Paper(Strict):
    """What is expected of one paper."""

    says: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    number: str | None = None
    count: int | None = None
    to: str | None = None
    announced: bool | None = None


@then("papers", dict[str, Paper], "kind = what its newest paper `says` and `hides`, its `number`, `to` whom, how many (`count`), whether "
      "it is `announced` on the public site")
def _papers(look: Look, expected: Mapping[str, Paper]) -> Iterator[Message]:
    issued: dict[str, list[Document]] = {}
    for paper in documents.of_case(look.session, look.case.id or 0):
        issued.setdefault(paper.kind, []).append(paper)
    for kind, wanted in expected.items():
        if kind in issued:
            yield from _differs(look, kind, issued[kind], wanted)
        elif wanted.count != 0:
            yield not_issued(look, kind, issued)
        else:
            yield from no_such(look, [kind])


def unprintable(session: Session) -> Iterator[Message]:
    """Every paper that was issued and can't be printed, or of which no copy can be made."""
    for paper in session.exec(select(Document).order_by(col(Document.id))):
        try:
            documents.printed(session, paper)
            documents.copied(paper)
        except Refusal as refused:
            reason = refused.detail if isinstance(refused, PaperRefused) else refused.message
            yield Message("{paper} {number} can't be printed: {reason}", {"paper": paper.name, "number": paper.number, "reason": reason})


def _differs(look: Look, kind: str, papers: Sequence[Document], wanted: Paper) -> Iterator[Message]:
    newest, name = papers[-1], told.paper(look.published, kind)
    text = "\n".join(_texts(newest.said))
    yield from (Message("Paper {paper} does not say “{text}”, but: {said}", {"paper": name, "text": part, "said": text})
                for part in wanted.says if part not in text)
    yield from (Message("Paper {paper} says “{text}”.", {"paper": name, "text": part}) for part in wanted.hides if part in text)
    found = {"number": newest.number, "count": len(papers), "to": newest.addressee, "announced": newest.announced_on is not None}
    yield from told.differing(name, wanted.model_dump(exclude_none=True, exclude={"says", "hides"}), found)


def _texts(said: Any) -> Iterator[str]:
    """Every text of what a paper says, in its order."""
    if isinstance(said, str):
        yield said
    elif isinstance(said, Mapping):
        for part in said.values():
            yield from _texts(part)
    elif isinstance(said, list):
        for part in said:
            yield from _texts(part)
