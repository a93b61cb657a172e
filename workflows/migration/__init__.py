"""Carry running cases to another version of their process, or say why not; and back."""
