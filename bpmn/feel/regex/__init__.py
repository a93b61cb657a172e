"""Regular expressions of XPath, matched in linear time whatever the pattern."""

from bpmn.feel.regex.program import Program, RegexError, compile_pattern

__all__ = ["Program", "RegexError", "compile_pattern"]
