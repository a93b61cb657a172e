"""Scenario words about papers: what stands in them, and that every one of them can be printed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from bpmn.strict import Strict
from workflows.cases import documents
from workflows.cases.tables import Document
from workflows.errors import Refusal
from workflows.papers.errors import PaperRefused
from workflows.scenarios.rooms.cases import no_such
from workflows.scenarios.words import Look, then


class Told(Strict):
    """What is expected of one paper."""

    says: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    number: str | None = None
    count: int | None = None
    to: str | None = None
    announced: bool | None = None


@then("papers", dict[str, Told], "kind = what its newest paper `says` and `hides`, its `number`, `to` whom, how many (`count`), whether "
      "it is `announced` on the public site")
def _papers(look: Look, expected: Mapping[str, Told]) -> Iterator[str]:
    issued: dict[str, list[Document]] = {}
    for paper in documents.of_case(look.session, look.case.id or 0):
        issued.setdefault(paper.kind, []).append(paper)
    for kind, told in expected.items():
        if kind in issued:
            yield from _differs(kind, issued[kind], told)
        elif told.count != 0:
            yield f"paper {kind} was not issued; issued: {sorted(issued)}"
        else:
            yield from no_such(look, [kind])


def unprintable(session: Session) -> Iterator[str]:
    """Every paper that was issued and can't be printed, or of which no copy can be made."""
    for paper in session.exec(select(Document).order_by(col(Document.id))):
        try:
            documents.printed(session, paper)
            documents.copied(paper)
        except Refusal as refused:
            yield f"{paper.name} {paper.number} can't be printed: {refused.detail if isinstance(refused, PaperRefused) else refused}"


def _differs(kind: str, papers: Sequence[Document], told: Told) -> Iterator[str]:
    newest = papers[-1]
    text = "\n".join(_texts(newest.said))
    yield from (f"paper {kind} does not say {part!r}: {text}" for part in told.says if part not in text)
    yield from (f"paper {kind} says {part!r}" for part in told.hides if part in text)
    found = {"number": newest.number, "count": len(papers), "to": newest.addressee, "announced": newest.announced_on is not None}
    wanted = told.model_dump(exclude_none=True)
    yield from (f"paper {kind}: {key} is {value!r}, expected {wanted[key]!r}" for key, value in found.items()
                if wanted.get(key, value) != value)


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
