"""Screens that note all that they are told: by the SDK, and by the bare wire."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from restai_sdk import Client, Listener, Screen, TokenProvider
from tests.system.chaos.judging import Began, Note, Told, Viewer

Json = dict[str, Any]


class Witness(Listener):
    """Whoever uses the SDK. `notes` is what it applied, in order."""

    def __init__(
        self, url: str, token: TokenProvider, viewer: Viewer, *, screen: Screen | None = None
    ) -> None:
        """`screen`: by what name the others see it."""
        self.viewer = viewer
        self.notes: list[Note] = []
        self.is_sent_away = False
        guest = viewer.session is not None
        branches = None if guest else [viewer.branch]
        self.client = Client(url, token, branches, guest=guest, listener=self, screen=screen)
        self._is_applying = False
        self._token = token

    @property
    def snapshot(self) -> Json | None:
        return self.client.snapshots.get(self.viewer.branch)

    async def read_now(self, url: str) -> Json | None:
        """The snapshot as the server at `url` gives it now."""
        path = (
            "/api/guest/snapshot" if self.viewer.session else f"/api/branches/{self.viewer.branch}/snapshot"
        )
        headers = {"Authorization": f"Bearer {await self._token(False)}"}
        async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
            answer = await http.get(path, headers=headers)
        return answer.json() if answer.is_success else None

    def applied(self, branch: str, event: Json, replay: bool) -> None:
        self.notes.append(Told.of(event))
        self._is_applying = True

    def changed(self, branch: str, snapshot: Json | None) -> None:
        if snapshot is not None and not self._is_applying:
            self.notes.append(Began(snapshot["stream"]["seq"]))
        self._is_applying = False

    def stopped(self, stop: object) -> None:
        self.is_sent_away = True


class Wire:
    """Whoever reads the socket itself: the kitchen's, at the server's own address. It comes back at once
    and says where it was; what it is told then must be what it has not got, and nothing twice.

    `lags`: for each event that was new when it came, when that was (monotonic, seconds) and how long
    after its transaction had begun (ms).
    """

    def __init__(self, url: str, token: TokenProvider, viewer: Viewer) -> None:
        self.viewer = viewer
        self.notes: list[Note] = []
        self.lags: list[tuple[float, float]] = []
        self.connections = 0
        self.is_sent_away = False
        self._url = url.replace("http", "ws", 1) + "/ws"
        self._token = token
        self._epoch = ""
        self.position = -1

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                async with connect(self._url, ping_interval=None, proxy=None, close_timeout=1) as socket:
                    await socket.send(msgspec.json.encode(await self._hello()).decode())
                    head = -1
                    async for text in socket:
                        head = self._hear(msgspec.json.decode(text), head)
            except (OSError, ConnectionClosed, InvalidHandshake, InvalidMessage, httpx.HTTPError):
                pass
            await asyncio.sleep(0.1)

    async def _hello(self) -> Json:
        self.connections += 1
        branch = self.viewer.branch
        hello: Json = {"type": "auth", "token": await self._token(False), "branches": [branch]}
        if self.position >= 0:
            hello["resume"] = {branch: {"epoch": self._epoch, "seq": self.position}}
        return hello

    def _hear(self, message: Json, head: int) -> int:
        """`head`: up to there it is a replay."""
        match message:
            case {"v": _, "seq": seq}:
                self.notes.append(Told.of(message))
                self.position = seq
                if seq > head:
                    self.lags.append((time.monotonic(), time.time() * 1000 - message["timestamp"]))
            case {"type": "auth:success", "streams": streams}:
                stream = streams[self.viewer.branch]
                if self.position < 0:
                    self._begin(stream["epoch"], stream["seq"])
                return int(stream["head"])
            case {"type": "resync", "epoch": epoch, "seq": seq}:
                self._begin(epoch, seq)
        return head

    def _begin(self, epoch: str, seq: int) -> None:
        self._epoch, self.position = epoch, seq
        self.notes.append(Began(seq))
