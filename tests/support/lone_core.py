"""The real-time core in a process of its own: `python -m tests.support.lone_core`.

Writes its port as the first line; then, for each line it reads, how it stands as a line of JSON; ends with
SIGTERM, as any server by uvicorn.
"""

from __future__ import annotations

import asyncio
import gc
import json
import socket
import sys
import time
from typing import Any

import psutil
import uvicorn

from restai.realtime.server import Server
from restai.realtime.transport import Socket
from tests.realtime.support import Door, MemoryLog

BACKLOG = 1024


class LoneCore:
    """An ASGI application that is nothing but the core."""

    def __init__(self) -> None:
        door = Door(lambda: time.time_ns() // 1_000_000)
        door.let("ana")
        self.server = Server(MemoryLog(), door)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        scope["state"]["sockets"] = self.server
        working = asyncio.create_task(self.server.run())
        asyncio.get_running_loop().add_reader(sys.stdin.fileno(), self._tell)
        await send({"type": "lifespan.startup.complete"})
        await receive()
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
        await send({"type": "lifespan.shutdown.complete"})

    def _tell(self) -> None:
        if not sys.stdin.readline():
            asyncio.get_running_loop().remove_reader(sys.stdin.fileno())
            return
        gc.collect()
        process, snapshot = psutil.Process(), self.server.snapshot()
        standing = {
            "clients": snapshot.clients,
            "rooms": snapshot.rooms,
            "tasks": len(asyncio.all_tasks()),
            "descriptors": process.num_fds(),
            "memory": process.memory_info().rss,
        }
        print(json.dumps(standing), flush=True)


def main() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(BACKLOG)
        print(listener.getsockname()[1], flush=True)
        config = uvicorn.Config(LoneCore(), ws=Socket, lifespan="on", log_level="warning")
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
