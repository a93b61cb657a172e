"""What would be published, read as far as it can be: the common ground of all checks."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from pydantic import ValidationError
from pydantic_core import ErrorDetails

import bpmn.loader
import bpmn.papers
import forms.loader
from bpmn import dmn, feel, register_files, toml, unreadable
from bpmn.message import Message, Term
from bpmn.register_files import Register
from bpmn.schema import Process
from bpmn.strict import Strict
from forms.schema import Form
from workflows import engine
from workflows.engine.written import reading
from workflows.errors import Invalid
from workflows.office import rate_files
from workflows.releases.report import Finding, Sentence, Severity, nearest

FLOW, RULES, RATES = "flow.bpmn", "process.toml", "rates.toml"
PAPERS = bpmn.papers.FILE


@dataclass(frozen=True)
class Drawn:
    """One element of a process, as read and as it stands in the file."""

    node: engine.Node
    xml: etree._Element


@dataclass(frozen=True, eq=False)
class Part:
    """One process of the draft: its drawing, its rules and its rates."""

    id: str
    xml: etree._Element
    rules: Process
    nodes: Mapping[str, Drawn]
    flows: tuple[tuple[engine.Flow, etree._Element], ...]

    def name_of(self, element: str) -> Term:
        """An element's name in both languages; its id where it bears none."""
        found = self.nodes.get(element)
        zh = found.node.name if found else next((flow.name for flow, _ in self.flows if flow.id == element), "")
        english = self.rules.names_en.get(element, "")
        return Term(zh or english or element, english or zh or element)

    @property
    def ids(self) -> frozenset[str]:
        """Every id of the drawing: elements, flows, lanes and pools."""
        root = self.xml.getroottree().getroot()
        return frozenset(str(each.get("id")) for each in root.iter(f"{reading.BPMN}*") if each.get("id"))

    def find(self, code: str, severity: Severity, element: str, sentence: Sentence, *, file: str = FLOW,
             hint: Message | None = None) -> Finding:
        """A finding at one of its elements."""
        return Finding(code, severity, f"{self.id}/{file}", element, self.name_of(element) if element else Term(""),
                       sentence, hint)


@dataclass(frozen=True)
class Told:
    """A paper, and the folder whose papers.toml tells of it."""

    folder: str
    paper: bpmn.papers.Paper


@dataclass(frozen=True, eq=False)
class Draft:
    """The files of one process and of all it calls, read; each draft is its own."""

    process: str
    files: Mapping[str, bytes]
    parts: Mapping[str, Part]
    forms: Mapping[str, Form]
    models: Mapping[str, dmn.Definitions]
    rates: Mapping[str, rate_files.Parsed]
    registers: Mapping[str, Register]
    papers: Mapping[str, "Told"] = field(default_factory=dict)

    @property
    def main(self) -> Part:
        """The process itself."""
        return self.parts[self.process]

    def elements(self) -> Iterator[tuple[Part, Drawn]]:
        """Every element of every part."""
        for part in self.parts.values():
            for drawn in part.nodes.values():
                yield part, drawn

    @property
    def asked_forms(self) -> frozenset[str]:
        """The keys of the forms that a task or the beginning of a case asks for, be they there or not; empty: a task names none."""
        keys = {drawn.node.form_key or "" for _, drawn in self.elements() if drawn.node.kind == "userTask"}
        return frozenset(keys | {part.rules.start_form for part in self.parts.values() if part.rules.start_form})

    def model_of(self, decision: str) -> tuple[str, dmn.Definitions] | None:
        """The file and the model in which a decision stands."""
        return next(((file, model) for file, model in self.models.items() if decision in model.decisions), None)


