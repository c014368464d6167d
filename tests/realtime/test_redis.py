"""A Redis that dies, hangs, forgets, refuses or takes its time: the broker comes back by itself, and nobody
ever waits for it."""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Never

import pytest

from restai.realtime.brokers import redis as module
from restai.realtime.brokers.redis import RedisBroker, backoff
from tests.realtime.support import eventually
from tests.realtime.test_brokers import Ear
from tests.support.proxy import Proxy, subscribers
from tests.support.valkey import Valkey

TLS = Path(__file__).parents[1] / "support" / "tls"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody has three seconds in a test."""
    monkeypatch.setattr(module, "PATIENCE", 0.5)
    monkeypatch.setattr(module, "PING_AFTER", 0.2)
    monkeypatch.setattr(module, "SILENCE", 0.6)


@pytest.fixture
def own(request: pytest.FixtureRequest) -> Iterator[Valkey]:
    """A server that the test may ruin."""
    server = Valkey().start()
    yield server
    server.close()


@pytest.fixture
def proxy(own: Valkey) -> Iterator[Proxy]:
    with Proxy(("127.0.0.1", own.port)) as proxy:
        yield proxy


def url(proxy: Proxy, scheme: str = "redis") -> str:
    assert isinstance(proxy.address, tuple)
    return f"{scheme}://{proxy.address[0]}:{proxy.address[1]}"


@asynccontextmanager
async def working(*brokers: RedisBroker) -> AsyncIterator[None]:
    """Let them work. Their end may take no longer than a server has to shut down."""
    running = [asyncio.create_task(broker.run()) for broker in brokers]
    yield
    for task in running:
        assert not task.done(), task
        task.cancel()
    async with asyncio.timeout(20):
        await asyncio.gather(*running, return_exceptions=True)


async def hears_again(ear: Ear, by: RedisBroker, channel: str = "a") -> None:
    """Wait until what `by` publishes from now on arrives."""
    word = b"again %d" % len(ear.heard)
    async with asyncio.timeout(20):
        while word not in ear.heard:
            by.publish(channel, word)
            await asyncio.sleep(0.02)


def test_the_pause_grows_by_50_ms_a_failure_to_2_s() -> None:
    assert [round(backoff(n), 3) for n in (0, 1, 2, 3, 39, 40, 41, 1000)] == [
        *(0, 0.05, 0.1, 0.15, 1.95),
        *(2.0, 2.0, 2.0),
    ]


# ---- whom one can reach, and how


async def test_channels_have_the_prefix_that_was_chosen(valkey: Valkey) -> None:
    lima, cusco = RedisBroker(valkey.url, prefix="lima:"), RedisBroker(valkey.url, prefix="cusco:")
    here, there = Ear(lima), Ear(cusco)
    async with working(lima, cusco):
        await here.listens("branch:1")
        await there.listens("branch:1")
        valkey.client().publish("lima:branch:1", b"hello")
        await eventually(lambda: here.heard)
        assert b"lima:branch:1" in valkey.client().pubsub_channels()
        assert there.heard == []


async def test_a_user_who_may_use_our_channels_only_is_enough(valkey: Valkey) -> None:
    rights = ("reset", "on", ">pass:word@", "resetchannels", "&lima:*", "+publish", "+subscribe")
    valkey.client().execute_command("ACL", "SETUSER", "restai", *rights, "+unsubscribe", "+ping")
    broker = RedisBroker(f"redis://restai:pass%3Aword%40@127.0.0.1:{valkey.port}", prefix="lima:")
    ear = Ear(broker)
    async with working(broker):
        await ear.listens("a")
        broker.unsubscribe("a")
        await ear.listens("a")


async def test_tls_and_a_certificate_that_is_checked(valkey: Valkey) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(TLS / "server.pem")
    with Proxy(("127.0.0.1", valkey.port), tls=context) as proxy:
        trusting = RedisBroker(f"{url(proxy, 'rediss')}?ssl_ca_certs={TLS / 'ca.pem'}")
        doubting = RedisBroker(url(proxy, "rediss"))
        ear = Ear(trusting)
        async with working(trusting, doubting):
            await ear.listens("a")
            await hears_again(ear, trusting)
            assert doubting.totals.connected == 0


async def test_a_unix_socket(valkey: Valkey) -> None:
    broker = RedisBroker(f"unix://{valkey.socket}")
    async with working(broker):
        await Ear(broker).listens("a")


async def test_a_wrong_password_is_said_once_and_tried_again(
    own: Valkey, caplog: pytest.LogCaptureFixture
) -> None:
    own.client().config_set("requirepass", "right")
    broker = RedisBroker(f"redis://:secret-but-wrong@127.0.0.1:{own.port}")
    ear = Ear(broker)
    broker.subscribe("a", ear)
    with caplog.at_level(logging.INFO, logger="restai"):
        async with working(broker):
            await asyncio.sleep(1)
            assert broker.totals.connected == 0
            own.client(password="right").config_set("requirepass", "secret-but-wrong")
            await hears_again(ear, broker)
    said = [record.getMessage() for record in caplog.records]
    assert len([line for line in said if "failed" in line]) == 2, said
    assert len([line for line in said if "works again" in line]) == 2, said
    assert "secret-but-wrong" not in "".join(said)


# ---- it breaks


async def test_it_is_killed_and_started_again(own: Valkey) -> None:
    broker = RedisBroker(own.url)
    ear, other = Ear(broker), Ear(broker)
    async with working(broker):
        await ear.listens("a")
        await other.listens("b")
        own.kill()
        for _ in range(20):
            broker.publish("a", b"lost")
            await asyncio.sleep(0.01)
        broker.unsubscribe("b")
        broker.subscribe("c", other)
        dropped = broker.totals.dropped
        assert dropped > 0
        own.start()
        await hears_again(ear, broker)
        await hears_again(other, broker, "c")
        assert sorted(own.client().pubsub_channels()) == [b"a", b"c"]
        assert b"lost" not in ear.heard


async def test_nobody_is_there_at_first(own: Valkey) -> None:
    own.kill()
    broker = RedisBroker(own.url)
    ear = Ear(broker)
    broker.subscribe("a", ear)
    async with working(broker):
        await asyncio.sleep(0.3)
        own.start()
        await hears_again(ear, broker)


@pytest.mark.parametrize("kind", ["pubsub", "normal"])
async def test_one_of_its_connections_is_killed(own: Valkey, kind: str) -> None:
    broker = RedisBroker(own.url)
    ear = Ear(broker)
    async with working(broker):
        await ear.listens("a")
        for _ in range(5):
            assert own.client().execute_command("CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes") >= 1
            await hears_again(ear, broker)


async def test_two_drops_one_after_the_other_with_a_thousand_channels(own: Valkey, proxy: Proxy) -> None:
    broker = RedisBroker(url(proxy))
    ear = Ear(broker)
    channels = [f"room:{number}" for number in range(1_000)]
    async with working(broker):
        for channel in channels:
            broker.subscribe(channel, ear)
        await hears_again(ear, broker, "room:999")
        proxy.cut()
        await asyncio.sleep(0.5)
        proxy.cut()
        await asyncio.sleep(0)
        for channel in channels[:500]:
            broker.unsubscribe(channel)
        await hears_again(ear, broker, "room:999")
        await eventually(lambda: len(own.client().pubsub_channels()) == 500)
        assert {b"room:500", b"room:999"} < set(own.client().pubsub_channels())


async def test_it_disconnects_us_for_not_reading_fast_enough(own: Valkey, proxy: Proxy) -> None:
    own.client().config_set("client-output-buffer-limit", "pubsub 64kb 0 0")
    broker = RedisBroker(url(proxy))
    ear = Ear(broker)
    async with working(broker):
        await ear.listens("a")
        connected = broker.totals.connected
        proxy.hold(subscribers)
        for _ in range(600):
            own.client().publish("a", b"x" * 16_000)
        await eventually(lambda: not own.client().pubsub_channels())
        proxy.release()
        await eventually(lambda: broker.totals.connected > connected)
        await hears_again(ear, broker)


async def test_one_message_that_it_refuses_is_not_the_next_ones_trouble(own: Valkey) -> None:
    rights = ("reset", "on", "nopass", "resetchannels", "&a", "+publish", "+subscribe", "+ping")
    own.client().execute_command("ACL", "SETUSER", "restai", *rights)
    broker = RedisBroker(f"redis://restai:x@127.0.0.1:{own.port}")
    ear = Ear(broker)
    async with working(broker):
        await ear.listens("a")
        connected, dropped = broker.totals.connected, broker.totals.dropped
        for number in range(20):
            broker.publish("forbidden", b"x")
            broker.publish("a", b"%d" % number)
        await eventually(lambda: len(ear.heard) == 20)
        # What was said is heard on one connection before its answer is read on the other
        await eventually(lambda: broker.totals.dropped == dropped + 20)
        assert broker.totals.connected == connected


# ---- it hangs


@pytest.mark.parametrize("how", ["black hole", "frozen"])
async def test_while_it_answers_nothing_nobody_waits_and_nothing_piles_up(
    own: Valkey, proxy: Proxy, how: str
) -> None:
    broker = RedisBroker(url(proxy))
    ear = Ear(broker)
    async with working(broker):
        await ear.listens("a")
        if how == "frozen":
            own.freeze()
        else:
            proxy.hold()
        taken = broker._sender._waiting
        broker.publish("a", b"first")
        assert len(taken) == 1, "it is only put down; who publishes goes on"
        began = time.monotonic()
        for _ in range(3_000):
            broker.publish("a", b"x" * 10_000)
        assert time.monotonic() - began < 5
        assert len(taken) <= 1_000 and broker._sender._size <= 4_300_000
        await eventually(lambda: not broker._sender._is_open)
        dropped = broker.totals.dropped
        broker.publish("a", b"too late")
        assert broker.totals.dropped == dropped + 1
        await eventually(lambda: not taken)
        if how == "frozen":
            own.thaw()
        else:
            proxy.release()
        await hears_again(ear, broker)


async def test_it_takes_everything_and_delivers_nothing(own: Valkey, proxy: Proxy) -> None:
    broker = RedisBroker(url(proxy))
    ear = Ear(broker)
    async with working(broker):
        await ear.listens("a")
        connected = broker.totals.connected
        proxy.hold(subscribers, to_server=False)
        published = broker.totals.published
        broker.publish("a", b"lost")
        await eventually(lambda: broker.totals.published > published)
        await eventually(lambda: broker.totals.connected > connected)
        proxy.release()
        await hears_again(ear, broker)


async def test_it_is_slow_but_answers(own: Valkey, proxy: Proxy) -> None:
    """Some messages are dropped while it is; the connection stays, and no pause follows."""
    broker = RedisBroker(url(proxy))
    ear = Ear(broker)
    async with working(broker):
        await ear.listens("a")
        connected = broker.totals.connected
        proxy.delay(0.1)
        broker.publish("a", b"first")
        await eventually(lambda: not broker._sender._is_open)
        broker.publish("a", b"dropped")
        await eventually(lambda: broker._sender._is_open)
        broker.publish("a", b"last")
        await eventually(lambda: ear.heard[-1:] == [b"last"])
        assert ear.heard == [b"first", b"last"]
        assert broker.totals.connected == connected


@pytest.mark.parametrize("state", ["well", "refusing", "black hole", "frozen", "slow"])
async def test_it_never_keeps_anybody_from_ending(own: Valkey, proxy: Proxy, state: str) -> None:
    broker = RedisBroker(url(proxy))
    ear = Ear(broker)
    if state == "refusing":
        proxy.refuse()
        broker.subscribe("a", ear)
    async with working(broker):
        if state != "refusing":
            await ear.listens("a")
        if state == "black hole":
            proxy.hold()
        if state == "frozen":
            own.freeze()
        if state == "slow":
            proxy.delay(3.0)
        for _ in range(500):
            broker.publish("a", b"x" * 1_000)
        await asyncio.sleep(0.1)


async def test_a_connection_that_cannot_be_closed_does_not_keep_it_from_ending() -> None:
    is_open = asyncio.Event()

    async def session(_good: Callable[[], None]) -> Never:
        is_open.set()
        try:
            return await asyncio.get_running_loop().create_future()
        finally:
            raise ConnectionError("cannot close it")

    task = asyncio.create_task(module._keep("listening to", session))
    await is_open.wait()
    task.cancel()
    await asyncio.wait([task], timeout=5)
    assert task.cancelled()


# ---- how much it costs


async def test_what_comes_in_together_is_handled_in_one_tick(own: Valkey, proxy: Proxy) -> None:
    broker = RedisBroker(url(proxy))
    loop = asyncio.get_running_loop()
    ticks: list[int] = []

    def tick() -> None:
        ticks.append(0)

    def receive(_message: bytes) -> None:
        if not ticks or ticks[-1] == 0:
            loop.call_soon(tick)
            ticks.append(0)
        ticks[-1] += 1

    ear = Ear(broker)
    async with working(broker):
        await ear.listens("a")
        await ear.listens("b")
        broker.subscribe("a", receive)
        proxy.hold(subscribers)
        pipeline = own.client().pipeline(transaction=False)
        for _ in range(400):
            pipeline.publish("a", b"x" * 20)
        pipeline.execute()
        own.client().publish("b", b"last")
        proxy.release()
        await eventually(lambda: ear.heard)
        assert sum(ticks) == 400
        assert len([count for count in ticks if count]) <= 10
