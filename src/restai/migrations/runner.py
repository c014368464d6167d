"""Bringing a database to this program's schema, whoever else is just starting."""

from __future__ import annotations

from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text

from restai.db.faults import translated
from restai.errors import DatabaseAway, SchemaTooNew

PATIENCE = 60  # seconds that a process waits for another one's migration
_CONNECT_TIMEOUT = 5  # seconds
# While a table's change waits for its lock, everybody who wants the table waits behind it.
_TABLE_LOCK_TIMEOUT = "5s"
_ONE_AT_A_TIME = 0x52657374  # PostgreSQL's advisory lock for this: "Rest"

_log = structlog.get_logger(__name__)


def upgrade(url: str) -> None:
    """Bring the database at `url` to the newest schema, all of it or nothing; it may be there already.

    Blocks: from a coroutine, call it in a thread. Raises SchemaTooNew for a database of a later
    version, Busy when another process takes longer than `PATIENCE`, DatabaseAway, DiskFull.
    """
    config = configuration()
    engine = _engine(make_url(url))
    try:
        with translated(), engine.begin() as connection:
            _wait_for_others(connection)
            before = _known_revision(connection, config)
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            after = _revision(connection)
    except DatabaseAway as error:
        _log.error("the database cannot be reached", because=str(error.__cause__))
        raise
    finally:
        engine.dispose()
    if after != before:
        _log.info("database migrated", before=before, after=after)


def configuration() -> Config:
    """Alembic's configuration for this chain."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config


def _engine(url: URL) -> Engine:
    if url.get_backend_name() == "sqlite":
        return _sqlite_engine(url)
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        connect_args={"connect_timeout": _CONNECT_TIMEOUT},
        hide_parameters=True,
    )


def _sqlite_engine(url: URL) -> Engine:
    Path(url.database or "").parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    engine = create_engine(
        url.set(drivername="sqlite"),
        connect_args={"timeout": PATIENCE, "isolation_level": None},
        hide_parameters=True,
    )

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _wait_for_others(connection: Connection) -> None:
    """On SQLite the transaction itself keeps others out, from its first statement."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE}s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
        connection.execute(text(f"SET LOCAL lock_timeout = '{_TABLE_LOCK_TIMEOUT}'"))


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _known_revision(connection: Connection, config: Config) -> str | None:
    revision = _revision(connection)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if revision is not None and revision not in known:
        raise SchemaTooNew(revision)
    return revision
