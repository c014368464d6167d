"""Whatever the network does: a screen that follows the rules ends equal to the server.

A simulated server keeps a log, follows it with one process, and answers snapshots from the past or not
at all. Hypothesis drops connections, delays and repeats frames, restores backups, lets time pass.
"""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from restai_sdk.messages import Failed
from restai_sdk.session import STAFF_LIVE, State
from tests.sdk.screen import BRANCH, SERVER_AHEAD, Screen, order, order_event

Json = dict[str, Any]
STATUSES = ["pending", "confirmed", "preparing", "ready", "served", "completed", "cancelled"]


class Log:
    """The server's database: one branch's orders and its log. Remembers every state it was ever in."""

    def __init__(self) -> None:
        self.epoch, self.head = "e1", 0
        self.orders: dict[str, Json] = {}
        self.events: list[tuple[Json, int, bool]] = []  # of this epoch: event, when, ours to see
        self.floor = 0  # what this epoch began with
        self.epoch_since = 0
        self.past: dict[tuple[str, int], dict[str, Json]] = {("e1", 0): {}}

    def commit(self, number: int, status: str, balance: int, *, now: int) -> None:
        rev = self.orders.get(f"o{number}", {"rev": 0})["rev"] + 1
        changed = order(number, status, rev=rev, balance=balance)
        self.orders = self.orders | {changed["id"]: changed}
        self._append(order_event(self.head + 1, changed), now, ours=True)

    def commit_for_others(self, *, now: int) -> None:
        self._append({"type": "cart:updated", "seq": self.head + 1}, now, ours=False)

    def _append(self, event: Json, now: int, *, ours: bool) -> None:
        self.head += 1
        self.events.append((event, now, ours))
        self.past[self.epoch, self.head] = self.orders

    def restore(self, lost: int, *, now: int) -> None:
        """A backup is restored: the last commits are gone, and a new epoch begins."""
        self.head = max(self.floor, self.head - lost)
        self.orders = self.past[self.epoch, self.head]
        self.epoch = f"e{int(self.epoch[1:]) + 1}"
        self.events, self.floor, self.epoch_since = [], self.head, now
        self.past[self.epoch, self.head] = self.orders

    def after(self, seq: int) -> list[Json]:
        return [event for event, _, ours in self.events if ours and event["seq"] > seq]

    def last_before(self, when: int) -> int:
        """The last event of ours that was committed by then."""
        return max((e["seq"] for e, at, ours in self.events if ours and at <= when), default=self.floor)

    def snapshot(self, epoch: str, seq: int) -> Json:
        kept = [o for o in self.past[epoch, seq].values() if _is_shown(o)]
        return {
            "stream": {"epoch": epoch, "seq": seq},
            "branch": {"id": BRANCH, "rev": 1},
            "tables": [],
            "orders": kept,
        }


def _is_shown(order: Json) -> bool:
    """The server's own rule for what a snapshot holds, written down a second time."""
    return order["status"] in STATUSES[:5] or order["balance"] != 0


