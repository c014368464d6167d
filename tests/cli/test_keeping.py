"""A backup of a running restaurant, and its way back: whoever looks at a screen meanwhile sees one truth."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from restai.cli.keeping import back_up, give_new_epochs, restore
from restai.errors import Misconfigured, NoBackup, SchemaTooNew
from restai.migrations.runner import upgrade
from tests.support.clock import ManualClock
from tests.support.live import Screen
from tests.support.processes import Process, processes, takeout


@pytest.fixture(params=["sqlite"])
def database_url(request: pytest.FixtureRequest) -> Any:
    with request.getfixturevalue(f"{request.param}_farm").database() as url:
        yield url


@pytest.fixture
async def pair(database_url: str, clock: ManualClock) -> AsyncIterator[list[Process]]:
    async with processes(database_url, clock, None, None) as pair:
        yield pair


async def orders(process: Process) -> list[str]:
    """The numbers of the open orders, as a screen reads them."""
    snapshot = await process.restaurant.snapshot(process.restaurant.house.manager)
    return sorted(order["orderNumber"] for order in snapshot["orders"])


async def read_again(process: Process, screen: Screen) -> dict[str, Any]:
    """Wait for the word that everything must be read again; the snapshot then."""
    resync = await screen.sees("resync")
    assert resync["reason"] == "epoch"
    snapshot = await process.restaurant.snapshot(process.restaurant.house.manager)
    assert snapshot["stream"]["epoch"] == resync["epoch"]
    return snapshot


async def test_what_happened_after_the_backup_is_gone_from_every_screen(
    pair: list[Process], database_url: str, tmp_path: Path
) -> None:
    here, there = pair
    kept = await takeout(here)
    file = tmp_path / "friday.db"
    await asyncio.to_thread(back_up, database_url, file)
    before = (await here.restaurant.snapshot(here.restaurant.house.manager))["stream"]
    screens = [await p.restaurant.screen(p.restaurant.house.kitchen) for p in pair]
    for _ in range(3):
        await takeout(there)
    for screen in screens:
        await screen.sees(lambda m: m.get("seq") == before["seq"] + 3)
    await asyncio.to_thread(restore, database_url, file)
    for process, screen in zip(pair, screens, strict=True):
        snapshot = await read_again(process, screen)
        assert snapshot["stream"]["epoch"] != before["epoch"]
        assert await orders(process) == [kept["orderNumber"]]
    new = await takeout(here)
    for screen in screens:
        told = await screen.sees(lambda m: m.get("orderId") == new["id"])
        assert told["seq"] == before["seq"] + 1, "a position that was given out before, in another epoch"


async def test_nobody_resumes_from_what_is_gone(
    pair: list[Process], database_url: str, tmp_path: Path
) -> None:
    """Not even when the log has grown past where he was."""
    here, _ = pair
    file = tmp_path / "friday.db"
    await asyncio.to_thread(back_up, database_url, file)
    house = here.restaurant.house
    for _ in range(3):
        await takeout(here)
    position = (await here.restaurant.snapshot(house.kitchen))["stream"]
    await asyncio.to_thread(restore, database_url, file)
    for _ in range(5):
        await takeout(here)
    screen = await here.screens.open()
    await screen.sign_in(house.token(house.kitchen), resume={house.branch_id: position})
    assert (await screen.sees("resync"))["reason"] == "epoch"
    assert screen.events == []


async def test_a_database_that_was_restored_by_other_means(pair: list[Process], database_url: str) -> None:
    for process in pair:
        await takeout(process)
    screens = [await p.restaurant.screen(p.restaurant.house.kitchen) for p in pair]
    await asyncio.to_thread(give_new_epochs, database_url, because="of a test")
    for process, screen in zip(pair, screens, strict=True):
        await read_again(process, screen)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_postgresql_is_told_of_in_words_and_can_be_given_new_epochs(
    pair: list[Process], database_url: str, tmp_path: Path
) -> None:
    for refused in (back_up, restore):
        with pytest.raises(Misconfigured, match="pg_dump"):
            refused(database_url, tmp_path / "friday.db")
    screen = await pair[0].restaurant.screen(pair[0].restaurant.house.kitchen)
    await asyncio.to_thread(give_new_epochs, database_url, because="of a test")
    await read_again(pair[0], screen)


def test_a_backup_is_one_file_and_overwrites_nothing(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "friday.db"
    back_up(database_url, file)
    assert list(tmp_path.iterdir()) == [file]
    content = file.read_bytes()
    with pytest.raises(NoBackup, match="there already"):
        back_up(database_url, file)
    assert file.read_bytes() == content


def test_a_copy_is_its_owners_alone_whatever_the_umask(database_url: str, tmp_path: Path) -> None:
    """It holds what every guest and every member of staff told the restaurant."""
    file, restored = tmp_path / "friday.db", tmp_path / "restored.db"
    before = os.umask(0)
    try:
        back_up(database_url, file)
        restore(f"sqlite:///{restored}", file)
    finally:
        os.umask(before)
    assert [stat.S_IMODE(each.stat().st_mode) for each in (file, restored)] == [0o600, 0o600]


async def test_what_is_no_backup_changes_nothing(
    pair: list[Process], database_url: str, tmp_path: Path
) -> None:
    await takeout(pair[0])
    (tmp_path / "notes.txt").write_text("not a database at all, but longer than a header " * 50)
    with closing(sqlite3.connect(tmp_path / "other.db")) as other:
        other.execute("CREATE TABLE songs (name TEXT)")
    await asyncio.to_thread(back_up, database_url, tmp_path / "newer.db")
    with closing(sqlite3.connect(tmp_path / "newer.db", isolation_level=None)) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
    before = await pair[0].restaurant.snapshot(pair[0].restaurant.house.manager)
    for name, error in (
        ("missing.db", NoBackup),
        ("notes.txt", NoBackup),
        ("other.db", NoBackup),
        ("newer.db", SchemaTooNew),
    ):
        with pytest.raises(error):
            await asyncio.to_thread(restore, database_url, tmp_path / name)
    assert await pair[0].restaurant.snapshot(pair[0].restaurant.house.manager) == before


def test_from_the_command_line(tmp_path: Path) -> None:
    upgrade(f"sqlite:///{tmp_path}/data/restai.db")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RESTAI_")}
    environment["RESTAI_DATA"] = str(tmp_path / "data")

    def restai(*words: str) -> subprocess.CompletedProcess[str]:
        how: dict[str, Any] = {"env": environment, "cwd": tmp_path, "capture_output": True, "text": True}
        return subprocess.run([sys.executable, "-m", "restai", *words], check=False, **how)

    assert restai("backup", "friday.db").stdout == "Backed up to friday.db.\n"
    (tmp_path / "data" / "restai.db").unlink()
    assert restai("restore", "friday.db").stdout == "Restored from friday.db.\n"
    refused = restai("restore", "saturday.db")
    assert (refused.returncode, refused.stderr) == (1, "restai: saturday.db: unable to open database file\n")
    assert restai("restore", "friday.db", "--new-epochs").returncode == 2
