"""Use cases: one function is one use case is one transaction; only here do engine and store meet."""
