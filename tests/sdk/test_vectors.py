"""The recorded evening, played to the SDK: `protocol/vectors` and `protocol/membership.json`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from restai.live.catalog import EVENTS
from restai_sdk import apply
from tests.properties.following import comparable

Json = dict[str, Any]
PROTOCOL = Path("protocol")


def read(name: str) -> Any:
    return json.loads((PROTOCOL / name).read_text())


SCREENS = [(kind, screen) for kind in ("staff", "guest") for screen in read(f"vectors/{kind}.json")]
MEMBERSHIP = [
    (name, row["resource"], row["belongs"]) for name, rows in read("membership.json").items() for row in rows
]


@pytest.mark.parametrize(
    ("kind", "screen"), SCREENS, ids=[f"{kind} {i}" for i, (kind, _) in enumerate(SCREENS)]
)
def test_a_screen_shows_what_the_server_said(kind: str, screen: Json) -> None:
    held = screen["snapshot"]
    for step in screen["steps"]:
        for event in step["events"]:
            held = apply(held, event)
        assert comparable(held) == comparable(step["snapshot"])


@pytest.mark.parametrize(
    ("kind", "screen"), SCREENS, ids=[f"{kind} {i}" for i, (kind, _) in enumerate(SCREENS)]
)
def test_events_that_come_twice_or_late_change_nothing(kind: str, screen: Json) -> None:
    held = screen["snapshot"]
    told: list[Json] = []
    for step in screen["steps"]:
        for event in step["events"]:
            held = apply(held, event)
            told.append(event)
            for again in told[-3:]:
                held = apply(held, again)
        assert comparable(held) == comparable(step["snapshot"])


def test_a_late_resource_is_known_by_its_rev() -> None:
    """Events of the past under new numbers, as a REST answer might bring them: nothing goes back."""
    (screen,) = read("vectors/staff.json")
    held, told = screen["snapshot"], []
    for step in screen["steps"]:
        for event in step["events"]:
            held = apply(held, event)
            told.append(event)
    late = [event for event in told if event["type"] in ("order:updated", "table:updated", "session:updated")]
    after = held
    for number, event in enumerate(late, start=1):
        known = _known(held, event)
        if known:
            after = apply(after, event | {"seq": held["stream"]["seq"] + number})
    assert comparable(after) == comparable(held)


def _known(held: Json, event: Json) -> bool:
    """Whether the screen shows the resource now: one that it has dropped would come back."""
    kind = event["type"].partition(":")[0]
    return event[kind]["id"] in {each["id"] for each in held[f"{kind}s"]}


def test_the_evening_has_everything_in_it() -> None:
    told = {event["type"] for _, screen in SCREENS for step in screen["steps"] for event in step["events"]}
    assert {event.type for event in EVENTS} - told == set(), "run `make vectors`"


@pytest.mark.parametrize(("collection", "resource", "belongs"), MEMBERSHIP)
def test_who_belongs_to_a_staff_snapshot(collection: str, resource: Json, belongs: bool) -> None:
    kind = {"till": "till"}.get(collection, collection.removesuffix("s"))
    held: Any = None if collection == "till" else []
    before = {"stream": {"epoch": "e", "seq": 1}, "tables": [], collection: held}
    one = {"id": "x", "rev": 1, **resource}
    after = apply(before, {"type": f"{kind}:updated", "seq": 2, kind: one})[collection]
    assert after == ((one if belongs else None) if collection == "till" else [one] if belongs else [])
