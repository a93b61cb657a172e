"""Check a process as it stands in its folders, or as a set of files, before anybody runs it."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import bpmn.loader
from bpmn.message import Message, Term
from workflows import engine
from workflows.engine.written import reading
from workflows.releases.checks import decided, elements, expressions, law, opened, papers, pictures, registers, rules, written
from workflows.releases.draft import FLOW, Draft, Reader
from workflows.releases.house import house
from workflows.releases.report import Finding, Report, nearest
from workflows.settings import ROOT

CHECKS: tuple[Callable[[Draft], Iterator[Finding]], ...] = (
    elements.check, rules.check, papers.check, expressions.check, written.check, law.check, decided.check, registers.check, opened.begins,
    pictures.check)
Source = Path | Mapping[str, bytes]
KEPT_MAX = 64
_REPORTS: dict[tuple[str, str, frozenset[str]], Report] = {}     # the same content is checked once


def check(process: str, source: Source = ROOT, opens: frozenset[str] | None = None) -> Report:
    """Everything that can be known of a process and all it calls; `source` is the files, or the folder they stand in.

    `opens` are the processes of which cases can be opened; None: those that stand in the folders. One that is only
    called is read where it is called: what it reads may be its callers'.
    """
    if isinstance(source, Path) and (callers := _callers(process, source)):
        return Report.of(process, _within(process, (check(caller, source, opens) for caller in callers)))
    opens = startable(source if isinstance(source, Path) else ROOT) if opens is None else opens
    files = collect(process, source) if isinstance(source, Path) else source
    key = process, digest_of(files), opens
    if key not in _REPORTS:
        if len(_REPORTS) >= KEPT_MAX:
            _REPORTS.clear()
        _REPORTS[key] = _checked(process, files, opens)
    return _REPORTS[key]


def _callers(process: str, root: Path) -> list[str]:
    """The processes that can be opened and call one that can't be."""
    opened = startable(root)
    return [] if process in opened else [name for name in sorted(opened) if f"{process}/{FLOW}" in bpmn.loader.files(name, root / "bpmn")]


def _within(process: str, reports: Iterable[Report]) -> list[Finding]:
    """What these reports say of one part, each finding once."""
    said: list[Finding] = []
    for report in reports:
        said += [found for found in report.findings if found.file.startswith(f"{process}/") and found not in said]
    return said


def startable(root: Path = ROOT) -> frozenset[str]:
    """The processes in the folders of which cases can be opened."""
    return bpmn.loader.startable(root / "bpmn")


def with_opened(processes: Iterable[str], root: Path = ROOT) -> frozenset[str]:
    """Those of the processes that stand in the folders, and all of which their cases open others."""
    known, found = frozenset(bpmn.loader.names(root / "bpmn")), set[str]()
    waiting = [*processes]
    while waiting:
        name = waiting.pop()
        if name in known and name not in found:
            found.add(name)
            waiting += [process for _, _, process in opened.opening(Reader(name, collect(name, root)).read())]
    return frozenset(found)


def _checked(process: str, files: Mapping[str, bytes], opens: frozenset[str]) -> Report:
    if f"{process}/process.toml" not in files:
        return Report.of(process, [Finding("process_missing", "error", process, "", Term(""), Message(
            "There is no process {process}.", {"process": process}))])
    reader = Reader(process, files)
    draft = reader.read()
    found = [*reader.findings, *_drawn(draft)]
    if process in draft.parts:
        found += [each for subject in CHECKS for each in subject(draft)]
        found += opened.others(draft, opens | {process})
    return Report.of(process, found)


def collect(process: str, root: Path = ROOT) -> dict[str, bytes]:
    """All files of one version: drawings, tables, rules and rates of the process and of all it calls, and their forms."""
    files = bpmn.loader.files(process, root / "bpmn")
    for folder in sorted({name.split("/")[0] for name in files if name.endswith(f"/{FLOW}")} | {process}):
        for path in sorted((root / "forms" / folder).glob("*.form")):
            files[f"{folder}/{path.name}"] = path.read_bytes()
    return files


def digest_of(files: Mapping[str, bytes]) -> str:
    """What a version is known by: SHA-256 over every name and every byte."""
    digest = hashlib.sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _drawn(draft: Draft) -> Iterator[Finding]:
    """What the engine says of the drawings and tables themselves."""
    for found in _first(engine.check(bpmn.loader.drawings(draft.files), draft.process, house().instant), draft):
        yield Finding(found.code, found.severity, *_place(draft, found.element_id),
                      _sentence(found), _hint(draft, found))


def _sentence(found: engine.Finding) -> Term:
    """What the engine says, with a capital and a full stop."""
    return Term(f"{found.message_zh.rstrip('。')}。", f"{found.message_en[:1].upper()}{found.message_en[1:].rstrip('.')}.")


def _first(findings: Iterable[engine.Finding], draft: Draft) -> Iterator[engine.Finding]:
    """Without what only follows: where a file of tables can't be read, a decision that is not found may stand there."""
    told = list(findings)
    unread = any(found.code == "decision_table" and found.element_id in draft.files for found in told)
    return (found for found in told if not (unread and found.code == "unknown_decision"))


def _hint(draft: Draft, found: engine.Finding) -> Message | None:
    """The decision that was probably meant."""
    drawn = next((drawn for _, drawn in draft.elements() if drawn.node.id == found.element_id), None)
    if found.code != "unknown_decision" or drawn is None:
        return None
    return nearest(reading.camunda(drawn.xml, "decisionRef") or "", [name for model in draft.models.values() for name in model.decisions])


def _place(draft: Draft, element: str) -> tuple[str, str, Term]:
    """File, id and name of what the engine speaks of: an element before a process that is called as it is."""
    parts = draft.parts.values()
    drawn = next((part for part in parts if element in part.nodes), None)
    if part := drawn or next((part for part in parts if element in part.ids), None):
        return f"{part.id}/{FLOW}", element, part.name_of(element)
    return (element, "", Term("")) if element in draft.files else (f"{draft.process}/flow.bpmn", element, Term(element))
