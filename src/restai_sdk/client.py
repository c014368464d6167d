"""A `Session` on a real socket: `async with Client(url, token) as client: ...`.

It stays connected until it is left, and keeps `client.snapshots` equal to the server's state.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Coroutine, Hashable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Any

import httpx
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from restai_sdk import actions as do
from restai_sdk import messages
from restai_sdk.actions import Actions, Freshness, Stop
from restai_sdk.apply import apply
from restai_sdk.login import SignedOut, TokenProvider
from restai_sdk.messages import Failed, Json, Screen
from restai_sdk.session import Session

TICK = 1.0  # seconds between two looks at how fresh things are
CONNECT_TIMEOUT = 10.0  # seconds
CLOSE_TIMEOUT = 2.0  # seconds for the closing handshake: leaving should not be felt
SNAPSHOT_TIMEOUT = 15.0  # seconds: a big branch over a bad network


class Listener:
    """What an application wants to hear of; override what is needed. Called in order, never awaited."""

    def changed(self, branch: str, snapshot: Json | None) -> None:
        """The branch's state is another; None: it is not ours to see any more."""

    def applied(self, branch: str, event: Json, replay: bool) -> None:
        """An event was applied. `replay`: it is old news, so don't ring for it."""

    def freshness(self, branch: str, freshness: Freshness) -> None:
        """The branch is live, or no longer."""

    def signal(self, signal: Json) -> None:
        """Another program said something in one of our rooms."""

    def stopped(self, stop: Stop) -> None:
        """It will not come back by itself."""


