"""What is answered when something cannot be done: a sentence on a page for people, JSON for machines."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response

from duban.errors import BureauError, DubanError, InvalidForm
from duban.web import messages
from duban.web.visit import ForeignForm, SignInNeeded, visiting


def answer_in(app: FastAPI) -> None:
    """Let *app* answer every refusal in words."""
    app.add_exception_handler(DubanError, _refused)
    app.add_exception_handler(SignInNeeded, _ask_who)
    app.add_exception_handler(ForeignForm, _foreign_form)
    app.add_exception_handler(HTTPException, _no_such_page)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(Exception, _stumbled)


def _refused(request: Request, error: Exception) -> Response:
    """Translate an error of the house."""
    assert isinstance(error, DubanError)  # noqa: S101 - registered for this class
    status = messages.status_of(error)
    visit = visiting(request)
    said = messages.sentence(error, visit.language)
    if not _is_page(request):
        return JSONResponse(_as_json(error, said), status_code=status)
    problems = [str(problem) for problem in error.problems] if isinstance(error, BureauError) else []
    return visit.page("problem.html", status=status, said_error=said, detail=str(error), problems=problems)


def _as_json(error: DubanError, said: str) -> dict[str, Any]:
    answer: dict[str, Any] = {"error": type(error).__name__, "message": str(error), "sentence": said}
    if isinstance(error, InvalidForm):
        answer["fields"] = error.fields
    if isinstance(error, BureauError):
        answer["problems"] = [
            {"file": one.file, "line": one.line, "element": one.element, "message": one.message}
            for one in error.problems
        ]
    return answer


def _ask_who(request: Request, _error: Exception) -> Response:
    """Send somebody whom we do not know to the sign-in page, and back afterwards."""
    if not _is_page(request):
        message = "say who you are: header Duban-As with the id of a person (GET /api/people lists them)"
        return JSONResponse({"error": "SignInNeeded", "message": message}, status_code=HTTPStatus.UNAUTHORIZED)
    back = request.url.path if request.method == "GET" else "/"
    if request.method == "GET" and request.url.query:
        back += f"?{request.url.query}"
    return RedirectResponse("/sign-in" if back == "/" else f"/sign-in?next={quote(back, safe='')}", status_code=303)


def _foreign_form(request: Request, _error: Exception) -> Response:
    return _page(request, HTTPStatus.FORBIDDEN, "这张表单已经过期，没有提交。请返回上一页，刷新后再填一次。")


def _no_such_page(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class
    if _is_page(request):
        return _page(request, error.status_code, "没有这一页。请从首页或登记簿进入。")
    kind = "NotFound" if error.status_code == HTTPStatus.NOT_FOUND else "Refused"
    return JSONResponse({"error": kind, "message": str(error.detail)}, status_code=error.status_code)


def _unreadable(request: Request, error: Exception) -> Response:
    """Say which parts of an address or a body cannot be read, all at once."""
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    fields = {".".join(map(str, one["loc"][1:] or one["loc"])): str(one["msg"]) for one in error.errors()}
    if _is_page(request):
        problems = [f"{name}: {what}" for name, what in fields.items()]
        return _page(request, HTTPStatus.UNPROCESSABLE_ENTITY, "地址里有读不懂的部分。请从首页或登记簿进入。", problems)
    message = "the request cannot be read: " + "; ".join(f"{name}: {what}" for name, what in fields.items())
    answer = {"error": "InvalidRequest", "message": message, "fields": fields}
    return JSONResponse(answer, status_code=HTTPStatus.UNPROCESSABLE_ENTITY)


def _stumbled(request: Request, _error: Exception) -> Response:
    """Own up to a mistake of ours; the server's log has the traceback, the page has none of it."""
    if _is_page(request):
        return _page(request, HTTPStatus.INTERNAL_SERVER_ERROR, "出错了，没有保存任何东西。")
    answer = {"error": "Stumbled", "message": "a mistake of ours; nothing was saved, the log has the details"}
    return JSONResponse(answer, status_code=HTTPStatus.INTERNAL_SERVER_ERROR)


def _page(request: Request, status: int, sentence: str, problems: list[str] | None = None) -> Response:
    visit = visiting(request)
    said = visit.language.say(sentence)
    return visit.page("problem.html", status=status, said_error=said, detail="", problems=problems or [])


def _is_page(request: Request) -> bool:
    return not request.url.path.startswith(("/api/", "/openapi.json", "/static/"))
