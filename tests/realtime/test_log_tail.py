"""Following a log: whatever is heard in whatever order, what comes out is every event, in order, once."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from restai.realtime.codes import Resync
from restai.realtime.log_tail import KEEP, TOO_FAR, LogTail
from restai.realtime.ports import Event
from tests.realtime.support import STAGE, Away, MemoryLog, Time, eventually


class Follower:
    """A tail, and what it delivered."""

    def __init__(self) -> None:
        self.log = MemoryLog(STAGE, "other")
        self.time = Time()
        self.delivered: list[int] = []
        self.jumps: list[Resync] = []
        self.following: list[str] = []
        self.reviews = 0
        self.review_fails = False
        self.review_waits: asyncio.Event | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.tail = LogTail(self.log, self, wall=self.time.wall, now=self.time.now, spawn=self._spawn)

    def _spawn(self, work: object) -> None:
        task = asyncio.ensure_future(work)  # type: ignore[arg-type]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def follows(self, stream: str) -> None:
        self.following.append(f"+{stream}")

    def forgets(self, stream: str) -> None:
        self.following.append(f"-{stream}")

    def deliver(self, stream: str, event: Event) -> None:
        self.delivered.append(event.seq)
        self.tail.get(stream).confirm(event.seq)

    async def review(self, stream: str) -> None:
        self.reviews += 1
        if self.review_waits is not None:
            await self.review_waits.wait()
        if self.review_fails:
            raise Away

    def land(self, stream: str, reason: Resync, begin: Callable[[], None]) -> None:
        begin()
        self.jumps.append(reason)

    def hear(self, *events: Event, epoch: str = "first") -> None:
        self.tail.accept(STAGE, epoch, events)

    async def settle(self) -> None:
        for _ in range(30):
            await asyncio.sleep(0)


@pytest.fixture
async def follower() -> Follower:
    follower = Follower()
    await follower.tail.hold(STAGE)
    return follower


def commit(follower: Follower, count: int) -> list[Event]:
    return [follower.log.commit() for _ in range(count)]


async def test_events_in_order_need_no_query(follower: Follower) -> None:
    asked = follower.log.queries
    follower.hear(*commit(follower, 3))
    assert follower.delivered == [1, 2, 3]
    assert follower.log.queries == asked


async def test_two_commits_handed_over_in_the_wrong_order(follower: Follower) -> None:
    first, second = commit(follower, 2)
    follower.hear(second)
    follower.hear(first)
    assert follower.delivered == [1, 2]


async def test_a_gap_is_filled_from_the_log(follower: Follower) -> None:
    events = commit(follower, 5)
    follower.hear(events[4])
    await follower.settle()
    assert follower.delivered == [1, 2, 3, 4, 5]


async def test_what_was_heard_twice_or_late_is_delivered_once(follower: Follower) -> None:
    events = commit(follower, 3)
    follower.hear(*events)
    follower.hear(*events)
    follower.hear(events[0])
    await follower.settle()
    assert follower.delivered == [1, 2, 3]


async def test_the_poll_finds_what_no_hint_told_of(follower: Follower) -> None:
    commit(follower, 3)
    await follower.tail.poll()
    await follower.settle()
    assert follower.delivered == [1, 2, 3]


async def test_a_hint_of_what_was_never_committed_delivers_nothing(follower: Follower) -> None:
    forged = Event(7, "said", (), None, (b"{}",))
    follower.hear(forged)
    await follower.settle()
    assert follower.delivered == []
    follower.hear(*commit(follower, 2))
    await follower.settle()
    assert follower.delivered == [1, 2]


async def test_a_hint_of_another_epoch_is_not_delivered(follower: Follower) -> None:
    [event] = commit(follower, 1)
    follower.hear(event, epoch="second")
    assert follower.delivered == []


async def test_hints_before_the_cursor_is_known_are_kept() -> None:
    follower = Follower()
    commit(follower, 2)
    follower.log.gate = asyncio.Event()
    opening = asyncio.create_task(follower.tail.hold(STAGE))
    await follower.settle()
    third = follower.log.commit()
    follower.hear(third)
    follower.hear(third, epoch="second")
    follower.log.gate.set()
    await opening
    await follower.settle()
    assert follower.delivered == [3]
    assert follower.log.queries == 1


async def test_many_who_follow_at_once_ask_once() -> None:
    follower = Follower()
    await asyncio.gather(*(follower.tail.hold(STAGE) for _ in range(50)))
    assert follower.log.queries == 1
    assert follower.tail.get(STAGE).holders == 50


async def test_who_cannot_follow_is_told_and_leaves_nothing() -> None:
    follower = Follower()
    follower.log.away = True
    answers = await asyncio.gather(*(follower.tail.hold(STAGE) for _ in range(3)), return_exceptions=True)
    assert all(isinstance(answer, Exception) for answer in answers)
    assert follower.tail.streams == []
    follower.log.away = False
    await follower.tail.hold(STAGE)


async def test_a_stream_without_sockets_is_kept_a_while_and_then_forgotten(follower: Follower) -> None:
    follower.tail.release(STAGE)
    follower.time.seconds += KEEP - 1
    await follower.tail.poll()
    assert follower.tail.streams == [STAGE]
    await follower.tail.hold(STAGE)
    follower.tail.release(STAGE)
    follower.time.seconds += KEEP
    await follower.tail.poll()
    assert follower.tail.streams == []
    follower.hear(*commit(follower, 1))


async def test_far_behind_it_skips_and_has_access_read_again(follower: Follower) -> None:
    commit(follower, TOO_FAR + 1)
    await follower.tail.poll()
    await follower.settle()
    assert follower.delivered == []
    assert follower.jumps == [Resync.TOO_FAR]
    assert follower.reviews == 1
    follower.hear(follower.log.commit())
    assert follower.delivered == [TOO_FAR + 2]


async def test_a_hole_in_the_log_is_skipped_with_notice(follower: Follower) -> None:
    commit(follower, 5)
    follower.log.forget(STAGE, 2)
    await follower.tail.poll()
    await follower.settle()
    assert follower.jumps == [Resync.RETENTION]
    assert follower.tail.get(STAGE).cursor == 5


async def test_a_new_epoch_is_noticed_by_the_poll(follower: Follower) -> None:
    follower.hear(*commit(follower, 5))
    follower.log.restore(STAGE, "second", 3)
    await follower.tail.poll()
    assert follower.jumps == [Resync.EPOCH]
    assert follower.tail.get(STAGE).head == ("second", 3)
    follower.hear(follower.log.commit(), epoch="second")
    assert follower.delivered[-1] == 4


async def test_a_log_that_ends_before_where_it_was_seen_gets_new_epochs(follower: Follower) -> None:
    await follower.tail.hold("other")
    follower.hear(*commit(follower, 5))
    follower.log.restore(STAGE, "first", 3)
    await follower.tail.poll()
    await follower.tail.poll()
    assert follower.jumps == [Resync.EPOCH, Resync.EPOCH], "each of the two logs skips, once"
    assert follower.tail.get(STAGE).head == ("first, 0 renewed", 3)
    follower.hear(follower.log.commit(), epoch="first, 0 renewed")
    assert follower.delivered == [1, 2, 3, 4, 5, 4]


async def test_a_log_that_goes_back_while_a_gap_is_filled(follower: Follower) -> None:
    events = commit(follower, 5)
    follower.hear(*events[:3])
    follower.log.restore(STAGE, "first", 2)
    follower.hear(events[4])
    await follower.settle()
    assert follower.jumps == [Resync.EPOCH]
    assert follower.log.queries < 20, "and nobody asks for ever"


async def test_a_log_that_cannot_be_given_a_new_epoch_is_asked_again(follower: Follower) -> None:
    follower.hear(*commit(follower, 5))
    follower.log.restore(STAGE, "first", 3)
    follower.log.keeps_epochs = True
    with pytest.raises(Away):
        await follower.tail.poll()
    assert follower.jumps == []
    follower.log.keeps_epochs = False
    await follower.tail.poll()
    assert follower.jumps == [Resync.EPOCH]


async def test_a_skip_that_cannot_be_decided_is_tried_again(follower: Follower) -> None:
    follower.log.restore(STAGE, "second", 0)
    follower.review_fails = True
    with pytest.raises(Away):
        await follower.tail.poll()
    assert follower.jumps == []
    follower.review_fails = False
    await follower.tail.poll()
    assert follower.jumps == [Resync.EPOCH]


async def test_a_log_that_tells_of_changes_is_asked_at_once_and_else_by_the_poll(
    follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("restai.realtime.log_tail.POLL_INTERVAL", 600.0)
    follower.log.change = asyncio.Event()
    running = [asyncio.create_task(follower.tail.run()), asyncio.create_task(follower.tail.watch())]
    commit(follower, 1)
    follower.log.change.set()
    await eventually(lambda: follower.delivered == [1])
    follower.log.away = True
    follower.log.change.set()
    await eventually(lambda: follower.tail.last_poll_failed)
    follower.log.away = False
    commit(follower, 1)
    follower.log.change.set()
    await eventually(lambda: follower.delivered == [1, 2])
    for task in running:
        assert not task.done()
        task.cancel()


async def test_freshness_is_when_the_answered_question_was_asked(follower: Follower) -> None:
    followed = follower.tail.get(STAGE)
    follower.time.seconds += 10
    asked_at = follower.time.wall()
    await follower.tail.poll()
    assert followed.confirmed_at == asked_at


async def test_freshness_stands_still_until_the_answer_is_handed_in_full(follower: Follower) -> None:
    followed = follower.tail.get(STAGE)
    before = followed.confirmed_at
    commit(follower, 3)
    follower.log.gate = asyncio.Event()
    follower.time.seconds += 10
    poll = asyncio.create_task(follower.tail.poll())
    await follower.settle()
    follower.log.gate.set()
    await poll
    assert followed.confirmed_at == before or followed.handed == 3
    await follower.settle()
    assert followed.handed == 3
    assert followed.confirmed_at == follower.time.wall()


async def test_what_is_heard_while_it_skips_is_delivered_behind_the_skip(follower: Follower) -> None:
    follower.log.restore(STAGE, "second", 0)
    commit(follower, 1)
    follower.review_waits = asyncio.Event()
    poll = asyncio.create_task(follower.tail.poll())
    await follower.settle()
    follower.hear(*commit(follower, 2), epoch="second")
    assert follower.delivered == []
    follower.review_waits.set()
    await poll
    assert (follower.jumps, follower.delivered) == ([Resync.EPOCH], [2, 3])


async def test_what_is_heard_while_a_skip_fails_is_not_lost(follower: Follower) -> None:
    events = commit(follower, TOO_FAR + 1)
    follower.review_waits, follower.review_fails = asyncio.Event(), True
    await follower.tail.poll()
    await follower.settle()
    follower.hear(events[0])
    follower.review_waits.set()
    await follower.settle()
    assert follower.jumps == []
    follower.hear(events[1])
    assert follower.delivered == [1, 2]


async def test_an_answer_to_a_question_from_before_a_skip_is_void(follower: Follower) -> None:
    """Two skips for one new epoch would have everybody read the snapshot twice."""
    follower.hear(*commit(follower, 1))
    follower.log.gate = asyncio.Event()
    late = asyncio.create_task(follower.tail.poll())
    await follower.settle()
    answered_late, follower.log.gate = follower.log.gate, None
    follower.log.restore(STAGE, "second", 1)
    await follower.tail.poll()
    assert follower.jumps == [Resync.EPOCH]
    answered_late.set()
    await late
    assert follower.jumps == [Resync.EPOCH]


async def test_it_is_said_which_logs_are_followed(follower: Follower) -> None:
    assert follower.following == ["+stage"]
    await follower.tail.hold(STAGE)
    follower.log.away = True
    with pytest.raises(Away):
        await follower.tail.hold("other")
    assert follower.following == ["+stage", "+other", "-other"]
    follower.log.away = False
    for _ in range(2):
        follower.tail.release(STAGE)
    follower.time.seconds += KEEP
    await follower.tail.poll()
    assert follower.following[3:] == ["-stage"]


async def test_a_log_that_is_just_being_read_is_not_forgotten(follower: Follower) -> None:
    """Else the answer would be delivered although it is followed anew, from somewhere else."""
    follower.hear(commit(follower, 5)[4])
    follower.log.gate = asyncio.Event()
    await follower.settle()
    follower.tail.release(STAGE)
    follower.time.seconds += KEEP
    poll = asyncio.create_task(follower.tail.poll())
    await follower.settle()
    assert follower.tail.streams == [STAGE]
    follower.log.gate.set()
    await poll
    await follower.settle()
    assert follower.delivered == [1, 2, 3, 4, 5]
    await follower.tail.poll()
    assert follower.tail.streams == []


async def test_while_the_log_is_away_freshness_stands_still(follower: Follower) -> None:
    before = follower.tail.get(STAGE).confirmed_at
    follower.log.away = True
    follower.time.seconds += 10
    with pytest.raises(Away):
        await follower.tail.poll()
    assert follower.tail.get(STAGE).confirmed_at == before


async def test_memory_reaches_back_to_its_first_event_only(follower: Follower) -> None:
    follower.hear(*commit(follower, 5))
    followed = follower.tail.get(STAGE)
    remembered = followed.remembered(2, 4)
    assert remembered is not None
    assert [event.seq for event in remembered] == [3, 4]
    for batch in (
        itertools.batched(commit(follower, 600), 100)
        if hasattr(itertools, "batched")
        else [commit(follower, 600)]
    ):
        follower.hear(*batch)
    await follower.settle()
    assert followed.remembered(1, 3) is None
    assert followed.remembered(followed.cursor, followed.cursor) == []


@given(st.lists(st.integers(0, 29), min_size=1, max_size=60), st.booleans())
def test_whatever_is_heard_all_is_delivered_once_in_order(order: list[int], late: bool) -> None:
    async def play() -> None:
        follower = Follower()
        await follower.tail.hold(STAGE)
        events = commit(follower, 30)
        for index in order:
            follower.hear(events[index])
            if late:
                await asyncio.sleep(0)
        await follower.tail.poll()
        await follower.settle()
        assert follower.delivered == list(range(1, 31))

    asyncio.run(play())
