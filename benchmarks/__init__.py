"""Measurements, each run by one command; figures are ratios within one run."""
