"""A broker over Redis or Valkey, by its publish/subscribe.

Two connections, one each way, each with a task that begins anew whatever happened to it. What is to be
sent waits in memory for moments, never for long, and nobody waits for it: who publishes goes on at once.
The client library reads its subscriptions without a deadline unless told so, and does not notice that
the other side fell silent; so reading has a time-out here, and who is silent is pinged and then left.

In a Redis Cluster any node will do: a published message reaches the subscribers at all of them.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import suppress
from itertools import islice
from typing import Any, Never

from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError

from restai.realtime.metrics import BrokerTotals
from restai.realtime.patience import apart

SLOW = 0.05  # seconds to take what is published: from then on more is dropped, until it has taken it
PATIENCE = 2.0  # seconds to connect, and for any answer: then the connection is given up
BACKOFF = 0.05  # seconds of pause for each failure in a row
LONGEST_BACKOFF = 2.0  # seconds
PING_AFTER = 1.0  # seconds in which nothing came in
SILENCE = 3.0  # seconds without an answer to that: the other side is gone without a word
MOST_WAITING = 1_000  # messages that wait to be sent: more than half a second of the busiest hour
LARGEST_WAITING = 4 * 1024 * 1024  # bytes of them
AT_ONCE = 200  # messages or channels in one exchange

_log = logging.getLogger(__name__)

Receive = Callable[[bytes], None]


def backoff(failures: int) -> float:
    """Seconds to wait after so many failures in a row."""
    return min(failures * BACKOFF, LONGEST_BACKOFF)


class RedisBroker:
    """Implements the core's `Broker`. `prefix` stands before every channel's name; `url` is one of
    redis://, rediss:// (TLS) or unix://, with a user and a password where the server has them."""

    def __init__(self, url: str, *, prefix: str = "") -> None:
        self.totals = BrokerTotals()
        # The library's own retries would keep a connection's task from what it has to do meanwhile.
        self._redis: Redis = Redis.from_url(
            url,
            protocol=2,
            retry=Retry(NoBackoff(), 0),
            socket_connect_timeout=PATIENCE,
            socket_timeout=PATIENCE,
        )
        self._prefix = prefix
        self._sender = _Sender(self._redis, self.totals)
        self._listener = _Listener(self._redis, self.totals)

    async def run(self) -> None:
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(_keep("sending to", self._sender.session))
                group.create_task(_keep("listening to", self._listener.session))
        finally:
            with suppress(Exception):
                async with asyncio.timeout(PATIENCE):
                    await self._redis.aclose()

    def publish(self, channel: str, message: bytes) -> None:
        self._sender.put(self._name(channel), message)

    def subscribe(self, channel: str, receive: Receive) -> None:
        self._listener.subscribe(self._name(channel), receive)

    def unsubscribe(self, channel: str) -> None:
        self._listener.unsubscribe(self._name(channel))

    def _name(self, channel: str) -> bytes:
        return (self._prefix + channel).encode()


Session = Callable[[Callable[[], None]], Coroutine[Any, Any, Never]]
"""Works over one connection until that fails; calls what it is given once the connection is good."""


async def _keep(what: str, session: Session) -> Never:
    """Begin a session again and again, with a pause that grows while there is no good one."""
    failures = 0

    def good() -> None:
        nonlocal failures
        if failures:
            _log.info("%s Redis works again", what)
        failures = 0

    while True:
        try:
            await apart(session(good))
        except Exception as error:
            failures += 1
            if failures == 1:
                _log.warning("%s Redis failed: %s", what, _told(error))
        await asyncio.sleep(backoff(failures))


