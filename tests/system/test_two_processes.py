"""Two servers on one database: whatever is between them, and whatever becomes of it, everybody is told of
everything, once and in order, and no request waits for it."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from restai.realtime.brokers.memory import MemoryBroker
from restai.realtime.brokers.redis import RedisBroker
from restai.realtime.ports import Broker
from tests.realtime.support import eventually
from tests.support.clock import ManualClock
from tests.support.live import Screen
from tests.support.processes import Process, processes, sees_all_in_order, takeout
from tests.support.proxy import Proxy, subscribers
from tests.support.valkey import Valkey


@dataclass
class Pair:
    """Two processes, each with a screen of the staff, and everything that both were told."""

    here: Process
    there: Process
    screens: tuple[Screen, Screen]
    first: int
    last: int

    @classmethod
    async def begin(cls, here: Process, there: Process) -> Pair:
        house = here.restaurant.house
        screens = (await here.restaurant.screen(house.kitchen), await there.restaurant.screen(house.waiter))
        head = (await here.restaurant.snapshot(house.manager))["stream"]["seq"]
        return cls(here, there, screens, head + 1, head)

    async def work(self, orders: int = 4) -> None:
        """Orders on both processes, in turn; each is one event."""
        for number in range(orders):
            await takeout((self.here, self.there)[number % 2])
            self.last += 1

    async def all_is_told(self) -> None:
        for screen in self.screens:
            await sees_all_in_order(screen, self.first, self.last)


# ---- any broker, or none


@pytest.fixture(params=["none", "memory", "redis"])
def brokers(request: pytest.FixtureRequest) -> tuple[Broker | None, Broker | None]:
    match request.param:
        case "memory":
            first = MemoryBroker()
            return first, MemoryBroker(beside=first)
        case "redis":
            valkey: Valkey = request.getfixturevalue("valkey")
            return RedisBroker(valkey.url), RedisBroker(valkey.url)
    return None, None


async def test_what_happens_at_one_is_told_at_the_other(
    database_url: str, clock: ManualClock, brokers: tuple[Broker | None, Broker | None]
) -> None:
    async with processes(database_url, clock, *brokers) as (here, there):
        pair = await Pair.begin(here, there)
        await pair.work(8)
        await pair.all_is_told()


async def test_who_is_dismissed_at_one_is_out_at_the_other(
    database_url: str, clock: ManualClock, brokers: tuple[Broker | None, Broker | None]
) -> None:
    async with processes(database_url, clock, *brokers) as (here, there):
        house = here.restaurant.house
        screen = await there.restaurant.screen(house.waiter)
        phone = await here.restaurant.seats("Rosa")
        guest = await there.restaurant.screen(phone)
        await here.restaurant.does(house.manager, "PATCH", f"/staff/{house.waiter.user_id}", active=False)
        await here.restaurant.does(house.manager, "POST", f"/sessions/{phone.session_id}/end")
        assert await screen.closed() == 4503
        assert await guest.closed() == 4503
        assert guest.events[-1]["type"] == "session:ended"


async def test_an_evening_goes_on_at_the_other_process_where_it_was_left(
    database_url: str, clock: ManualClock, brokers: tuple[Broker | None, Broker | None]
) -> None:
    """A screen changes its process again and again, at once, and misses nothing."""
    async with processes(database_url, clock, *brokers) as (here, there):
        house = here.restaurant.house
        position = (await here.restaurant.snapshot(house.kitchen))["stream"]
        first, seen = position["seq"] + 1, []
        for turn in range(6):
            process = (here, there)[turn % 2]
            screen = await process.screens.open()
            resume = {house.branch_id: position}
            welcome = await screen.sign_in(house.token(house.kitchen), resume=resume)
            order = await takeout((there, here)[turn % 2])
            await screen.sees(lambda m, o=order: m.get("orderId") == o["id"])  # type: ignore[misc]
            assert welcome["streams"][house.branch_id]["epoch"] == position["epoch"]
            await takeout(here)
            await screen.leave()
            assert not [m for m in screen.told if m["type"] == "resync"]
            seen += [event["seq"] for event in screen.events]
            position |= {"seq": seen[-1]}
        assert seen == list(range(first, seen[-1] + 1))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_on_one_file_two_processes_notice_each_others_commits_before_any_poll(
    database_url: str, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("restai.realtime.log_tail.POLL_INTERVAL", 600.0)
    async with processes(database_url, clock, None, None) as (here, there):
        pair = await Pair.begin(here, there)
        await asyncio.sleep(0.5)  # each has looked once
        for _ in range(5):
            await pair.work(2)
            await pair.all_is_told()


# ---- Redis breaks


@pytest.fixture
def own() -> Iterator[Valkey]:
    server = Valkey().start()
    yield server
    server.close()


@pytest.fixture
def ways(own: Valkey) -> Iterator[tuple[Proxy, Proxy]]:
    """Each process's own way to Redis."""
    with Proxy(("127.0.0.1", own.port)) as one, Proxy(("127.0.0.1", own.port)) as other:
        yield one, other


@pytest.fixture
async def pair(
    postgres_farm: object, clock: ManualClock, ways: tuple[Proxy, Proxy], request: pytest.FixtureRequest
) -> AsyncIterator[Pair]:
    with request.getfixturevalue("postgres_farm").database() as url:
        brokers = [RedisBroker("redis://{}:{}".format(*way.address)) for way in ways]  # type: ignore[misc]
        async with processes(url, clock, *brokers) as (here, there):
            pair = await Pair.begin(here, there)
            await eventually(lambda: all(p.app.live.relay.is_well for p in (here, there)))
            yield pair


Fault = Callable[[Valkey, tuple[Proxy, Proxy]], None]


