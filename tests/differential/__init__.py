"""The proof of the kernel: random processes, an interpreter that shares no code with the engine, and the comparison."""
