"""A server that does what a test tells it: real sockets on 127.0.0.1, and nothing behind them."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import Any

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from tests.sdk.screen import BRANCH

Json = dict[str, Any]
PATIENCE = 20.0  # seconds for anything that should happen at once


class Conversation:
    """The server's end of one socket."""

    def __init__(self, socket: ServerConnection) -> None:
        self._socket = socket
        self.over = asyncio.Event()

    async def hears(self) -> Json:
        message: Json = json.loads(await asyncio.wait_for(self._socket.recv(), PATIENCE))
        return message

    async def hears_no_more(self) -> int | None:
        """The close code, once the client has gone."""
        async with asyncio.timeout(PATIENCE):
            try:
                while True:
                    await self._socket.recv()
            except ConnectionClosed:
                return self._socket.close_code

    async def says(self, type_: str, **fields: object) -> None:
        await self._socket.send(json.dumps({"type": type_, **fields}))

    async def admits(self, seq: int, *, head: int | None = None, heartbeat_ms: int = 5_000) -> None:
        stream = {"epoch": "e1", "seq": seq, "head": seq if head is None else head}
        await self.says("auth:success", timestamp=0, streams={BRANCH: stream}, heartbeatMs=heartbeat_ms)

    async def says_event(self, event: Json) -> None:
        await self._socket.send(json.dumps(event))

    async def closes(self, code: int) -> None:
        await self._socket.close(code)

    def cuts(self) -> None:
        self._socket.transport.abort()


class ScriptedServer:
    """`async with ScriptedServer() as server`; `snapshots` are answered in order, the last one for ever."""

    def __init__(self, *snapshots: Json | int) -> None:
        self.snapshots = list(snapshots)
        self.account: Json | int = {"branches": [{"id": BRANCH, "name": "Miraflores"}]}
        self.asked: list[tuple[str, str]] = []  # path and token of each snapshot read
        self.conversations: asyncio.Queue[Conversation] = asyncio.Queue()
        self._server: Server | None = None

    async def __aenter__(self) -> ScriptedServer:
        self._server = await serve(self._converse, "127.0.0.1", 0, process_request=self._answer)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def meets(self) -> Conversation:
        """The next client that connects."""
        return await asyncio.wait_for(self.conversations.get(), PATIENCE)

    @property
    def nobody_came(self) -> bool:
        return self.conversations.empty()

    async def _converse(self, socket: ServerConnection) -> None:
        self.conversations.put_nowait(Conversation(socket))
        await socket.wait_closed()

    def _answer(self, socket: ServerConnection, request: Request) -> Response | None:
        if request.path == "/ws":
            return None
        if request.path == "/api/auth/me":
            return _response(socket, self.account)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.asked.append((request.path, token))
        return _response(socket, self.snapshots.pop(0) if len(self.snapshots) > 1 else self.snapshots[0])


def _response(socket: ServerConnection, answer: Json | int) -> Response:
    if isinstance(answer, int):
        return socket.respond(HTTPStatus(answer), "{}")
    return socket.respond(HTTPStatus.OK, json.dumps(answer))
