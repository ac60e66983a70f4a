"""Licet beside other rule engines, on one rule set. ``python -m benchmarks.engines``."""
