"""Conditional events: they happen when their condition becomes true; upstream asks them only by chance."""

from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions import ConditionalEventDefinition


class Condition(ConditionalEventDefinition):
    """A condition over the facts, asked at the end of each move."""

    def has_fired(self, my_task: Any) -> bool:
        """True once the condition has turned true; one that already held when it was armed again must turn first."""
        value = my_task.workflow.script_engine.evaluate(my_task, self.expression) is True
        held = bool(my_task.internal_data.get("held"))
        my_task.internal_data["held"] = value
        return value and not held
