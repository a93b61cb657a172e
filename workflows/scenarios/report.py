"""What a run found, for a person to read."""

from dataclasses import dataclass, field

from bpmn.message import Message, Term
from workflows import messages


@dataclass(frozen=True)
class StepReport:
    """One step: what was done and which expectations failed."""

    number: int
    on: str
    who: str
    does: str
    failures: tuple[Message | Term, ...] = ()


@dataclass
class Report:
    """A scenario's run; it is good when nothing failed."""

    name: str
    file: str = ""
    steps: list[StepReport] = field(default_factory=list)
    failures: list[Message | Term] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether everything was as expected."""
        return not self.failures and not any(step.failures for step in self.steps)

    def text(self, language: str = messages.CHINESE) -> str:
        """A line a step, failures under it."""
        lines = [f"{'✓' if self.good else '✗'} {self.name}" + (f"  ({self.file})" if self.file else "")]
        for step in self.steps:
            lines.append(f"  {'✗' if step.failures else '·'} {step.number:>2} {step.on} {step.who or '—'} {step.does}")
            lines += [f"       {messages.say(failure, language)}" for failure in step.failures]
        lines += [f"  ✗ {messages.say(failure, language)}" for failure in self.failures]
        return "\n".join(lines)
