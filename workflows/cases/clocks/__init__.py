"""Statutory limits on a case: started, paused, extended and ended by rule, never by hand."""

from workflows.cases.clocks.counting import Late, count, late, rules_day, set_length, used
from workflows.cases.clocks.explaining import Explained, explain
from workflows.cases.clocks.extending import extend, extendable
from workflows.cases.clocks.life import begin, end, end_all, mark, reopen, restore, to_reopen, unmark, would_be
from workflows.cases.clocks.rows import Ends, due_at, ends, latest, of, press, provisional, running

__all__ = ["Ends", "Explained", "Late", "begin", "count", "due_at", "end", "end_all", "ends", "explain", "extend",
           "extendable", "late", "latest", "mark", "of", "press", "provisional", "reopen", "restore", "rules_day", "running",
           "set_length", "to_reopen", "unmark", "used", "would_be"]
