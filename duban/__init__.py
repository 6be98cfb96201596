"""Duban (督办): what a police bureau owes the people who write to it, run as BPMN and finished on time."""
