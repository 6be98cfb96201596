"""The web application: its pages, its interface for machines, and what stands before them."""

from __future__ import annotations

import secrets
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

import duban
from duban.desk.desk import Desk
from duban.web import api, case, docs, due, home, incidents, kinds, refusals, register, replies, signin, worklist
from duban.web.guard import LOOPBACK, Guard
from duban.web.house import House, Loading
from duban.web.pages import templates_in
from duban.web.session import Sessions

STATIC = Path(__file__).with_name("static")


def create_app(
    desk: Desk, *, host: str = "127.0.0.1", secret: bytes | None = None, loading: Loading | None = None
) -> FastAPI:
    """Make the application for *desk*.

    Args:
        desk: What the pages show and change.
        host: The address it will be served on; pages go to the loopback interface only until full sign-in exists.
        secret: Signs sessions; without one, sessions end with this process.
        loading: Tells how far the sample year has been lived, shown on every page.
    """
    app = FastAPI(
        title="Duban",
        version="1",
        description=duban.__doc__ or "",
        docs_url=None,  # FastAPI's page loads its scripts from the internet; ours is docs.py
        redoc_url=None,
    )
    app.state.house = House(
        desk=desk,
        sessions=Sessions(secret or secrets.token_bytes(32)),
        templates=templates_in(desk.bureau.folder),
        loading=loading,
    )
    for part in (signin, home, worklist, register, kinds, case, replies, due, incidents, docs, api):
        app.include_router(part.router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    refusals.answer_in(app)
    app.add_middleware(Guard, loopback=host in LOOPBACK)
    return app
