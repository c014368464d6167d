"""A broker within one process: for a process that is alone, and for several servers in one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from restai.realtime.metrics import BrokerTotals

_log = logging.getLogger(__name__)

Receive = Callable[[bytes], None]


class MemoryBroker:
    """Implements the core's `Broker`, and loses nothing. Brokers made `beside` each other are connected."""

    def __init__(self, beside: MemoryBroker | None = None) -> None:
        self.totals = BrokerTotals(connected=1)
        self._channels: dict[str, dict[MemoryBroker, Receive]] = {} if beside is None else beside._channels

    async def run(self) -> None:
        await asyncio.Event().wait()  # there is no connection to keep

    def publish(self, channel: str, message: bytes) -> None:
        self.totals.published += 1
        for broker in self._channels.get(channel, ()):
            asyncio.get_running_loop().call_soon(broker._take, channel, message)

    def subscribe(self, channel: str, receive: Receive) -> None:
        self._channels.setdefault(channel, {})[self] = receive

    def unsubscribe(self, channel: str) -> None:
        receivers = self._channels.get(channel, {})
        receivers.pop(self, None)
        if not receivers:
            self._channels.pop(channel, None)

    def _take(self, channel: str, message: bytes) -> None:
        receive = self._channels.get(channel, {}).get(self)
        if receive is None:
            return
        self.totals.received += 1
        try:
            receive(message)
        except Exception:
            _log.exception("a message on %s could not be handled", channel)
