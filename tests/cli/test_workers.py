"""The parent of several workers, where starting one fails and ending one takes time."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from restai.cli.workers.parent import Parent
from restai.cli.workers.worker import FRESH
from restai.settings import Settings
from tests.support import small_worker

PATIENCE = 30.0  # seconds: processes begin here, on a busy machine


class Yard:
    """A parent with workers that have no server in them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._listener = socket.create_server(("127.0.0.1", 0))

    async def keep(self, workers: int, announce: Callable[[], None] = lambda: None) -> bool:
        """What the parent's life came to; it ends with a SIGTERM to this process."""
        settings = Settings(workers=workers, data=self.folder)
        return await Parent(settings, self._listener, self.folder).run(announce)

    def said(self, what: str) -> set[int]:
        """The workers that said so."""
        return {int(file.stem) for file in self.folder.glob(f"*.{what}")}

    @property
    def alive(self) -> set[int]:
        return {pid for pid in self.said("began") if psutil.pid_exists(pid)}

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not holds():  # noqa: ASYNC110 - other processes are waited for
                await asyncio.sleep(0.01)

    def close(self) -> None:
        self._listener.close()
        for pid in self.alive:
            os.kill(pid, signal.SIGKILL)


@pytest.fixture
def yard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Yard]:
    monkeypatch.setattr("restai.cli.workers.worker.work", small_worker.work)
    monkeypatch.setattr("restai.cli.workers.parent.migrate", small_worker.migrate)
    yard = Yard(tmp_path)
    yield yard
    yard.close()


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether the next starts of processes fail, the first of them first; all others do not."""
    fails: list[bool] = []
    start: Callable[[Any], None] = FRESH.Process.start

    def starting(process: Any) -> None:
        if fails and fails.pop(0):
            raise BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable")
        start(process)

    monkeypatch.setattr(FRESH.Process, "start", starting)
    return fails


async def test_a_machine_that_has_no_process_left_for_a_worker_is_asked_again(
    yard: Yard, failing: list[bool]
) -> None:
    begun = asyncio.Event()
    keeping = asyncio.create_task(yard.keep(2, begun.set))
    await begun.wait()
    killed, other = yard.said("began")
    failing += [True]
    os.kill(killed, signal.SIGKILL)
    await yard.until(lambda: len(yard.said("began")) == 3)
    assert other in yard.alive

    failing += [True]  # the migration
    os.kill(os.getpid(), signal.SIGHUP)
    await yard.until(lambda: failing == [])
    failing += [False, True]  # the first of the new workers
    os.kill(os.getpid(), signal.SIGHUP)
    await yard.until(lambda: failing == [])
    assert not yard.said("told"), "nobody has to go for one that does not come"
    os.kill(os.getpid(), signal.SIGTERM)
    assert await keeping
    assert yard.said("told") == yard.said("began") - {killed}


async def test_who_follows_one_that_still_drains_is_followed_in_turn(yard: Yard) -> None:
    begun = asyncio.Event()
    keeping = asyncio.create_task(yard.keep(1, begun.set))
    await begun.wait()
    [old] = yard.said("began")
    (yard.folder / "drain").touch()
    os.kill(os.getpid(), signal.SIGHUP)
    await yard.until(lambda: yard.said("told") == {old})
    [successor] = yard.alive - {old}
    os.kill(successor, signal.SIGKILL)
    await yard.until(lambda: yard.alive - {old, successor})
    assert old in yard.alive
    (yard.folder / "drain").unlink()
    await yard.until(lambda: old not in yard.alive)
    os.kill(os.getpid(), signal.SIGTERM)
    assert await keeping


async def test_who_is_told_to_end_waits_for_nobodys_migration(yard: Yard) -> None:
    begun = asyncio.Event()
    keeping = asyncio.create_task(yard.keep(1, begun.set))
    await begun.wait()
    (yard.folder / "wait").touch()
    os.kill(os.getpid(), signal.SIGHUP)
    await yard.until(lambda: yard.said("migrates"))
    [migrating] = yard.said("migrates")
    try:
        os.kill(os.getpid(), signal.SIGTERM)
        assert await keeping
        await yard.until(lambda: not psutil.pid_exists(migrating))
    finally:
        (yard.folder / "wait").unlink()  # else nothing ends here either
    assert yard.said("told") == yard.said("began")


@pytest.mark.parametrize("fails", [[False, True], []], ids=["the second cannot be started", "nobody listens"])
async def test_whatever_goes_wrong_the_workers_are_told_to_end(
    yard: Yard, failing: list[bool], fails: list[bool]
) -> None:
    def announce() -> None:
        raise BrokenPipeError

    failing += fails
    if fails:
        assert not await yard.keep(2, announce)
    else:
        with pytest.raises(BrokenPipeError):
            await yard.keep(2, announce)
    assert yard.said("told") == yard.said("began") != set()
