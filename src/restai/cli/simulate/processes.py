"""Processes beside this one: a server for one evening, and players in a house that is served here."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from threading import Thread

import httpx

BEGINS_WITHIN = 60.0  # seconds
ALONE = {"RESTAI_DATABASE_URL": "", "RESTAI_REDIS_URL": "", "RESTAI_LOG_LEVEL": "error"}
ENDS_WITHIN = 30.0  # seconds: it drains
LOOK_AGAIN = 0.1  # seconds


@contextmanager
def playing_there(house: str, orders_an_hour: float) -> Iterator[None]:
    """Have an evening without an end played in the house that a line of JSON tells of, in real time, as
    long as it is entered, or this process lives. What came of it is told on standard error."""
    options = ("--house", "-", "--minutes", "0", "--speed", "1", "--rate", str(orders_an_hour))
    how = ("--few-screens", "--quiet", "--lifeline")
    command = (sys.executable, "-m", "restai", "simulate", "--url", json.loads(house)["url"], *options, *how)
    players = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=sys.stderr)
    assert players.stdin is not None
    players.stdin.write(house.encode() + b"\n")
    players.stdin.flush()
    try:
        yield
    finally:
        players.stdin.close()
        players.wait(ENDS_WITHIN)


def end_with_input() -> None:
    """Interrupt this process, as Ctrl+C does, once its standard input ends: whoever began it is gone."""

    def wait() -> None:
        sys.stdin.read()
        os.kill(os.getpid(), signal.SIGINT)

    Thread(target=wait, daemon=True).start()


@contextmanager
def own_server() -> Iterator[str]:
    """Its URL, as long as it is entered. Exits if it cannot begin."""
    with TemporaryDirectory() as data:
        port = _free_port()
        command = (sys.executable, "-m", "restai", "serve", "--port", str(port), "--data", data)
        server = subprocess.Popen(command, env=os.environ | ALONE)
        try:
            url = f"http://127.0.0.1:{port}"
            _await(server, url)
            yield url
        finally:
            server.terminate()
            server.wait(ENDS_WITHIN)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _await(server: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + BEGINS_WITHIN
    while time.monotonic() < until and server.poll() is None:
        try:
            if httpx.get(f"{url}/health").is_success:
                return
        except httpx.HTTPError:
            time.sleep(LOOK_AGAIN)
    sys.exit("restai: the server did not begin")
