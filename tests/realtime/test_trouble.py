"""The core when something is wrong: it was frozen, the database is away or hangs, the log was cut behind
a replay, access turns at the worst moment. Nobody is shown what is not his, nor sent away for good."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from restai.realtime.codes import Close
from restai.realtime.log_tail import FROZEN, KEEP
from restai.realtime.ports import Event
from tests.realtime.support import STAGE, Stage, Visitor, eventually

# ---- frozen


def freeze(stage: Stage, seconds: float) -> None:
    """The process does not run for so long, and does again; its clocks have gone on."""
    stage.server.tail.pulse()
    stage.time.seconds += seconds


async def test_who_was_sent_away_while_it_was_frozen_hears_nothing_of_what_came_after(stage: Stage) -> None:
    ana, bo = await stage.enter("ana"), await stage.enter("bo")
    freeze(stage, 10)
    stage.door.tickets["ana"] = Close.ENDED  # as a log says of which it has not heard yet
    stage.say("not for ana")
    await stage.settle()
    assert (ana.heard, ana.socket.code) == ([], Close.ENDED)
    assert (bo.heard, bo.socket.code) == ([(1, "not for ana")], None)
    stage.say("and on")
    await stage.settle()
    assert bo.seqs == [1, 2]


async def test_who_may_see_less_since_sees_less_from_the_first_event_on(stage: Stage) -> None:
    ana = await stage.enter("ana")
    freeze(stage, 10)
    stage.door.let("ana", lens=1)
    stage.say("aloud", whisper="psst")
    await stage.settle()
    assert ana.heard == [(1, "psst")]


async def test_nothing_is_delivered_until_access_could_be_read_again(stage: Stage) -> None:
    ana = await stage.enter("ana")
    freeze(stage, 10)
    stage.door.away = True
    stage.say("waits")
    await stage.settle()
    assert (ana.heard, ana.socket.code) == ([], None)
    stage.door.away = False
    await eventually(lambda: ana.heard == [(1, "waits")])


async def test_a_replay_goes_on_only_for_who_may_still_see_it(stage: Stage) -> None:
    ana, bo = await stalled(stage, "ana"), await stalled(stage, "bo")
    heard = len(ana.heard)
    freeze(stage, 10)
    stage.door.tickets["ana"] = Close.ENDED
    for visitor in (ana, bo):
        flow(visitor)
    await stage.settle()
    assert (len(ana.heard), ana.socket.code) == (heard, Close.ENDED)
    while len(bo.heard) < 300:
        flow(bo)
        await stage.settle()
    assert bo.seqs == list(range(1, 301))


async def test_a_moment_of_hard_work_is_no_frost(stage: Stage) -> None:
    ana = await stage.enter("ana")
    asked = stage.door.queries
    freeze(stage, FROZEN)
    stage.say("at once")
    await asyncio.sleep(0)
    assert (ana.heard, stage.door.queries) == ([(1, "at once")], asked)


async def test_who_comes_while_it_wakes_up_is_let_in_and_misses_nothing(stage: Stage) -> None:
    await stage.enter("bo")
    stage.say("before")
    await stage.settle()
    freeze(stage, 10)
    stage.door.gate = gate = asyncio.Event()
    stage.say("while it wakes up")
    await stage.settle()
    ana = await stage.enter("ana", resume={STAGE: {"epoch": "first", "seq": 0}})
    gate.set()
    await stage.settle()
    assert ana.seqs == [1, 2]
    assert ana.told("heartbeat")


async def stalled(stage: Stage, name: str) -> Visitor:
    """Somebody in the middle of a long replay which the socket does not take."""
    while stage.log.streams[STAGE].head < 300:
        stage.say("x" * 2_000)
        await asyncio.sleep(0)
    visitor = Visitor(stage)
    visitor.socket.stalls = True
    stage.door.let(name)
    await visitor.sign_in(name, resume={STAGE: {"epoch": "first", "seq": 0}})
    assert 0 < len(visitor.heard) < 300
    return visitor


def flow(visitor: Visitor) -> None:
    """The socket takes what it was sent."""
    visitor.socket.buffered = 0
    visitor.peer.writable()


async def test_who_skips_from_the_middle_of_his_replay_is_told_at_once_how_fresh_he_is(stage: Stage) -> None:
    await stage.enter("bo")
    ana = await stalled(stage, "ana")
    assert ana.told("heartbeat") == []
    stage.log.restore(STAGE, "second", 1)
    await stage.poll()
    kinds = [message["type"] for message in ana.told()]
    assert kinds[-2:] == ["resync", "heartbeat"]


# ---- the database is away


async def test_five_thousand_who_come_while_the_database_is_away_are_all_told_to_come_again() -> None:
    async with Stage(STAGE, address_limit=10_000) as stage:
        for away in ("log", "door"):
            stage.log.away, stage.door.away = away == "log", away == "door"
            stage.door.let("ana")
            visitors = [Visitor(stage) for _ in range(2_500)]
            for visitor in visitors:
                visitor.say(type="auth", token="ana")
            await eventually(lambda v=visitors: all(each.socket.code for each in v))  # type: ignore[misc]
            assert {visitor.socket.code for visitor in visitors} == {4005}
            assert not any(visitor.told("auth:error") for visitor in visitors)
            for visitor in visitors:
                visitor.leave()
        stage.log.away = stage.door.away = False
        assert (await stage.enter("ana")).told("auth:success")


async def test_a_database_that_hangs_keeps_nobody_waiting_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither those who are being decided about nor those behind them."""
    monkeypatch.setattr("restai.realtime.admission.DEADLINE", 0.2)
    monkeypatch.setattr("restai.realtime.admission.BATCH", 10)
    async with Stage(STAGE, address_limit=10_000) as stage:
        await stage.enter("somebody")
        stage.door.let("ana")
        stage.door.gate = asyncio.Event()
        visitors = [Visitor(stage) for _ in range(30)]
        for visitor in visitors:
            visitor.say(type="auth", token="ana")
        await stage.settle()
        stage.time.seconds += 0.2
        await eventually(lambda: all(visitor.socket.code == 4005 for visitor in visitors))
        assert stage.door.queries == 2, "nobody asked again for those who waited as long"
        assert (await stage.enter("ana")).told("auth:success")


