"""Importing tasks/: whichever folder is in use, its files are ``tasks.<name>`` to each other."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Generator
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

PACKAGE = "tasks"


def import_handlers(folder: Path, name: str) -> ModuleType:
    """Import ``tasks/<name>.py`` of *folder*.

    The first folder of a process keeps the package's name. A further one (another bureau's, in a test or a
    check) has it only while it is imported, so that each folder's files import their own neighbours.
    """
    with _named(folder / PACKAGE):
        return importlib.import_module(PACKAGE if name == "__init__" else f"{PACKAGE}.{name}")


@contextmanager
def _named(place: Path) -> Generator[None]:
    """Let ``tasks`` be the package at *place*."""
    known = sys.modules.get(PACKAGE)
    if known is not None and _stands_at(known, place):
        yield
        return
    others = _taken_out()
    ours = _packages.get(place) or {PACKAGE: _opened(place)}
    sys.modules.update(ours)
    try:
        yield
    finally:
        if others:
            _packages[place] = _taken_out()
            sys.modules.update(others)


_packages: dict[Path, dict[str, ModuleType]] = {}
"""What was imported of folders that do not have the name, so that a second load gives the same modules."""


def _stands_at(package: ModuleType, place: Path) -> bool:
    return any(Path(path).resolve() == place.resolve() for path in package.__path__)


def _taken_out() -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name == PACKAGE or name.startswith(f"{PACKAGE}.")]
    return {name: sys.modules.pop(name) for name in names}


def _opened(place: Path) -> ModuleType:
    """Return the package at *place*, with or without an ``__init__.py``."""
    file = place / "__init__.py"
    if not file.exists():
        spec: ModuleSpec | None = ModuleSpec(PACKAGE, None, is_package=True)
    else:
        spec = spec_from_file_location(PACKAGE, file)
    if spec is None:
        raise ImportError(f"{file} cannot be imported")
    spec.submodule_search_locations = [str(place)]
    package = module_from_spec(spec)
    if spec.loader is not None:
        sys.modules[PACKAGE] = package
        spec.loader.exec_module(package)
    return package
