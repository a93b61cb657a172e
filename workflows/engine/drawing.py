"""A drawing made ready to run: parsed once, never changed, shared by every case that runs on it."""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from bpmn import dmn, feel
from bpmn.dmn.sayings import said

from . import checks
from .errors import DrawingRefused, Finding, NotExpected
from .nodes.timers import StartTimer
from .outcome import Flow, Node
from .parsing import build_specs
from .written import reading

CACHED_MAX = 256
_cache: "OrderedDict[str, Drawing]" = OrderedDict()
_lock = threading.Lock()


@dataclass(frozen=True)
class Drawing:
    """One process with all it calls and asks; nodes of called processes yield to same-named ones of the caller."""

    process_id: str
    hash: str
    nodes: Mapping[str, Node]
    flows: Mapping[str, Flow]
    messages: tuple[str, ...]
    specs: Mapping[str, Any] = field(repr=False, compare=False)
    decisions: Mapping[str, Any] = field(repr=False, compare=False)
    starts: Mapping[str | None, str] = field(repr=False, compare=False)
    start_timers: tuple[StartTimer, ...] = field(repr=False, compare=False)
    nodes_by_process: Mapping[tuple[str, str], Node] = field(repr=False, compare=False)

    def start_for(self, message: str | None, timer: str | None = None) -> str:
        """Where a message or a start timer begins; without either the plain start event, or else the first."""
        if timer is not None:
            if timer not in {known.node for known in self.start_timers}:
                raise NotExpected(timer)
            return timer
        if message is not None and message not in self.starts:
            raise NotExpected(message)
        return self.starts.get(message) or next(iter(self.starts.values()))


def parse(files: Mapping[str, bytes], process_id: str) -> Drawing:
    """Make a drawing ready to run, or refuse it with every reason found."""
    digest = _digest(files, process_id)
    with _lock:
        if digest in _cache:
            _cache.move_to_end(digest)
            return _cache[digest]
    drawing = _build(files, process_id, digest)
    with _lock:
        _cache[digest] = drawing
        while len(_cache) > CACHED_MAX:
            _cache.popitem(last=False)
    return drawing


def _digest(files: Mapping[str, bytes], process_id: str) -> str:
    digest = hashlib.sha256(process_id.encode())
    for name in sorted(files):
        digest.update(f"\0{name}\0{len(files[name])}\0".encode())
        digest.update(files[name])
    return digest.hexdigest()


def check(
    files: Mapping[str, bytes], process_id: str, instant: AbstractSet[str] = frozenset()
) -> tuple[Finding, ...]:
    """Everything found in a drawing, whether it keeps it from running or not; topics in `instant` are done at once."""
    try:
        return _read(files, process_id, instant).findings
    except DrawingRefused as refusal:
        return refusal.findings


@dataclass(frozen=True)
class _Sources:
    """The files of a drawing as they were read, and what was found in them."""

    documents: Sequence[reading.Element]
    processes: Mapping[str, reading.Element]
    decisions: Mapping[str, Any]
    findings: tuple[Finding, ...]


def _read(files: Mapping[str, bytes], process_id: str, instant: AbstractSet[str] = frozenset()) -> _Sources:
    documents = [reading.read_xml(n, c) for n, c in sorted(files.items()) if n.endswith(".bpmn")]
    decisions, findings = _read_decisions(files)
    processes = checks.reachable(documents, process_id)
    findings += checks.check(documents, processes, decisions.keys(), instant)
    return _Sources(documents, processes, decisions, tuple(findings))


def _build(files: Mapping[str, bytes], process_id: str, digest: str) -> Drawing:
    sources = _read(files, process_id)
    errors = [finding for finding in sources.findings if finding.severity == "error"]
    if errors:
        raise DrawingRefused(errors)
    processes = sources.processes
    by_process = {(p, n.id): n for p, element in processes.items() for _, n in reading.nodes_of(element)}
    nodes: dict[str, Node] = {}
    flows: dict[str, Flow] = {}
    for element in processes.values():
        for _, node in reading.nodes_of(element):
            nodes.setdefault(node.id, node)
        for _, flow in reading.flows_of(element):
            flows.setdefault(flow.id, flow)
    return Drawing(
        process_id=process_id,
        hash=digest,
        nodes=MappingProxyType(nodes),
        flows=MappingProxyType(flows),
        messages=checks.message_names(sources.documents, processes),
        specs=MappingProxyType(build_specs(sources.documents, process_id, by_process)),
        decisions=MappingProxyType(dict(sources.decisions)),
        starts=MappingProxyType(checks.start_events(sources.documents, processes[process_id])),
        start_timers=tuple(checks.start_timers(processes[process_id])),
        nodes_by_process=MappingProxyType(by_process),
    )


def _read_decisions(files: Mapping[str, bytes]) -> tuple[dict[str, Any], list[Finding]]:
    decisions: dict[str, Any] = {}
    findings: list[Finding] = []
    for name, content in sorted(files.items()):
        if name.endswith(".dmn"):
            reading.read_xml(name, content)
            try:
                model = dmn.parse(content)
            except (dmn.DmnError, feel.FeelError) as error:
                findings.append(_of_table(name, error))
                continue
            findings += [_of_table(f.element_id, f.message) for f in dmn.check(model)]
            decisions.update(dict.fromkeys(model.decisions, model))
    return decisions, findings


def _of_table(element_id: str, problem: Exception | str) -> Finding:
    told = said(problem)
    return Finding(element_id, "", "decision_table", f"the decision tables: {told.en}", f"决策表有误：{told.zh}")
