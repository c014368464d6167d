"""The web app's files, as the build left them in this package: pages, and assets named for their content."""

from __future__ import annotations

import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from fastapi import FastAPI, HTTPException, Request, Response
from starlette.types import Receive, Scope, Send

from restai.http.encodings import accepted

BUILT = Path(__file__).parent.parent / "web"
"""Where the build puts the app."""

_STAFF, _GUESTS = "/index.html", "/guest.html"
_AT_A_TABLE = re.compile(r"/t(/(?P<code>[0-9A-Za-z -]{1,40}))?(/|$)")
"""Where guests are: what is printed on their table, and a page on which its code can be typed."""

_NOT_PAGES = ("/api/", "/ws")
_HASHED = "/assets/"
_HINT = "The web app is not built: run `make web` where RestAI's source is.\n"

# Everything comes from here, and nothing frames us. Styles that a script sets on an element are no
# inline styles to a browser, so none need to be allowed.
_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": _POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=()",
    "Referrer-Policy": "same-origin",
}
_ENCODINGS = {"br": ".br", "gzip": ".gz"}  # in the order of our liking

mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("font/woff2", ".woff2")


@dataclass(frozen=True)
class _File:
    """A file, plain ("") and in the encodings that the build made of it."""

    type: str
    bodies: dict[str, bytes]


def install(app: FastAPI, folder: Path = BUILT) -> None:
    """Serve the app in `folder` on every path that no route has, and a hint if it is not built."""
    app.router.default = Web(folder)


class Web:
    """An ASGI app that answers with files, read once: all of them are less than a photograph."""

    def __init__(self, folder: Path) -> None:
        self._files = _read(folder)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._answer(Request(scope))(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        """Raises HTTPException where there is nothing."""
        path = request.url.path
        if request.method not in ("GET", "HEAD"):
            raise HTTPException(404)
        if path in self._files and path not in (_STAFF, _GUESTS):
            return self._file(request, path, _cached(path))
        if path.startswith(_NOT_PAGES) or "text/html" not in request.headers.get("accept", ""):
            raise HTTPException(404)
        return self._page(request, path)

    def _page(self, request: Request, path: str) -> Response:
        table = _AT_A_TABLE.match(path)
        page = _STAFF if table is None else _GUESTS
        if page not in self._files:
            return Response(_HINT, 404, media_type="text/plain")
        code = table and table["code"]
        return self._file(request, page, _PAGE_HEADERS | (_fetched_with_it(code) if code else {}))

    def _file(self, request: Request, path: str, headers: dict[str, str]) -> Response:
        file = self._files[path]
        taken = accepted(request)
        encoding = next((name for name in _ENCODINGS if name in taken and name in file.bodies), "")
        sent = {**headers, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
        if encoding:
            sent["Content-Encoding"] = encoding
        return Response(file.bodies[encoding], headers=sent, media_type=file.type)


def _fetched_with_it(code: str) -> dict[str, str]:
    """What the page will ask for first is fetched with its scripts, not after them: on a slow network
    that is half a second sooner."""
    return {"Link": f"</api/guest/tables/{quote(code)}>; rel=preload; as=fetch; crossorigin"}


def _cached(path: str) -> dict[str, str]:
    """A name that tells the content is good for ever; any other is asked for again each time."""
    if path.startswith(_HASHED):
        return {"Cache-Control": "public, max-age=31536000, immutable"}
    return {"Cache-Control": "no-cache"}


def _read(folder: Path) -> dict[str, _File]:
    encoded = tuple(_ENCODINGS.values())
    return {
        f"/{path.relative_to(folder).as_posix()}": _File(_type(path), _bodies(path))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix not in encoded and not path.name.startswith(".")
    }


def _type(path: Path) -> str:
    return mimetypes.guess_type(path.name)[0] or "application/octet-stream"


def _bodies(path: Path) -> dict[str, bytes]:
    bodies = {"": path.read_bytes()}
    for encoding, suffix in _ENCODINGS.items():
        other = path.with_name(path.name + suffix)
        if other.exists():
            bodies[encoding] = other.read_bytes()
    return bodies
