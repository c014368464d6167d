"""Screens that follow the log: each holds a snapshot, applies what is said to it, and is compared.

Who gets to hear what is written here by hand from the protocol's table of rooms.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from restai.db.outbox import LogRow
from restai_sdk.apply import apply
from tests.properties.reference import Seen, order_state
from tests.support.evening import Evening, Phone, ok

Json = dict[str, Any]


class LawBroken(AssertionError):
    """What the events made of a snapshot is not the snapshot that there is."""


class Changes:
    """What of a screen was seen to change: the paths at which there came to be other values, but not those
    at which there is only ever one."""

    def __init__(self) -> None:
        self._moved: set[str] = set()
        self._seen: defaultdict[str, set[object]] = defaultdict(set)

    def note(self, before: Json, now: Json) -> None:
        were, are = _values(before), _values(now)
        for path in were.keys() | are.keys():
            self._seen[path] |= are[path].keys()
            if were[path] != are[path]:
                self._moved.add(path)

    @property
    def paths(self) -> set[str]:
        return {path for path in self._moved if len(self._seen[path]) > 1}


class Follower:
    """A screen: `held` is its data."""

    name = "a screen"

    def __init__(self) -> None:
        self.changes = Changes()
        self.held: Json = {}
        self.heard: list[Json] = []  # since its last look
        self.differed: set[str] = set()

    async def look(self) -> Json:
        raise NotImplementedError

    def hears(self, row: LogRow) -> Json | None:
        """The event as this screen gets it; None: it does not."""
        raise NotImplementedError

    async def begin(self) -> None:
        self.held = await self.look()

    async def follow(self, rows: Sequence[LogRow]) -> None:
        """Apply what was logged. Raises LawBroken if that is not all that happened."""
        self.heard = [event for row in rows if (event := self.hears(row)) is not None]
        before = self.held
        for event in self.heard:
            self.held = apply(self.held, event)
        now = await self.look()
        if comparable(self.held) != comparable(now):
            raise LawBroken(f"{self.name}: {difference(self.held, now)} after {_types(self.heard)}")
        self.changes.note(before, now)
        self.held = now | {"stream": self.held["stream"]}


class BranchFollower(Follower):
    """The kitchen's screen."""

    name = "the branch"

    def __init__(self, evening: Evening) -> None:
        super().__init__()
        self._evening = evening
        self._branch = evening.house.branch_id

    async def look(self) -> Json:
        now = ok(await self._evening.kitchen.get(f"/api/branches/{self._branch}/snapshot"))
        check(now)
        return now

    def hears(self, row: LogRow) -> Json | None:
        mine = {f"branch:{self._branch}", f"menu:{self._branch}"}
        return framed(row, row.draft.staff) if mine & set(row.draft.rooms) else None


class GuestFollower(Follower):
    """The phone of somebody who takes part in a visit, for as long as he does."""

    def __init__(self, phone: Phone, branch: str) -> None:
        super().__init__()
        self.phone = phone
        self.name = f"guest {phone.id}"
        self._menu = f"menu:{branch}"
        self._untold: dict[str, int] = {}
        self._table: str | None = None  # where he sits since he moved

    async def follow(self, rows: Sequence[LogRow]) -> None:
        """Likewise; but whose visit became part of another is told to read his snapshot anew."""
        joined = any(
            row.draft.type == "session:merged" and row.draft.session_id == self.held["session"]["id"]
            for row in rows
        )
        if not joined:
            await super().follow(rows)
            return
        self.heard, self.changes, self._table = [], Changes(), None
        self.held = await self.look()
        self.name = f"guest {self.phone.id} in {self.held['session']['id']}"

    async def look(self) -> Json:
        """Guests are not told of alarms: all that one changes of what they see of an order is its `rev`."""
        now = ok(await self.phone.get("/api/guest/snapshot"))
        mine = {order["id"]: order["rev"] for order in self.held.get("orders", ())}
        for order in now["orders"]:
            if order["rev"] == self._untold.get(order["id"]):
                order["rev"] = mine.get(order["id"], order["rev"])
        return now

    def hears(self, row: LogRow) -> Json | None:
        """What is of his visit, or of the menu for everybody; by the guests' body."""
        if row.draft.type == "order:unseen":
            order = framed(row, row.draft.staff)["order"]
            self._untold[order["id"]] = order["rev"]
        of_menu = self._menu in row.draft.rooms and row.draft.session_id is None
        of_visit = row.draft.session_id == self.held["session"]["id"] and self._reaches(row)
        if row.draft.guest is None or not (of_menu or of_visit):
            return None
        return framed(row, row.draft.guest)

    def _reaches(self, row: LogRow) -> bool:
        """Whether a room is his: his visit's, or that of the table where he sits by then."""
        visit = self.held["session"]
        table = self._table or visit["tableId"]
        if row.draft.type == "session:moved":
            self._table = framed(row, row.draft.staff)["tableId"]
        return not {f"session:{visit['id']}", f"table:{table}"}.isdisjoint(row.draft.rooms)


def framed(row: LogRow, body: bytes) -> Json:
    return msgspec.json.decode(body) | {"seq": row.seq}


def check(now: Json) -> None:
    """What must be so in a branch at any moment."""
    for order in now["orders"]:
        seen = [Seen(line["status"], line["station"]) for line in order["items"]]
        assert order["status"] == order_state(order["status"], seen)
        assert order["subtotal"] + order["tax"] == order["total"] == order["paid"] + order["balance"]
        assert order["status"] != "served" or order["balance"] != 0
        live = [line for line in order["items"] if line["status"] != "cancelled"]
        cooked = [line for line in live if line["station"] != "none"]
        sent = order["status"] != "pending" and cooked
        assert (order["seenAt"] is not None) is bool(sent and all(line["seenAt"] for line in cooked))
        assert order["unseenAt"] is None or (sent and order["seenAt"] is None)
    active = {visit["tableId"]: visit["id"] for visit in now["sessions"] if visit["status"] == "active"}
    assert len({visit["tableId"] for visit in now["sessions"]}) == len(now["sessions"])
    for table in now["tables"]:
        holder = table["sessionId"]
        assert active.get(table["id"], holder) == holder
        assert holder is None or holder in active.values()
        assert (table["status"] == "occupied") is (holder is not None)


def comparable(snapshot: Json) -> Json:
    """Collections by id, since a screen sorts them as it likes; of the position only the epoch, since
    what is not one's own leaves holes in it."""
    return {
        name: {each["id"]: each for each in value} if isinstance(value, list) else value
        for name, value in snapshot.items()
    } | {"stream": snapshot["stream"]["epoch"]}


def difference(held: Json, now: Json) -> str:
    """Where two snapshots differ, for a person."""
    mine, theirs = dict(_walk(comparable(held), "")), dict(_walk(comparable(now), ""))
    paths = sorted(path for path in mine | theirs if mine.get(path) != theirs.get(path))
    return "; ".join(f"{path} is {mine.get(path)}, not {theirs.get(path)}" for path in paths[:8])


def _values(value: object) -> defaultdict[str, Counter[object]]:
    """How often there is which plain value in a snapshot, by their paths, such as `orders[].status`."""
    found: defaultdict[str, Counter[object]] = defaultdict(Counter)
    for path, plain in _walk(value, ""):
        found[path][plain] += 1
    return found


def _walk(value: object, path: str) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _walk(inner, f"{path}.{name}".lstrip("."))
    elif isinstance(value, list):
        for inner in value:
            yield from _walk(inner, f"{path}[]")
    else:
        yield path, value


def _types(events: Sequence[Json]) -> str:
    return ", ".join(event["type"] for event in events) or "no event"
