"""Adoption: diagrams of other modellers are repaired where a rule says how, and every change is told."""