class World:
    """The database, one server process, the network, and a screen. `roll` is what chance decides."""

    def __init__(self) -> None:
        self.log = Log()
        self.screen = Screen(random=0.5)
        self.followed = ("e1", 0)  # how far the process has followed the log
        self.confirmed_at = self.now
        self.wire: list[Json] | None = None  # what is under way to the screen
        self.told: list[Json] = []  # events of this connection and epoch, for repeats
        self.reading: Json | None = None  # a snapshot under way
        self.read_by: Any = None
        self.rung: list[Json] = []
        self.admitted_at = self.followed

    @property
    def now(self) -> int:
        return self.screen.now + SERVER_AHEAD

    def all_goes_well(self) -> None:
        """When the network is good for a while, the screen becomes live and equal to the server."""
        if self.wire is None:
            self.it_connects()
        self.it_follows()
        self._everything_arrives()
        if self.reading is not None:
            self.a_snapshot_arrives()
        self.a_snapshot_is_read()
        self.a_snapshot_arrives()
        self.it_sends_a_heartbeat()
        self._everything_arrives()
        assert self.screen.state is State.LIVE
        shown = self.screen.data[BRANCH]["orders"]
        assert _by_id(shown) == _by_id(self.log.snapshot(self.log.epoch, self.log.head)["orders"])

    # ---- the restaurant

    def something_happens(self, roll: int) -> None:
        status, balance = STATUSES[roll % 7], 700 if roll % 3 == 0 else 0
        self.log.commit(roll % 4, status, balance, now=self.now)

    def something_happens_to_others(self, roll: int) -> None:
        self.log.commit_for_others(now=self.now)

    def time_passes(self, roll: int) -> None:
        self.screen.waits([500, 1_000, 3_000, 11_000][roll % 4])
        if self.screen.hung_up and self.wire is not None:
            self.it_drops()

    # ---- the server's process

    def it_follows(self, roll: int = 0) -> None:
        self.confirmed_at = self.now
        epoch, seq = self.followed
        self.followed = (self.log.epoch, self.log.head)
        if epoch != self.log.epoch:
            self._resync("epoch")
        elif self.wire is not None:
            self._tell(self.log.after(seq))

    def it_jumps(self, roll: int) -> None:
        """It was too far behind."""
        self.followed = (self.log.epoch, self.log.head)
        self._resync("too_far")

    def access_changes(self, roll: int) -> None:
        self._resync("access")

    def it_sends_a_heartbeat(self, roll: int = 0) -> None:
        times = {"timestamp": self.now, "confirmedAt": self.confirmed_at}
        self._send({"type": "heartbeat", **times, "streams": {BRANCH: self.followed[1]}})

    def it_repeats_an_event(self, roll: int) -> None:
        if self.told:
            self._send(self.told[roll % len(self.told)])

    def _tell(self, events: list[Json]) -> None:
        self.told += events
        for event in events:
            self._send(event)

    def _resync(self, reason: str) -> None:
        epoch, seq = self.followed
        self.told = []
        self._send({"type": "resync", "branchId": BRANCH, "epoch": epoch, "seq": seq, "reason": reason})

    def _send(self, message: Json) -> None:
        if self.wire is not None:
            self.wire.append(message)

    # ---- the network

    def frames_arrive(self, roll: int) -> None:
        if self.wire is None:
            self.it_connects()
        for _ in range(1 + roll % 8):
            if self.wire:
                self.screen.hears(self.wire.pop(0))

    def it_drops(self, roll: int = 0) -> None:
        if self.wire is not None:
            self.wire = None
            self.screen.drops()

    def it_connects(self) -> None:
        self.screen.opens()
        self.wire, self.told = [], []
        position = self.screen.auth.get("resume", {}).get(BRANCH)
        epoch, seq = self.followed
        refused = position is not None and (position["epoch"] != epoch or position["seq"] > seq)
        start = seq if position is None or refused else position["seq"]
        self._admit(start)
        if refused:
            self._resync("epoch")
        elif epoch == self.log.epoch:
            self._tell([event for event in self.log.after(start) if event["seq"] <= seq])
        elif start < seq:
            self._resync("retention")  # the events between are gone with the old epoch

    def _admit(self, start: int) -> None:
        epoch, seq = self.admitted_at = self.followed
        self._send(
            {
                "type": "auth:success",
                "timestamp": self.now,
                "streams": {BRANCH: {"epoch": epoch, "seq": start, "head": seq}},
                "heartbeatMs": 5_000,
            }
        )

    def a_snapshot_is_read(self, roll: int = 0) -> None:
        """By a replica that may be a little behind; the answer takes its time."""
        if BRANCH in self.screen.fetching:
            self.read_by = self.screen.fetching.pop(BRANCH)
            seq = max(self.log.floor, self.log.head - [0, 0, 1, 3][roll % 4])
            self.reading = self.log.snapshot(self.log.epoch, seq)

    def a_snapshot_arrives(self, roll: int = 0) -> None:
        if self.reading is not None:
            answer, self.reading = self.reading, None
            self.screen.answers(self.read_by, Failed(503) if roll % 4 == 3 else answer)

    def a_backup_is_restored(self, roll: int) -> None:
        self.log.restore(roll % 4, now=self.now)

    # ---- what must hold

    def what_it_shows_was_true(self) -> None:
        if (data := self.screen.data.get(BRANCH)) is None:
            return
        stream = data["stream"]
        then = self.log.snapshot(stream["epoch"], stream["seq"])
        assert _by_id(data["orders"]) == _by_id(then["orders"])

    def live_means_at_most_ten_seconds_old(self) -> None:
        if self.screen.state is not State.LIVE:
            return
        stream = self.screen.data[BRANCH]["stream"]
        if stream["epoch"] != self.log.epoch:
            assert self.now - self.log.epoch_since <= STAFF_LIVE
        else:
            assert stream["seq"] >= self.log.last_before(self.now - STAFF_LIVE)

    def old_news_does_not_ring(self) -> None:
        """Nothing that was in the log before this connection."""
        rung, self.screen.rung = self.screen.rung, []
        self.rung += rung
        if self.admitted_at[0] == self.log.epoch:
            assert all(event["seq"] > self.admitted_at[1] for event in rung)

    def nothing_rings_twice(self) -> None:
        changes = [(event["order"]["id"], event["order"]["rev"]) for event in self.rung]
        if self.log.epoch == "e1":  # a restored backup may number another change the same
            assert len(changes) == len(set(changes))

    def _everything_arrives(self) -> None:
        while self.wire:
            self.frames_arrive(7)


def _by_id(orders: list[Json]) -> dict[str, Json]:
    assert len({order["id"] for order in orders}) == len(orders)
    return {order["id"]: order for order in orders}


OFTEN = [
    World.something_happens,
    World.something_happens,
    World.it_follows,
    World.it_follows,
    World.frames_arrive,
    World.frames_arrive,
    World.a_snapshot_is_read,
    World.a_snapshot_arrives,
    World.it_sends_a_heartbeat,
    World.time_passes,
]
NOW_AND_THEN = [
    World.something_happens_to_others,
    World.it_repeats_an_event,
    World.it_drops,
    World.it_jumps,
    World.access_changes,
    World.a_backup_is_restored,
]
happenings = st.tuples(st.sampled_from([*OFTEN, *OFTEN, *NOW_AND_THEN]), st.integers(0, 1_000))


@settings(max_examples=300, deadline=None)
@given(st.lists(happenings, min_size=40, max_size=120))
def test_whatever_happens_the_screen_ends_equal_to_the_server(story: list[tuple[Any, int]]) -> None:
    world = World()
    world.all_goes_well()
    for happens, roll in story:
        happens(world, roll)
        world.what_it_shows_was_true()
        world.live_means_at_most_ten_seconds_old()
        world.old_news_does_not_ring()
        world.nothing_rings_twice()
    world.all_goes_well()
