"""Run a scenario from its first step to its last."""

from collections.abc import Callable
from pathlib import Path

from workflows import messages
from workflows.errors import Invalid, Refusal
from workflows.records.session import reading
from workflows.scenarios import expect, operations, payments
from workflows.scenarios.bureau import Bureau, moment
from workflows.scenarios.report import Report, StepReport
from workflows.scenarios.shape import Scenario, Step, Then, load

LANGUAGE = "zh_CN"


def run_file(path: Path) -> Report:
    """Run one file; `ScenarioInvalid` when it can't be read."""
    report = run_scenario(load(path))
    report.file = str(path)
    return report


def run_scenario(scenario: Scenario) -> Report:
    """Run the steps in order, then ask what must hold at the end."""
    bureau = Bureau(scenario.given, scenario.process)
    report = Report(scenario.name)
    for number, step in enumerate(scenario.steps, start=1):
        failed = _step(bureau, scenario, step)
        report.steps.append(StepReport(number, f"{bureau.now:%Y-%m-%d %H:%M}", step.who, step.does, tuple(failed)))
        if failed:
            return report
    report.failures += _failures(bureau, "", scenario.then)
    return report


def _step(bureau: Bureau, scenario: Scenario, step: Step) -> list[str]:
    """Time passes, the step is done, machines work off what it asked of them, and what must hold is looked at."""
    try:
        bureau.pass_time(moment(step.on) if step.on else bureau.now)
        failed = _do(bureau, scenario, step)
        bureau.pass_time(bureau.now)   # a timer that is due at once fires at once
        payments.work_off(bureau)
    except Refusal as refusal:
        return [f"refused: {' '.join(sentences(refusal))}"]
    return failed + _failures(bureau, step.case, step.then)


def _do(bureau: Bureau, scenario: Scenario, step: Step) -> list[str]:
    """Do the step; a refusal is a failure unless it was expected, and the other way round."""
    wanted = [step.refused] if isinstance(step.refused, str) and step.refused else list(step.refused or [])
    try:
        _verb(bureau, scenario, step)()
    except Refusal as refusal:
        said = sentences(refusal)
        if not wanted:
            return [f"refused: {' '.join(said)}"]
        return [f"refused with {' '.join(said)!r}, expected {part!r}" for part in wanted
                if not any(part in sentence for sentence in said)]
    return [f"not refused; expected: {part}" for part in wanted]


def _verb(bureau: Bureau, scenario: Scenario, step: Step) -> Callable[[], None]:
    return {
        "apply": lambda: bureau.apply(step, scenario.application),
        "object": lambda: bureau.object_to(step),
        "extend": lambda: bureau.extend(step),
        "wait": lambda: None,
        "run_month": lambda: payments.run_month(bureau, str(step.answers["month"])),
        "bank": lambda: payments.lay_failures(bureau, step),
        "stop": lambda: payments.stop(bureau, step),
        "hold": lambda: payments.hold(bureau, step),
        "release": lambda: payments.release(bureau, step),
        **{name: lambda: operations.do(bureau, step) for name in operations.ACTS},
    }.get(step.does, lambda: bureau.complete(step))


def sentences(refusal: Refusal) -> list[str]:
    """What a person would read: the refusal, and each field's message."""
    own = [messages.say(refusal.message, LANGUAGE)]
    if isinstance(refusal, Invalid):
        own += [messages.say(error.message, LANGUAGE) for error in refusal.errors]
    return own


def _failures(bureau: Bureau, label: str, then: Then) -> list[str]:
    of_case = then.model_copy(update={"cycle": {}, "payments": []})
    try:
        with reading(bureau.engine) as session:
            return [*expect.failures(bureau, session, label, of_case), *payments.failures(session, then)]
    except Refusal as refusal:   # it asks for somebody or something that isn't there
        return [f"refused: {' '.join(sentences(refusal))}"]
