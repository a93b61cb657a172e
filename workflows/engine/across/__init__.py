"""Across drawings: a running case carried to another version, or every reason why not."""
