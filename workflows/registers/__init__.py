"""Dated registers: who and what is on record, since when, till when, by which case, and every change of it.

What a register holds is data (`bpmn/registers/*.toml`, or `registers.toml` in a process folder); drawings look up, enter,
change and close entries by their effects, and the pages show what is there to whoever may read it.
"""
