"""What a process counts is told, whatever becomes of the folder in which it leaves it for the others."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from restai.app import App
from restai.auth.tokens import Tokens
from restai.db.engine import Database
from tests.support.databases import SqliteFarm
from tests.support.house import SECRET


@pytest.fixture
async def app(sqlite_farm: SqliteFarm, tmp_path: Path) -> AsyncIterator[App]:
    """A process that leaves what it counts in `tmp_path / "metrics"`, which nobody has made."""
    with sqlite_farm.database() as url:
        app = App(Database(url), Tokens((SECRET,)), metrics=tmp_path / "metrics")
        yield app
        await app.database.close()


def test_its_own_numbers_need_no_folder(app: App) -> None:
    assert f'restai_clients{{pid="{os.getpid()}"}} 0.0' in app.monitor.render().decode()


async def test_it_goes_on_when_the_folder_can_be_written_to_again(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("restai.live.monitoring.LEAVE_EVERY", 0.001)
    working = asyncio.create_task(app.monitor.run())
    for _ in range(10):  # turns of the loop: it tries in its first
        await asyncio.sleep(0)
    (tmp_path / "metrics").mkdir()
    async with asyncio.timeout(10):
        while not (left := list((tmp_path / "metrics").glob("*.prom"))):
            assert not working.done()
            await asyncio.sleep(0)
    assert [file.stem for file in left] == [str(os.getpid())]
    working.cancel()
