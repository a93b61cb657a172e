"""Engines beside each other on one process, in one run: `python -m benchmarks.engine`."""
