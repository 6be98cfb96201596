"""The wall before every page: security headers, the hosts we answer to, no requests from other sites."""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

# No inline script or style, nothing from elsewhere: the intranet has no internet, and hostile words stay words.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

NOT_HERE = (
    "督办目前只能在本机使用：正式登录尚未启用，本服务不向其他机器提供页面。\n"
    "请在本机打开 http://127.0.0.1:端口/ ，或用 --host 127.0.0.1 启动。\n\n"
    "Duban serves its pages on the loopback interface only until full sign-in exists.\n"
    "Start it with --host 127.0.0.1 and open it on this machine.\n"
)


class Guard:
    """ASGI middleware that refuses what must not come in and dresses what goes out."""

    def __init__(self, app: ASGIApp, *, loopback: bool) -> None:
        self._app = app
        self._loopback = loopback

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if not scope["path"].startswith("/static/"):
                    headers["Cache-Control"] = "no-store"
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, dressed)

    def _refusal(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if not self._loopback or _host(headers.get("host", "")) not in LOOPBACK:
            # a foreign Host on a loopback socket is DNS rebinding: somebody else's page asking through the browser
            return PlainTextResponse(NOT_HERE, status_code=403)
        if scope["method"] not in _SAFE and _from_elsewhere(headers):
            message = "请求来自别的网站，已拒绝。 Refused: this request was made by another site.\n"
            return PlainTextResponse(message, status_code=403)
        return None


def _host(host: str) -> str:
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0]


def _from_elsewhere(headers: Headers) -> bool:
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return True
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] != headers.get("host", "")
