"""The door to the engine, opened when a case is first moved: lists and deadlines need none of SpiffWorkflow.

Loading it takes a third of a second, which ``duban work list`` need not wait for. An import inside a function is safe
between threads; ``importlib.util.LazyLoader`` is so only from Python 3.12.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from duban.engine import process
else:

    class _Process:
        """Stands for ``duban.engine.process`` until a name of it is asked for."""

        def __getattr__(self, name: str) -> Any:
            from duban.engine import process

            value = getattr(process, name)
            setattr(self, name, value)
            return value

    process = _Process()

__all__ = ["process"]
