"""Who may see which event, and what an event changes about that. Pure.

Staff see what reaches their rooms. A guest who is in sees his own visit and the menu; one who still
waits sees the menu and his own outcome, nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, NamedTuple, cast

import msgspec

from restai import rooms
from restai.features.staff.events import Outcome
from restai.live.eventlog import GUEST, STAFF, About
from restai.realtime.codes import Close
from restai.realtime.ports import Change, Event, Grant, Identity

STAFF_HEARTBEAT = 5_000  # ms
GUEST_HEARTBEAT = 15_000  # ms: phones on mobile data, many of them
MOST_BRANCHES = 20  # joined by one socket

ACCESS_CHANGED = "access:changed"
_OUTCOMES = frozenset(
    {"session:approved", "session:rejected", "session:ended", "session:merged", "guest:admitted"}
)
_TURNING = _OUTCOMES | {ACCESS_CHANGED, "session:moved", "guest:left"}
_LETTING_IN = frozenset({"session:approved", "guest:admitted"})


class Sees(StrEnum):
    ALL = "all"
    VISIT = "visit"
    OUTCOME = "outcome"


class Lens(NamedTuple):
    """What a socket sees of the events in its rooms."""

    sees: Sees
    session_id: str | None = None
    guest_id: str | None = None


STAFF_LENS = Lens(Sees.ALL)


class Guest(NamedTuple):
    """Where a guest stands, from his rows or from an event's body. `was_merged`: his token is
    of another visit, which has become part of this one."""

    guest_id: str
    session_id: str
    branch_id: str
    table_id: str
    is_in: bool
    was_merged: bool = False


# ---- labels: what access changes name people by


def user_label(user_id: str) -> str:
    return f"user:{user_id}"


def sign_in_label(sign_in_id: str) -> str:
    return f"sid:{sign_in_id}"


def guest_label(guest_id: str) -> str:
    return f"guest:{guest_id}"


# ---- grants


def staff_grant(user_id: str, branches: Sequence[str], *, more: bool) -> Grant:
    """What a member of staff is in: each branch's own room and its menu's."""
    return Grant(
        user_id=user_id,
        lens=STAFF_LENS,
        rooms={b: frozenset({rooms.branch(b), rooms.menu(b)}) for b in branches},
        heartbeat_ms=STAFF_HEARTBEAT,
        more_branches=more,
    )


def guest_grant(guest: Guest) -> Grant:
    """What a guest is in: his visit and the menu, and once he is let in his table."""
    mine = {rooms.session(guest.session_id), rooms.menu(guest.branch_id)}
    if guest.is_in:
        mine.add(rooms.table(guest.table_id))
        lens = Lens(Sees.VISIT, guest.session_id)
    else:
        lens = Lens(Sees.OUTCOME, guest.session_id, guest.guest_id)
    return Grant(
        user_id=guest.session_id,
        lens=lens,
        rooms={guest.branch_id: frozenset(mine)},
        heartbeat_ms=GUEST_HEARTBEAT,
        resumable=not guest.was_merged,
    )


# ---- events


def view(event: Event, lens: Lens) -> int | None:
    """Which body somebody with `lens` in one of the event's rooms sees; None is nothing."""
    if lens.sees is Sees.ALL:
        return STAFF
    about = _about(event)
    if about.session_id is None:
        is_menu = any(room.startswith("menu:") for room in event.rooms)
        return GUEST if is_menu else None
    if about.session_id != lens.session_id:
        return None
    if lens.sees is Sees.VISIT:
        return GUEST
    concerns = event.type in _OUTCOMES and about.guest_id in (None, lens.guest_id)
    return GUEST if concerns else None


def outside(room: str) -> int:
    """Which body programs get that listen on a room's channel: staff's only on the branch's own."""
    return STAFF if room.startswith("branch:") else GUEST


def widens(event: Event, identity: Identity) -> bool:
    """Whether the event lets this guest in, or makes another visit his."""
    if event.type == "session:merged":
        return not set(labels(event)).isdisjoint(identity.labels)
    guest_id = _about(event).guest_id
    return event.type in _LETTING_IN and guest_id is not None and guest_label(guest_id) in identity.labels


def is_turning(event: Event) -> bool:
    """Whether the event may end or change somebody's access."""
    return event.type in _TURNING


def labels(event: Event) -> Sequence[str]:
    """Whose access a turning event concerns."""
    if event.type == ACCESS_CHANGED:
        return _named(_body(event))
    about = _about(event)
    if about.guest_id is not None:
        return (guest_label(about.guest_id),)
    return [guest_label(guest["id"]) for guest in _party(_body(event))]


def change(event: Event, identity: Identity) -> Change | None:
    """What a turning event means for a holder of one of its labels."""
    match event.type:
        case "access:changed":
            ended = _body(event)["outcome"] == Outcome.ENDED
            return Change(close=Close.ENDED if ended else Close.ACCESS_CHANGED)
        case "session:rejected" | "session:ended" | "guest:left":
            return Change(close=Close.ENDED)
        case "session:approved" | "guest:admitted" | "session:moved" | "session:merged":
            guest = _after(_body(event), identity)
            return None if guest is None else Change(grant=guest_grant(guest))
    return None


def _named(body: dict[str, Any]) -> Sequence[str]:
    named = {"userId": user_label, "sid": sign_in_label}
    staff = [label(body[field]) for field, label in named.items() if body.get(field)]
    return [*staff, *map(guest_label, body.get("guestIds", ()))]


def _party(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The guests whom the body of an event about a whole visit concerns."""
    whole = body if body["type"] == "session:merged" else body["session"]
    return cast("list[dict[str, Any]]", whole["guests"])


def _after(body: dict[str, Any], identity: Identity) -> Guest | None:
    """Where this guest stands after an event, as its body says; None if he is out."""
    mine = (guest for guest in _party(body) if guest_label(guest["id"]) in identity.labels)
    guest = next(mine, None)
    if guest is None or guest["status"] == "out":
        return None
    merged, session = body["type"] == "session:merged", body["session"]
    return Guest(
        guest_id=guest["id"],
        session_id=session["mergedInto"] if merged else session["id"],
        branch_id=body["branchId"],
        table_id=body["intoTableId"] if merged else session["tableId"],
        is_in=guest["status"] == "in" and (merged or session["status"] == "active"),
    )


def _about(event: Event) -> About:
    return cast(About, event.about)


def _body(event: Event) -> dict[str, Any]:
    body = event.bodies[STAFF]
    assert body is not None
    return cast("dict[str, Any]", msgspec.json.decode(body))
