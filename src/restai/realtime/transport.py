"""Bytes to messages and back: a protocol class for uvicorn's `ws=`.

Inbound, websockets' sans-I/O parser checks and unmasks; reassembly and UTF-8 are done here. Outbound,
frames arrive ready-made and go straight to the transport: no task, no queue and no encoding a socket.
What to do with messages is a `Handler`'s business; `Sockets`, found in the lifespan state under
"sockets", makes one for each connection.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Protocol, cast
from urllib.parse import parse_qs, unquote, urlsplit

from uvicorn.config import Config
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

from restai.realtime.codes import Close

PAUSE_ABOVE = 256 * 1024  # bytes in a socket's buffer: above it, nothing that can wait is written
CLOSE_DEADLINE = 5.0  # seconds for the other side to take all that was sent, and to end the connection

_PONG = 0x8A  # the first byte of a pong: FIN and opcode

# The parser logs frames at DEBUG, tokens too: it gets a logger that nobody can turn on.
_SILENT = logging.Logger("silent", level=logging.CRITICAL + 1)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Handshake:
    """What a client asked for. `address` is its own, behind the proxies that are trusted."""

    path: str
    query: str
    headers: Mapping[str, str]
    address: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """An HTTP answer instead of a WebSocket."""

    status: HTTPStatus
    text: str


class Handler(Protocol):
    """What one connection is for. Called in the event loop; must not wait."""

    def opened(self, socket: Socket) -> None:
        """The handshake is done."""

    def heard(self) -> None:
        """Bytes arrived, whatever they say."""

    def text(self, message: str) -> None:
        """A whole text message."""

    def binary(self, message: bytes) -> None:
        """A whole binary message."""

    def congested(self) -> None:
        """The socket's buffer went over `PAUSE_ABOVE`."""

    def writable(self) -> None:
        """The socket's buffer was over `PAUSE_ABOVE` and has been taken by the other side."""

    def lost(self) -> None:
        """The connection is gone. Nothing follows."""

    def drain(self) -> None:
        """The server shuts down."""


class Sockets(Protocol):
    """What a server's sockets are for. `largest_message` in bytes: a longer one is 1009."""

    largest_message: int

    def accept(self, handshake: Handshake) -> Handler | Rejection:
        """Who handles this connection, or why there is none."""


def foreign_origin(headers: Mapping[str, str], allowed: frozenset[str]) -> bool:
    """Whether a browser's page of another host asks. Absent means no browser, or none to protect."""
    origin = headers.get("origin")
    if origin is None or origin in allowed:
        return False
    try:
        return urlsplit(origin).netloc.lower() != headers.get("host", "").lower()
    except ValueError:
        return True


def refusal(handshake: Handshake, path: str, allowed_origins: frozenset[str]) -> Rejection | None:
    """The answer to a handshake that must not become a socket. Tokens never travel in a URL."""
    if handshake.path != path:
        return Rejection(HTTPStatus.NOT_FOUND, "There is no WebSocket here.\n")
    if "token" in parse_qs(handshake.query, keep_blank_values=True):
        return Rejection(HTTPStatus.BAD_REQUEST, "Send the token in an auth message, not in the URL.\n")
    if foreign_origin(handshake.headers, allowed_origins):
        return Rejection(HTTPStatus.FORBIDDEN, "Pages of this origin may not connect.\n")
    return None


