"""What the checks found in a process before it is published, for people and for machines."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal

from bpmn.message import Message, Term
from workflows import messages
from workflows.errors import Conflict

Severity = Literal["error", "warning"]
Sentence = Message | Term
MARKS: dict[str, Term] = {"error": Term("错误", "error"), "warning": Term("提醒", "warning")}


@dataclass(frozen=True)
class Finding:
    """One thing to mend, and where it stands."""

    code: str
    severity: Severity
    file: str
    element: str
    name: Term
    sentence: Sentence
    hint: Message | None = None

    def say(self, language: str) -> str:
        """The sentence in a language, with its hint."""
        said = [messages.say(self.sentence, language)]
        said += [messages.say(self.hint, language)] if self.hint else []
        return " ".join(said) if language == messages.ENGLISH else "".join(said)

    def line(self, language: str) -> str:
        """The finding on one line, for the command line."""
        where = " ".join(part for part in (self.element, self.name.say(language)) if part)
        mark = MARKS[self.severity].say(language)
        return f"{mark}  {self.file}  {where}\n      {self.say(language)}  [{self.code}]"

    def as_json(self) -> dict[str, Any]:
        """The finding for machines, in both languages."""
        said = {key: self.say(language) for key, language in (("zh", messages.CHINESE), ("en", messages.ENGLISH))}
        return {"code": self.code, "severity": self.severity, "file": self.file, "element": self.element,
                "name": {"zh": self.name.zh, "en": self.name.en}, "sentence": said}


@dataclass(frozen=True)
class Report:
    """Everything found in one process and all it calls."""

    process: str
    findings: tuple[Finding, ...]

    @classmethod
    def of(cls, process: str, findings: Iterable[Finding]) -> "Report":
        """Errors first, each thing once, in the order of the files."""
        once = {(found.code, found.file, found.element, str(found.sentence)): found for found in findings}
        return cls(process, tuple(sorted(once.values(), key=lambda found: (found.severity != "error", found.file))))

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What keeps the process from being published."""
        return tuple(found for found in self.findings if found.severity == "error")

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What may be meant, but is worth a look."""
        return tuple(found for found in self.findings if found.severity == "warning")

    @property
    def good(self) -> bool:
        """Whether the process may be published."""
        return not self.errors

    def text(self, language: str) -> str:
        """A table for people: a heading, then the findings."""
        head = messages.say(Message("{process}: {errors} errors, {warnings} warnings", {
            "process": self.process, "errors": len(self.errors), "warnings": len(self.warnings)}), language)
        return "\n".join([head, *(f"  {found.line(language)}" for found in self.findings)])

    def as_json(self) -> dict[str, Any]:
        """The report for machines."""
        return {"process": self.process, "good": self.good, "findings": [found.as_json() for found in self.findings]}


def nearest(word: str, known: Iterable[str]) -> Message | None:
    """The known word that was probably meant."""
    close = get_close_matches(word, list(known), 1, 0.6)
    return Message("Did you mean “{word}”?", {"word": close[0]}) if close else None


class NotPublished(Conflict):
    """A process with errors: nothing of it was kept; `report` says everything that was found."""

    says = "The process {process} can't be published: {count} errors. First: {first}"

    def __init__(self, report: Report) -> None:
        """Keep the whole report."""
        self.report = report
        first = report.errors[0]
        super().__init__("", process=report.process, count=len(report.errors), first=first.sentence)
