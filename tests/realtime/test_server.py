"""The core as its clients meet it: signing in, going on from where one was, being kept informed."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from restai.realtime.codes import Close
from restai.realtime.ports import Event
from restai.realtime.server import SLOW
from restai.realtime.transport import PAUSE_ABOVE
from tests.realtime.support import STAGE, Recorder, Stage, Ticket, Visitor, eventually


async def test_a_good_token_is_welcomed_with_rooms_and_positions(stage: Stage) -> None:
    stage.say("before")
    ana = await stage.enter("ana")
    [welcome] = ana.told("auth:success")
    assert welcome["userId"] == "ana"
    assert welcome["rooms"] == ["room:stage"]
    assert welcome["streams"] == {STAGE: {"epoch": "first", "seq": 1, "head": 1}}
    assert welcome["heartbeatMs"] == 5_000
    assert "moreBranches" not in welcome


async def test_who_is_in_hears_what_is_said_from_then_on(stage: Stage) -> None:
    stage.say("before")
    ana = await stage.enter("ana")
    stage.say("hello")
    await stage.settle()
    assert ana.heard == [(2, "hello")]


async def test_a_bad_token_three_times(stage: Stage) -> None:
    visitor = Visitor(stage)
    for _ in range(3):
        await visitor.sign_in("nobody")
    assert len(visitor.told("auth:error")) == 3
    assert visitor.socket.code == Close.REFUSED


async def test_a_herd_that_comes_at_once_costs_a_few_queries(stage: Stage) -> None:
    for number in range(40):
        stage.door.let(f"guest{number}")
    visitors = [Visitor(stage) for _ in range(40)]
    for number, visitor in enumerate(visitors):
        visitor.say(type="auth", token=f"guest{number}")
    await stage.settle()
    assert all(visitor.told("auth:success") for visitor in visitors)
    assert stage.door.queries == 1
    assert stage.log.queries == 1


# ---- resume


async def test_after_a_quiet_period_exactly_the_missed_events_come(stage: Stage) -> None:
    ana = await stage.enter("ana")
    ana.leave()
    for text in "abc":
        stage.say(text)
    again = await stage.enter("ana", resume=ana.position(0))
    assert again.heard == [(1, "a"), (2, "b"), (3, "c")]
    [welcome] = again.told("auth:success")
    assert welcome["streams"][STAGE] == {"epoch": "first", "seq": 0, "head": 3}
    assert again.told("resync") == []


async def test_twice_in_a_row_without_live_traffic_nothing_comes_twice(stage: Stage) -> None:
    stage.say("a")
    first = await stage.enter("ana", resume={STAGE: {"epoch": "first", "seq": 0}})
    first.leave()
    second = await stage.enter("ana", resume=first.position(1))
    assert (first.heard, second.heard) == ([(1, "a")], [])


async def test_at_once_after_a_drop_during_a_burst(stage: Stage) -> None:
    heard: list[int] = []
    ana = await stage.enter("ana")
    for round_ in range(200):
        stage.say(f"{round_}")
        stage.say(f"{round_}!")
        await asyncio.sleep(0)
        ana.leave()
        heard += ana.seqs
        stage.say("while away")
        ana = await stage.enter("ana", resume=ana.position(max(heard, default=0)))
    heard += ana.seqs
    assert heard == list(range(1, 601))


async def test_past_retention_a_snapshot_is_asked_for(stage: Stage) -> None:
    ana = await stage.enter("ana")
    ana.leave()
    for _ in range(600):  # more than memory holds
        stage.say()
        await asyncio.sleep(0)
    stage.log.forget(STAGE, 300)
    again = await stage.enter("ana", resume=ana.position(10))
    [resync] = again.told("resync")
    assert (resync["reason"], resync["seq"], resync["epoch"]) == ("retention", 600, "first")
    assert again.heard == []
    stage.say("new")
    await stage.settle()
    assert again.heard == [(601, "new")]


async def test_further_back_than_memory_comes_from_the_log(stage: Stage) -> None:
    ana = await stage.enter("ana")
    ana.leave()
    for _ in range(700):
        stage.say()
    await stage.settle()
    again = await stage.enter("ana", resume=ana.position(5))
    await stage.settle(300)
    assert again.seqs == list(range(6, 701))
    assert stage.server.metrics.catch_up_reads >= 1


async def test_a_gap_that_is_too_long_is_a_snapshot(stage: Stage) -> None:
    ana = await stage.enter("ana")
    ana.leave()
    for _ in range(1_200):
        stage.say()
    await stage.settle()
    again = await stage.enter("ana", resume=ana.position(0))
    await stage.settle(300)
    assert [r["reason"] for r in again.told("resync")] == ["too_far"]
    stage.say("new")
    await stage.settle()
    assert again.heard[-1] == (1_201, "new")


async def test_a_foreign_epoch_or_a_position_that_never_was(stage: Stage) -> None:
    stage.say()
    for position in (
        {"epoch": "other", "seq": 1},
        {"epoch": "first", "seq": 9},
        {"epoch": "first", "seq": -1},
    ):
        visitor = await stage.enter("ana", resume={STAGE: position})
        assert [(r["reason"], r["seq"]) for r in visitor.told("resync")] == [("epoch", 1)]


async def test_who_was_ahead_on_another_process_is_not_sent_back(stage: Stage) -> None:
    await stage.enter("somebody")
    for text in "abc":
        stage.elsewhere(text)
    ana = await stage.enter("ana", resume={STAGE: {"epoch": "first", "seq": 2}})
    assert ana.told("resync") == []
    assert ana.heard == [(3, "c")]


async def test_a_resume_before_any_event_of_a_stream_is_known(stage: Stage) -> None:
    for text in "abc":
        stage.elsewhere(text)
    ana = await stage.enter("ana", resume={STAGE: {"epoch": "first", "seq": 1}})
    assert ana.heard == [(2, "b"), (3, "c")]


async def test_a_replay_shows_only_what_the_viewer_may_see(stage: Stage) -> None:
    for number in range(10):
        stage.say(f"{number}", whisper=f"psst {number}" if number % 3 == 0 else None)
        stage.say("elsewhere", rooms=["room:other"], whisper="psst, elsewhere")
    ana = await stage.enter("ana", lens=1, resume={STAGE: {"epoch": "first", "seq": 0}})
    assert [text for _, text in ana.heard] == ["psst 0", "psst 3", "psst 6", "psst 9"]


async def test_a_slow_socket_is_replayed_to_in_portions(stage: Stage) -> None:
    await stage.enter("somebody")
    for _ in range(300):
        stage.say("x" * 2_000)
        await asyncio.sleep(0)
    ana = Visitor(stage)
    ana.socket.stalls = True
    stage.door.let("ana")
    await ana.sign_in("ana", resume={STAGE: {"epoch": "first", "seq": 0}})
    assert 0 < len(ana.heard) < 300
    stage.say("live")
    await stage.settle()
    ana.socket.buffered = 0
    ana.peer.writable()
    await stage.settle()
    ana.socket.buffered = 0
    ana.peer.writable()
    await stage.settle()
    assert ana.seqs == list(range(1, 302))


async def test_who_comes_while_a_fan_out_is_half_done_misses_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("restai.realtime.hub.SLICE", 1)
    crowd = [await stage.enter(f"guest{n}") for n in range(30)]
    stage.say("first")
    late = [stage.enter("late"), stage.enter("later", resume={STAGE: {"epoch": "first", "seq": 0}})]
    comers = await asyncio.gather(*late)
    stage.say("second")
    await stage.settle(200)
    for visitor in (*crowd, *comers):
        started = visitor.told("auth:success")[0]["streams"][STAGE]["seq"]
        assert visitor.seqs == [seq for seq in (1, 2) if seq > started]


async def test_no_heartbeat_before_all_is_live(stage: Stage) -> None:
    ana = await stalled(stage)
    ana.peer.heard()
    await stage.wait(6)
    assert ana.told("heartbeat") == []
    while len(ana.heard) < 300:
        ana.socket.buffered = 0
        ana.peer.writable()
        await stage.settle()
    assert len(ana.told("heartbeat")) == 1


async def stalled(stage: Stage, **more: Any) -> Visitor:
    """Ana, in the middle of a long replay that her socket does not take."""
    await stage.enter("somebody")
    for _ in range(300):
        stage.say("x" * 2_000, whisper="y" * 2_000)
        await asyncio.sleep(0)
    ana = Visitor(stage)
    ana.socket.stalls = True
    stage.door.let("ana", **more)
    return await ana.sign_in("ana", resume={STAGE: {"epoch": "first", "seq": 0}})


async def test_who_sees_more_in_the_middle_of_a_replay_is_told_once_in_its_place(stage: Stage) -> None:
    ana = await stalled(stage, lens=1)
    stage.door.let("ana", lens=0)
    stage.say("up", type_="promoted", about="ana", whisper="up")
    await stage.settle()
    assert ana.told("resync") == []
    while not ana.told("heartbeat"):
        ana.socket.buffered = 0
        ana.peer.writable()
        await stage.settle()
    assert [r["seq"] for r in ana.told("resync")] == [301]
    assert ana.seqs == list(range(1, 302))


async def test_who_sees_something_else_in_the_middle_of_a_replay_goes_on_from_there(stage: Stage) -> None:
    """The event that says so is not in his rooms any more: the replay would never come by it."""
    ana = await stalled(stage)
    known = len(ana.heard)
    stage.door.tickets["ana"] = Ticket({STAGE: {"another room"}})
    stage.say("joined", type_="promoted", about="ana")
    await stage.settle()
    assert [(r["seq"], r["reason"]) for r in ana.told("resync")] == [(301, "access")]
    stage.say("of what she sees now", rooms=("another room",))
    stage.say("of what she saw before")
    ana.socket.buffered = 0
    ana.peer.writable()
    await stage.settle()
    assert ana.heard[known:] == [(302, "of what she sees now")]
    assert len(ana.told("resync")) == 1


async def test_a_replay_that_stands_still_is_given_up(stage: Stage) -> None:
    ana = await stalled(stage)
    for _ in range(40):
        ana.peer.heard()
        await stage.wait(1)
    assert ana.socket.code == Close.TOO_SLOW


# ---- freshness


async def test_the_first_heartbeat_comes_when_all_is_live(stage: Stage) -> None:
    ana = await stage.enter("ana")
    [beat] = ana.told("heartbeat")
    assert beat["confirmedAt"] <= beat["timestamp"] == stage.time.wall()
    assert beat["streams"] == {}


async def test_heartbeats_name_what_moved_even_if_nothing_of_it_was_seen(stage: Stage) -> None:
    ana = await stage.enter("ana")
    stage.say("not for ana", rooms=["room:other"])
    stage.say("for ana")
    await stage.wait(5.5)
    beat = ana.told("heartbeat")[-1]
    assert beat["streams"] == {STAGE: 2}
    assert stage.time.wall() - beat["confirmedAt"] < 1_000
    await stage.wait(5.5)
    assert ana.told("heartbeat")[-1]["streams"] == {}


async def test_a_heartbeat_never_overtakes_an_event(stage: Stage) -> None:
    crowd = [await stage.enter(f"guest{n}") for n in range(3)]
    for _ in range(1_200):
        visitor = Visitor(stage, address=f"10.0.{random.randint(0, 255)}.{random.randint(0, 255)}")
        stage.door.let("many")
        visitor.say(type="auth", token="many")
        crowd.append(visitor)
    await stage.settle(200)
    stage.say("to all")
    await asyncio.sleep(0)
    waiting = [v for v in crowd if not v.heard]
    assert waiting, "the fan-out was expected to be cut into slices"
    for visitor in crowd:
        stage.server.beat(visitor.peer)
    for visitor in crowd:
        assert visitor.told("heartbeat")[-1]["streams"] == {}
    await stage.settle()
    assert all(visitor.seqs == [1] for visitor in crowd)


async def test_while_the_log_is_away_sockets_stay_and_freshness_stands_still(stage: Stage) -> None:
    ana = await stage.enter("ana")
    before = ana.told("heartbeat")[-1]["confirmedAt"]
    stage.log.away = True
    await stage.wait(12)
    assert ana.socket.code is None
    assert ana.told("heartbeat")[-1]["confirmedAt"] == before
    assert ana.told("heartbeat")[-1]["timestamp"] > before + 9_000


async def test_what_cannot_be_decided_is_never_the_end(stage: Stage) -> None:
    stage.door.let("ana")
    stage.door.away = True
    ana = await Visitor(stage).sign_in("ana")
    assert ana.socket.code == Close.UNDECIDED
    assert ana.told("auth:error") == []
    stage.door.away = False
    stage.log.away = True
    stage.door.let("bo", "cellar")
    bo = await Visitor(stage).sign_in("bo")
    assert bo.socket.code == Close.UNDECIDED


# ---- access


async def test_whose_access_ends_hears_it_last(stage: Stage) -> None:
    ana = await stage.enter("ana")
    stage.say("you are banned", type_="banned", about="ana")
    stage.say("without ana")
    await stage.settle()
    assert ana.heard == [(1, "you are banned")]
    assert ana.socket.code == Close.ENDED


async def test_access_that_ends_elsewhere_ends_here(stage: Stage) -> None:
    ana = await stage.enter("ana")
    stage.elsewhere("", type_="banned", about="ana")
    await stage.poll()
    assert ana.socket.code == Close.ENDED


async def test_a_ban_between_the_reading_of_the_account_and_the_joining(stage: Stage) -> None:
    await stage.enter("somebody")
    stage.door.let("ana")
    stage.door.gate = gate = asyncio.Event()
    ana = await Visitor(stage).sign_in("ana")
    stage.say("", type_="banned", about="ana")
    await stage.settle()
    gate.set()
    await stage.settle()
    assert ana.socket.code == Close.ENDED
    assert ana.told("auth:success") == []


async def test_a_promotion_while_the_account_is_read_is_not_lost(stage: Stage) -> None:
    await stage.enter("somebody")
    stage.door.let("ana", lens=1)
    stage.door.gate = gate = asyncio.Event()
    ana = await Visitor(stage).sign_in("ana")
    stage.door.let("ana", lens=0)
    stage.say("", type_="promoted", about="ana")
    await stage.settle()
    gate.set()
    await stage.settle()
    stage.say("aloud")
    await stage.settle()
    assert ana.heard[-1] == (2, "aloud")


async def test_seeing_more_is_followed_by_a_resync_live_and_in_replay(stage: Stage) -> None:
    ana = await stage.enter("ana", lens=1)
    stage.say("aloud")
    stage.door.let("ana", lens=0)
    stage.say("up", type_="promoted", about="ana", whisper="you may hear all")
    stage.say("aloud again")
    await stage.settle()
    assert ana.heard == [(2, "you may hear all"), (3, "aloud again")]
    assert [(r["seq"], r["reason"]) for r in ana.told("resync")] == [(2, "access")]
    ana.leave()
    again = await stage.enter("ana", resume=ana.position(0))
    kinds = [(m["type"], m.get("seq")) for m in again.told() if m["type"] in ("said", "promoted", "resync")]
    assert kinds == [("said", 1), ("promoted", 2), ("resync", 2), ("said", 3)]


async def test_no_replay_for_who_lost_access_while_away(stage: Stage) -> None:
    ana = await stage.enter("ana")
    ana.leave()
    stage.say("secret")
    stage.door.tickets["ana"] = Close.ENDED
    again = await stage.enter("ana", resume=ana.position(0))
    assert again.heard == []
    assert again.socket.code == Close.ENDED


async def test_a_skip_reads_everybodys_access_again(stage: Stage) -> None:
    ana, bo = await stage.enter("ana"), await stage.enter("bo")
    stage.door.tickets["bo"] = Close.ENDED
    stage.log.restore(STAGE, "second", 0)
    stage.log.commit("in the new time")
    await stage.poll()
    assert bo.socket.code == Close.ENDED
    assert bo.told("resync") == []
    assert [(r["epoch"], r["seq"], r["reason"]) for r in ana.told("resync")] == [("second", 1, "epoch")]


async def test_a_skip_also_reads_again_who_renews_meanwhile(stage: Stage) -> None:
    ana = await stage.enter("ana")
    stage.door.tickets["ana"] = Close.ENDED
    stage.door.gate = review = asyncio.Event()
    stage.log.restore(STAGE, "second", 0)
    stage.log.commit("in the new time")
    skipping = asyncio.create_task(stage.poll())
    await stage.settle()
    stage.door.gate = renewal = asyncio.Event()
    await ana.sign_in("ana")
    review.set()
    await skipping
    assert (ana.socket.code, ana.heard, ana.told("resync")) == (Close.ENDED, [], [])
    renewal.set()
    await stage.settle()


async def test_a_skip_comes_after_what_was_heard_before_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("restai.realtime.hub.SLICE", 1)
    crowd = [await stage.enter(f"guest{n}") for n in range(30)]
    stage.say("a")
    await asyncio.sleep(0)
    stage.say("b")
    stage.log.restore(STAGE, "second", 1)
    await stage.server.tail.poll()
    await stage.settle(200)
    for visitor in crowd:
        story = [m.get("text", m["type"]) for m in visitor.told() if m["type"] in ("said", "resync")]
        assert story == ["a", "b", "resync"]


async def test_a_skip_while_the_account_is_read_has_it_read_again(stage: Stage) -> None:
    await stage.enter("somebody")
    stage.door.let("ana")
    stage.door.gate = gate = asyncio.Event()
    ana = await Visitor(stage).sign_in("ana")
    stage.door.tickets["ana"] = Close.ENDED
    stage.log.restore(STAGE, "second", 0)
    await stage.poll()
    gate.set()
    await stage.settle()
    assert ana.socket.code == Close.ENDED
    assert ana.told("auth:success") == []


# ---- renewal and choice


async def test_a_renewal_keeps_what_is_kept_and_moves_the_rest(stage: Stage) -> None:
    stage.door.let("ana", STAGE, "cellar")
    ana = await stage.enter("ana", branches=["cellar"])
    assert ana.told("auth:success")[-1]["rooms"] == ["room:cellar"]
    stage.say("wine", stream="cellar")
    await ana.sign_in("ana")
    assert ana.told("auth:success")[-1]["rooms"] == ["room:cellar"], "a renewal keeps the choice"
    await ana.sign_in("ana", branches=[STAGE])
    assert ana.told("auth:success")[-1]["rooms"] == ["room:stage"]
    assert [(r["branchId"], r["reason"]) for r in ana.told("resync")] == [("cellar", "access")]
    stage.say("more wine", stream="cellar")
    stage.say("curtain")
    await stage.settle()
    assert ana.heard == [(1, "wine"), (1, "curtain")]


async def test_a_renewal_without_a_gap_under_fire(stage: Stage) -> None:
    ana = await stage.enter("ana")
    for number in range(50):
        stage.say(str(number))
        ana.say(type="auth", token="ana", resume=ana.position(0))
        stage.say(f"{number}!")
        await stage.settle(20)
        ana.peer.connection._allowance = 60
    assert ana.seqs == list(range(1, 101))


async def test_a_renewal_with_another_persons_token(stage: Stage) -> None:
    ana = await stage.enter("ana")
    stage.door.let("bo")
    await ana.sign_in("bo")
    assert ana.told("auth:error")
    assert ana.socket.code == Close.REFUSED


async def test_a_token_of_two_seconds_is_warned_of_and_renewed_without_a_gap(stage: Stage) -> None:
    stage.door.life = 2_000
    ana = await stage.enter("ana")
    await stage.wait(0.5)
    assert ana.told("auth:expiring")
    stage.say("a")
    stage.door.life = 900_000
    await ana.sign_in("ana")
    stage.say("b")
    await stage.wait(3)
    assert ana.socket.code is None
    assert ana.heard == [(1, "a"), (2, "b")]


async def test_a_token_that_is_not_renewed(stage: Stage) -> None:
    stage.door.life = 2_000
    ana = await stage.enter("ana")
    await stage.wait(2.5)
    assert ana.socket.code == Close.TOKEN_EXPIRED


# ---- neighbours


async def test_who_does_not_read_is_cut_off_and_nobody_else_notices(stage: Stage) -> None:
    ana, bo = await stage.enter("ana"), await stage.enter("bo")
    ana.socket.stalls = True
    for _ in range(60):
        stage.say("x" * 50_000)
        await stage.settle(3)
        if ana.socket.buffered > PAUSE_ABOVE:
            ana.peer.congested()
    assert ana.socket.code == Close.TOO_SLOW
    assert ana.socket.buffered < SLOW + 100_000
    assert bo.seqs == list(range(1, 61))


async def test_binary_messages_are_refused(stage: Stage) -> None:
    ana = await stage.enter("ana")
    ana.peer.binary(b"\x00")
    assert ana.socket.code == Close.BINARY


async def test_a_herd_that_comes_one_by_one_is_let_in_with_few_queries() -> None:
    async with Stage(address_limit=5_000) as stage:
        stage.door.let("ana")
        herd = []
        for _ in range(5_000):
            herd.append(Visitor(stage))
            herd[-1].say(type="auth", token="ana")
            await asyncio.sleep(0)
        await eventually(lambda: all(visitor.told("auth:success") for visitor in herd))
        assert stage.door.queries + stage.log.queries <= 50


async def test_too_many_sockets_of_one_address(stage: Stage) -> None:
    visitors = [Visitor(stage, "10.0.0.9") for _ in range(51)]
    assert [v.socket.code for v in visitors] == [None] * 50 + [Close.TOO_MANY_CONNECTIONS]
    visitors[-1].leave()
    visitors[0].leave()
    assert Visitor(stage, "10.0.0.9").socket.code is None


async def test_sockets_of_one_network_are_counted_together() -> None:
    async with Stage(address_limit=2, network=lambda address: address.partition("::")[0]) as stage:
        visitors = [Visitor(stage, f"2001:db8:1:2::{n}") for n in range(3)]
        assert [v.socket.code for v in visitors] == [None, None, Close.TOO_MANY_CONNECTIONS]
        assert Visitor(stage, "2001:db8:1:3::1").socket.code is None
        for visitor in visitors:
            visitor.leave()
        assert Visitor(stage, "2001:db8:1:2::4").socket.code is None


async def test_ten_thousand_visits_leave_nothing_behind(stage: Stage) -> None:
    stage.door.let("ana", STAGE, "cellar")
    for _ in range(200):
        visitors = [Visitor(stage) for _ in range(50)]
        for visitor in visitors:
            visitor.say(type="auth", token="ana", resume={STAGE: {"epoch": "first", "seq": 0}})
        stage.say("hello")
        await stage.settle(8)
        for visitor in visitors:
            visitor.leave()
    await stage.settle()
    now = stage.server.snapshot()
    assert (now.clients, now.rooms, now.catching_up, now.tasks, len(stage.server.wheel)) == (0, 0, 0, 0, 0)
    assert stage.server._labelled == {} and not stage.server._networks
    assert all(stage.server.tail.get(s).holders == 0 for s in stage.server.tail.streams)


async def test_a_drain_says_goodbye(stage: Stage) -> None:
    ana = await stage.enter("ana")
    ana.peer.drain()
    await stage.settle()
    assert 0 <= ana.told("goodbye")[-1]["retryAfterMs"] <= 5_000
    assert ana.socket.code == Close.DRAINING


async def test_two_thousand_who_are_sent_on_come_back_spread_over_five_seconds() -> None:
    async with Stage(address_limit=2_000) as stage:
        visitors = [Visitor(stage) for _ in range(2_000)]
        for visitor in visitors:
            visitor.peer.drain()
        await eventually(lambda: all(visitor.told("goodbye") for visitor in visitors))
    delays = [visitor.told("goodbye")[0]["retryAfterMs"] for visitor in visitors]
    seconds = Counter(delay // 1_000 for delay in delays)
    assert set(seconds) - {5} == {0, 1, 2, 3, 4}
    assert 300 <= min(seconds[n] for n in range(5)) <= max(seconds.values()) <= 500


async def test_who_has_still_to_wait_for_the_goodbye_hears_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("restai.realtime.farewell.AT_ONCE", 1)
    monkeypatch.setattr("restai.realtime.farewell.PAUSE", 0.2)
    visitors = [await stage.enter(name) for name in ("ana", "bo")]
    for visitor in visitors:
        visitor.peer.drain()
    stage.say("last orders")
    await stage.settle()
    ana, bo = visitors
    assert (ana.socket.code, bo.socket.code) == (Close.DRAINING, None)
    assert (ana.heard, bo.heard) == ([], [(1, "last orders")])
    await eventually(lambda: bo.socket.code == Close.DRAINING)


async def test_who_comes_while_it_ends_is_sent_on_at_once(stage: Stage) -> None:
    stage.server.farewell.begin()
    ana = Visitor(stage)
    assert ana.told("goodbye")
    assert ana.socket.code == Close.DRAINING


# ---- the promise


ACTS = st.lists(
    st.sampled_from(["say", "say", "say", "elsewhere", "poll", "drop", "come", "turn", "stall", "flow"]),
    max_size=60,
)


@settings(max_examples=150, deadline=None)
@given(ACTS)
def test_whatever_happens_a_client_that_resumes_has_seen_everything_once_in_order(acts: list[str]) -> None:
    async def play() -> None:
        async with Stage(STAGE) as stage:
            stage.door.let("ana")
            seen: list[int] = []
            ana: Visitor | None = None

            def drop() -> None:
                nonlocal ana
                if ana is not None:
                    seen.extend(ana.seqs)
                    ana.leave()
                    ana = None

            async def come() -> None:
                nonlocal ana
                if ana is None:
                    position = {STAGE: {"epoch": "first", "seq": seen[-1] if seen else 0}}
                    ana = await Visitor(stage).sign_in("ana", resume=position)

            for act in acts:
                match act:
                    case "say":
                        stage.say("x" * 500)
                    case "elsewhere":
                        stage.elsewhere()
                    case "poll":
                        await stage.server.tail.poll()
                    case "turn":
                        await asyncio.sleep(0)
                    case "drop":
                        drop()
                    case "come":
                        await come()
                    case "stall" if ana is not None:
                        ana.socket.buffered = PAUSE_ABOVE
                    case "flow" if ana is not None:
                        ana.socket.buffered = 0
                        ana.peer.writable()
            if ana is not None:
                ana.socket.buffered = 0
                ana.peer.writable()
            await come()
            await stage.poll()
            await stage.settle(100)
            drop()
            assert seen == list(range(1, stage.log.streams[STAGE].head + 1))

    asyncio.run(play())


def test_the_recorder_refuses_what_follows_a_close() -> None:
    socket = Recorder()
    socket.close(4000)
    socket.write(b"\x81\x02{}")
    assert socket.messages == []


def test_an_event_knows_its_weight() -> None:
    assert Event(1, "said", (), None, (b"abc", None)).size == 3
