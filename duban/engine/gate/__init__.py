"""The gate: what a diagram must keep beyond being runnable, looked at before it is deployed (docs/gate.md)."""
