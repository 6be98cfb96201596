"""Killing a working process at random moments loses no acknowledged step and repeats none."""
