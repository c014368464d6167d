"""A WebSocket client that sends exactly the bytes it is told, right or wrong, and a server for it."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any, NamedTuple, TypeVar

import msgspec
import uvicorn

from restai.realtime.transport import Socket, Sockets

T = TypeVar("T")

PATIENCE = 20.0  # seconds for what must come: a test fails then, it never passes by waiting

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
FIN = 0x80

Address = tuple[str, int]


# ---- bytes


def frame(
    opcode: int,
    payload: bytes = b"",
    *,
    fin: bool = True,
    reserved: int = 0,
    masked: bool = True,
    size: int | None = None,
) -> bytes:
    """A client's frame. `reserved` are the three RSV bits, `size` a length that need not be true."""
    size = len(payload) if size is None else size
    first = (FIN if fin else 0) | reserved << 4 | opcode
    mask_bit = 0x80 if masked else 0
    if size < 126:
        head = struct.pack("!BB", first, mask_bit | size)
    elif size < 65536:
        head = struct.pack("!BBH", first, mask_bit | 126, size)
    else:
        head = struct.pack("!BBQ", first, mask_bit | 127, size)
    if not masked:
        return head + payload
    mask = os.urandom(4)
    return head + mask + _masked(payload, mask)


def _masked(payload: bytes, mask: bytes) -> bytes:
    size = len(payload)
    pattern = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(pattern, "big")).to_bytes(size, "big")


def text(message: str | Mapping[str, Any]) -> bytes:
    """A text frame of a string, or of a message as JSON."""
    payload = message.encode() if isinstance(message, str) else msgspec.json.encode(message)
    return frame(TEXT, payload)


def close(code: int, reason: bytes = b"") -> bytes:
    return frame(CLOSE, struct.pack("!H", code) + reason)


def upgrade(
    path: str = "/ws", *, method: str = "GET", without: tuple[str, ...] = (), **headers: str
) -> bytes:
    """An upgrade request. Headers replace or add to those of a good one: `sec_websocket_key="…"`."""
    fields = {
        "host": "restaurant.example",
        "upgrade": "websocket",
        "connection": "Upgrade",
        "sec-websocket-key": base64.b64encode(os.urandom(16)).decode(),
        "sec-websocket-version": "13",
    }
    fields.update({name.replace("_", "-"): value for name, value in headers.items()})
    lines = [f"{name}: {value}" for name, value in fields.items() if name not in without]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode()


# ---- a client


class Frame(NamedTuple):
    opcode: int
    payload: bytes
    fin: bool = True

    @property
    def message(self) -> Any:
        """What a text frame says."""
        assert self.opcode == TEXT, self
        return msgspec.json.decode(self.payload)

    @property
    def code(self) -> int:
        """Why a socket is closed."""
        assert self.opcode == CLOSE, self
        return int.from_bytes(self.payload[:2], "big")