def _told(error: BaseException) -> str:
    """What went wrong, without what it is wrapped in."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__} {error}".strip()


class _Sender:
    """Messages on their way out. None is taken while there is no good connection."""

    def __init__(self, redis: Redis, totals: BrokerTotals) -> None:
        self._redis = redis
        self._totals = totals
        self._waiting: deque[tuple[bytes, bytes]] = deque()
        self._size = 0
        self._is_open = False
        self._put = asyncio.Event()

    def put(self, channel: bytes, message: bytes) -> None:
        if not self._is_open or len(self._waiting) >= MOST_WAITING or self._size >= LARGEST_WAITING:
            self._totals.dropped += 1
            return
        self._waiting.append((channel, message))
        self._size += len(message)
        self._put.set()

    async def session(self, good: Callable[[], None]) -> Never:
        try:
            async with asyncio.timeout(PATIENCE):
                await self._redis.ping()
            self._totals.connected += 1
            self._is_open = True
            good()
            while True:
                await self._put.wait()
                await self._send()
        finally:
            self._is_open = False
            self._totals.dropped += len(self._waiting)
            self._waiting.clear()
            self._size = 0
            self._put.clear()

    async def _send(self) -> None:
        """Send what waits, oldest first, as much as goes in one exchange."""
        batch = list(islice(self._waiting, AT_ONCE))
        pipeline = self._redis.pipeline(transaction=False)
        for channel, message in batch:
            pipeline.publish(channel, message)
        slow = asyncio.get_running_loop().call_later(SLOW, self._close)
        try:
            async with asyncio.timeout(PATIENCE):
                answers = await pipeline.execute(raise_on_error=False)
        finally:
            slow.cancel()
        self._is_open = True
        for _ in batch:
            self._size -= len(self._waiting.popleft()[1])
        if not self._waiting:
            self._put.clear()
        self._count(answers)

    def _close(self) -> None:
        self._is_open = False

    def _count(self, answers: list[Any]) -> None:
        refused = [answer for answer in answers if isinstance(answer, ResponseError)]
        self._totals.published += len(answers) - len(refused)
        self._totals.dropped += len(refused)
        if refused:
            _log.warning("Redis refused %d messages: %s", len(refused), refused[0])


class _Listener:
    """Channels that are listened to, and who gets what comes in on them."""

    def __init__(self, redis: Redis, totals: BrokerTotals) -> None:
        self._redis = redis
        self._totals = totals
        self._receivers: dict[bytes, Receive] = {}
        self._subscribed: set[bytes] = set()
        self._changed: dict[bytes, None] = {}  # channels to look at, in the order of their changes
        self._change = asyncio.Event()

    def subscribe(self, channel: bytes, receive: Receive) -> None:
        self._receivers[channel] = receive
        self._look_at(channel)

    def unsubscribe(self, channel: bytes) -> None:
        self._receivers.pop(channel, None)
        self._look_at(channel)

    def _look_at(self, channel: bytes) -> None:
        self._changed[channel] = None
        self._change.set()

    async def session(self, good: Callable[[], None]) -> Never:
        pubsub = self._redis.pubsub()
        self._subscribed.clear()
        self._changed = dict.fromkeys(self._receivers)
        self._change.set()
        try:
            await pubsub.connect()  # type: ignore[no-untyped-call]
            self._totals.connected += 1
            good()
            async with asyncio.TaskGroup() as group:
                group.create_task(self._keep_subscribed(pubsub))
                group.create_task(self._read(pubsub))
        finally:
            await pubsub.aclose()  # type: ignore[no-untyped-call]
        raise AssertionError("both tasks only end by failing")

    async def _keep_subscribed(self, pubsub: PubSub) -> Never:
        """Have the server's subscriptions follow ours."""
        while True:
            await self._change.wait()
            changed = list(islice(self._changed, AT_ONCE))
            for channel in changed:
                del self._changed[channel]
            if not self._changed:
                self._change.clear()
            come = [c for c in changed if c in self._receivers and c not in self._subscribed]
            gone = [c for c in changed if c not in self._receivers and c in self._subscribed]
            self._subscribed.update(come)
            self._subscribed.difference_update(gone)
            if come:
                await pubsub.subscribe(*come)
            if gone:
                await pubsub.unsubscribe(*gone)

    async def _read(self, pubsub: PubSub) -> Never:
        """Hand on what comes in: all that one read brought in one tick of the loop, so that the hub
        joins what it sends. Raises ConnectionError when the other side has fallen silent."""
        silent = 0  # reads in a row. Counted, not timed: who was frozen has not listened, and reads again
        while True:
            message = await pubsub.get_message(timeout=PING_AFTER)
            if message is None:
                silent += 1
                if silent * PING_AFTER >= SILENCE:
                    raise ConnectionError(f"it said nothing for {SILENCE:.0f} s")
                await pubsub.ping()
                continue
            silent = 0
            taken = 0
            while message is not None:
                self._take(message)
                taken += 1
                if taken % AT_ONCE == 0:
                    await asyncio.sleep(0)
                message = await pubsub.get_message(timeout=0)  # does not wait while there is another

    def _take(self, message: dict[str, Any]) -> None:
        if message["type"] != "message":
            return  # a pong, or word of a subscription
        self._totals.received += 1
        receive = self._receivers.get(message["channel"])
        if receive is None:
            return
        try:
            receive(message["data"])
        except Exception:
            _log.exception("a message on %s could not be handled", message["channel"])
