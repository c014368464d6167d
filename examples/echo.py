"""An echo server on RestAI's real-time core alone: `python examples/echo.py --port 9001`.

Every text or binary message comes back as it was. For conformance suites, and to read.
"""

import argparse

import uvicorn

from restai.realtime.frames import frame
from restai.realtime.transport import Handshake, Socket


class Echo:
    """Handles one connection, and, as `Sockets`, makes the handlers."""

    largest_message = 32 * 1024 * 1024

    def accept(self, handshake: Handshake) -> "Echo":
        return Echo()

    def opened(self, socket: Socket) -> None:
        self.socket = socket

    def text(self, message: str) -> None:
        self.socket.write(frame(message.encode()))

    def binary(self, message: bytes) -> None:
        self.socket.write(frame(message, binary=True))

    def drain(self) -> None:
        self.socket.close(1001)

    def heard(self) -> None: ...
    def congested(self) -> None: ...
    def writable(self) -> None: ...
    def lost(self) -> None: ...


async def app(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
    """The ASGI side of it: only tells the sockets what they are for."""
    if scope["type"] == "lifespan":
        await receive()
        scope["state"]["sockets"] = Echo()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=9001)
    uvicorn.run(app, port=parser.parse_args().port, ws=Socket, log_level="warning")
