"""Publish drawing, tables, rules and forms together as one unchangeable release; a case keeps its release."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.orm import defer
from sqlmodel import Session, col, func, select

import bpmn.loader
import bpmn.papers
import forms.loader
from bpmn.message import Term
from bpmn.schema import Process
from forms.schema import Form
from workflows import engine
from workflows.releases import checking, live, start_rounds
from workflows.releases.draft import Reader
from workflows.releases.report import NotPublished
from workflows.releases.tables import Release
from workflows.releases.ways import Point
from workflows.errors import NotFound
from workflows.records import audit, ledger
from workflows.records.types import stored
from workflows.settings import ROOT


_FILES: Any = Release.files     # a megabyte that only `_read` asks for
_NEWEST = select(Release.id, Release.hash, Release.version).where(
    Release.process == bindparam("process")).order_by(col(Release.version).desc()).limit(1)
_HASH = select(Release.hash, Release.version).where(Release.id == bindparam("release"))


@dataclass(frozen=True)
class Published:
    """A release, read: what runs, what is asked, what is allowed."""

    id: int
    version: int
    process: Process
    parts: Mapping[str, Process]        # the process itself and every process it calls
    drawing: engine.Drawing
    forms: Mapping[str, Form]
    files: Mapping[str, bytes]
    hash: str = ""
    papers: Mapping[str, bpmn.papers.Paper] = field(default_factory=dict)

    def form(self, key: str) -> Form:
        """A form by its key, `dibao/home_visit`."""
        if key not in self.forms:
            raise NotFound("There is no form {key}.", key=key)
        return self.forms[key]

    def name_of(self, element: str) -> Term:
        """What an element is called in both languages; its id where it has no name."""
        drawn = self.drawing.nodes.get(element)
        name = (drawn.name if drawn else "") or element
        return Term(name, next((part.names_en[element] for part in self.parts.values() if element in part.names_en), name))

    def flow_file(self, process: str) -> bytes:
        """The drawing's XML."""
        return self.files[f"{process}/flow.bpmn"]


def publish(session: Session, process: str, now: datetime, root: Path = ROOT) -> Release:
    """Make what stands in the folders the newest release; `NotPublished` with every finding where it has errors.

    The same content again is the same release.
    """
    files = checking.collect(process, root)
    digest = checking.digest_of(files)
    start_rounds.hold(session, process)
    found = session.exec(select(Release).where(Release.process == process, Release.hash == digest)).first()
    if found:
        return found
    report = checking.check(process, files, checking.startable(root) | _published(session))
    if not report.good:
        raise NotPublished(report)
    return _add(session, process, files, now, len(report.warnings))


def _add(session: Session, process: str, files: Mapping[str, bytes], now: datetime, warnings: int) -> Release:
    digest, newest = checking.digest_of(files), _newest(session, process)
    release = Release(process=process, version=newest.version + 1 if newest else 1, hash=digest,
                      title=bpmn.loader.describe(process, files).title, published_at=now,
                      files={name: text.decode() for name, text in files.items()})
    session.add(release)
    session.flush()
    audit.append(session, "office", audit.SYSTEM, "release.publish", now, summary=f"发布流程 {release.title}",
                 after={"process": process, "version": release.version, "hash": digest,
                        "warnings": warnings})
    start_rounds.arm(session, process, load(session, stored(release.id)).drawing.start_timers, now)
    return release


def publish_all(session: Session, now: datetime, root: Path = ROOT) -> list[Release]:
    """Publish every process folder that can be started alone."""
    return [publish(session, name, now, root) for name in bpmn.loader.names(root / "bpmn")
            if not bpmn.loader.describe(name, bpmn.loader.files(name, root / "bpmn")).callable_only]


def lay_out(session: Session, now: datetime, root: Path = ROOT) -> None:
    """For trials in a database of their own: every process as it stands, unchecked; one that can't be read is left out."""
    for name in sorted(checking.startable(root)):
        files = checking.collect(name, root)
        if _readable(name, files):
            _add(session, name, files, now, warnings=0)


def _readable(process: str, files: Mapping[str, bytes]) -> bool:
    reader = Reader(process, files)
    reader.read()
    try:
        engine.parse(bpmn.loader.drawings(files), process)
    except engine.DrawingRefused:
        return False
    return not reader.findings


