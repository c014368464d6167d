"""Rooms, cohorts, rounds: who is sent what, in which order, in how many writes."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable

from restai.realtime.hub import Hub, Member
from restai.realtime.ports import Event, Lens
from tests.realtime.support import unframe


class Scene:
    """A hub whose ticks are turned by hand. Odd events turn somebody's access if `turning` says so."""

    def __init__(self) -> None:
        self.ready: deque[Callable[[], None]] = deque()
        self.hub = Hub(self, self.ready.append)
        self.turning: set[int] = set()
        self.on_turn: Callable[[], None] = lambda: None
        self.positions: list[dict[str, int]] = []
        self.seq = 0
        self.occupancy: list[str] = []

    def view(self, event: Event, lens: Lens) -> int | None:
        return None if lens == "blind" else 0

    def is_turning(self, event: Event) -> bool:
        return event.seq in self.turning

    def turned(self, stream: str, event: Event) -> None:
        self.on_turn()

    def handed(self, positions: dict[str, int]) -> None:
        self.positions.append(positions)

    def occupied(self, room: str) -> None:
        self.occupancy.append(f"+{room}")

    def emptied(self, room: str) -> None:
        self.occupancy.append(f"-{room}")

    def publish(self, *rooms: str) -> int:
        self.seq += 1
        self.hub.publish("s", Event(self.seq, "said", rooms, None, (b'{"v":1,"type":"said"}',)))
        return self.seq

    def tick(self) -> None:
        """One turn of the loop."""
        for _ in range(len(self.ready)):
            self.ready.popleft()()

    def run(self) -> None:
        while self.ready:
            self.tick()


class Ear(Member):
    __slots__ = ("fails", "writes")

    def __init__(self) -> None:
        super().__init__(self.take)
        self.writes: list[bytes] = []
        self.fails = False

    def take(self, data: bytes) -> None:
        if self.fails:
            raise OSError("the cable is cut")
        self.writes.append(data)

    @property
    def heard(self) -> list[int]:
        return [json.loads(payload)["seq"] for data in self.writes for payload in unframe(data)]


def joined(scene: Scene, *rooms: str, lens: Lens = "all") -> Ear:
    ear = Ear()
    scene.hub.place(ear, frozenset(rooms), lens)
    return ear


def test_an_event_reaches_its_rooms_and_nobody_else() -> None:
    scene = Scene()
    kitchen, waiter, stranger = joined(scene, "a"), joined(scene, "a", "b"), joined(scene, "c")
    scene.publish("a")
    scene.publish("b")
    scene.run()
    assert (kitchen.heard, waiter.heard, stranger.heard) == ([1], [1, 2], [])


def test_who_is_in_several_of_an_events_rooms_gets_it_once() -> None:
    scene = Scene()
    guest = joined(scene, "table", "session")
    scene.publish("table", "session", "branch")
    scene.run()
    assert guest.heard == [1]


def test_the_lens_decides() -> None:
    scene = Scene()
    blind = joined(scene, "a", lens="blind")
    scene.publish("a")
    scene.run()
    assert blind.heard == []
    assert scene.positions == [{"s": 1}]  # filtered counts as handed


def test_events_of_one_tick_are_one_write_in_order_across_rooms() -> None:
    scene = Scene()
    ear = joined(scene, "a", "b")
    for room in ("a", "b", "a", "b"):
        scene.publish(room)
    scene.run()
    assert ear.heard == [1, 2, 3, 4]
    assert len(ear.writes) == 1


def test_one_broken_socket_is_nobody_elses_outage() -> None:
    scene = Scene()
    broken, fine = joined(scene, "a"), joined(scene, "a")
    broken.fails = True
    scene.publish("a")
    scene.run()
    assert fine.heard == [1]


def test_a_large_fan_out_gives_others_a_turn_and_is_handed_when_all_is_written() -> None:
    scene = Scene()
    ears = [joined(scene, "a") for _ in range(2_500)]
    scene.publish("a")
    scene.tick()
    assert sum(len(ear.writes) for ear in ears) == 1_000
    assert scene.positions == []
    scene.run()
    assert all(ear.heard == [1] for ear in ears)
    assert scene.positions == [{"s": 1}]


def test_order_holds_when_events_arrive_while_slices_are_pending() -> None:
    scene = Scene()
    ears = [joined(scene, "a") for _ in range(2_500)]
    scene.publish("a")
    scene.tick()
    scene.publish("a")
    scene.run()
    assert all(ear.heard == [1, 2] for ear in ears)
    assert scene.positions == [{"s": 1}, {"s": 2}]


def test_many_small_cohorts_are_sliced_too() -> None:
    scene = Scene()
    ears = [joined(scene, "menu", f"session:{i}") for i in range(2_500)]
    scene.publish("menu")
    scene.tick()
    assert 0 < sum(len(ear.writes) for ear in ears) <= 1_000
    scene.run()
    assert all(ear.heard == [1] for ear in ears)


def test_a_turning_event_reaches_the_old_members_and_what_follows_the_new() -> None:
    scene = Scene()
    leaver, comer = joined(scene, "a"), Ear()
    scene.turning = {2}

    def swap() -> None:
        scene.hub.remove(leaver)
        scene.hub.place(comer, frozenset({"a"}), "all")

    scene.on_turn = swap
    for _ in range(3):
        scene.publish("a")
    scene.run()
    assert (leaver.heard, comer.heard) == ([1, 2], [3])


def test_a_change_of_membership_waits_for_the_end_of_a_half_written_round() -> None:
    scene = Scene()
    for _ in range(1_500):
        joined(scene, "a")
    scene.publish("a")
    scene.tick()
    late = Ear()
    scene.hub.between_rounds(lambda: scene.hub.place(late, frozenset({"a"}), "all"))
    scene.publish("a")
    scene.run()
    assert late.heard == [2]


def test_empty_rooms_leave_nothing_behind() -> None:
    scene = Scene()
    ears = [joined(scene, "a", f"b{i}") for i in range(10)]
    assert scene.hub.rooms == 11
    for ear in ears:
        scene.hub.remove(ear)
        scene.hub.remove(ear)
    assert scene.hub.rooms == 0
    assert scene.hub._cohorts == {}


def test_a_signal_reaches_its_room_in_order_with_events() -> None:
    scene = Scene()
    ear = joined(scene, "a")
    scene.publish("a")
    scene.hub.signal("a", b'\x81\x09{"seq":0}')
    scene.hub.signal("nobody", b"")
    scene.publish("a")
    scene.run()
    assert ear.heard == [1, 0, 2]


def test_it_tells_which_rooms_somebody_is_in() -> None:
    scene = Scene()
    ana = joined(scene, "a", "b")
    bo = joined(scene, "b")
    assert sorted(scene.occupancy) == ["+a", "+b"]
    scene.occupancy.clear()
    scene.hub.remove(ana)
    assert scene.occupancy == ["-a"]
    scene.hub.place(bo, frozenset({"b", "c"}), "all")
    assert scene.occupancy == ["-a", "+c"], "a room that somebody stays in was never empty"
    scene.hub.place(bo, frozenset(), "all")
    assert sorted(scene.occupancy[2:]) == ["-b", "-c"]
    assert scene.hub.rooms == 0
