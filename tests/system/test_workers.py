"""Several processes on one port, as whoever runs them and whoever is connected to them sees it."""

from __future__ import annotations

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from restai_sdk import Client, Listener, login
from tests.browser.server import Server
from tests.support.live import Screens

Json = dict[str, Any]
OPENED = "opened"
PATIENCE = 60.0  # seconds: whole processes begin and end here, on a busy machine


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """Two workers on one SQLite file, and nothing else."""
    server = Server(tmp_path / "data", environment={"RESTAI_WORKERS": "2"}, log=tmp_path / "log")
    await server.start()
    yield server
    await server.close()


class Seen(Listener):
    """A screen's listener that keeps the numbers of the events it applied."""

    def __init__(self) -> None:
        self.seqs: list[int] = []

    def applied(self, branch: str, event: Json, replay: bool) -> None:
        self.seqs.append(event["seq"])


@asynccontextmanager
async def watching(server: Server, screens: int) -> AsyncIterator[list[tuple[Client, Seen]]]:
    """The kitchen's screens, which come back by themselves."""
    cook = server.person("kitchen")
    async with AsyncExitStack() as stack:
        token = await login(server.url, cook["email"], cook["password"])
        stack.push_async_callback(token.aclose)
        watched = []
        for _ in range(screens):
            seen = Seen()
            client = Client(server.url, token, [server.house["branchId"]], listener=seen)
            watched.append((await stack.enter_async_context(client), seen))
        branch = server.house["branchId"]
        await until(lambda: all(branch in client.snapshots for client, _ in watched))
        yield watched


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 - other processes are waited for
            await asyncio.sleep(0.05)


@pytest.mark.timeout(300)  # whole processes begin and end again and again: slow on a busy machine
async def test_workers_are_killed_frozen_and_replaced_and_no_screen_misses_anything(server: Server) -> None:
    await both_of_them_serve(server)
    async with watching(server, 6) as screens, guests_arriving(server) as knocks:
        began = (await snapshot(server))["stream"]["seq"]
        orders = [await order(server) for _ in range(4)]
        killed, frozen = sorted(server.workers)

        os.kill(killed, signal.SIGKILL)
        orders += [await order(server) for _ in range(4)]
        await until(lambda: len(server.workers - {killed}) == 2)

        os.kill(frozen, signal.SIGSTOP)
        await until(lambda: len(server.workers - {killed, frozen}) == 2)
        orders += [await order(server) for _ in range(4)]

        await until(lambda: frozen not in server.workers)
        for _ in range(2):  # whoever those two were just serving was not answered
            knocks.clear()
            await until(lambda: knocks)
        before = server.workers
        server.tell(signal.SIGHUP)
        while server.workers & before or len(server.workers) > 2:
            orders.append(await order(server))
            await asyncio.sleep(0.1)
        assert set(knocks) == {OPENED}, "the port is open all the time"
        orders += [await order(server) for _ in range(4)]

        last = (await snapshot(server))["stream"]["seq"]
        await until(lambda: all(seen.seqs and seen.seqs[-1] >= last for _, seen in screens))
        for client, seen in screens:
            assert seen.seqs == list(range(began + 1, seen.seqs[-1] + 1))
            held = client.snapshots[server.house["branchId"]]["orders"]
            assert {each["id"] for each in orders} <= {each["id"] for each in held}

    processes = [psutil.Process(pid) for pid in server.workers]
    await server.kill()
    try:
        await until(lambda: not [process for process in processes if process.is_running()])
    finally:
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()


# ---- what is done there


async def both_of_them_serve(server: Server) -> None:
    """Sockets are with both, and a scrape tells of each."""
    screens = Screens(server.url.removeprefix("http://"))
    for _ in range(40):
        await screens.open()
    async with httpx.AsyncClient(trust_env=False) as http:

        async def clients() -> dict[int, float]:
            told = (await http.get(f"{server.url}/metrics")).text
            found = re.findall(r'^restai_clients\{pid="(\d+)"\} (\S+)$', told, re.MULTILINE)
            return {int(pid): float(count) for pid, count in found}

        async with asyncio.timeout(PATIENCE):
            while sum((counts := await clients()).values()) != 40:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
    await screens.close()
    assert counts.keys() == server.workers
    assert min(counts.values()) > 0, counts


async def order(server: Server) -> Json:
    """An order, whoever has to be asked again because a process died under the first question."""
    key = os.urandom(8).hex()
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                draft = await server.draft("Lomo saltado")
                return await server.does("waiter", "POST", "/orders", key=key, **draft)
            except httpx.TransportError:
                await asyncio.sleep(0.1)


async def snapshot(server: Server) -> Json:
    return await server.does("kitchen", "GET", f"/branches/{server.house['branchId']}/snapshot")


@asynccontextmanager
async def guests_arriving(server: Server) -> AsyncIterator[list[str]]:
    """Somebody knocks again and again, each time anew; that it was opened, or why not."""
    knocks: list[str] = []

    async def knock() -> None:
        while True:
            try:
                async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as http:
                    (await http.get(f"{server.url}/health")).raise_for_status()
                knocks.append(OPENED)
            except httpx.HTTPError as error:
                knocks.append(repr(error))
            await asyncio.sleep(0.02)

    knocking = asyncio.create_task(knock())
    try:
        yield knocks
    finally:
        knocking.cancel()
