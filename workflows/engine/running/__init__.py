"""A running drawing: its workflow, what it waits for, and its frozen state."""
