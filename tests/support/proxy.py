"""A bad network between a client and a server, on this machine: TCP or a Unix socket on either side.

    with Proxy(("127.0.0.1", 6379)) as proxy:
        redis = connect(proxy.address)
        proxy.hold()          # takes connections and bytes, and passes nothing on: a black hole
        proxy.release()       # what was held goes on its way, late and in order
        proxy.delay(0.2, jitter=0.1)
        proxy.cut()           # every connection is reset
        proxy.refuse()        # and nobody gets a new one

It lives in a thread of its own, so that it works on whatever the test's own loop is busy with. Every
method has done its work when it returns.
"""

from __future__ import annotations

import asyncio
import random
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")

Address = tuple[str, int] | Path

PATIENCE = 20.0  # seconds for what must happen at once
CHUNK = 64 * 1024  # bytes read at a time
MOST_UNDER_WAY = 16  # chunks in a direction: then its sender is no longer read from, as by a full pipe


class Link:
    """One connection through the proxy. `opening`: the first bytes that the client sent, to know it by."""

    def __init__(self, seed: int) -> None:
        self.opening = b""
        self.chance = random.Random(seed)
        self.to_server, self.to_client = asyncio.Event(), asyncio.Event()
        self.to_server.set()
        self.to_client.set()
        self.tasks: list[asyncio.Task[None]] = []
        self.writers: list[asyncio.StreamWriter] = []


Which = Callable[[Link], bool]


def everyone(_link: Link) -> bool:
    return True


def subscribers(link: Link) -> bool:
    """Connections of Redis clients that listen."""
    return b"SUBSCRIBE" in link.opening


class Proxy:
    """`upstream` may be changed at any time: new connections go there. `tls`: what clients must speak."""

    def __init__(
        self,
        upstream: Address,
        *,
        listen: Address = ("127.0.0.1", 0),
        tls: ssl.SSLContext | None = None,
        seed: int = 0,
    ) -> None:
        self.upstream = upstream
        self.address = listen
        self.accepted = 0
        self._tls = tls
        self._seed = seed
        self._links: dict[Link, None] = {}
        self._held: list[tuple[Which, bool, bool]] = []
        self._delay, self._jitter = 0.0, 0.0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._server: asyncio.Server | None = None

    def __enter__(self) -> Proxy:
        self._thread.start()
        self._do(self._listen())
        return self

    def __exit__(self, *_error: object) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    # ---- what a test does

    @property
    def open(self) -> int:
        """How many connections there are."""
        return len(self._links)

    def delay(self, seconds: float, *, jitter: float = 0.0) -> None:
        """From now on everything takes `seconds`, and up to `jitter` more, each way. The order stays."""
        self._delay, self._jitter = seconds, jitter

    def hold(self, which: Which = everyone, *, to_server: bool = True, to_client: bool = True) -> None:
        """Pass nothing on, in these directions, on connections that `which` chooses, new ones too."""

        async def work() -> None:
            self._held.append((which, to_server, to_client))
            for link in self._links:
                self._set_gates(link)

        self._do(work())

    def release(self) -> None:
        """Pass everything on, beginning with what was held."""

        async def work() -> None:
            self._held.clear()
            for link in self._links:
                self._set_gates(link)

        self._do(work())

    def cut(self, which: Which = everyone) -> int:
        """Reset connections, what is under way is lost; how many."""

        async def work() -> int:
            chosen = [link for link in self._links if which(link)]
            for link in chosen:
                self._end(link, reset=True)
            await asyncio.gather(*(task for link in chosen for task in link.tasks), return_exceptions=True)
            return len(chosen)

        return self._do(work())

    def refuse(self) -> None:
        """Nobody listens here any more. Connections stay."""

        async def work() -> None:
            if self._server is not None:
                self._server.close()
                self._server = None
                if isinstance(self.address, Path):
                    self.address.unlink(missing_ok=True)

        self._do(work())

    def accept(self) -> None:
        """Listen again, at the same address."""

        async def work() -> None:
            if self._server is None:
                await self._listen()

        self._do(work())

    # ---- in its own thread

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    async def _listen(self) -> None:
        if isinstance(self.address, Path):
            self._server = await asyncio.start_unix_server(self._accept, self.address, ssl=self._tls)
            self.address.chmod(0o777)  # a server that runs as another user may be a client here
        else:
            self._server = await asyncio.start_server(
                self._accept, *self.address, ssl=self._tls, reuse_address=True
            )
            self.address = self._server.sockets[0].getsockname()[:2]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        links = list(self._links)
        for link in links:
            self._end(link, reset=True)
        await asyncio.gather(*(task for link in links for task in link.tasks), return_exceptions=True)
        await asyncio.sleep(0)
        if isinstance(self.address, Path):
            self.address.unlink(missing_ok=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(self._seed + self.accepted)
        self.accepted += 1
        link.writers = [writer]
        self._links[link] = None
        link.tasks = [asyncio.create_task(self._serve(link, reader, writer))]
        with suppress(asyncio.CancelledError):
            await asyncio.wait(link.tasks)

    async def _serve(self, link: Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if isinstance(self.upstream, Path):
                back, forth = await asyncio.open_unix_connection(self.upstream)
            else:
                back, forth = await asyncio.open_connection(*self.upstream)
            link.writers.append(forth)
            self._set_gates(link)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._pass_on(link, reader, forth, link.to_server, from_client=True))
                group.create_task(self._pass_on(link, back, writer, link.to_client, from_client=False))
        except* (OSError, EOFError):
            pass
        finally:
            self._end(link)

    async def _pass_on(
        self,
        link: Link,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        gate: asyncio.Event,
        *,
        from_client: bool,
    ) -> None:
        """One direction, until its sender ends it: raises EOFError then, when all has been passed on."""
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(MOST_UNDER_WAY)

        async def arrive() -> None:
            while True:
                due, data = await under_way.get()
                await asyncio.sleep(due - self._loop.time())
                await gate.wait()
                if not data:
                    raise EOFError
                writer.write(data)
                await writer.drain()

        async with asyncio.TaskGroup() as group:
            group.create_task(arrive())
            data = b"-"
            while data:
                data = await reader.read(CHUNK)
                if from_client and len(link.opening) < CHUNK:
                    link.opening += data
                    self._set_gates(link)
                due = self._loop.time() + self._delay + link.chance.uniform(0, self._jitter)
                await under_way.put((due, data))

    def _set_gates(self, link: Link) -> None:
        held = [(up, down) for which, up, down in self._held if which(link)]
        for gate, is_held in (
            (link.to_server, any(up for up, _ in held)),
            (link.to_client, any(down for _, down in held)),
        ):
            if is_held:
                gate.clear()
            else:
                gate.set()

    def _end(self, link: Link, *, reset: bool = False) -> None:
        if self._links.pop(link, self) is self:
            return
        for writer in link.writers:
            if reset:
                _reset(writer)
            else:
                writer.close()
        if reset:
            for task in link.tasks:
                task.cancel()


def _reset(writer: asyncio.StreamWriter) -> None:
    """End a connection without a goodbye: unsent bytes are lost, and the other side hears of an error."""
    found = writer.get_extra_info("socket")
    if found is not None and found.family != socket.AF_UNIX:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
