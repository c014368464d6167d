"""The whole house on a real port, and screens that are connected to it by real sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import uvicorn
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from restai.app import App
from restai.realtime.transport import Socket

PATIENCE = 20.0  # seconds a test waits for what must come; it fails then, and never passes by waiting


@asynccontextmanager
async def serving(app: App) -> AsyncIterator[str]:
    """Serve `app` on a free port of this machine; gives its address, as host:port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app.asgi, ws=Socket, log_config=None, timeout_graceful_shutdown=5)
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            if running.done():
                await running
            await asyncio.sleep(0.01)
        try:
            yield "{}:{}".format(*listener.getsockname())
        finally:
            server.should_exit = True
            await running


class Screen:
    """Somebody's screen: a socket, and everything it was told, oldest first."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection
        self.told: list[dict[str, Any]] = []
        self._news = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        try:
            async for text in self.connection:
                self.told.append(msgspec.json.decode(text))
                self._news.set()
        except ConnectionClosed:
            pass
        finally:
            self._news.set()

    async def say(self, **message: Any) -> None:
        await self.connection.send(msgspec.json.encode(message).decode())

    async def say_raw(self, text: str) -> None:
        await self.connection.send(text)

    async def sign_in(self, token: str, **more: Any) -> dict[str, Any]:
        """Authenticate; the welcome, or the error."""
        before = len(self.told)
        await self.say(type="auth", token=token, **more)
        return await self.sees(lambda m: m["type"] in ("auth:success", "auth:error"), after=before)

    async def sees(self, wanted: str | Callable[[dict[str, Any]], bool], *, after: int = 0) -> dict[str, Any]:
        """The first message (behind `after`) of a type or for which `wanted` holds; waits for it."""
        fits = wanted if callable(wanted) else lambda message: message["type"] == wanted
        try:
            async with asyncio.timeout(PATIENCE):
                while True:
                    for message in self.told[after:]:
                        if fits(message):
                            return message
                    if self._reading.done():
                        raise AssertionError(f"closed ({self.code}) before {wanted}: {self.told}")
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"{wanted} did not come: {self.told}") from None

    @property
    def events(self) -> list[dict[str, Any]]:
        return [message for message in self.told if "v" in message]

    async def sees_all_until(self, type_: str) -> list[str]:
        """The types of all events up to the first of `type_`."""
        last = await self.sees(type_)
        return [event["type"] for event in self.events[: self.events.index(last) + 1]]

    async def settled(self) -> None:
        """Wait for the answer to a ping: what was sent before it has arrived."""
        before = len(self.told)
        await self.say(type="ping")
        await self.sees("pong", after=before)

    async def closed(self) -> int | None:
        """Wait for the end of the connection; its code."""
        async with asyncio.timeout(PATIENCE):
            await self.connection.wait_closed()
            await self._reading
        return self.code

    @property
    def code(self) -> int | None:
        return self.connection.close_code

    async def leave(self) -> None:
        await self.connection.close()
        await self._reading


class Screens:
    """Opens screens on a server, and closes them all at the end."""

    def __init__(self, address: str) -> None:
        self.url = f"ws://{address}/ws"
        self._open: list[Screen] = []

    async def open(self, **options: Any) -> Screen:
        screen = Screen(await connect(self.url, ping_interval=None, proxy=None, **options))
        self._open.append(screen)
        return screen

    async def of(self, token: str, **auth: Any) -> Screen:
        """A screen that is signed in and live."""
        screen = await self.open()
        welcome = await screen.sign_in(token, **auth)
        assert welcome["type"] == "auth:success", welcome
        await screen.sees("heartbeat")
        return screen

    async def close(self) -> None:
        for screen in self._open:
            await screen.leave()
