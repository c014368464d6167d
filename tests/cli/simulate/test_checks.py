"""Each check of the simulator finds what it is for, and nothing where nothing is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from restai.cli.simulate.checks.books import Books, wrong_bill
from restai.cli.simulate.checks.frames import Connection
from restai.cli.simulate.checks.manners import indiscretion
from restai.cli.simulate.checks.record import Record
from restai.cli.simulate.checks.state import differences
from restai.cli.simulate.report import Promise
from restai.cli.simulate.spoil import SPOILT, Spoil, Spoiler
from tests.cli.simulate.evidence import BRANCH, EMPTY, Json, Problems, Witness, event, order, payment

# ---- one connection


def connected(seq: int = 10) -> Connection:
    connection = Connection("b1")
    welcome = {"type": "auth:success", "streams": {"b1": {"epoch": "e1", "seq": seq, "head": seq}}}
    assert connection.hears(welcome, anew=True) is None
    return connection


def heartbeat(seq: int) -> Json:
    return {"type": "heartbeat", "streams": {"b1": seq}}


def test_a_connection_in_order_is_fine_with_holes_for_what_is_for_others() -> None:
    connection = connected()
    for frame in (event(11), event(14), heartbeat(20), event(21), heartbeat(21)):
        assert connection.hears(frame) is None
    assert connection.handed == 21


@pytest.mark.parametrize(
    ("frames", "wrong"),
    [
        ([event(11), event(11)], "11 twice"),
        ([event(12), event(11)], "11 after 12"),
        ([event(10)], "10 twice"),
        ([event(12), heartbeat(11)], "a heartbeat that says 11 after 12"),
        ([event(11) | {"branchId": "b2"}], "order:updated of another branch"),
    ],
)
def test_what_is_wrong_on_a_connection(frames: list[Json], wrong: str) -> None:
    connection = connected()
    *before, last = frames
    assert all(connection.hears(frame) is None for frame in before)
    assert connection.hears(last) == wrong


def test_another_connection_goes_on_from_where_it_says() -> None:
    connection = connected(10)
    connection.hears(event(14))
    welcome = {"type": "auth:success", "streams": {"b1": {"epoch": "e1", "seq": 12, "head": 14}}}
    assert connection.hears(welcome, anew=True) is None
    assert connection.hears(event(13)) is None, "what the client had not applied comes again"
    assert connection.hears(welcome) is None, "a renewal"
    assert connection.hears(event(13)) == "13 twice"


# ---- one branch


def told(*screens: list[int], answers: tuple[tuple[int, float], ...] = ()) -> list[tuple[Promise, str]]:
    """What is found when each screen is told these events of one order, at its `rev` of the same number."""
    problems = Problems()
    record = Record(EMPTY, problems)
    for number, seqs in enumerate(screens, 1):
        screen = Witness(f"screen {number}", record)
        for seq in seqs:
            screen.hears(event(seq))
    for rev, at in answers:
        record.answered("order", order(rev), at)
    record.settle(100)
    return problems.found


def test_all_who_are_told_the_same_are_content() -> None:
    assert told([11, 12, 13], [11, 12, 13], answers=((12, 0), (13, 0))) == []


def test_what_one_screen_was_not_told() -> None:
    assert told([11, 12, 13], [11, 13]) == [(Promise.TOLD, "screen 2 was not told event 12, order:updated")]


def test_what_nobody_was_told() -> None:
    assert told([11, 13], [11, 13]) == [
        (Promise.REVS, "order o1 went from rev 11 to 13 with event 13, order:updated")
    ]
    assert told([11], [11], answers=((11, 0), (12, 0))) == [
        (Promise.TOLD, "nobody was told of order o1 at rev 12")
    ]


def first_told(was: Json, later: Json, *, is_ours: bool) -> list[str]:
    """What is found when the first that anybody is told of an order is `later`, where `was` was before."""
    problems = Problems()
    record = Record(EMPTY | was, problems, is_ours=is_ours)
    screen = Witness("screen", record)
    screen.hears(event(11, "menu:updated", timestamp=50_000))
    screen.hears(event(12, order=later))
    record.settle(100)
    return [text for _, text in problems.found]


@pytest.mark.parametrize("is_ours", [True, False])
def test_what_is_made_before_our_eyes_is_told_from_its_beginning(is_ours: bool) -> None:
    lost = ["order o1 was first told of at rev 2 with event 12, order:updated"]
    assert first_told({}, order(2, createdAt=70_000), is_ours=is_ours) == lost
    assert first_told({}, order(1, createdAt=70_000), is_ours=is_ours) == []
    assert first_told({"orders": [order(1)]}, order(2, createdAt=70_000), is_ours=is_ours) == []


def test_what_may_have_been_there_before_is_met_at_any_revision() -> None:
    """An order that is paid back later is in no snapshot. In a house of our own there is none."""
    old = order(5, createdAt=40_000)
    assert first_told({}, old, is_ours=False) == []
    assert first_told({}, old, is_ours=True) == [
        "order o1 was first told of at rev 5 with event 12, order:updated"
    ]


def test_what_happened_while_screens_were_switched_on_was_told_to_nobody() -> None:
    problems = Problems()
    record = Record(EMPTY | {"orders": [order(1)]}, problems)
    screen = Witness("screen", record)
    screen.hears(event(11, order=order(2)))  # to a phone, which was there already
    screen.hears(event(13, order=order(4)))
    record.begins(EMPTY | {"orders": [order(3)], "stream": {"epoch": "e1", "seq": 12}})
    record.settle(100)
    assert (problems.found, record.events) == ([], 1)


def test_of_a_cart_only_those_who_are_in_hear() -> None:
    problems = Problems()
    record = Record(EMPTY, problems, is_ours=True)
    Witness("phone", record).hears(event(11, "cart:updated", sessionId="s1", cart={"id": "c1", "rev": 4}))
    record.settle(100)
    assert problems.found == []


def test_commits_that_were_lost_may_have_been_anything() -> None:
    problems = Problems()
    record = Record(EMPTY, problems, is_ours=True)
    screen = Witness("screen", record)
    screen.hears(event(11, "order:created", order=order(1)))
    screen.hears(event(5, order=order(3, createdAt=9_000)), epoch="e2")
    screen.hears(event(6, order=order(2, id="o2", createdAt=11_000)), epoch="e2")
    record.settle(100)
    assert [text for _, text in problems.found] == [
        "order o2 was first told of at rev 2 with event 6, order:updated"
    ]


def test_an_answer_of_just_now_has_time() -> None:
    assert told([11], answers=((12, 95),)) == []


def test_a_screen_that_was_away_has_time() -> None:
    problems = Problems()
    record = Record(EMPTY, problems)
    here, away = Witness("here", record), Witness("away", record)
    away.had_its_time = False
    for seq in (11, 12):
        here.hears(event(seq), now=seq)
    record.settle(100)
    assert record.waits(100)
    for seq in (11, 12):
        away.hears(event(seq), now=101)
    record.settle(200)
    assert (problems.found, record.waits(200), record.events) == ([], False, 2)


def test_revisions_that_fall_and_bodies_that_differ() -> None:
    problems = Problems()
    record = Record(EMPTY, problems)
    one, other = Witness("one", record), Witness("other", record)
    for screen, frame in ((one, 1), (other, 2)):
        screen.hears(event(11, order=order(5)), frame=frame)
        screen.hears(event(12, order=order(4)))
    record.settle(100)
    assert problems.found == [
        (Promise.STATE, "other was told event 11, order:updated unlike others"),
        (Promise.REVS, "order o1 went from rev 5 to 4 with event 12, order:updated"),
    ]


# ---- guests


def test_a_phone_may_be_told_of_its_own_visit_and_of_the_menu() -> None:
    own = event(11, order=order() | {"sessionId": "s1"})
    for each in (
        own,
        event(12, "cart:updated", sessionId="s1", cart={"id": "c1", "lines": [{"id": "l1", "quantity": 2}]}),
        event(12, "menu:availability", item={"id": "i1"}),
        event(13, "table:updated", tableId="t1"),
    ):
        assert indiscretion(each, {"s1"}, "t1", admitted=True) is None


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        (event(11, order=order(sessionId="s2")), "order:updated of another visit"),
        (event(11, "table:updated", tableId="t2"), "table:updated of another table"),
        (
            event(11, order=order(takenBy=None, priority=False)),
            "order:updated with order.priority, order.takenBy",
        ),
        (event(11, order=order(items=[{"id": "l1", "station": "bar"}])), "order:updated with items.station"),
        (
            event(11, "menu:availability", item={"id": "i1", "station": "bar"}),
            "menu:availability with item.station",
        ),
        (
            event(11, "branch:updated", branch={"id": "b1", "stations": []}),
            "branch:updated with branch.stations",
        ),
        (
            event(
                11,
                "payment:recorded",
                payment=payment() | {"by": {"name": "Carla"}},
                orders=[order(priority=True)],
            ),
            "payment:recorded with orders.priority, payment.by, payment.change, payment.tendered",
        ),
        (
            event(11, "table:updated", tableId="t1", table={"id": "t1", "sessionId": "s1"}),
            "table:updated with table.sessionId",
        ),
        (
            event(
                11,
                "request:acknowledged",
                request={"id": "r1", "sessionId": "s1", "acknowledgedBy": {"id": "u1", "name": "Walter"}},
            ),
            "request:acknowledged with acknowledgedBy.id",
        ),
        (event(11, "screen:online", screen={"id": "x"}), "screen:online of another visit"),
    ],
)
def test_what_a_phone_may_not_be_told(told: Json, wrong: str) -> None:
    assert indiscretion(told, {"s1"}, "t1", admitted=True) == wrong


def test_who_waits_hears_his_own_outcome_alone() -> None:
    approved = event(11, "session:approved", sessionId="s1", session={"id": "s1", "rev": 2})
    assert indiscretion(approved, {"s1"}, "t1", admitted=False) is None
    for told in (event(12), event(12, "table:updated", tableId="t1")):
        wrong = indiscretion(told, {"s1"}, "t1", admitted=False)
        assert wrong == f"{told['type']} while it waited to be let in"


# ---- money


def entered(*events: Json, branch: Json = BRANCH) -> list[str]:
    books = Books()
    found = [problem for each in events for problem in books.enter(each, branch)]
    return [*found, *books.unsettled()]


def paid(**more: Any) -> Json:
    return order(2, status="completed", paid=1_180, balance=0, **more)


TILL: Json = {"id": "t1", "rev": 1, "openingFloat": 5_000}
COUNT = {"expected": 6_200, "counted": 6_150, "difference": -50}


def test_books_that_come_out() -> None:
    whole = [
        event(11, "till:opened", till=TILL),
        event(12, "order:created", order=order()),
        event(13, "payment:recorded", payment=payment(), orders=[paid()]),
        event(14, "till:closed", till=TILL | COUNT),
    ]
    assert entered(*whole) == []


def test_tax_on_top_of_prices() -> None:
    on_top = BRANCH | {"pricesIncludeTax": False}
    right = order(subtotal=1_180, tax=212, total=1_392, balance=0, paid=1_392, status="completed")
    assert [each for each in entered(event(11, order=right), branch=on_top) if "comes to" in each] == []
    assert entered(event(11, order=right | {"tax": 213}), branch=on_top)[0] == (
        "order 7 comes to (1392, 212), not (1392, 213)"
    )


@pytest.mark.parametrize(
    ("events", "wrong"),
    [
        ([event(11, order=order(total=1_181))], "order 7 comes to (1180, 180), not (1181, 180)"),
        ([event(11, order=order())], "order 7 is left confirmed"),
        ([event(11, order=order(status="completed"))], "order 7 is over and owes 1180"),
        ([event(11, order=paid())], "order 7 says that 1180 is paid; its payments say 0"),
        (
            [event(seq, "payment:recorded", payment=payment(), orders=[paid()]) for seq in (11, 12)],
            "payment p1 was recorded twice",
        ),
        (
            [event(11, "payment:recorded", payment=payment(amount=1_200), orders=[paid()])],
            "payment p1 is not the sum of its parts",
        ),
        (
            [event(11, "payment:recorded", payment=payment(change=801), orders=[paid()])],
            "payment p1: the change is not 801",
        ),
        ([event(seq, "order:created", order=paid(total=0)) for seq in (11, 12)], "order 7 was created twice"),
        (
            [
                event(11, "till:opened", till=TILL),
                event(12, "payment:recorded", payment=payment(), orders=[paid()]),
                event(13, "payment:voided", payment=payment(voidedAt=1), orders=[order(3)]),
                event(14, "till:closed", till=TILL | COUNT),
            ],
            "the till should hold 5000, its count says 6200",
        ),
    ],
)
def test_books_that_do_not_come_out(events: list[Json], wrong: str) -> None:
    assert wrong in entered(*events)


def test_a_bill_that_does_not_come_to_the_same_cent() -> None:
    bill: Json = {
        "session": {"tableNumber": "3"},
        "orders": [paid()],
        "lines": [{"amount": 590}, {"amount": 590}],
        "payments": [payment(), payment(id="p2", voidedAt=1, amount=7)],
        "subtotal": 1_000,
        "tax": 180,
        "total": 1_180,
        "balance": 0,
        "tips": 20,
    }
    assert list(wrong_bill(bill)) == []
    assert list(wrong_bill(bill | {"lines": [{"amount": 1_179}]})) == [
        "the bill of table 3 is 1180; its lines come to 1179"
    ]
    assert list(wrong_bill(bill | {"tips": 0})) == ["the bill of table 3 has other tips than its payments"]


# ---- state


def test_where_a_screen_differs() -> None:
    held = {"stream": {"seq": 3}, "orders": [order(2), {"id": "o2", "rev": 1}], "till": None}
    true = {"stream": {"seq": 9}, "orders": [{"id": "o3", "rev": 1}, order(3)], "till": None}
    assert list(differences(held, held | {"stream": {"seq": 9}, "orders": held["orders"][::-1]})) == []
    assert sorted(differences(held, true)) == [
        "orders: o1: rev 2, not 3",
        "orders: o2 too much",
        "orders: o3 missing",
    ]


# ---- spoiling


@pytest.mark.parametrize(
    ("how", "comes"),
    [(Spoil.DROP, [1, 3]), (Spoil.DOUBLE, [1, 2, 2, 3]), (Spoil.SWAP, [1, 3, 2]), (None, [1, 2, 3])],
)
def test_one_event_is_spoilt_and_nothing_else(how: Spoil | None, comes: list[int]) -> None:
    spoiler = Spoiler(how)
    for seq in range(SPOILT - 2):
        spoiler.pass_on(json.dumps(event(seq)))
    frames = [event(1), heartbeat(1), event(2), heartbeat(2), event(3)]
    passed = [json.loads(each) for frame in frames for each in spoiler.pass_on(json.dumps(frame))]
    assert [frame["seq"] for frame in passed if "v" in frame] == comes
    assert sum(frame["type"] == "heartbeat" for frame in passed) == 2
