"""Scenarios a clerk can read: run by the tests, the command line and the designer alike (docs/scenarios.md)."""

from workflows.scenarios.report import Report, StepReport
from workflows.scenarios.run import run_file, run_scenario
from workflows.scenarios.shape import Scenario, load
from workflows.scenarios.wrong import ScenarioInvalid

__all__ = ["Report", "Scenario", "ScenarioInvalid", "StepReport", "load", "run_file", "run_scenario"]