# ---- the log is cut, left, or has several holes


async def test_the_log_forgets_what_is_just_being_replayed(stage: Stage) -> None:
    await stage.enter("somebody")
    for _ in range(900):
        stage.say()
    await stage.settle()
    read = stage.log.read

    async def read_and_forget(stream: str, after: int, limit: int) -> Sequence[Event]:
        events = await read(stream, after, limit)
        stage.log.forget(STAGE, 350)
        return events

    stage.log.read = read_and_forget  # type: ignore[method-assign]
    ana = await stage.enter("ana", resume={STAGE: {"epoch": "first", "seq": 5}})
    await stage.settle(200)
    assert ana.seqs == list(range(6, 206))
    assert [(r["reason"], r["seq"]) for r in ana.told("resync")] == [("retention", 900)]
    stage.say("live")
    await stage.settle()
    assert ana.seqs[-1] == 901


async def test_two_logs_with_a_gap_each_at_the_same_time(stage: Stage) -> None:
    ana = await stage.enter("ana", STAGE, "cellar")
    for stream in (STAGE, "cellar", STAGE, "cellar"):
        stage.elsewhere(stream, stream=stream, rooms=[f"room:{stream}"])
    stage.say("three", rooms=["room:stage"])
    stage.say("three", stream="cellar", rooms=["room:cellar"])
    await stage.settle()
    assert sorted(ana.heard) == [
        *((1, "cellar"), (1, "stage"), (2, "cellar"), (2, "stage")),
        *((3, "three"), (3, "three")),
    ]
    assert stage.server.tail.fills == 2


async def test_a_second_gap_while_the_first_is_filled_is_the_same_work(stage: Stage) -> None:
    ana = await stage.enter("ana")
    stage.elsewhere("1")
    stage.say("2")
    stage.elsewhere("3")
    stage.say("4")
    await stage.settle()
    assert ana.seqs == [1, 2, 3, 4]
    assert stage.server.tail.fills <= 2


async def test_a_log_that_is_left_and_followed_again(stage: Stage) -> None:
    ana = await stage.enter("ana")
    stage.say("a")
    await stage.settle()
    for round_ in range(3):
        position = stage.log.streams[STAGE].head
        ana.leave()
        stage.time.seconds += KEEP
        await stage.poll()
        assert stage.server.tail.streams == []
        stage.elsewhere(f"missed {round_}")
        ana = await stage.enter("ana", resume=ana.position(position))
        stage.say(f"live {round_}")
        await stage.settle()
        assert ana.seqs == [position + 1, position + 2]


# ---- access turns at the worst moment


async def test_a_ban_in_the_middle_of_a_replay_ends_it(stage: Stage) -> None:
    ana = await stalled(stage, "ana")
    heard = len(ana.heard)
    stage.say(type_="banned", about="ana")
    await stage.settle()
    flow(ana)
    await stage.settle()
    assert (len(ana.heard), ana.socket.code) == (heard, Close.ENDED)


async def test_a_promotion_while_the_joining_waits_for_the_end_of_a_fan_out(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("restai.realtime.hub.SLICE", 1)
    for number in range(30):
        await stage.enter(f"guest{number}")
    stage.door.let("ana", lens=1)
    stage.say("to all", whisper="")
    stage.say(type_="promoted", about="ana", whisper="")
    await asyncio.sleep(0)
    ana = Visitor(stage)
    ana.say(type="auth", token="ana")
    await stage.settle(15)
    assert ana.told() == [], "it was decided, and waits"
    stage.door.let("ana", lens=0)
    await stage.settle(300)
    stage.say("aloud")
    await stage.settle(300)
    assert [text for _, text in ana.heard] == ["aloud"]


async def test_a_promotion_while_all_access_is_read_again_is_not_taken_back(stage: Stage) -> None:
    ana = await stage.enter("ana", STAGE, "cellar", lens=1)
    stage.door.gate = gate = asyncio.Event()
    stage.log.restore(STAGE, "second", 0)
    skipping = asyncio.create_task(stage.server.tail.poll())
    await stage.settle()
    stage.door.let("ana", STAGE, "cellar", lens=0)
    stage.say(type_="promoted", about="ana", stream="cellar", whisper="up")
    await stage.settle()
    gate.set()
    await skipping
    await stage.settle()
    stage.say("aloud", stream="cellar")
    await stage.settle()
    assert [text for _, text in ana.heard][-1] == "aloud"