class Client:
    """Hears of `branches` (None: all of one's own), as staff or, `guest=True`, as a guest.

    `screen`: how the others in a branch see this one in its `screens`.
    `snapshots` holds each branch's state: replaced, never changed in place.
    """

    def __init__(
        self,
        url: str,
        token: TokenProvider,
        branches: Sequence[str] | None = None,
        *,
        guest: bool = False,
        screen: Screen | None = None,
        listener: Listener | None = None,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        """`http`, for snapshots, is shared with others and its owner's to close."""
        self.snapshots: dict[str, Json] = {}
        self.trouble: str | None = None  # why the last attempt to connect failed
        self._session = Session(random.random, choice=branches, guest=guest, screen=screen)
        self._url = url.rstrip("/")
        self._guest = guest
        self._token = token
        self._bearer = ""  # the token last signed in with, for snapshots
        self._is_shared = http is not None
        self._http = http or httpx.AsyncClient(base_url=url, timeout=SNAPSHOT_TIMEOUT)
        self._listener = listener or Listener()
        self._socket: ClientConnection | None = None
        self._next = do.Connect(0, fresh=False)
        self._hurry = asyncio.Event()
        self._stop: asyncio.Future[Stop] | None = None
        self._work: dict[Hashable, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Client:
        self._stop = asyncio.get_running_loop().create_future()
        self._tasks = asyncio.TaskGroup()
        await self._tasks.__aenter__()
        self._do(self._session.start(_now()))
        self._start("connections", self._stay_connected())
        self._start("ticks", self._tick())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._work.values():
            task.cancel()
        cancelled = error if isinstance(error, asyncio.CancelledError) else None  # others pass as they are
        try:
            await self._tasks.__aexit__(type(cancelled) if cancelled else None, cancelled, trace)
        finally:
            if not self._is_shared:
                await self._http.aclose()

    # ---- for the application

    def goes_on(self, branch: str, snapshot: Json) -> None:
        """Begin with what was kept of a branch, and hear only what was missed. Before entering."""
        if (position := messages.position(snapshot)) is not None:
            self.snapshots[branch] = snapshot
            self._session.goes_on(branch, position)

    def freshness(self, branch: str | None = None) -> Freshness:
        return self._session.freshness(branch, _now())

    def server_time(self) -> int:
        """The server's clock in ms, as well as it is known: for ages on a screen."""
        known = self._session.server_time(_now())
        return time.time_ns() // 1_000_000 if known is None else known

    @property
    def reconnects(self) -> int:
        return max(0, self._session.connections - 1)

    def wake(self) -> None:
        """The network is back, or the device awake."""
        self._do(self._session.wake(_now()))

    def received(self, frame: str | bytes | Json) -> None:
        """A frame came in. Who wants to see frames as they come overrides this, and calls it."""
        self._do(self._session.frame(frame, _now()))

    async def ended(self) -> Stop:
        """Waits until it will not come back by itself."""
        assert self._stop is not None, "enter the client first"
        return await asyncio.shield(self._stop)

    # ---- what the session asks

    def _do(self, actions: Actions) -> None:
        for action in actions:
            match action:
                case do.Apply(branch, event, replay):
                    self.snapshots[branch] = apply(self.snapshots[branch], event)
                    self._listener.applied(branch, event, replay)
                    self._listener.changed(branch, self.snapshots[branch])
                case do.Replace(branch, snapshot):
                    self.snapshots[branch] = snapshot
                    self._listener.changed(branch, snapshot)
                case do.Drop(branch):
                    self.snapshots.pop(branch, None)
                    self._listener.changed(branch, None)
                case do.FreshnessChanged(branch, freshness):
                    self._listener.freshness(branch, freshness)
                case do.Hear(signal):
                    self._listener.signal(signal)
                case do.FetchSnapshot():
                    self._start(("snapshot", action.branch), self._fetch(action))
                case _:
                    self._do_with_socket(action)

    def _do_with_socket(self, action: do.Action) -> None:
        match action:
            case do.Connect():
                self._next = action
                if action.after == 0:
                    self._hurry.set()
            case do.NeedToken():
                self._start("token", self._renew(action))
            case do.Send(text) if self._socket is not None:
                self._tasks.create_task(_send(self._socket, text))
            case do.Close() if self._socket is not None:
                self._socket.transport.abort()
            case do.Stop():
                if self._stop is not None and not self._stop.done():
                    self._stop.set_result(action)
                self._listener.stopped(action)

    def _start(self, name: Hashable, work: Coroutine[Any, Any, None]) -> None:
        """Begin a piece of work; an older one of that name is given up."""
        if (older := self._work.get(name)) is not None and older is not asyncio.current_task():
            older.cancel()
        self._work[name] = self._tasks.create_task(work)

    # ---- the work

    async def _stay_connected(self) -> None:
        while not self._session.stopped:
            await self._pause(self._next.after / 1000)
            code = await self._one_connection(self._next.fresh)
            self._do(self._session.closed(code, _now()))

    async def _pause(self, seconds: float) -> None:
        """Wait, unless something calls for hurry."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        self._hurry.clear()

    async def _one_connection(self, fresh: bool) -> int | None:
        """A connection from beginning to end: its close code, None if there was none to be had."""
        try:
            self._bearer = await self._token(fresh)
            socket = await self._open()
        except SignedOut as error:
            self._do(self._session.give_up(str(error), _now()))
            return None
        except (OSError, InvalidHandshake, httpx.HTTPError) as error:
            self.trouble = str(error) or type(error).__name__
            return None
        try:
            return await self._converse(socket)
        finally:
            await socket.close()

    async def _open(self) -> ClientConnection:
        return await connect(
            f"{self._url.replace('http', 'ws', 1)}/ws",
            open_timeout=CONNECT_TIMEOUT,
            close_timeout=CLOSE_TIMEOUT,
            ping_interval=None,  # the server pings, and heartbeats tell of silence
        )

    async def _converse(self, socket: ClientConnection) -> int | None:
        self._socket, self.trouble = socket, None
        try:
            self._do(self._session.opened(self._bearer, _now()))
            while (text := await _received(socket)) is not None:
                self.received(text)
        finally:
            self._socket = None
        return socket.close_code

    async def _renew(self, need: do.NeedToken) -> None:
        await asyncio.sleep(need.after / 1000)
        try:
            self._bearer = await self._token(True)
            self._do(self._session.renewed(self._bearer, _now()))
        except SignedOut as error:
            self._do(self._session.give_up(str(error), _now()))
        except (OSError, httpx.HTTPError):
            self._do(self._session.unrenewed(_now()))

    async def _fetch(self, wanted: do.FetchSnapshot) -> None:
        await asyncio.sleep(wanted.after / 1000)
        try:
            answer = await self._read_snapshot(wanted.branch)
        except SignedOut as error:
            self._do(self._session.give_up(str(error), _now()))
        else:
            self._do(self._session.snapshot(wanted.branch, wanted.ask, answer, _now()))

    async def _read_snapshot(self, branch: str) -> Json | Failed:
        """Raises SignedOut if the token was refused and there is no other to be had."""
        path = "/api/guest/snapshot" if self._guest else f"/api/branches/{branch}/snapshot"
        try:
            response = await self._http.get(path, headers={"Authorization": f"Bearer {self._bearer}"})
            if response.status_code == httpx.codes.UNAUTHORIZED:
                self._bearer = await self._token(True)
            if response.is_success:
                return msgspec.json.decode(response.content, type=dict[str, Any])
        except (OSError, httpx.HTTPError, msgspec.DecodeError):
            return Failed()
        return Failed(response.status_code, _retry_after(response))

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            self._do(self._session.tick(_now()))


async def _send(socket: ClientConnection, text: str) -> None:
    with suppress(ConnectionClosed):  # whoever reads the socket hears of it
        await socket.send(text)


async def _received(socket: ClientConnection) -> str | bytes | None:
    """The next message; None: there is no more."""
    try:
        return await socket.recv()
    except ConnectionClosed:
        return None


def _retry_after(response: httpx.Response) -> int:
    """The header in ms; its other form, a date, is not used here."""
    seconds = response.headers.get("retry-after", "0")
    return int(seconds) * 1000 if seconds.isdigit() else 0


_CLOCK = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))


def _now() -> int:
    """Milliseconds on a clock that never goes back, and goes on while the device sleeps."""
    return time.monotonic_ns() // 1_000_000 if _CLOCK is None else time.clock_gettime_ns(_CLOCK) // 1_000_000
