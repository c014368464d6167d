"""How long a request's body may be. Told before it is read where its length is declared, else as soon as
it is longer: neither reads it to its end.

The framework's own limit answers a declared length in plain text, past all handlers of errors.
"""

from __future__ import annotations

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from restai.errors import ContentTooLarge

LARGEST_BODY = 1024 * 1024  # bytes: the longest order that the rules allow has a tenth of it

_KEY = "restai.body"


class _Allowed:
    def __init__(self, most: int) -> None:
        self.most = most


def allow(scope: Scope, most: int) -> None:
    """Let the body of this request have `most` bytes, before any of it is read."""
    scope[_KEY].most = most


class BodyLimit:
    """ASGI middleware: reading more of a body than is allowed raises HTTPException (413)."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        allowed = scope[_KEY] = _Allowed(LARGEST_BODY)
        declared = Headers(scope=scope).get("content-length", "")
        size = int(declared) if declared.isdecimal() else 0
        taken = 0

        async def limited() -> Message:
            nonlocal taken
            if size <= allowed.most:
                message = await receive()
                taken += len(message.get("body", b""))
                if taken <= allowed.most:
                    return message
            raise HTTPException(ContentTooLarge.status)

        await self.app(scope, limited, send)
