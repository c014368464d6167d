"""The ordinary way: a Starlette endpoint on uvicorn, and `await send_text` in a loop over the sockets."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from bench import event
from bench.peers.serving import serve
from bench.people import verify

NAME = "Starlette"

_room: set[WebSocket] = set()


def command(_folder: Path) -> list[str]:
    return [sys.executable, "-m", "bench.peers.starlette"]


async def endpoint(websocket: WebSocket) -> None:
    await websocket.accept()
    message = await websocket.receive_json()
    verify(message["token"])
    await websocket.send_text('{"type":"auth:success"}')
    _room.add(websocket)
    try:
        while True:
            await websocket.receive_text()
    except WebSocketDisconnect:
        _room.discard(websocket)


async def publish(events: int, burst: int) -> None:
    for first in range(0, events, burst):
        for number in range(first, first + burst):
            text = event.text(event.FIRST_SEQ + number).decode()
            for websocket in _room:
                await websocket.send_text(text)
        await asyncio.sleep(0)


def main() -> None:
    serve(Starlette(routes=[WebSocketRoute("/ws", endpoint)]), "websockets-sansio", {"publish": publish})


if __name__ == "__main__":
    main()
