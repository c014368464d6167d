"""The chain of migrations makes exactly the schema that the models describe, on both databases."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, inspect, text

from restai.db.engine import Database
from restai.db.installation import identify
from restai.db.types import Base
from restai.errors import DatabaseAway, SchemaTooNew
from restai.features.tables.rules import read_code
from restai.ids import new_id
from restai.migrations.models import metadata
from restai.migrations.runner import configuration, upgrade
from tests.support.databases import PostgresFarm

FEATURES = Path(sys.modules[Base.__module__].__file__ or "").parents[1]


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database in which nothing is."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/not-yet-there/restai.db"
    else:
        farm: PostgresFarm = request.getfixturevalue("postgres_farm")
        with farm.bare_database() as url:
            yield url


def connected(url: str) -> Engine:
    return create_engine(url.replace("postgresql://", "postgresql+psycopg://"))


def schema(connection: Connection) -> dict[str, Any]:
    """Everything about the tables, as the database itself tells it."""
    look = inspect(connection)
    return {
        table: {
            "columns": {
                c["name"]: (str(c["type"]), c["nullable"], c["default"]) for c in look.get_columns(table)
            },
            "primary": look.get_pk_constraint(table),
            "foreign": sorted(look.get_foreign_keys(table), key=str),
            "unique": sorted(look.get_unique_constraints(table), key=str),
            "indexes": sorted(map(described, look.get_indexes(table))),
            "checks": sorted(look.get_check_constraints(table), key=str),
        }
        for table in look.get_table_names()
        if table != "alembic_version"
    }


def described(index: Any) -> tuple[str, ...]:
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return index["name"], str(index["column_names"]), str(bool(index["unique"])), str(options)


def test_the_chain_ends_where_the_models_are(empty_url: str) -> None:
    upgrade(empty_url)
    engine = connected(empty_url)
    with engine.begin() as connection:
        migrated = schema(connection)
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
        metadata.drop_all(connection)
        metadata.create_all(connection)
        assert migrated == schema(connection)
        assert differences == []
    engine.dispose()


def test_a_second_time_changes_nothing(empty_url: str) -> None:
    upgrade(empty_url)
    upgrade(empty_url)


async def test_what_it_makes_can_be_used(empty_url: str) -> None:
    upgrade(empty_url)
    database = Database(empty_url)
    first = await identify(database)
    again = await identify(database)
    await database.close()
    assert first.id == again.id
    assert first.created_at == again.created_at


def test_a_code_that_was_printed_before_0006_still_leads_to_its_table(empty_url: str) -> None:
    if empty_url.startswith("sqlite:///"):
        Path(empty_url.removeprefix("sqlite:///")).parent.mkdir(parents=True)
    engine, config = connected(empty_url), configuration()
    row = {"id": new_id(), "no": False}
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")
        for statement in (
            "INSERT INTO organizations (id, name, created_at) VALUES (:id, 'Lola', 0)",
            "INSERT INTO branches (id, rev, organization_id, name, currency, tax_rate, prices_include_tax,"
            " auto_confirm, time_zone, day_starts_at, stations, created_at)"
            " VALUES (:id, 1, :id, 'Lola', 'PEN', 0, :no, :no, 'America/Lima', 0, '[]', 0)",
            "INSERT INTO tables (id, rev, organization_id, branch_id, number, code, capacity, status,"
            " position, archived) VALUES (:id, 1, :id, :id, '1', '0S5B8Z2V', 4, 'available', '{}', :no)",
        ):
            connection.execute(text(statement), row)
    upgrade(empty_url)
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT code FROM tables")) == read_code("0S5B8Z2V") == "0558822V"
    engine.dispose()


def test_processes_that_start_together_migrate_once(empty_url: str) -> None:
    program = f"""
from restai.migrations.runner import upgrade
import restai.migrations.models
print("ready", flush=True)
input()
upgrade({empty_url!r})
"""
    starting = [started(program), started(program)]
    for process in starting:
        assert process.stdout and process.stdout.readline() == "ready\n"
    for process in starting:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[0] for process in starting]
    assert [process.returncode for process in starting] == [0, 0], said
    assert sum("database migrated" in text for text in said) == 1


def started(program: str) -> subprocess.Popen[str]:
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-c", program], stdin=pipe, stdout=pipe, text=True)


def test_a_database_of_a_newer_version_is_refused_and_left_alone(empty_url: str) -> None:
    upgrade(empty_url)
    engine = connected(empty_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaTooNew, match=r"newer version of RestAI \(revision 9999\)"):
        upgrade(empty_url)
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
    engine.dispose()


def test_a_migration_that_fails_leaves_nothing(empty_url: str) -> None:
    if empty_url.startswith("sqlite:///"):
        Path(empty_url.removeprefix("sqlite:///")).parent.mkdir(parents=True)
    engine = connected(empty_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE orders (id INTEGER)"))  # another program's
    with pytest.raises(Exception, match="orders"):
        upgrade(empty_url)
    with engine.begin() as connection:
        assert inspect(connection).get_table_names() == ["orders"]
    engine.dispose()


def test_a_database_that_is_away_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(DatabaseAway):
        upgrade(f"postgresql://nobody@/restai?host={tmp_path}")


def test_every_model_is_known_to_the_chain() -> None:
    """A feature whose models nobody imports would have no tables, and no test would miss them."""
    modules = {
        f"restai.{'.'.join(p.relative_to(FEATURES).with_suffix('').parts)}"
        for p in FEATURES.rglob("models.py")
    }
    imported = {mapper.class_.__module__ for mapper in Base.registry.mappers}
    assert modules - {"restai.migrations.models"} <= imported


def test_commits_of_the_log_wait_for_nothing(empty_url: str) -> None:
    """Nothing after the counter may take a lock: no foreign key to or from it, no trigger, no deferral."""
    upgrade(empty_url)
    engine = connected(empty_url)
    with engine.begin() as connection:
        tables = schema(connection)
        for name in ("streams", "events"):
            assert tables[name]["foreign"] == []
            assert tables[name]["checks"] == []
        targets = {key["referred_table"] for table in tables.values() for key in table["foreign"]}
        assert not targets & {"streams", "events"}
        assert triggers(connection) == []
    engine.dispose()


def triggers(connection: Connection) -> list[str]:
    if connection.dialect.name == "sqlite":
        query = "SELECT tbl_name FROM sqlite_master WHERE type = 'trigger'"
    else:
        query = "SELECT tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal"
    return list(connection.scalars(text(query)))


def test_a_table_has_one_open_visit_at_most(empty_url: str) -> None:
    upgrade(empty_url)
    engine = connected(empty_url)
    with engine.begin() as connection:
        (index,) = [
            i for i in schema(connection)["sessions"]["indexes"] if i[0] == "uq_sessions_table_id_open"
        ]
    _name, columns, unique, options = index
    assert (columns, unique) == ("['table_id']", "True")
    assert "pending" in options and "active" in options
    assert "completed" not in options and "rejected" not in options
    engine.dispose()