class Reader:
    """Reads a draft; what can't be read is a finding, and the rest is read all the same."""

    def __init__(self, process: str, files: Mapping[str, bytes]) -> None:
        """Nothing is read yet."""
        self.process, self.files = process, files
        self.findings: list[Finding] = []

    def read(self) -> Draft:
        """Everything that can be read; `findings` says what can't."""
        folders = sorted({name.split("/")[0] for name in self.files if name.endswith((f"/{FLOW}", f"/{RULES}"))} | {self.process})
        parts = {folder: part for folder in folders if (part := self._part(folder))}
        found = {suffix: [name for name in sorted(self.files) if name.endswith(suffix)]
                 for suffix in (".form", ".dmn", f"/{RATES}")}
        read_forms = {name.removesuffix(".form"): form for name in found[".form"] if (form := self._form(name))}
        models = {name: model for name in found[".dmn"] if (model := self._try(name, dmn.parse))}
        rates = {name.split("/")[0]: parsed for name in found[f"/{RATES}"]
                 if (parsed := self._try(name, lambda content: rate_files.parse(content.decode())))}
        registers = {name: register for file in self.files if register_files.is_one(file)
                     for name, register in (self._try(file, register_files.parse) or {}).items()}
        return Draft(self.process, self.files, parts, read_forms, models, rates, registers, self._papers(folders))

    def _papers(self, folders: list[str]) -> dict[str, Told]:
        """The process's own papers, and of a called part those that it does not have itself."""
        found: dict[str, Told] = {}
        for folder in sorted(folders, key=lambda each: (each == self.process, each)):
            if f"{folder}/{PAPERS}" in self.files:
                told = self._try(f"{folder}/{PAPERS}", lambda _, folder=folder: bpmn.papers.describe(folder, self.files))  # type: ignore[misc]
                found |= {kind: Told(folder, paper) for kind, paper in (told or {}).items()}
        return found

    def _part(self, folder: str) -> Part | None:
        rules = self._try(f"{folder}/{RULES}", lambda _: bpmn.loader.describe(folder, self.files))
        root = self._try(f"{folder}/{FLOW}", lambda content: reading.read_xml(f"{folder}/{FLOW}", content))
        if rules is None or root is None:
            return None
        for process in root.iter(f"{reading.BPMN}process"):
            if process.get("id") == folder:
                nodes = {node.id: Drawn(node, xml) for xml, node in reading.nodes_of(process)}
                return Part(folder, process, rules, nodes,
                            tuple((flow, xml) for xml, flow in reading.flows_of(process)))
        self._note("folder_differs", f"{folder}/{FLOW}", Message(
            "The drawing has no process with the folder's name, {folder}.", {"folder": folder}))
        return None

    def _form(self, name: str) -> Form | None:
        try:
            return forms.loader.parse(self.files[name], name.removesuffix(".form"))
        except forms.loader.FormInvalid as invalid:
            for found in invalid.findings:
                self.findings.append(Finding("form_broken", "error", name, found.component, Term(""), found.message))
            return None

    def _try(self, name: str, read: Callable[[bytes], Any]) -> Any:
        """What was read in a file, or None and a finding."""
        try:
            return read(self.files[name])
        except KeyError:
            self._note("file_missing", name, Message("This file is missing."))
        except engine.DrawingRefused:
            pass    # the engine's own check says it
        except ValidationError as wrong:
            for each in _once(wrong.errors(include_url=False)):
                self._note("rules_broken", name, Message("{where}: {reason}", {
                    "where": unreadable.place(each["loc"]), "reason": unreadable.shape(each)}), _meant(each))
        except Invalid as wrong:
            for error in wrong.errors:
                self._note("rates_broken", name, Message("{where}: {reason}", {
                    "where": unreadable.place(_steps(error.path)), "reason": error.message}))
            if not wrong.errors:
                self._note("rates_broken", name, wrong.message)
        except toml.BROKEN as wrong:
            self._note("file_broken", name, Message("The file can't be read: {error}", {"error": unreadable.toml(wrong)}))
        except (dmn.DmnError, feel.FeelError):
            pass    # so does it here
        return None

    def _note(self, code: str, file: str, sentence: Message, hint: Message | None = None) -> None:
        self.findings.append(Finding(code, "error", file, "", Term(""), sentence, hint))


def _once(errors: list[ErrorDetails]) -> Iterator[ErrorDetails]:
    """Without the words that are missing because they stand there misspelt."""
    meant = {(*each["loc"][:-1], hint.params["word"]) for each in errors if (hint := _meant(each))}
    return (each for each in errors if each["type"] != "missing" or each["loc"] not in meant)


def _steps(path: str) -> list[int | str]:
    """`rate[2]` as the place it is."""
    return [int(step) if step.isdigit() else step for step in re.findall(r"[^\[\]]+", path)]


def _meant(error: ErrorDetails) -> Message | None:
    """The word that was probably meant by one that process.toml or registers.toml does not know."""
    known = {field.alias or name for shape in Strict.__subclasses__() if shape.__module__.startswith("bpmn.")
             for name, field in shape.model_fields.items()}
    return nearest(str(error["loc"][-1]), known) if error["type"] == "extra_forbidden" else None
