"""A worker without a server in it: it begins in no time, and ends when it is let."""

from __future__ import annotations

import os
import signal
import socket
import time
from pathlib import Path
from types import FrameType

from restai.settings import Settings

SIGN_EVERY = 0.05  # seconds


def work(_settings: Settings, _listener: socket.socket, line: socket.socket, folder: Path) -> None:
    """As `restai.cli.workers.inside.work`. In `folder` it says `PID.began`, and `PID.told` when it is told
    to end; then it drains for as long as there is a file `drain`."""
    told = folder / f"{os.getpid()}.told"

    def end(_number: int, _frame: FrameType | None) -> None:
        told.touch()

    signal.signal(signal.SIGTERM, end)
    (folder / f"{os.getpid()}.began").touch()
    while not told.exists() or (folder / "drain").exists():
        line.send(b".")
        time.sleep(SIGN_EVERY)


def migrate(settings: Settings) -> None:
    """As that of `restai.cli.workers.inside`, without a database. In the data folder it says `PID.migrates`;
    then it waits for another's for as long as there is a file `wait`."""
    (settings.data / f"{os.getpid()}.migrates").touch()
    while (settings.data / "wait").exists():
        time.sleep(SIGN_EVERY)
