"""`python -m tests.system.chaos.storm`: one of two processes is killed with thousands of sockets on it, and
everybody comes back to the other one. It exits with 1 if anybody missed anything."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Annotated, Any

import httpx
import msgspec
import psycopg
import typer
from prometheus_client.parser import text_string_to_metric_families
from rich.console import Console

from restai_sdk import Login, login
from tests.support.databases import PostgresFarm
from tests.system.chaos.judging import Began, Note, Told, Viewer, judge, permitted
from tests.system.chaos.stage import Stage, stage

Json = dict[str, Any]

BACKOFF = 0.5  # seconds at most before the first attempt, and twice as much after each that fails
LONGEST_BACKOFF = 20.0
WAVE = 100  # sockets opened at once before the storm
ORDER_EVERY = 0.5  # seconds
PATIENCE = 120.0  # seconds for all to be there, or back
CALM = 10.0  # seconds before the storm, in which is counted what is usual
AFTERWARDS = 3.0  # seconds for everybody to be told the rest
ROOM = 500  # files that a process needs beside its sockets

_UPGRADE = (
    b"GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
_HEAD_END = b"\r\n\r\n"
_EVENT = b'{"v":1,'


class Screen:
    """A screen of the kitchen that goes on from where it was, and costs next to nothing."""

    def __init__(self, port: int, branch: str, token: str, chance: Random) -> None:
        self.notes: list[Note] = []
        self.is_live = False
        self.times_back: list[float] = []  # seconds from the first attempt to the last event that was missed
        self.position = -1
        self.epoch = ""
        self._port = port
        self._branch = branch
        self._token = token
        self._chance = chance

    async def stay(self) -> None:
        """Be connected until cancelled."""
        loop, failures, began = asyncio.get_running_loop(), 0, time.monotonic()
        while True:
            ended = loop.create_future()
            try:
                await loop.create_connection(lambda e=ended: _Wire(self, e), "127.0.0.1", self._port)  # type: ignore[misc]
                self._began = began
                await ended
            except OSError:
                pass
            failures = 1 if self.is_live else failures + 1
            was_live, self.is_live = self.is_live, False
            await asyncio.sleep(self._chance.random() * min(BACKOFF * 2 ** (failures - 1), LONGEST_BACKOFF))
            began = time.monotonic() if was_live else began

    def hello(self) -> bytes:
        hello: Json = {"type": "auth", "token": self._token, "branches": [self._branch]}
        if self.position >= 0:
            hello["resume"] = {self._branch: {"epoch": self.epoch, "seq": self.position}}
        return msgspec.json.encode(hello)

    def hear(self, payload: bytes) -> None:
        message = msgspec.json.decode(payload)
        match message:
            case {"v": _, "seq": seq}:
                self.notes.append(Told.of(message))
                self.position = seq
            case {"type": "auth:success", "streams": streams}:
                stream = streams[self._branch]
                self.head = stream["head"]
                if self.position < 0:
                    self._begin(stream["epoch"], stream["seq"])
            case {"type": "resync", "epoch": epoch, "seq": seq}:
                self._begin(epoch, seq)
            case _:
                return
        if not self.is_live and self.position >= self.head:
            self.is_live = True
            self.times_back.append(time.monotonic() - self._began)

    def _begin(self, epoch: str, seq: int) -> None:
        self.epoch, self.position = epoch, seq
        self.notes.append(Began(seq))


class _Wire(asyncio.Protocol):
    """One connection of a screen. The server's frames are whole, and short of 64 kB."""

    def __init__(self, screen: Screen, ended: asyncio.Future[None]) -> None:
        self._screen = screen
        self._ended = ended
        self._rest = b""
        self._is_open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(_UPGRADE)

    def connection_lost(self, _error: Exception | None) -> None:
        if not self._ended.done():
            self._ended.set_result(None)

    def data_received(self, data: bytes) -> None:
        data = self._rest + data
        if not self._is_open:
            _head, found, rest = data.partition(_HEAD_END)
            if not found:
                self._rest = data
                return
            self._is_open, data = True, rest
            self._send(0x81, self._screen.hello())
        self._rest = self._frames(data)

    def _frames(self, data: bytes) -> bytes:
        """Act on each whole frame; the rest."""
        while len(data) >= 2:
            size, begin = data[1], 2
            if size == 126:
                size, begin = int.from_bytes(data[2:4], "big"), 4
            if len(data) < begin + size or len(data) < begin:
                break
            opcode, payload, data = data[0] & 0x0F, data[begin : begin + size], data[begin + size :]
            if opcode == 0x9:
                self._send(0x8A, payload)
            elif opcode == 0x1:
                self._screen.hear(payload)
        return data

    def _send(self, first: int, payload: bytes) -> None:
        """A frame with a mask of zeros, which changes nothing."""
        size = len(payload)
        length = bytes((0x80 | size,)) if size < 126 else bytes((0xFE,)) + size.to_bytes(2, "big")
        self._transport.write(bytes((first,)) + length + bytes(4) + payload)


