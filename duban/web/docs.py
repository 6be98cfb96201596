"""The page about the JSON interface, written from its own OpenAPI description (no scripts from elsewhere)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from fastapi.responses import Response

from duban.web.visit import Visiting

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Verb:
    """One thing a machine may ask."""

    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Mapping[str, Any], ...]
    body: str


@router.get("/docs")
def docs(visit: Visiting) -> Response:
    """Show every verb of the interface."""
    return visit.page("docs.html", here="docs", verbs=list(_verbs(visit.request.app.openapi())))


def _verbs(description: Mapping[str, Any]) -> Iterator[Verb]:
    for path, methods in description["paths"].items():
        for method, verb in methods.items():
            yield Verb(
                method=method.upper(),
                path=path,
                summary=verb.get("summary", ""),
                description=verb.get("description", ""),
                parameters=tuple(verb.get("parameters", ())),
                body=", ".join(verb.get("requestBody", {}).get("content", {})),
            )
