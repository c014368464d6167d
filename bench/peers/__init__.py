"""The servers that are compared, each a process of its own.

A peer's module has `NAME`, what it is called in the tables, and `command(folder)`, how it is started,
or None where it can't be; in `folder` it may put what it needs for that.

The process writes its port as the first line. Then it obeys the lines that it reads, one after another,
and ends with its standard input:

`publish EVENTS BURST` sends so many events to everybody who is signed in, BURST of them in each tick.
`cpu` answers with a line: the seconds of processor time that it has used, user and system.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector

import psutil

from bench import PATIENCE, Broken

ROOT = Path(__file__).parents[2]  # from where `python -m bench…` is found
FAREWELL = 10.0  # seconds to end after being told to


class Peer:
    """A running server. As a context it ends with it."""

    def __init__(self, name: str, command: Sequence[str], core: int | None) -> None:
        """`core` is the one it may run on; None is any."""
        self.name = name
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # Ctrl+C is for the bench, which then ends its servers
        )
        if core is not None:
            os.sched_setaffinity(self._process.pid, {core})

    def port(self) -> int:
        """Wait for the first line. Call it once."""
        return int(self._line())

    def tell(self, *words: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(" ".join(map(str, words)) + "\n")
        self._process.stdin.flush()

    def cpu(self) -> float:
        """Seconds of processor time used, once it has done all that it was told."""
        self.tell("cpu")
        return float(self._line())

    def memory(self) -> int:
        """Bytes of resident memory."""
        return int(psutil.Process(self._process.pid).memory_info().rss)

    def _line(self) -> str:
        assert self._process.stdout is not None
        with DefaultSelector() as selector:
            selector.register(self._process.stdout, EVENT_READ)
            if not selector.select(PATIENCE):
                raise Broken(f"{self.name} does not answer")
        line = self._process.stdout.readline()
        if not line:
            raise Broken(f"{self.name} ended")
        return line

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_error: object) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(FAREWELL)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