@dataclass
class Storm:
    """`back`: seconds beyond the backoff until nothing was missing any more; `reads` of the log that
    replays needed; `transactions` of the database of whatever kind, and as many as there `usually` are in
    so much time: heads polls, orders, leases."""

    sockets: int
    back: Sequence[float]
    reads: float
    transactions: int
    usually: float
    lasted: float
    wrong: int


def main(
    sockets: Annotated[int, typer.Option(min=2, max=20_000)] = 2_000,
    seed: Annotated[int, typer.Option()] = 1,
) -> None:
    """Kill one of two processes under its sockets."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, sockets + ROOM), most))
    storm = asyncio.run(_run(sockets, Random(seed)))
    out = Console(highlight=False, soft_wrap=True)
    back = sorted(storm.back)
    p50, p99 = (back[int(share * (len(back) - 1))] for share in (0.5, 0.99))
    out.print(f"{len(back)} of {storm.sockets} sockets lost their process, and {storm.wrong} missed anything")
    out.print(f"Back with nothing missing, beyond the backoff: p50 {p50:.2f} s, p99 {p99:.2f} s")
    out.print(f"Reads of the log for it: {storm.reads:.0f}, {storm.reads / max(1, len(back)):.4f} a client")
    more = storm.transactions - storm.usually
    out.print(
        f"Transactions of any kind in those {storm.lasted:.1f} s: {storm.transactions}, "
        f"usually {storm.usually:.0f}; {more / storm.sockets:.4f} more a client"
    )
    if storm.wrong or not back:
        raise typer.Exit(1)


async def _run(sockets: int, chance: Random) -> Storm:
    farm = PostgresFarm()
    try:
        with farm.database() as url, tempfile.TemporaryDirectory() as folder:
            async with stage(url, Path(folder) / "log") as house:
                return await _storm(house, sockets, chance)
    finally:
        farm.close()


async def _storm(house: Stage, sockets: int, chance: Random) -> Storm:
    cook, server = house.server.person("kitchen"), house.server
    token: Login = await login(server.url, cook["email"], cook["password"])
    bearer = await token(False)
    await token.aclose()
    screens = [Screen(server.port, house.branch, bearer, Random(chance.random())) for _ in range(sockets)]
    async with asyncio.TaskGroup() as group:
        tasks = []
        for first in range(0, sockets, WAVE):
            wave = screens[first : first + WAVE]
            tasks += [group.create_task(screen.stay()) for screen in wave]
            await _all_live(wave)
        tasks.append(group.create_task(_cook(house)))
        for screen in screens:
            screen.times_back.clear()
        storm = await _kill(house, screens, chance)
        await asyncio.sleep(AFTERWARDS)
        for task in tasks:
            task.cancel()
    log = await asyncio.to_thread(house.log)
    seen = permitted(log, Viewer("kitchen", house.branch))
    told = [screen.position for screen in screens]
    storm.wrong = sum(bool(judge(screen.notes, seen, max(told))) for screen in screens)
    return storm


async def _kill(house: Stage, screens: Sequence[Screen], chance: Random) -> Storm:
    usually = await _usually(house)
    reads, transactions, began = await _reads(house), _transactions(house), time.monotonic()
    victim = chance.choice(sorted(house.server.workers))
    os.kill(victim, signal.SIGKILL)
    await asyncio.sleep(BACKOFF / 2)
    await _all_live(screens)
    lasted = time.monotonic() - began
    return Storm(
        sockets=len(screens),
        back=[seconds for screen in screens for seconds in screen.times_back],
        reads=await _reads(house) - reads,
        transactions=_transactions(house) - transactions,
        usually=usually * lasted,
        lasted=lasted,
        wrong=0,
    )


async def _all_live(screens: Sequence[Screen]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not all(screen.is_live for screen in screens):  # noqa: ASYNC110 - a server is waited for
            await asyncio.sleep(0.05)


async def _cook(house: Stage) -> None:
    """Something to be told of, all the time."""
    while True:
        with suppress(httpx.TransportError):  # the process that was asked may be no more
            await house.server.order("Lomo saltado")
        await asyncio.sleep(ORDER_EVERY)


async def _reads(house: Stage) -> float:
    """Pages of the log that were read for replays, by any process that there is."""
    async with httpx.AsyncClient(trust_env=False, timeout=30) as http:
        told = (await http.get(f"{house.server.url}/metrics")).text
    families = text_string_to_metric_families(told)
    return sum(s.value for f in families if f.name == "restai_replay_reads" for s in f.samples)


async def _usually(house: Stage) -> float:
    """Transactions a second while nothing happens but orders."""
    before, began = _transactions(house), time.monotonic()
    await asyncio.sleep(CALM)
    return (_transactions(house) - before) / (time.monotonic() - began)


def _transactions(house: Stage) -> int:
    with psycopg.connect(house.database, autocommit=True) as connection:
        connection.execute("SELECT pg_stat_clear_snapshot()")
        (count,) = connection.execute(
            "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()"
        ).fetchone() or (0,)
    return int(count)


if __name__ == "__main__":
    cli = typer.Typer(pretty_exceptions_enable=False)
    cli.command()(main)
    cli()
