"""The clients: raw sockets in one selector, which sign in, answer pings and count events.

They must cost little, or they would be what is measured: a chunk that is nothing but events is counted
in two calls, and only the others are walked through frame by frame.
"""

from __future__ import annotations

import base64
import os
import selectors
import socket
import time
from collections.abc import Callable, Sequence

import msgspec

from bench import PATIENCE, Broken
from bench.event import FRAME_SIZE, FRAME_START

WAVE = 200  # connections begun at once: a server's backlog is longer
CHUNK = 64 * 1024  # bytes read at once
HEAD_END = b"\r\n\r\n"
WELCOME = b'{"type":"auth:success"'

_TEXT, _CLOSE, _PING, _PONG = 0x1, 0x8, 0x9, 0xA
_FIN = 0x80
_KEY = base64.b64encode(os.urandom(16)).decode()
_UPGRADE = (
    "GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    f"Sec-WebSocket-Key: {_KEY}\r\nSec-WebSocket-Version: 13\r\n\r\n"
).encode()


class Client:
    """One socket. `events` are those received so far, `is_welcome` whether it is signed in."""

    __slots__ = ("_is_open", "_rest", "_token", "events", "is_welcome", "socket")

    def __init__(self, port: int, token: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.events = 0
        self.is_welcome = False
        self._token = token
        self._is_open = False
        self._rest = b""
        self.socket.send(_UPGRADE)

    def read(self) -> int:
        """Take what has arrived; how many events that were. Raises Broken."""
        try:
            data = self.socket.recv(CHUNK)
        except BlockingIOError:
            return 0
        if not data:
            raise Broken("the server ended a connection")
        count = self._all_events(data)
        if count is None:
            count = self._frames(self._rest + data)
        self.events += count
        return count

    def _all_events(self, data: bytes) -> int | None:
        """How many events `data` is, if it is whole events and nothing else.

        As many beginnings as there is room for, and the last of them in the last place: so nothing lies
        between them.
        """
        count, more = divmod(len(data), FRAME_SIZE)
        if self._rest or more or data.count(FRAME_START) != count:
            return None
        return count if data.startswith(FRAME_START, len(data) - FRAME_SIZE) else None

    def _frames(self, data: bytes) -> int:
        """Act on each whole frame; keep the rest. How many events there were."""
        if not self._is_open:
            head, found, rest = data.partition(HEAD_END)
            self._rest = b"" if found else data
            return self._opened(head, rest) if found else 0
        count = at = 0
        while (end := _frame_end(data, at)) is not None:
            if data.startswith(FRAME_START, at):
                count += 1
            else:
                self._control(data[at] & 0x0F, _payload(data[at:end]))
            at = end
        self._rest = data[at:]
        return count

    def _opened(self, head: bytes, rest: bytes) -> int:
        if not head.startswith(b"HTTP/1.1 101 "):
            raise Broken(f"the handshake failed: {head!r}")
        self._is_open = True
        self._send(_TEXT, msgspec.json.encode({"type": "auth", "token": self._token}))
        return self._frames(rest)

    def _control(self, opcode: int, payload: bytes) -> None:
        """A frame that is no event."""
        if opcode == _PING:
            self._send(_PONG, payload)
        elif opcode == _CLOSE:
            raise Broken(f"the server closed a connection: {payload!r}")
        elif payload.startswith(WELCOME):
            self.is_welcome = True

    def _send(self, opcode: int, payload: bytes) -> None:
        """A frame with a mask of zeros, which changes nothing."""
        size = len(payload)
        head = bytes((_FIN | opcode, 0x80 | size)) if size < 126 else _long_head(opcode, size)
        self.socket.send(head + bytes(4) + payload)


def _long_head(opcode: int, size: int) -> bytes:
    return bytes((_FIN | opcode, 0x80 | 126)) + size.to_bytes(2, "big")


def _frame_end(data: bytes, at: int) -> int | None:
    """Where the frame at `at` ends; None if it is not there in full. No frame here has 64 kB."""
    if len(data) < at + 2:
        return None
    size, begin = data[at + 1], at + 2
    if size == 126:
        size, begin = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
    return begin + size if len(data) >= begin + size else None


def _payload(frame: bytes) -> bytes:
    return frame[4:] if frame[1] == 126 else frame[2:]


class Crowd:
    """The clients of one server. `received` are the events of all of them together."""

    def __init__(self, clients: Clients, port: int) -> None:
        self._clients = clients
        self._port = port
        self.members: list[Client] = []
        self.received = 0

    def join(self, tokens: Sequence[str]) -> None:
        """Connect and sign in one client a token; returns when all are welcome."""
        for begin in range(0, len(tokens), WAVE):
            wave = [Client(self._port, token) for token in tokens[begin : begin + WAVE]]
            self.members += wave
            for client in wave:
                self._clients.watch(client, self)
            self._clients.run_until(lambda w=wave: all(c.is_welcome for c in w), "a sign-in")  # type: ignore[misc]

    def receive(self, count: int) -> int:
        """Wait until each has received `count` events more; how many all have. Raises Broken."""
        goals = [client.events + count for client in self.members]
        before, total = self.received, sum(goals)
        self._clients.run_until(lambda: self.received >= total, "an event")
        if [client.events for client in self.members] != goals:
            raise Broken("somebody received an event twice, somebody else one too few")
        return self.received - before

    def leave(self) -> None:
        for client in self.members:
            self._clients.forget(client)
            client.socket.close()
        self.members = []


class Clients:
    """All crowds in one selector: who is not being measured still answers pings."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()

    def crowd(self, port: int) -> Crowd:
        return Crowd(self, port)

    def watch(self, client: Client, crowd: Crowd) -> None:
        self._selector.register(client.socket, selectors.EVENT_READ, (client, crowd))

    def forget(self, client: Client) -> None:
        self._selector.unregister(client.socket)

    def run_until(self, holds: Callable[[], bool], awaited: str) -> None:
        """Read until something holds. Raises Broken after `PATIENCE`."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > deadline:
                raise Broken(f"{awaited} did not come")
            self._read(0.1)

    def run_for(self, seconds: float) -> None:
        """Read for a while."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            self._read(left)

    def _read(self, timeout: float) -> None:
        for key, _ in self._selector.select(timeout):
            client, crowd = key.data
            crowd.received += client.read()

    def close(self) -> None:
        self._selector.close()
