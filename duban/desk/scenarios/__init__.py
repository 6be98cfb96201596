"""Scenarios: what a diagram promises, written in YAML beside it and run under virtual time (docs/scenarios.md)."""
