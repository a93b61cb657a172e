"""Headers that every answer carries."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
          "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'")
LARGEST_BODY = 128 * 1024 * 1024    # six files of the largest size, and the answers beside them
ALWAYS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class SecurityHeaders:
    """Adds them, and keeps pages with people's data out of every cache."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand around the application."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers when the answer starts."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if _too_large(scope):
            await PlainTextResponse("413", 413)(scope, receive, send)
            return
        await self.app(scope, receive, lambda message: send(_with_headers(message, scope)))


def _too_large(scope: Scope) -> bool:
    """A body must say its length, and be one that a page of ours can send; machines are told so by their own door."""
    if scope["method"] in {"GET", "HEAD", "OPTIONS"} or scope["path"].startswith("/api/"):
        return False
    length = Headers(scope=scope).get("content-length", "")
    return not length.isdigit() or int(length) > LARGEST_BODY


def _with_headers(message: Message, scope: Scope) -> Message:
    if message["type"] == "http.response.start":
        headers = MutableHeaders(scope=message)
        for name, value in ALWAYS.items():
            headers.setdefault(name, value)
        headers.setdefault("cache-control", "no-store")
        headers.append("vary", "HX-Request, Cookie, Accept")
        if scope["path"] == "/public" or scope["path"].startswith("/public/"):
            headers.setdefault("x-robots-tag", "noindex")      # a notice must be gone when its days are over
        if scope.get("scheme") == "https":
            headers.setdefault("strict-transport-security", "max-age=31536000; includeSubDomains")
    return message