def of_version(session: Session, process: str, version: int) -> Published:
    """The release of a process with that number."""
    return load(session, session.exec(select(Release.id).where(Release.process == process, Release.version == version)).one() or 0)


def newest(session: Session, process: str) -> Release:
    """The release that new cases start on."""
    found = _newest(session, process)
    if found is None:
        raise NotFound("The process {process} has not been published.", process=process)
    return found


def current(session: Session, process: str) -> Published:
    """The release that new cases start on, read."""
    found = ledger.ask(session, _NEWEST, process=process).first()
    if found is None:
        raise NotFound("The process {process} has not been published.", process=process)
    return remember(session, *found)


def described(session: Session) -> dict[str, Process]:
    """What every published process says of itself in its newest release; no drawing is read for that."""
    latest = select(func.max(Release.id)).group_by(col(Release.process))
    found = session.exec(select(Release.process, Release.id, Release.hash)
                         .where(col(Release.id).in_(latest)).order_by(col(Release.process)))
    return {name: _described(session, name, stored(release), digest) for name, release, digest in found.all()}


def _described(session: Session, name: str, release_id: int, digest: str) -> Process:
    """A release's own words, read once in this process's life."""
    if digest not in _WORDS:
        known = _READ.get(digest)
        _WORDS[digest] = known.process if known else bpmn.loader.describe(
            name, {f"{name}/process.toml": session.get_one(Release, release_id).files[f"{name}/process.toml"].encode()})
    return _WORDS[digest]


def load(session: Session, release_id: int) -> Published:
    """A release, read once in this process's life, and asked for once a session."""
    asked: dict[int, Published] = session.info.get("releases", {})
    if release_id in asked:
        return asked[release_id]
    found = ledger.ask(session, _HASH, release=release_id).first()
    if found is None:
        raise NotFound("This release is not known.")
    return remember(session, release_id, *found)


def remember(session: Session, release_id: int, digest: str, version: int) -> Published:
    """The same for a caller who has read the release's hash and version himself: the session asks no more."""
    known = _READ.get(digest) or _read(session.get_one(Release, release_id))
    same = (known.id, known.version) == (release_id, version)
    asked: dict[int, Published] = session.info.setdefault("releases", {})
    return asked.setdefault(release_id, known if same else replace(known, id=release_id, version=version))


_READ: dict[str, Published] = {}
_WORDS: dict[str, Process] = {}


def _read(release: Release) -> Published:
    """Read a release's files, or raise what is wrong with them; the same content is read once."""
    if release.hash not in _READ:
        content = {path: text.encode() for path, text in release.files.items()}
        parts = {path.split("/")[0]: bpmn.loader.describe(path.split("/")[0], content)
                 for path in content if path.endswith("/process.toml")}
        read = {path.removesuffix(".form"): forms.loader.parse(body, path.removesuffix(".form"))
                for path, body in content.items() if path.endswith(".form")}
        drawing = engine.parse(bpmn.loader.drawings(content), release.process)
        _READ[release.hash] = Published(release.id or 0, release.version, parts[release.process], parts, drawing,
                                        read, content, release.hash, papers_of(release.process, parts, content))
    return _READ[release.hash]


def papers_of(process: str, parts: Iterable[str], content: Mapping[str, bytes]) -> dict[str, bpmn.papers.Paper]:
    """The papers that cases of a process can have issued: its own, and of a called part those it does not have itself."""
    called = sorted(set(parts) - {process})
    return {kind: paper for folder in (*called, process) for kind, paper in bpmn.papers.describe(folder, content).items()}


def used_facts(published: Published, nodes: Iterable[str]) -> frozenset[str]:
    """The facts that are read from these elements on before anything there has written them.

    A fact that is only written on some ways may well be null when it is read: compare with what the version
    a case comes from reads at its place.
    """
    if published.hash not in _AHEAD:
        draft = Reader(published.drawing.process_id, published.files).read()
        _AHEAD[published.hash] = live.of(draft).ahead()
    return live.used_from(_AHEAD[published.hash], nodes)


_AHEAD: dict[str, Mapping[Point, frozenset[str]]] = {}


def _published(session: Session) -> frozenset[str]:
    return frozenset(session.exec(select(Release.process).distinct()))


def _newest(session: Session, process: str) -> Release | None:
    return session.exec(select(Release).where(Release.process == process)
                        .order_by(col(Release.version).desc()).limit(1).options(defer(_FILES))).first()
