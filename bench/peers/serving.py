"""What the peers in Python share: uvicorn on a free port, and obedience to the standard input."""

from __future__ import annotations

import asyncio
import resource
import socket
import sys
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import uvicorn
import uvloop

BACKLOG = 1024

Verb = Callable[..., Awaitable[None]]
"""Does what a line says; its numbers are the arguments."""


def serve(app: Any, ws: Any, verbs: Mapping[str, Verb]) -> None:
    """Serve the ASGI application `app`, sockets by `ws`, until the standard input ends."""
    config = uvicorn.Config(
        app,
        ws=ws,
        http="httptools",
        lifespan="on",
        log_level="warning",
        timeout_graceful_shutdown=1,
    )
    with socket.socket() as listener, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        listener.bind(("127.0.0.1", 0))
        listener.listen(BACKLOG)
        _say(listener.getsockname()[1])
        runner.run(_work(uvicorn.Server(config), listener, verbs))


async def _work(server: uvicorn.Server, listener: socket.socket, verbs: Mapping[str, Verb]) -> None:
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    orders = asyncio.StreamReader()
    pipe, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(orders), sys.stdin
    )
    while line := await orders.readline():
        verb, *numbers = line.decode().split()
        if verb == "cpu":
            _say(_processor_time())
        else:
            await verbs[verb](*map(int, numbers))
    pipe.close()
    server.should_exit = True
    await serving


def _processor_time() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _say(line: object) -> None:
    print(line, flush=True)
