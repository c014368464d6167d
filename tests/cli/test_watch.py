"""`restai watch` as one uses it: with and without a terminal, and when something is in the way."""

from __future__ import annotations

import asyncio
import io
import os
import pty
import signal
import sys
from collections.abc import Callable
from typing import Any

import pytest
from rich.console import Console
from websockets.asyncio.server import serve

from restai.cli.watch import Unwatchable, given, show, signing_in
from tests.sdk.screen import BRANCH, order, order_event, snapshot
from tests.sdk.scripted import PATIENCE, ScriptedServer

Json = dict[str, Any]
SLOW = 90.0  # seconds for a whole Python process to begin on a busy machine


def full_order(number: int, status: str, rev: int = 1) -> Json:
    more = {"type": "dine_in", "tableNumber": "3", "priority": False, "items": []}
    return order(number, status, rev=rev) | more | {"createdAt": 0, "statusChangedAt": 0}


class Paper(io.StringIO):
    """What is printed; waits for words."""

    async def says(self, words: str) -> None:
        async with asyncio.timeout(PATIENCE):
            while words not in self.getvalue():  # noqa: ASYNC110 - it is written to from the outside
                await asyncio.sleep(0.01)


@pytest.fixture
def paper() -> Paper:
    return Paper()


def printer(paper: Paper) -> Console:
    return Console(file=paper, width=100, highlight=False)


async def test_without_a_terminal_it_prints_a_line_an_event(paper: Paper) -> None:
    async with ScriptedServer(snapshot(10)) as server:
        watching = asyncio.create_task(show(server.url, given("abc"), None, printer(paper)))
        socket = await server.meets()
        assert await socket.hears() == {"type": "auth", "token": "abc", "branches": [BRANCH]}
        await socket.admits(10)
        await socket.says("heartbeat", timestamp=0, confirmedAt=0, streams={})
        await paper.says("● Live")
        await socket.says_event(order_event(11, full_order(1, "confirmed"), type_="order:created"))
        ready = order_event(12, full_order(1, "ready", 2)) | {"change": "status"}
        await socket.says_event(ready)
        await paper.says("Order 1 for Table 3 is ready")
        socket.cuts()
        await paper.says("○ Reconnecting")
        await (await server.meets()).closes(4503)
        with pytest.raises(Unwatchable, match="signed out, or the visit is over"):
            await watching
    lines = [text.split("  ", 1)[1] for text in paper.getvalue().splitlines()]
    assert lines.index("● Live") < lines.index("New order 1 for Table 3") < lines.index("○ Reconnecting")
    assert len(lines) == len(set(lines)), "nothing is said twice"


@pytest.mark.parametrize(
    ("account", "wanted", "why"),
    [
        (
            {"branches": [{"id": "b1", "name": "Miraflores"}, {"id": "b2", "name": "Barranco"}]},
            None,
            "choose",
        ),
        ({"branches": [{"id": "b1", "name": "Miraflores"}]}, "Cusco", "you have no branch Cusco.*Miraflores"),
        (401, None, "the token is not valid"),
        (500, None, "answered 500"),
    ],
)
async def test_it_says_why_it_cannot_begin(
    account: Json | int, wanted: str | None, why: str, paper: Paper
) -> None:
    async with ScriptedServer(503) as server:
        server.account = account
        with pytest.raises(Unwatchable, match=why):
            await show(server.url, given("abc"), wanted, printer(paper))
        assert server.nobody_came


@pytest.mark.parametrize("wanted", ["b2", "barranco"])
async def test_a_branch_goes_by_its_id_or_name(wanted: str, paper: Paper) -> None:
    async with ScriptedServer(503) as server:
        server.account = {"branches": [{"id": "b1", "name": "Miraflores"}, {"id": "b2", "name": "Barranco"}]}
        watching = asyncio.create_task(show(server.url, given("abc"), wanted, printer(paper)))
        assert (await (await server.meets()).hears())["branches"] == ["b2"]
        watching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await watching


async def test_nobody_there(paper: Paper) -> None:
    async with serve(lambda socket: socket.wait_closed(), "127.0.0.1", 0) as gone:
        url = f"http://127.0.0.1:{gone.sockets[0].getsockname()[1]}"
    with pytest.raises(Unwatchable, match=f"cannot reach {url}"):
        await show(url, signing_in(url, "rosa@example.com", "secret"), None, printer(paper))


class Terminal:
    """`restai watch` in a terminal of its own."""

    def __init__(self, *arguments: str) -> None:
        self.output = b""
        self._arguments = arguments
        self._master, self._slave = pty.openpty()

    async def __aenter__(self) -> Terminal:
        asyncio.get_running_loop().add_reader(self._master, self._read)
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "restai", "watch"),
            *self._arguments,
            **dict.fromkeys(("stdin", "stdout", "stderr"), self._slave),
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # shells take it from jobs
            env=os.environ | {"COLUMNS": "100", "LINES": "30", "TERM": "xterm-256color"},
        )
        os.close(self._slave)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()
        asyncio.get_running_loop().remove_reader(self._master)
        os.close(self._master)

    def _read(self) -> None:
        try:
            self.output += os.read(self._master, 65536)
        except OSError:  # the other end is gone
            asyncio.get_running_loop().remove_reader(self._master)

    async def shows(self, so: Callable[[str], bool]) -> None:
        async with asyncio.timeout(SLOW):
            while not so(self.output.decode(errors="replace")):  # noqa: ASYNC110 - another process writes
                await asyncio.sleep(0.02)


async def test_a_board_in_a_terminal_that_ctrl_c_leaves_cleanly() -> None:
    async with (
        ScriptedServer(snapshot(10, full_order(38, "confirmed"))) as server,
        Terminal("--url", server.url, "--token", "abc") as terminal,
    ):
        socket = await asyncio.wait_for(server.conversations.get(), SLOW)
        await socket.admits(10)
        await terminal.shows(lambda text: "Miraflores" in text and "Table 3" in text)
        await socket.says_event(order_event(11, full_order(39, "ready"), type_="order:created"))
        await terminal.shows(lambda text: "New order 39 for Table 3" in text)
        terminal.process.send_signal(signal.SIGINT)
        assert await socket.hears_no_more() == 1000
        assert await asyncio.wait_for(terminal.process.wait(), SLOW) == 0
        await terminal.shows(lambda text: text.rstrip().endswith(("\x1b[?25h", "\x1b[?1049l")))
        text = terminal.output.decode()
        assert text.count("\x1b[?1049h") == text.count("\x1b[?1049l") == 1, "the screen is given back"
        assert text.count("\x1b[?25l") == text.count("\x1b[?25h") == 1, "and the cursor"
        assert "Traceback" not in text