class Wire:
    """A blocking TCP connection to a server. Every wait ends with a failure after `PATIENCE`."""

    def __init__(self, address: Address, *, receive_buffer: int | None = None) -> None:
        self.socket = socket.socket()
        if receive_buffer is not None:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(PATIENCE)
        self.socket.connect(address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = bytearray()

    def send(self, *pieces: bytes) -> Wire:
        """Send all pieces in one segment, if they fit in one."""
        self.socket.sendall(b"".join(pieces))
        return self

    def say(self, **message: Any) -> Wire:
        return self.send(text(message))

    # ---- the handshake

    def response(self) -> tuple[int, str]:
        """The answer to the upgrade request: its status, and its head as text."""
        while b"\r\n\r\n" not in self._received:
            self._receive()
        head, _, rest = bytes(self._received).partition(b"\r\n\r\n")
        self._received = bytearray(rest)
        return int(head.split(b" ", 2)[1]), head.decode("latin-1")

    def open(self, path: str = "/ws", **headers: str) -> Wire:
        """Shake hands; it must succeed."""
        status, head = self.send(upgrade(path, **headers)).response()
        assert status == 101, head
        return self

    def sign_in(self, token: str) -> Wire:
        """Authenticate, and be live; it must succeed."""
        self.say(type="auth", token=token)
        assert self.read().message["type"] == "auth:success"
        assert self.read().message["type"] == "heartbeat"
        return self

    # ---- what comes

    def read(self) -> Frame:
        """The next frame, checked for what every frame of a server must be."""
        first, second = self.take(2)
        assert not first & 0x70, "a reserved bit is set"
        assert not second & 0x80, "a server does not mask"
        size = second & 0x7F
        if size == 126:
            size = int.from_bytes(self.take(2), "big")
            assert size > 125, "a length must be as short as it can"
        elif size == 127:
            size = int.from_bytes(self.take(8), "big")
            assert size > 65535, "a length must be as short as it can"
        return Frame(first & 0x0F, self.take(size), bool(first & FIN))

    def reads_all(self) -> Iterator[Frame]:
        """Every frame up to the close frame, and that."""
        while True:
            received = self.read()
            yield received
            if received.opcode == CLOSE:
                return

    def closed(self) -> int:
        """Wait for the close frame, past all else, answer it, and wait for the end; its code."""
        *_, last = self.reads_all()
        with suppress(ConnectionError):  # who closes for a breach does not wait for an answer
            self.send(frame(CLOSE, last.payload))
        self.ended()
        return last.code

    def told_to_go(self) -> int:
        """Wait for the close frame, past all else; its code."""
        *_, last = self.reads_all()
        return last.code

    def ended(self) -> None:
        """Wait for the end of the connection, before which nothing may come, and end it here too."""
        with suppress(ConnectionResetError):
            rest = self._received or self.socket.recv(1)
            assert not rest, f"expected the end, got {rest!r}…"
        self.leave()

    def take(self, count: int) -> bytes:
        """The next bytes, whatever they are."""
        while len(self._received) < count:
            self._receive()
        taken = bytes(self._received[:count])
        del self._received[:count]
        return taken

    def _receive(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise EOFError(f"the connection ended within {bytes(self._received[:40])!r}")
        self._received += data

    # ---- leaving

    def leave(self) -> None:
        self.socket.close()

    def vanish(self) -> None:
        """Go without a word: the other side sees a reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()

    def __enter__(self) -> Wire:
        return self

    def __exit__(self, *_error: object) -> None:
        self.leave()


# ---- a server


class Port:
    """Serves `sockets` on a free port of this machine, by uvicorn, in a thread with a loop of its own.

    `work` runs beside it for as long as it serves.
    """

    def __init__(
        self,
        sockets: Sockets,
        *,
        work: Callable[[], Awaitable[None]] | None = None,
        loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
        **config: Any,
    ) -> None:
        self._sockets = sockets
        self._work = work
        self._loop_factory = loop_factory
        self._config = uvicorn.Config(
            self._app, ws=Socket, interface="asgi3", lifespan="on", loop="none", log_config=None, **config
        )
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._started = threading.Event()
        self._listener = socket.socket()

    @property
    def address(self) -> Address:
        host, port = self._listener.getsockname()
        return host, port

    def connect(self, **options: Any) -> Wire:
        return Wire(self.address, **options)

    def open(self, path: str = "/ws", **headers: str) -> Wire:
        return self.connect().open(path, **headers)

    def do(self, call: Callable[[], T]) -> T:
        """Call in the server's loop, after all that has arrived by now was read; its result."""

        async def work() -> T:
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            return call()

        return asyncio.run_coroutine_threadsafe(work(), self._loop).result(PATIENCE)

    def settle(self) -> None:
        """Return when the server has read all that was sent by now."""
        self.do(lambda: None)

    def eventually(self, holds: Callable[[], bool]) -> None:
        """Wait until something holds in the server's loop."""

        async def work() -> None:
            async with asyncio.timeout(PATIENCE):
                while not holds():  # noqa: ASYNC110  any condition, so there is nothing to wait for
                    await asyncio.sleep(0.005)

        asyncio.run_coroutine_threadsafe(work(), self._loop).result(PATIENCE + 1)

    def __enter__(self) -> Port:
        self._listener.bind(("127.0.0.1", 0))
        self._thread.start()
        assert self._started.wait(PATIENCE)
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.should_exit = True
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=self._loop_factory) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._server = uvicorn.Server(self._config)
        serving = asyncio.create_task(self._server.serve(sockets=[self._listener]))
        while not self._server.started and not serving.done():  # noqa: ASYNC110  it has no event
            await asyncio.sleep(0.001)
        self._started.set()
        await serving

    async def _app(self, scope: Any, receive: Any, send: Any) -> None:
        """The ASGI side: only a lifespan."""
        if scope["type"] != "lifespan":
            raise AssertionError(f"this server has only sockets, asked for {scope}")
        await receive()
        scope["state"]["sockets"] = self._sockets
        working = None if self._work is None else asyncio.ensure_future(self._work())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        if working is not None:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
        await send({"type": "lifespan.shutdown.complete"})
