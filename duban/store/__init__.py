"""The record: an append-only journal, and the projections that are written in the same transaction."""

from duban.store.cases import NewCase, Snapshot
from duban.store.store import Store
from duban.store.unit import Unit

__all__ = ["NewCase", "Snapshot", "Store", "Unit"]
