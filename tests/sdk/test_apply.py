"""What events do to a snapshot, for staff and for guests."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from restai_sdk.apply import apply, update

Json = dict[str, Any]


def staff(**collections: object) -> Json:
    empty: Json = {name: [] for name in ("tables", "sessions", "orders", "requests", "screens")}
    branch = {"id": "b", "rev": 1, "name": "Miraflores"}
    return {
        "stream": {"epoch": "e1", "seq": 10},
        "branch": branch,
        "till": None,
        "menuVersion": 1,
        **empty,
        **collections,
    }


def guest(**fields: object) -> Json:
    return {
        "stream": {"epoch": "e1", "seq": 10},
        "branch": {"id": "b", "rev": 1},
        "table": {"id": "t1", "rev": 1, "number": "1"},
        "session": {"id": "s1", "rev": 1, "status": "pending"},
        "orders": [],
        "cart": {"id": "s1", "rev": 1, "lines": []},
        "requests": [],
        "menuVersion": 1,
        **fields,
    }


def thing(id_: str, rev: int = 1, **fields: object) -> Json:
    return {"id": id_, "rev": rev, **fields}


def event(type_: str, seq: int = 11, **fields: object) -> Json:
    return {"v": 1, "id": "x", "type": type_, "branchId": "b", "seq": seq, "timestamp": 0, **fields}


# ---- the position


def test_an_event_moves_the_position() -> None:
    after = apply(staff(), event("order:created", 15, order=thing("o1", status="pending")))
    assert after["stream"] == {"epoch": "e1", "seq": 15}


@pytest.mark.parametrize("seq", [9, 10])
def test_what_was_seen_already_changes_nothing(seq: int) -> None:
    before = staff()
    assert apply(before, event("order:created", seq, order=thing("o1", status="pending"))) == before


def test_twice_is_once() -> None:
    created = event("order:created", order=thing("o1", status="pending"))
    once = apply(staff(), created)
    assert apply(once, created) == once


@pytest.mark.parametrize(
    "unknown",
    [
        event("weather:changed", sky="grey"),
        event("order:created"),
        event("order"),
        event("order:created", order=None),
        event("menu:availability", menuItemId="i", isAvailable=False, item=thing("i")),
    ],
)
def test_an_event_without_news_for_the_snapshot_only_moves_the_position(unknown: Json) -> None:
    before = staff(orders=[thing("o1", status="ready")])
    assert apply(before, unknown) == before | {"stream": {"epoch": "e1", "seq": 11}}


def test_nothing_is_changed_in_place() -> None:
    before = staff(orders=[thing("o1", status="pending"), thing("o2", status="pending")], till=thing("x"))
    kept = copy.deepcopy(before)
    apply(before, event("order:updated", order=thing("o1", 2, status="cancelled")))
    apply(before, event("order:updated", order=thing("o2", 2, status="ready")))
    apply(before, event("till:closed", till=thing("x", 2, status="closed")))
    update(before, "order", thing("o1", 3, status="ready"))
    assert before == kept


# ---- revisions


def test_only_a_higher_rev_replaces() -> None:
    before = staff(orders=[thing("o1", 5, status="ready"), thing("o2", 1, status="pending")])
    older = apply(before, event("order:updated", order=thing("o1", 4, status="preparing")))
    same = apply(before, event("order:updated", order=thing("o1", 5, status="preparing")))
    newer = apply(before, event("order:updated", order=thing("o1", 6, status="served")))
    assert older["orders"] == same["orders"] == before["orders"]
    assert newer["orders"] == [thing("o1", 6, status="served"), thing("o2", 1, status="pending")]


@pytest.mark.parametrize(
    ("type_", "field", "collection"),
    [
        ("order:created", "order", "orders"),
        ("table:occupied", "table", "tables"),
        ("table:available", "table", "tables"),
        ("table:updated", "table", "tables"),
        ("session:requested", "session", "sessions"),
        ("session:approved", "session", "sessions"),
        ("session:moved", "session", "sessions"),
        ("guest:waiting", "session", "sessions"),
        ("guest:left", "session", "sessions"),
        ("request:created", "request", "requests"),
        ("screen:online", "screen", "screens"),
        ("order:unseen", "order", "orders"),
    ],
)
def test_each_kind_of_event_has_its_collection(type_: str, field: str, collection: str) -> None:
    status = {"sessions": "active", "requests": "pending", "screens": "online"}.get(collection, "available")
    new = thing("n", status=status, archived=False)
    assert apply(staff(), event(type_, **{field: new}))[collection] == [new]


def test_a_payment_brings_its_orders() -> None:
    before = staff(
        orders=[thing("o1", status="served", balance=900), thing("o2", status="ready", balance=400)]
    )
    paid = [thing("o1", 2, status="completed", balance=0), thing("o2", 2, status="ready", balance=0)]
    after = apply(before, event("payment:recorded", payment=thing("p"), orders=paid))
    assert after["orders"] == [thing("o2", 2, status="ready", balance=0)]


def test_branch_menu_version_and_till_are_replaced() -> None:
    opened = apply(staff(), event("till:opened", till=thing("day 1", status="open")))
    assert opened["till"] == thing("day 1", status="open")
    assert apply(opened, event("till:closed", 12, till=thing("day 1", 2, status="closed")))["till"] is None
    renamed = apply(staff(), event("branch:updated", branch=thing("b", 2, name="Larco")))
    assert renamed["branch"]["name"] == "Larco"
    assert apply(staff(), event("menu:updated", menuVersion=2))["menuVersion"] == 2


# ---- who belongs


@pytest.mark.parametrize(
    ("status", "balance", "stays"),
    [
        ("pending", 0, True),
        ("confirmed", 0, True),
        ("preparing", 0, True),
        ("ready", 0, True),
        ("served", 0, True),
        ("completed", 0, False),
        ("cancelled", 0, False),
        ("completed", 500, True),
        ("cancelled", -500, True),
    ],
)
def test_an_order_stays_while_it_is_open_or_owes(status: str, balance: int, stays: bool) -> None:
    before = staff(orders=[thing("o1", status="ready", balance=500)])
    changed = thing("o1", 2, status=status, balance=balance)
    after = apply(before, event("order:updated", order=changed))
    assert after["orders"] == ([changed] if stays else [])


@pytest.mark.parametrize(
    ("collection", "field", "type_", "fields", "stays"),
    [
        ("tables", "table", "table:updated", {"archived": True}, False),
        ("tables", "table", "table:updated", {"archived": False, "status": "maintenance"}, True),
        ("sessions", "session", "session:approved", {"status": "active"}, True),
        ("sessions", "session", "session:rejected", {"status": "rejected"}, False),
        ("sessions", "session", "session:ended", {"status": "completed"}, False),
        ("requests", "request", "request:acknowledged", {"status": "acknowledged"}, True),
        ("requests", "request", "request:resolved", {"status": "resolved"}, False),
        ("requests", "request", "request:cancelled", {"status": "cancelled"}, False),
        ("screens", "screen", "screen:offline", {"status": "offline"}, False),
    ],
)
def test_what_no_longer_belongs_is_dropped(
    collection: str, field: str, type_: str, fields: Json, stays: bool
) -> None:
    before = staff(**{collection: [thing("a", status="pending"), thing("z")]})
    changed = thing("a", 2, **fields)
    after = apply(before, event(type_, **{field: changed}))
    assert after[collection] == ([changed, thing("z")] if stays else [thing("z")])


def test_what_does_not_belong_is_never_added() -> None:
    assert apply(staff(), event("session:ended", session=thing("s", 9, status="completed")))["sessions"] == []


def test_a_snapshot_without_a_collection_gets_none() -> None:
    small = {"stream": {"epoch": "e1", "seq": 10}, "tables": [], "orders": []}
    after = apply(small, event("request:created", request=thing("r", status="pending")))
    assert after == small | {"stream": {"epoch": "e1", "seq": 11}}


# ---- guests


def test_a_guest_keeps_everything_of_the_visit() -> None:
    before = guest(orders=[thing("o1", status="ready")])
    done = thing("o1", 2, status="cancelled")
    assert apply(before, event("order:updated", order=done))["orders"] == [done]


def test_a_guest_has_one_session_and_one_table() -> None:
    approved = thing("s1", 2, status="active")
    after = apply(guest(), event("session:approved", session=approved))
    assert after["session"] == approved
    seated = apply(after, event("table:occupied", 12, table=thing("t1", 2, number="1")))
    assert seated["table"]["rev"] == 2
    moved = apply(seated, event("table:occupied", 13, table=thing("t7", 1, number="7")))
    assert moved["table"]["number"] == "7"
    late = apply(moved, event("session:updated", 14, session=thing("s1", 1, status="pending")))
    assert late["session"] == approved


def test_a_guest_sees_the_visits_end_and_the_shared_cart() -> None:
    ended = thing("s1", 2, status="completed")
    assert apply(guest(), event("session:ended", session=ended))["session"] == ended
    cart = thing("s1", 2, lines=[{"id": "l1"}])
    assert apply(guest(), event("cart:updated", cart=cart))["cart"] == cart


# ---- what a REST call answered


def test_an_answer_updates_what_is_there() -> None:
    before = staff(orders=[thing("o1", 2, status="preparing")])
    assert update(before, "order", thing("o1", 3, status="ready"))["orders"] == [
        thing("o1", 3, status="ready")
    ]
    assert update(guest(), "session", thing("s1", 2, status="active"))["session"]["status"] == "active"


def test_a_late_answer_after_a_newer_event_changes_nothing() -> None:
    before = staff(orders=[thing("o1", 2, status="confirmed")])
    newer = apply(before, event("order:updated", order=thing("o1", 4, status="ready")))
    assert update(newer, "order", thing("o1", 3, status="preparing")) == newer


def test_a_late_answer_brings_nothing_back() -> None:
    before = staff(orders=[thing("o1", 2, status="served")])
    gone = apply(before, event("order:updated", order=thing("o1", 4, status="completed")))
    assert update(gone, "order", thing("o1", 3, status="served"))["orders"] == []
    assert update(gone, "till", thing("day 1", 1, status="open"))["till"] is None


def test_the_event_drops_what_an_answer_had_closed() -> None:
    before = staff(orders=[thing("o1", 2, status="served")])
    closed = thing("o1", 4, status="completed")
    answered = update(before, "order", closed)
    between = apply(answered, event("order:updated", order=thing("o1", 3, status="served")))
    assert between["orders"] == [closed] or between["orders"] == []
    assert apply(between, event("order:updated", 12, order=closed))["orders"] == []
