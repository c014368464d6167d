"""A server is told to end in the middle of service: everybody is sent on, and what was begun is finished."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from restai_sdk import login
from tests.browser.server import Server
from tests.support.live import Screens

SOCKETS = 500


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    server = Server(tmp_path, log=tmp_path / "log")
    await server.start()
    yield server
    await server.close()


async def test_five_hundred_are_sent_on_and_a_request_is_finished(server: Server, tmp_path: Path) -> None:
    waiter = server.person("waiter")
    token = await (await login(server.url, waiter["email"], waiter["password"]))(False)
    screens = Screens(server.url.removeprefix("http://"))
    told = [await screens.of(token) for _ in range(SOCKETS)]
    draft = await server.draft("Lomo saltado")
    with sqlite3.connect(tmp_path / "restai.db", isolation_level=None) as kept_busy:
        kept_busy.execute("BEGIN IMMEDIATE")
        ordering = asyncio.create_task(server.does("waiter", "POST", "/orders", **draft))
        await asyncio.sleep(0.3)  # it is with the server, and waits
        ending = asyncio.create_task(server.stop())
        await told[0].closed()
        kept_busy.execute("ROLLBACK")
    assert (await ordering)["status"] == "confirmed"
    codes = {await each.closed() for each in told}
    assert codes == {4003}, "nobody sees the connection break"
    delays = [each.told[-1]["retryAfterMs"] for each in told if each.told[-1]["type"] == "goodbye"]
    assert len(delays) == SOCKETS
    fifths = [sum(fifth * 1_000 <= delay < (fifth + 1) * 1_000 for delay in delays) for fifth in range(5)]
    assert min(fifths) >= SOCKETS / 5 / 2, f"they would come back together: {fifths}"
    async with asyncio.timeout(25):
        assert await ending == -signal.SIGTERM
    assert "Traceback" not in (tmp_path / "log").read_text()
