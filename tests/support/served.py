"""Real servers, each a process of its own on one PostgreSQL, and an evening as it is found at two of them."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg

from restai.auth.tokens import Tokens
from restai.clock import SystemClock
from restai.db.engine import Database
from restai.http.deps import Context
from tests.support.evening import Evening
from tests.support.house import SECRET, House
from tests.support.live import Screens

PATIENCE = 60  # seconds for a process to begin
IDLE = 2.0  # seconds that a client keeps a connection which nothing uses: the server closes it after 5


class Served:
    """A process that serves a database. It has only been begun: its `address` waits until it is there."""

    def __init__(self, url: str, redis: str, folder: Path) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("RESTAI_")}
        environment |= {"RESTAI_DATABASE_URL": url, "RESTAI_REDIS_URL": redis, "RESTAI_SECRET": SECRET}
        command = [sys.executable, "-m", "restai", "serve", "--port", "0", "--data", str(folder)]
        folder.mkdir(exist_ok=True)
        self._printed = folder / "printed"
        with self._printed.open("w") as out:
            self.process = subprocess.Popen(command, stderr=out, env=environment, cwd=folder, text=True)

    def address(self) -> str:
        """Where it is reached, as host:port."""
        deadline = time.monotonic() + PATIENCE
        while True:
            printed = self._printed.read_text()
            for line in printed.splitlines():
                if line.startswith("RestAI is at http://"):
                    address = line.removeprefix("RestAI is at http://")
                    httpx.get(f"http://{address}/health", trust_env=False).raise_for_status()
                    return address
            assert self.process.poll() is None and time.monotonic() < deadline, printed
            time.sleep(0.05)


@contextmanager
def served(url: str, redis: str, folder: Path) -> Iterator[Served]:
    server = Served(url, redis, folder)
    try:
        yield server
    finally:
        server.process.kill()  # one that is frozen, too
        server.process.wait()


def client_at(address: str, *, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    limits = httpx.Limits(keepalive_expiry=IDLE)
    return httpx.AsyncClient(
        base_url=f"http://{address}", trust_env=False, timeout=PATIENCE, limits=limits, transport=transport
    )


class InTurn(httpx.AsyncHTTPTransport):
    """Sends every call to the next of several servers."""

    def __init__(self, *addresses: str) -> None:
        super().__init__(limits=httpx.Limits(keepalive_expiry=IDLE))
        self._turns = itertools.cycle(addresses)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        host, _, port = next(self._turns).partition(":")
        request.url = request.url.copy_with(host=host, port=int(port))
        return await super().handle_async_request(request)


class HouseTime:
    """The time that a PostgreSQL database tells, which is the restaurant's: it goes on, and can be put
    forward. It is so for all connections that begin later."""

    def __init__(self, url: str) -> None:
        self._connection = psycopg.connect(url, autocommit=True)
        self._name = self._connection.info.dbname
        for statement in (
            "CREATE SCHEMA clock",
            "CREATE TABLE clock.ahead AS SELECT interval '0' AS by",
            "CREATE FUNCTION clock.clock_timestamp() RETURNS timestamptz LANGUAGE sql"
            " RETURN pg_catalog.clock_timestamp() + (SELECT by FROM clock.ahead)",
            f"ALTER DATABASE {self._name} SET search_path = public, clock, pg_catalog",
        ):
            self._connection.execute(statement)

    def now(self) -> int:
        """In ms."""
        found = self._connection.execute("SELECT extract(epoch FROM clock.clock_timestamp()) * 1000")
        return int(found.fetchone()[0])  # type: ignore[index]

    def advance(self, milliseconds: int) -> None:
        self._connection.execute(
            "UPDATE clock.ahead SET by = by + %s * interval '1 millisecond'", [milliseconds]
        )

    def close(self) -> None:
        """All is as it was."""
        self._connection.execute(f"ALTER DATABASE {self._name} RESET search_path")
        self._connection.execute("DROP SCHEMA clock CASCADE")
        self._connection.close()


@dataclass(frozen=True)
class Pair:
    """Two processes that serve one database, and its time."""

    url: str
    addresses: tuple[str, str]
    time: HouseTime

    @asynccontextmanager
    async def context(self) -> AsyncIterator[Context]:
        """A way past them, to found houses."""
        database = Database(self.url)
        yield Context(database, Tokens((SECRET,)), SystemClock())
        await database.close()


@contextmanager
def pair(url: str, redis: str, folder: Path) -> Iterator[Pair]:
    with ExitStack() as stack:
        time = HouseTime(url)
        stack.callback(time.close)
        one, other = (stack.enter_context(served(url, redis, folder / name)) for name in ("one", "other"))
        yield Pair(url, (one.address(), other.address()), time)


@dataclass(frozen=True)
class Evenings:
    """One evening, as it is found at each of two servers, and its time."""

    here: Evening
    there: Evening
    screens_here: Screens
    screens_there: Screens
    time: HouseTime


@asynccontextmanager
async def evening_at(pair: Pair) -> AsyncIterator[Evenings]:
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(client_at(address)) for address in pair.addresses]
        screens = [Screens(address) for address in pair.addresses]
        for each in screens:
            stack.push_async_callback(each.close)
        context = await stack.enter_async_context(pair.context())
        here = await Evening.begin(await House.open(context, clients[0]))
        yield Evenings(here, here.at(clients[1]), *screens, pair.time)
