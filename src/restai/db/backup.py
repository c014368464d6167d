"""Copies of a SQLite database: one that is being used can be copied from, and copied over."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from restai.errors import NoBackup

PATIENCE = 60.0  # seconds for writers to let us in


def copy(source: Path, target: Path) -> None:
    """Make `target` what `source` is at one moment, all of it or nothing. Either may be in use; whoever
    uses `target` sees the change as one commit. A new `target` is its owner's alone from the beginning.
    Raises NoBackup if `source` is no database of RestAI."""
    with _opened(source, mode="ro") as origin:
        _check(source, origin)
        target.touch(mode=0o600)
        with _opened(target, mode="rw") as copied:
            origin.backup(copied)


def seal(file: Path) -> None:
    """Make a copied database one file that needs no other beside it."""
    with _opened(file, mode="rw") as copied:
        copied.execute("PRAGMA journal_mode = DELETE")


@contextmanager
def _opened(file: Path, *, mode: str) -> Iterator[sqlite3.Connection]:
    uri = f"{file.absolute().as_uri()}?mode={mode}"
    try:
        with closing(sqlite3.connect(uri, PATIENCE, uri=True)) as connection:
            yield connection
    except sqlite3.Error as error:
        raise NoBackup(file, str(error)) from error


def _check(file: Path, origin: sqlite3.Connection) -> None:
    known = origin.execute("SELECT count(*) FROM sqlite_master WHERE name IN ('installation', 'streams')")
    if known.fetchone() != (2,):
        raise NoBackup(file, "it is no database of RestAI")
    [verdict] = origin.execute("PRAGMA quick_check(1)").fetchone()
    if verdict != "ok":
        raise NoBackup(file, verdict)