def killed(own: Valkey, _ways: tuple[Proxy, Proxy]) -> None:
    own.kill()


def frozen(own: Valkey, _ways: tuple[Proxy, Proxy]) -> None:
    own.freeze()


def black_hole(_own: Valkey, ways: tuple[Proxy, Proxy]) -> None:
    for way in ways:
        way.hold()


def silent(_own: Valkey, ways: tuple[Proxy, Proxy]) -> None:
    """It accepts everything, and delivers nothing."""
    for way in ways:
        way.hold(subscribers, to_server=False)


def cut_off_here(_own: Valkey, ways: tuple[Proxy, Proxy]) -> None:
    ways[0].refuse()
    ways[0].cut()


def deaf_here(_own: Valkey, ways: tuple[Proxy, Proxy]) -> None:
    ways[0].hold()


def heal(own: Valkey, ways: tuple[Proxy, Proxy]) -> None:
    own.thaw()
    if not own.is_running:
        own.start()
    for way in ways:
        way.release()
        way.accept()


FAULTS: list[Fault] = [killed, frozen, black_hole, silent, cut_off_here, deaf_here]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
async def test_without_redis_all_goes_on_and_with_it_again_too(
    pair: Pair, own: Valkey, ways: tuple[Proxy, Proxy], fault: Fault
) -> None:
    await pair.work()
    await pair.all_is_told()
    fault(own, ways)
    await pair.work(10)
    await pair.all_is_told()
    heal(own, ways)
    await pair.work()
    await eventually(lambda: all(p.app.live.relay.is_well for p in (pair.here, pair.there)))
    hints = pair.there.app.live.broker.totals.received
    await pair.work()
    await pair.all_is_told()
    assert pair.there.app.live.broker.totals.received > hints, "and they hear by it again"


@pytest.mark.parametrize("fault", [cut_off_here, deaf_here], ids=lambda fault: fault.__name__)
async def test_when_only_who_writes_has_lost_redis_the_other_hears_by_its_polls(
    pair: Pair, own: Valkey, ways: tuple[Proxy, Proxy], fault: Fault
) -> None:
    await pair.work()
    await pair.all_is_told()
    fault(own, ways)
    for _ in range(5):
        await takeout(pair.here)
        pair.last += 1
        await pair.all_is_told()


async def test_redis_comes_and_goes_in_the_middle_of_everything(
    pair: Pair, own: Valkey, ways: tuple[Proxy, Proxy]
) -> None:
    for fault in (*FAULTS[1:], killed):
        await pair.work(1)
        fault(own, ways)
        await pair.work(2)
        heal(own, ways)
        await pair.work(2)
        for way in ways:
            way.cut()
    await pair.all_is_told()


async def test_a_request_is_answered_while_redis_has_not_taken_its_events(
    pair: Pair, own: Valkey, ways: tuple[Proxy, Proxy]
) -> None:
    black_hole(own, ways)
    broker = pair.here.app.live.broker
    taken = broker.totals.published
    await takeout(pair.here)
    assert broker.totals.published == taken, "nothing of it has been taken by now"
    pair.last += 1
    await pair.all_is_told()


@pytest.mark.parametrize("fault", [killed, black_hole, silent], ids=lambda fault: fault.__name__)
async def test_that_redis_is_away_is_said_and_requests_are_still_welcome(
    pair: Pair, own: Valkey, ways: tuple[Proxy, Proxy], fault: Fault
) -> None:
    assert await pair.here.ready() == (200, _ready("ok", "ok"))
    fault(own, ways)
    async with asyncio.timeout(5):
        while (found := await pair.here.ready()) == (200, _ready("ok", "ok")):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert found == (200, _ready("degraded", "away"))
    metrics = (await pair.here.client.get("/metrics")).text
    assert "restai_broker_up 0.0" in metrics
    heal(own, ways)
    async with asyncio.timeout(10):
        while await pair.here.ready() != (200, _ready("ok", "ok")):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    assert "restai_broker_up 1.0" in (await pair.here.client.get("/metrics")).text


def _ready(status: str, redis: str) -> dict[str, object]:
    return {"status": status, "database": "ok", "log_lag_ms": 0, "redis": redis, "draining": False}


async def test_two_installations_share_a_redis_and_hear_nothing_of_each_other(
    database_url: str, clock: ManualClock, valkey: Valkey, request: pytest.FixtureRequest
) -> None:
    with request.getfixturevalue("sqlite_farm").database() as other_url:
        ours, theirs = RedisBroker(valkey.url), RedisBroker(valkey.url)
        async with (
            processes(database_url, clock, ours) as (here,),
            processes(other_url, clock, theirs, name="La Otra") as (other,),
        ):
            screen = await other.restaurant.screen(other.restaurant.house.kitchen)
            await eventually(lambda: all(p.app.live.relay.is_well for p in (here, other)))
            mine = await here.restaurant.screen(here.restaurant.house.kitchen)
            received = theirs.totals.received
            for _ in range(5):
                await takeout(here)
            await mine.sees("order:created")
            await screen.settled()
            assert screen.events == []
            assert theirs.totals.received - received <= 2, "its own probe, and nothing of ours"


async def test_the_example_of_another_program_is_heard_at_both(pair: Pair, own: Valkey) -> None:
    example = Path(__file__).parents[2] / "examples" / "publish_from_outside.py"
    program = await asyncio.create_subprocess_exec(
        sys.executable,
        str(example),
        pair.here.restaurant.branch_id,
        *("--redis", own.url),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await asyncio.wait_for(program.communicate(), 30)
    assert out == b"2 processes heard it\n"
    for screen in pair.screens:
        said = {"type": "printer:paper", "printer": "Grill", "left": "low", "signal": True}
        assert await screen.sees("printer:paper") == said
