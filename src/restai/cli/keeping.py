"""`restai backup` and `restai restore`: a database put by, and brought back so that every screen notices."""

from __future__ import annotations

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.engine import make_url

from restai.db import epochs
from restai.db.backup import copy, seal
from restai.db.engine import Database
from restai.errors import Misconfigured, NoBackup
from restai.migrations.runner import upgrade

_NOT_OURS = (
    "PostgreSQL is backed up with its own tools, such as pg_dump. After a restore with pg_restore, or of a"
    " disk's snapshot, run `restai restore --new-epochs`: then every screen reads everything again."
)


def back_up(url: str, file: Path) -> None:
    """Copy the SQLite database at `url`, which may be in use, into a new file. Raises NoBackup."""
    if file.exists():
        raise NoBackup(file, "it is there already")
    with TemporaryDirectory(dir=file.absolute().parent) as folder:
        draft = Path(folder) / "backup.db"
        copy(_file(url), draft)
        seal(draft)
        draft.replace(file)


def restore(url: str, file: Path) -> None:
    """Make the SQLite database at `url`, which may be in use, what `file` holds: brought to this
    version's schema, and with new epochs. Raises NoBackup, SchemaTooNew."""
    target = _file(url)
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=target.parent) as folder:
        draft = Path(folder) / "restored.db"
        copy(file, draft)
        upgrade(f"sqlite:///{draft}")
        give_new_epochs(f"sqlite:///{draft}", because="a backup was restored")
        copy(draft, target)


def give_new_epochs(url: str, *, because: str) -> None:
    """Have every screen read everything again: the database at `url` was restored by other means."""

    async def give() -> None:
        database = Database(url)
        try:
            async with database.transaction() as tx:
                await epochs.renew(tx, because=because)
        finally:
            await database.close()

    asyncio.run(give())


def _file(url: str) -> Path:
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or parsed.database is None:
        raise Misconfigured([_NOT_OURS])
    return Path(parsed.database)
