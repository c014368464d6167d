"""What every broker does, and the two there are do it: in memory, and over a real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from restai.realtime.brokers.memory import MemoryBroker
from restai.realtime.brokers.redis import RedisBroker
from restai.realtime.ports import Broker
from tests.realtime.support import eventually
from tests.support.valkey import Valkey

Make = Callable[[], Broker]


@pytest.fixture(params=["memory", "redis"])
def make(request: pytest.FixtureRequest) -> Make:
    """Makes brokers that are connected to each other."""
    if request.param == "memory":
        first = MemoryBroker()
        return lambda: MemoryBroker(beside=first)
    valkey: Valkey = request.getfixturevalue("valkey")
    return lambda: RedisBroker(valkey.url)


MARK = b"?"  # what somebody says to hear whether he is heard


class Ear:
    """Somebody who listens by a broker."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self.heard: list[bytes] = []
        self.arrived = asyncio.Event()
        self.fails = False

    def __call__(self, message: bytes) -> None:
        self.arrived.set()
        if self.fails:
            raise ZeroDivisionError
        if message != MARK:
            self.heard.append(message)

    async def listens(self, channel: str) -> None:
        """Subscribe, and wait until messages arrive."""
        self.arrived.clear()
        self.broker.subscribe(channel, self)
        async with asyncio.timeout(20):
            while not self.arrived.is_set():
                self.broker.publish(channel, MARK)
                await asyncio.sleep(0.01)


@pytest.fixture
async def brokers(make: Make) -> AsyncIterator[tuple[Broker, Broker]]:
    """Two that work."""
    pair = make(), make()
    running = [asyncio.create_task(broker.run()) for broker in pair]
    yield pair
    for task in running:
        task.cancel()
    async with asyncio.timeout(20):
        await asyncio.gather(*running, return_exceptions=True)
    assert all(task.cancelled() for task in running)


async def test_messages_reach_everybody_who_listens_in_order(brokers: tuple[Broker, Broker]) -> None:
    here, there = (Ear(broker) for broker in brokers)
    await here.listens("a")
    await there.listens("a")
    sent = [b"%d" % number + b"\x00\xff{}" * (number % 7) for number in range(500)]
    for message in sent:
        brokers[0].publish("a", message)
    await eventually(lambda: len(there.heard) == len(here.heard) == 500)
    assert here.heard == there.heard == sent


async def test_only_what_is_listened_to_comes_in(brokers: tuple[Broker, Broker]) -> None:
    one, two = Ear(brokers[1]), Ear(brokers[1])
    await one.listens("a")
    await two.listens("b")
    for channel in ("a", "c", "b", "a"):
        brokers[0].publish(channel, channel.encode())
    await eventually(lambda: len(one.heard) == 2 and two.heard)
    assert (one.heard, two.heard) == ([b"a", b"a"], [b"b"])


async def test_after_leaving_nothing_comes_not_even_what_was_under_way(
    brokers: tuple[Broker, Broker],
) -> None:
    ear, other = Ear(brokers[1]), Ear(brokers[1])
    await ear.listens("a")
    await other.listens("b")
    brokers[0].publish("a", b"late")
    brokers[1].unsubscribe("a")
    brokers[0].publish("b", b"after")
    await eventually(lambda: other.heard)
    assert ear.heard == []
    brokers[1].unsubscribe("a")
    brokers[1].unsubscribe("never listened to")


async def test_leaving_and_coming_back_at_once(brokers: tuple[Broker, Broker]) -> None:
    ear = Ear(brokers[1])
    for _ in range(20):
        await ear.listens("a")
        brokers[1].unsubscribe("a")
        brokers[1].subscribe("a", ear)
        brokers[1].unsubscribe("a")
        await asyncio.sleep(0)
    await ear.listens("a")
    brokers[0].publish("a", b"still")
    await eventually(lambda: ear.heard)
    assert ear.heard == [b"still"]


async def test_one_who_cannot_handle_a_message_is_nobody_elses_trouble(
    brokers: tuple[Broker, Broker],
) -> None:
    broken, sound = Ear(brokers[1]), Ear(brokers[1])
    await broken.listens("a")
    await sound.listens("b")
    broken.fails = True
    brokers[0].publish("a", b"?")
    brokers[0].publish("b", b"fine")
    await eventually(lambda: sound.heard)
    broken.fails = False
    brokers[0].publish("a", b"and again")
    await eventually(lambda: broken.heard)


async def test_it_counts(brokers: tuple[Broker, Broker]) -> None:
    ear = Ear(brokers[1])
    await ear.listens("a")
    await asyncio.sleep(0.3)  # what `listens` said has passed
    published, received = brokers[0].totals.published, brokers[1].totals.received
    for _ in range(3):
        brokers[0].publish("a", b"x")
    await eventually(lambda: len(ear.heard) == 3 and brokers[0].totals.published == published + 3)
    assert brokers[1].totals.received == received + 3
