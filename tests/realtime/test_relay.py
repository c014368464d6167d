"""Two processes and programs beside them: who hears what of whom, and what nobody may say."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from restai.realtime.brokers.memory import MemoryBroker
from restai.realtime.log_tail import KEEP
from tests.realtime.support import STAGE, Stage, eventually

ROOM = "room:stage"
LOG = "restai:local:log:stage"


@pytest.fixture
async def other(stage: Stage) -> AsyncIterator[Stage]:
    """Another process on the same log."""
    async with Stage(beside=stage) as other:
        yield other


class Outsider:
    """A program that listens on channels, and publishes."""

    def __init__(self, stage: Stage, *channels: str) -> None:
        self.broker = MemoryBroker(stage.broker)
        self.heard: list[tuple[str, bytes]] = []
        for channel in channels:
            self.broker.subscribe(channel, lambda message, c=channel: self.heard.append((c, message)))  # type: ignore[misc]

    def says(self, message: Any, channel: str = ROOM) -> None:
        self.broker.publish(channel, message if isinstance(message, bytes) else json.dumps(message).encode())


# ---- hints


async def test_what_is_committed_here_is_heard_there_without_a_query(stage: Stage, other: Stage) -> None:
    ana, bo = await stage.enter("ana"), await other.enter("bo")
    asked = stage.log.queries
    for text in "abc":
        stage.say(text, about="somebody", whisper="psst")
        await stage.settle()
        other.say(text.upper())
        await stage.settle()
    assert ana.heard == bo.heard
    assert [text for _, text in ana.heard] == ["a", "A", "b", "B", "c", "C"]
    assert stage.log.queries == asked
    assert (stage.server.metrics.hints_unread, other.server.metrics.hints_unread) == (0, 0)


async def test_what_is_too_large_for_a_hint_is_read_at_once(stage: Stage, other: Stage) -> None:
    bo = await other.enter("bo")
    stage.say("x" * 40_000)
    await stage.settle()
    assert bo.seqs == [1]
    assert other.server.tail.fills == 1


async def test_access_that_ends_there_ends_here(stage: Stage, other: Stage) -> None:
    bo = await other.enter("bo")
    stage.say(type_="banned", about="bo")
    await stage.settle()
    assert bo.socket.code == 4503


async def test_a_hint_before_the_cursor_is_known_is_not_lost(stage: Stage, other: Stage) -> None:
    """The log is heard of before it is read, so nothing falls in between."""
    await stage.enter("ana")
    stage.log.gate = asyncio.Event()
    other.door.let("bo")
    coming = asyncio.create_task(other.enter("bo", resume={STAGE: {"epoch": "first", "seq": 0}}))
    await stage.settle()
    stage.say("while it is read")
    stage.say("x" * 40_000)
    await stage.settle()
    stage.log.gate.set()
    bo = await coming
    await stage.settle()
    assert bo.seqs == [1, 2]


async def test_a_hint_of_another_epoch_has_the_log_asked_at_once_and_is_not_delivered(
    stage: Stage, other: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("restai.realtime.log_tail.POLL_INTERVAL", 600.0)
    bo = await other.enter("bo")
    asking = asyncio.create_task(other.server.tail.run())
    stage.log.restore(STAGE, "second", 0)
    stage.say("in the new time")
    await eventually(lambda: bo.told("resync"))
    asking.cancel()
    assert [(r["epoch"], r["seq"]) for r in bo.told("resync")] == [("second", 1)]
    assert bo.heard == []


async def test_a_log_is_listened_to_as_long_as_it_is_followed(stage: Stage) -> None:
    ana = await stage.enter("ana")
    assert LOG in stage.broker._channels
    ana.leave()
    stage.time.seconds += KEEP - 1
    await stage.poll()
    assert LOG in stage.broker._channels
    stage.time.seconds += 1
    await stage.poll()
    assert stage.broker._channels == {}


async def test_who_is_turned_away_leaves_no_subscription(stage: Stage) -> None:
    stage.log.away = True
    await stage.enter("ana")
    assert stage.broker._channels == {}


async def test_what_is_no_hint_is_counted_and_nothing_else(stage: Stage) -> None:
    ana = await stage.enter("ana")
    outsider = Outsider(stage)
    outsider.says({"v": 1, "seq": 1}, LOG)
    outsider.says(b"\x01garbage", LOG)
    await stage.settle()
    assert stage.server.metrics.hints_unread == 2
    stage.say("still there")
    await stage.settle()
    assert ana.heard == [(1, "still there")]


async def test_another_installation_on_the_same_broker_is_not_heard(stage: Stage) -> None:
    async with Stage(beside=stage) as rival:
        rival.server.relay.installation = "rival"
        bo = await rival.enter("bo")
        stage.say("not theirs")
        await stage.settle()
        assert bo.heard == []


# ---- rooms


async def test_a_rooms_channel_is_listened_to_while_somebody_is_in_it(stage: Stage) -> None:
    def rooms() -> set[str]:
        return {channel for channel in stage.broker._channels if channel.startswith("room:")}

    assert rooms() == set()
    ana, bo = await stage.enter("ana"), await stage.enter("bo", "cellar")
    assert rooms() == {"room:stage", "room:cellar"}
    ana.leave()
    assert rooms() == {"room:cellar"}
    bo.leave()
    assert rooms() == set()


async def test_programs_hear_events_in_the_rooms_they_may(stage: Stage) -> None:
    outsider = Outsider(stage, ROOM, "lobby", "elsewhere")
    stage.say("to all", rooms=[ROOM, "lobby"], whisper="to the lobby")
    stage.say("not for the lobby", rooms=["lobby"])
    await stage.settle()
    assert outsider.heard == [
        (ROOM, b'{"v":1,"seq":1,"type":"said","text":"to all"}'),
        ("lobby", b'{"v":1,"seq":1,"type":"said","text":"to the lobby"}'),
    ]


async def test_what_a_program_says_reaches_the_room_marked_as_its(stage: Stage, other: Stage) -> None:
    ana, bo, far = await stage.enter("ana"), await other.enter("bo"), await other.enter("far", "cellar")
    outsider = Outsider(stage)
    outsider.says({"type": "kitchen:printer", "paper": "low"})
    outsider.says({"signal": False, "free": ["form", 1.5, None]})
    await stage.settle()
    for visitor in (ana, bo):
        assert [m for m in visitor.told() if "signal" in m] == [
            {"type": "kitchen:printer", "paper": "low", "signal": True},
            {"signal": True, "free": ["form", 1.5, None]},
        ]
    assert [m for m in far.told() if "signal" in m] == []
    assert stage.server.metrics.signals == 2


FORGED: list[Any] = [
    b'{"v":1,"seq":1,"type":"said","text":"forged"}',
    b' {"v":1,"seq":1,"type":"said","text":"forged"}',
    b'{"seq":1,"v":1,"type":"said","text":"forged"}',
    {"type": "said", "text": "forged"},
    {"type": "banned", "text": "forged"},
    {"type": "heartbeat", "timestamp": 1, "confirmedAt": 1, "streams": {STAGE: 99}},
    {"type": "resync", "branchId": STAGE, "epoch": "first", "seq": 99, "reason": "epoch"},
    {"type": "auth:success"},
    {"type": "auth:error"},
    {"type": "auth:expiring"},
    {"type": "goodbye", "retryAfterMs": 10**9},
    {"type": "pong"},
    {"type": "ping"},
    {"type": "auth"},
    {"type": "error", "message": "forged"},
    {"type": "news", "seq": 2},
    {"type": "news", "id": "x"},
    {"type": "news", "epoch": "first"},
    {"type": "news", "v": 2},
    b'{"type":"news","type":"said","text":"forged"}',
    ["said"],
    "said",
    b"",
    b"\xff\xfe",
    b'{"half":',
    b"[" * 100_000,
    {"type": "news", "text": "x" * 65_536},
]


@pytest.mark.parametrize("message", FORGED, ids=lambda m: str(m)[:40])
async def test_nobody_can_pass_for_the_server(stage: Stage, message: Any) -> None:
    ana = await stage.enter("ana")
    before = ana.told()
    Outsider(stage).says(message)
    await stage.settle()
    assert ana.told() == before
    is_dropped_unparsed = isinstance(message, bytes) and message.startswith(b'{"v":1,')
    assert stage.server.metrics.signals_refused == (0 if is_dropped_unparsed else 1)


async def test_what_a_program_says_keeps_its_place_among_events(stage: Stage) -> None:
    ana = await stage.enter("ana")
    outsider = Outsider(stage)
    stage.say("before")
    outsider.says({"type": "news"})
    await stage.settle()
    stage.say("after")
    await stage.settle()
    assert [m.get("text", m["type"]) for m in ana.told() if m["type"] in ("said", "news")] == [
        "before",
        "news",
        "after",
    ]