class Socket(asyncio.Protocol):
    """One WebSocket. uvicorn makes it after the upgrade request and hands over the TCP transport."""

    __slots__ = (
        "__weakref__",
        "_close_timer",
        "_config",
        "_connections",
        "_fragments",
        "_handler",
        "_is_binary",
        "_parser",
        "_sockets",
        "_transport",
        "closing",
    )

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self._config = config
        self._connections = cast("set[object]", server_state.connections)
        self._sockets: Sockets = app_state["sockets"]
        self._parser = ServerProtocol(max_size=self._sockets.largest_message, logger=_SILENT)
        self._handler: Handler | None = None
        self._fragments: bytearray | None = None
        self._is_binary = False
        self._close_timer: asyncio.TimerHandle | None = None
        self.closing = False

    # ---- what a handler may do

    def write(self, data: bytes) -> None:
        """Send ready-made frames. Does nothing once the socket is closing."""
        if not self.closing:
            self._transport.write(data)

    @property
    def buffered(self) -> int:
        """Bytes that the other side has not taken yet."""
        return self._transport.get_write_buffer_size()

    def ping(self) -> None:
        if not self.closing:
            self._parser.send_ping(b"")
            self._flush()

    def close(self, code: int, reason: str = "") -> None:
        """Close with `code`. What was written before still goes out, for `CLOSE_DEADLINE` at most."""
        if self.closing:
            return
        if self._parser.state is State.OPEN:  # else it has found, in bytes already read, its own reason
            self._parser.send_close(code, reason)
        self._flush()
        self._expect_end()

    # ---- asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=PAUSE_ABOVE)
        self._connections.add(self)

    def data_received(self, data: bytes) -> None:
        self._parser.receive_data(data)
        for event in self._parser.events_received():
            if isinstance(event, Frame):
                self._frame(event)
            elif isinstance(event, Request):
                self._shake_hands(event)
        self._flush()
        if self._handler is not None and not self.closing:
            self._handler.heard()

    def pause_writing(self) -> None:
        if self._handler is not None and not self.closing:
            self._handler.congested()

    def resume_writing(self) -> None:
        if self._handler is not None and not self.closing:
            self._handler.writable()

    def eof_received(self) -> None:
        self._parser.receive_eof()
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        self.closing = True
        self._connections.discard(self)
        if self._close_timer is not None:
            self._close_timer.cancel()
        handler, self._handler = self._handler, None
        if handler is not None:
            handler.lost()

    def shutdown(self) -> None:
        """uvicorn calls this for each connection before the application's shutdown hook."""
        if self._handler is not None and not self.closing:
            self._handler.drain()
        else:
            self._transport.close()

    # ---- within

    def _shake_hands(self, request: Request) -> None:
        handshake = _handshake(request, self._transport, self._config)
        answer = self._sockets.accept(handshake)
        if isinstance(answer, Rejection):
            self._parser.send_response(self._parser.reject(answer.status, answer.text))
            return
        response = self._parser.accept(request)
        self._parser.send_response(response)
        request.headers.clear()  # read for the last time, and kept by the parser as long as it lives
        if self._parser.state is State.OPEN:
            self._flush()
            self._handler = answer
            answer.opened(self)
        else:
            answer.lost()

    def _frame(self, frame: Frame) -> None:
        if self.closing or self._handler is None:
            return
        if frame.opcode is Opcode.TEXT or frame.opcode is Opcode.BINARY:
            self._is_binary = frame.opcode is Opcode.BINARY
            if frame.fin:
                self._message(bytes(frame.data))
            else:
                self._fragments = bytearray(frame.data)
        elif frame.opcode is Opcode.CONT and self._fragments is not None:
            self._fragments += frame.data
            if frame.fin:
                whole, self._fragments = bytes(self._fragments), None
                self._message(whole)

    def _message(self, data: bytes) -> None:
        assert self._handler is not None
        if self._is_binary:
            self._handler.binary(data)
            return
        try:
            text = data.decode()
        except UnicodeDecodeError:
            self.close(Close.BAD_TEXT, Close.BAD_TEXT.reason)
            return
        self._handler.text(text)

    def _flush(self) -> None:
        """Write what the parser has to say; an empty piece is its word for the end.

        Pongs are left out while the other side takes nothing: it may ping, but not fill our memory.
        """
        for data in self._parser.data_to_send():
            if not data:
                self._end_sending()
            elif data[0] != _PONG or self.buffered < PAUSE_ABOVE:
                self._transport.write(data)
        if self._parser.close_expected():
            self._expect_end()

    def _end_sending(self) -> None:
        """End our half; the connection ends when the other side ends its own. Ended by us at once, with
        bytes still coming in, TCP would reset it, and the close frame might be lost on the way."""
        if self._transport.can_write_eof():
            self._transport.write_eof()
        else:
            self._transport.close()
        self._expect_end()

    def _expect_end(self) -> None:
        """One side said goodbye: the other answers and takes what is left to send, or is cut off."""
        self.closing = True
        if self._close_timer is None:
            loop = asyncio.get_running_loop()
            self._close_timer = loop.call_later(CLOSE_DEADLINE, self._transport.abort)


@lru_cache(maxsize=8)
def _proxy_headers(trusted: str) -> ProxyHeadersMiddleware:
    async def nothing(_scope: Any, _receive: Any, _send: Any) -> None: ...

    return ProxyHeadersMiddleware(nothing, trusted)


def _handshake(request: Request, transport: asyncio.Transport, config: Config) -> Handshake:
    path, _, query = request.path.partition("?")
    peer = transport.get_extra_info("peername")
    address = str(peer[0]) if isinstance(peer, tuple) else ""
    if config.proxy_headers:
        address = _behind_proxies(request, address, config.forwarded_allow_ips)
    headers = {name.lower(): value for name, value in request.headers.raw_items()}
    return Handshake(unquote(path), query, headers, address)


def _behind_proxies(request: Request, address: str, trusted: list[str] | str) -> str:
    """The client's address by X-Forwarded-For, decided as uvicorn does for HTTP requests."""
    if "X-Forwarded-For" not in request.headers:
        return address
    scope: dict[str, Any] = {
        "type": "websocket",
        "client": (address, 0),
        "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in request.headers.raw_items()],
    }
    middleware = _proxy_headers(trusted if isinstance(trusted, str) else ",".join(trusted))
    walk = cast(Any, middleware)(scope, None, None)
    with suppress(StopIteration):
        walk.send(None)  # it awaits nothing but the application, which does nothing
    return str(scope["client"][0])
