"""What the real-time core counts, for Prometheus and as a log line a minute."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterable
from pathlib import Path

import structlog
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from restai.live import scrape
from restai.live.presence import Presence
from restai.realtime.metrics import Snapshot
from restai.realtime.server import Server

INTERVAL = 60.0  # seconds between two lines of the log
LEAVE_EVERY = 1.0  # seconds: so old may be what a scrape tells of the other processes

_log = structlog.get_logger("restai.live")


class Monitor(Collector):
    """Reads a server's numbers when they are asked for: counting costs the server nothing more."""

    def __init__(self, server: Server, presence: Presence, folder: Path | None = None) -> None:
        """`folder`: where this process and others beside it leave their numbers for each other."""
        self._server = server
        self._presence = presence
        self._folder = folder
        self._registry = CollectorRegistry()
        self._registry.register(self)
        self._last_sent = 0
        self._are_left = True

    def render(self) -> bytes:
        """All metrics in Prometheus' text format: with a folder, those of every process that leaves
        its own there, told apart by `pid`."""
        own = generate_latest(self._registry)
        return own if self._folder is None else scrape.together(self._folder, os.getpid(), own)

    def collect(self) -> Iterable[Metric]:
        now, totals = self._server.snapshot(), self._server.metrics
        yield _gauge("restai_clients", "Open sockets", now.clients)
        screens, phones = self._presence.counts()
        yield _gauge("restai_screens", "Sockets of screens that have a name", screens)
        yield _gauge("restai_phones", "Sockets of guests", phones)
        yield _gauge("restai_rooms", "Rooms with somebody in them", now.rooms)
        yield _gauge("restai_streams", "Logs followed", now.streams)
        yield _gauge("restai_catching_up", "Replays under way", now.catching_up)
        if now.oldest_confirmed_at is not None:
            lag = (self._server.wall() - now.oldest_confirmed_at) / 1000
            yield _gauge("restai_log_lag_seconds", "Age of the least fresh log's confirmation", lag)
        yield _counter("restai_messages_sent", "Event frames given to sockets", now.deliveries)
        yield _counter("restai_messages_received", "Messages from clients", totals.messages_in)
        yield _counter("restai_connections", "Sockets accepted", totals.accepted)
        yield _counter("restai_auth_refused", "Tokens refused", totals.auth_refused)
        yield _counter("restai_replayed", "Events replayed", totals.replayed)
        yield _counter("restai_replay_reads", "Pages of the log read for that", totals.catch_up_reads)
        yield _counter("restai_log_fills", "Gaps read from the log", now.fills)
        yield _counter("restai_signals", "Messages of other programs given to a room", totals.signals)
        yield _counter("restai_signals_refused", "Such messages that could deceive", totals.signals_refused)
        yield _counter("restai_hints_unread", "Hints of other processes not understood", totals.hints_unread)
        yield from self._broker(now)
        closed = CounterMetricFamily("restai_closed", "Sockets closed by us", labels=["code"])
        for code, count in totals.closed.items():
            closed.add_metric([str(int(code))], count)
        yield closed
        resyncs = CounterMetricFamily("restai_resyncs", "Snapshots asked for", labels=["reason"])
        for reason, count in totals.resyncs.items():
            resyncs.add_metric([reason.value], count)
        yield resyncs

    def _broker(self, now: Snapshot) -> Iterable[Metric]:
        totals = self._server.broker.totals
        yield _gauge("restai_broker_up", "Whether the broker delivers what we publish", now.broker_is_well)
        if now.broker_round_trip is not None:
            yield _gauge("restai_broker_round_trip_seconds", "Of the last probe", now.broker_round_trip)
        yield _counter("restai_broker_published", "Messages that the broker took", totals.published)
        yield _counter("restai_broker_dropped", "Messages that it did not", totals.dropped)
        yield _counter("restai_broker_received", "Messages that it brought", totals.received)
        yield _counter("restai_broker_connected", "Connections made to it", totals.connected)

    async def run(self) -> None:
        """Write the line of the minute, and keep what is left for the others fresh, until cancelled."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._write_lines())
            if self._folder is not None:
                both.create_task(self._leave_often(self._folder))

    async def _write_lines(self) -> None:
        while True:
            await asyncio.sleep(INTERVAL)
            self.write_line(INTERVAL)

    async def _leave_often(self, folder: Path) -> None:
        while True:
            self._leave(folder)
            await asyncio.sleep(LEAVE_EVERY)

    def _leave(self, folder: Path) -> None:
        """Put this process's numbers where the others find them. A folder that takes nothing, as on a
        full disk, is told of once, and tried again."""
        try:
            scrape.write(folder, os.getpid(), generate_latest(self._registry))
        except OSError as error:
            if self._are_left:
                _log.warning("metrics cannot be left for the other processes", because=str(error))
            self._are_left = False
        else:
            self._are_left = True

    def write_line(self, seconds: float) -> None:
        """Log clients, rooms and the messages a second of the last `seconds`."""
        now = self._server.snapshot()
        rate = (now.deliveries - self._last_sent) / seconds
        self._last_sent = now.deliveries
        _log.info("websocket metrics", clients=now.clients, rooms=now.rooms, messages_per_s=round(rate, 1))


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def _counter(name: str, text: str, value: float) -> Metric:
    return CounterMetricFamily(name, text, value=value)
