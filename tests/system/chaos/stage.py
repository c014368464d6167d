"""The house in which it all happens, and every way in it that can be cut."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from tests.browser.server import Server
from tests.support.proxy import Proxy
from tests.support.standby import way_to
from tests.support.valkey import Valkey
from tests.system.chaos.judging import Entry

FREE = "1000000"  # sockets and calls of one address: all that come through the proxy have the same


@dataclass
class Trouble:
    """A fault, while it lasted, on the monotonic clock."""

    name: str
    began: float
    ended: float = float("inf")


@dataclass
class Stage:
    """`server` is reached directly at its own URL, and badly at `url`."""

    server: Server
    valkey: Valkey
    to_database: Proxy
    to_redis: Proxy
    to_server: Proxy
    database: str
    workers: int
    troubles: list[Trouble] = field(default_factory=list)

    @property
    def url(self) -> str:
        return "http://{}:{}".format(*self.to_server.address)  # type: ignore[misc]

    @property
    def branch(self) -> str:
        return str(self.server.house["branchId"])

    def began(self, name: str) -> Trouble:
        trouble = Trouble(name, time.monotonic())
        self.troubles.append(trouble)
        return trouble

    def log(self) -> list[Entry]:
        """The branch's log, read past everything that may be broken."""
        columns = "seq, rooms, session_id::text, staff, guest"
        with psycopg.connect(self.database) as connection:
            rows = connection.execute(
                f"SELECT {columns} FROM events WHERE stream_id = %s ORDER BY seq", [self.branch]
            ).fetchall()
        return [
            Entry(seq, frozenset(rooms.split()), session, staff.encode(), guest and guest.encode())
            for seq, rooms, session, staff, guest in rows
        ]


@asynccontextmanager
async def stage(database: str, log: Path, *, workers: int = 2) -> AsyncIterator[Stage]:
    """A demo house on an empty PostgreSQL database (its URL), served by several processes."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="restai-chaos-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        way = folder / "way"
        way.mkdir()
        valkey = Valkey().start()
        stack.callback(valkey.close)
        to_database, url = stack.enter_context(way_to(database, way))
        to_redis = stack.enter_context(Proxy(("127.0.0.1", valkey.port)))
        to_server = stack.enter_context(Proxy(("127.0.0.1", 1)))
        environment = {
            "RESTAI_WORKERS": str(workers),
            "RESTAI_DATABASE_URL": url,
            "RESTAI_REDIS_URL": "redis://{}:{}".format(*to_redis.address),  # type: ignore[misc]
            "RESTAI_CONNECTIONS_PER_ADDRESS": FREE,
        }
        server = Server(folder / "data", environment=environment, log=log)
        try:
            await server.start()
            to_server.upstream = ("127.0.0.1", server.port)
            yield Stage(server, valkey, to_database, to_redis, to_server, database, workers)
            assert await server.stop() == 0, "told to end, it ends well"
        finally:
            await server.close()
