"""The kitchen's printer of the examples, at a real server: it loses no ticket and prints none twice."""

from __future__ import annotations

import asyncio
import os
import runpy
import sqlite3
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from escpos.printer import Dummy

from restai_sdk import fixed
from tests.realtime.support import eventually
from tests.support.databases import SqliteFarm
from tests.support.house import PASSWORD
from tests.support.restaurant import Restaurant

PRINTER = Path(__file__).parents[2] / "examples" / "printer.py"
CODEPAGE, FEED, CUT = b"\x1bt\x00", b"\x1bd\x06", b"\x1dV\x00"
PATIENCE = 30.0  # seconds for a whole Python process to begin on a busy machine


@pytest.fixture
def database_url(sqlite_farm: SqliteFarm) -> Iterator[str]:
    """To a client all databases are the same."""
    with sqlite_farm.database() as url:
        yield url


@pytest.fixture
def url(restaurant: Restaurant) -> str:
    return restaurant.screens.url.replace("ws", "http", 1).removesuffix("/ws")


class Jammed(Dummy):
    """Prints all of a ticket but its end."""

    def cut(self, *_: Any, **__: Any) -> None:
        raise OSError("paper jam")


class Paper:
    """A printer on the network, as far as a socket can be one. `process` is the program that prints on it."""

    def __init__(self, journal: Path) -> None:
        self.printed = b""
        self._journal = journal

    @asynccontextmanager
    async def program(self, restaurant: Restaurant, url: str) -> AsyncIterator[asyncio.subprocess.Process]:
        """The example, run as its first line says; killed at the end if it was not before."""
        kitchen = restaurant.house.kitchen
        who = {"RESTAI_EMAIL": restaurant.house.emails[kitchen.user_id], "RESTAI_PASSWORD": PASSWORD}
        async with await asyncio.start_server(self._print, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, str(PRINTER), "127.0.0.1", "--port", str(port)),
                *("--url", url, "--journal", str(self._journal)),
                env=os.environ | who,
            )
            try:
                yield process
            finally:
                process.kill()
                await process.wait()

    async def _print(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.printed += await reader.read(-1)
        writer.close()

    async def shows(self, *wanted: str) -> None:
        """These tickets and no others, in this order; and the program has noted that it printed them."""
        await eventually(lambda: len(tickets(self.printed)) >= len(wanted), PATIENCE)
        assert tickets(self.printed) == list(wanted)
        await eventually(lambda: self._begun() == 0, PATIENCE)

    def _begun(self) -> int:
        """Lines of which the program does not know yet that they are printed."""
        with closing(sqlite3.connect(self._journal)) as journal:
            count: int = journal.execute("SELECT count(*) FROM printed WHERE state = 'begun'").fetchone()[0]
        return count


def tickets(printed: bytes) -> list[str]:
    """What stands on each, without the printer's own commands."""
    return [part.replace(CODEPAGE, b"").replace(FEED, b"").decode() for part in printed.split(CUT)[:-1]]


async def test_killed_and_started_again_it_goes_on_where_it_was(
    restaurant: Restaurant, url: str, tmp_path: Path
) -> None:
    house, paper = restaurant.house, Paper(tmp_path / "printer.db")
    phone = await restaurant.seats("Ana", table=1)
    first = await restaurant.orders(items=restaurant.items(restaurant.dish, restaurant.drink))
    async with paper.program(restaurant, url):
        await paper.shows("#1  table 1\n1 x Ceviche\n")
        await restaurant.does(phone, "POST", "/guest/orders", items=restaurant.items(restaurant.dish))
        notes = {"menuItemId": restaurant.dish["id"], "quantity": 2, "notes": "no onion"}
        await restaurant.does(house.waiter, "POST", f"/orders/{first['id']}/items", items=[notes])
        await paper.shows("#1  table 1\n1 x Ceviche\n", "#1  table 1\n2 x Ceviche, no onion\n")
    missed = await restaurant.orders(type="takeout", tableId=None)
    await restaurant.does(house.kitchen, "PATCH", f"/orders/{first['id']}/status", status="ready")
    async with paper.program(restaurant, url):
        await restaurant.orders(tableId=restaurant.tables[2]["id"])
        await paper.shows(
            "#1  table 1\n1 x Ceviche\n",
            "#1  table 1\n2 x Ceviche, no onion\n",
            f"#{missed['orderNumber']}  table -\n1 x Ceviche\n",
            "#4  table 3\n1 x Ceviche\n",
        )


async def test_a_ticket_in_the_middle_of_which_it_crashed_comes_once_more_and_says_so(
    restaurant: Restaurant, url: str, tmp_path: Path
) -> None:
    example = runpy.run_path(str(PRINTER))
    token = fixed(restaurant.token(restaurant.house.kitchen))

    async def prints(paper: Dummy, *wanted: str) -> None:
        printer = example["Printer"](paper, tmp_path / "printer.db")
        async with asyncio.TaskGroup() as group:
            running = group.create_task(example["run"](url, token, printer))
            await eventually(lambda: len(tickets(paper.output)) >= len(wanted))
            running.cancel()
        assert tickets(paper.output) == list(wanted)

    await restaurant.orders()
    jammed = Jammed()
    with pytest.raises(ExceptionGroup) as crash:
        await example["run"](url, token, example["Printer"](jammed, tmp_path / "printer.db"))
    assert crash.group_contains(OSError, match="paper jam")
    assert b"#1  table 1\n1 x Ceviche" in jammed.output
    await prints(Dummy(), "#1  table 1  PRINTED BEFORE?\n1 x Ceviche\n")
    await restaurant.orders(tableId=restaurant.tables[1]["id"])
    await prints(Dummy(), "#2  table 2\n1 x Ceviche\n")
