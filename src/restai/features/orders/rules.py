"""How an order and its lines move, what it costs and on which day it counts. Pure.

An order's state is never set by hand: it is `rollup` of what it was and of its lines. A command on
an order moves lines, and the state follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import NamedTuple
from zoneinfo import ZoneInfo

from restai.clock import MINUTE, SECOND


class OrderType(StrEnum):
    DINE_IN = "dine_in"
    TAKEOUT = "takeout"
    DELIVERY = "delivery"


class OrderStatus(StrEnum):
    PENDING = "pending"
    CONFIRMED = "confirmed"
    PREPARING = "preparing"
    READY = "ready"
    SERVED = "served"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class LineStatus(StrEnum):
    PENDING = "pending"
    PREPARING = "preparing"
    READY = "ready"
    SERVED = "served"
    CANCELLED = "cancelled"


S = OrderStatus
L = LineStatus

UNSEEN_AFTER = 10 * SECOND  # a kitchen that looks at its screen has seen a new line by then
RECALLABLE = 15 * MINUTE  # what left the kitchen before that is on its table

ORDER_FORWARD: dict[OrderStatus, frozenset[OrderStatus]] = {
    S.PENDING: frozenset({S.CONFIRMED, S.PREPARING, S.READY, S.SERVED, S.COMPLETED}),
    S.CONFIRMED: frozenset({S.PREPARING, S.READY, S.SERVED, S.COMPLETED}),
    S.PREPARING: frozenset({S.READY, S.SERVED, S.COMPLETED}),
    S.READY: frozenset({S.SERVED, S.COMPLETED}),
    S.SERVED: frozenset({S.COMPLETED}),
    S.COMPLETED: frozenset(),
    S.CANCELLED: frozenset(),
}
ORDER_BACK = {
    S.CONFIRMED: S.PENDING,
    S.PREPARING: S.CONFIRMED,
    S.READY: S.PREPARING,
    S.SERVED: S.READY,
}
ORDER_CANCELLABLE = frozenset({S.PENDING, S.CONFIRMED, S.PREPARING, S.READY})
ORDER_OVER = frozenset({S.COMPLETED, S.CANCELLED})

LINE_FORWARD: dict[LineStatus, frozenset[LineStatus]] = {
    L.PENDING: frozenset({L.PREPARING, L.READY, L.SERVED}),
    L.PREPARING: frozenset({L.READY, L.SERVED}),
    L.READY: frozenset({L.SERVED}),
    L.SERVED: frozenset(),
    L.CANCELLED: frozenset(),
}
LINE_BACK = {L.PREPARING: L.PENDING, L.READY: L.PREPARING, L.SERVED: L.READY}
LINE_CANCELLABLE = frozenset({L.PENDING, L.PREPARING, L.READY})

# How far a command on the order brings each line that is not there yet.
_BRINGS_LINES_TO = {
    S.CONFIRMED: L.PENDING,
    S.PREPARING: L.PREPARING,
    S.READY: L.READY,
    S.SERVED: L.SERVED,
    S.COMPLETED: L.SERVED,
}
IN_THE_KITCHEN = frozenset({S.CONFIRMED, S.PREPARING, S.READY, S.SERVED})
"""Of an order that is in one of these states, the kitchen sees the lines it cooks."""

BEFORE_READY = frozenset({S.PENDING, S.CONFIRMED, S.PREPARING})
_BEGUN = frozenset({L.PREPARING, L.READY, L.SERVED})
_DONE = frozenset({L.READY, L.SERVED})


class LineState(NamedTuple):
    """What of a line decides its order's state. `cooked`: it belongs to a station of the kitchen."""

    status: LineStatus
    cooked: bool = True


class Moments(NamedTuple):
    """When a line came to the kitchen, was first seen there and was ready (ms); None until then."""

    sent_at: int | None = None
    seen_at: int | None = None
    ready_at: int | None = None


class Watch(NamedTuple):
    """How far the kitchen has seen an order: `seen_at` when all of it, `unseen_at` since when it is
    too late for some of it, `alarm_at` when it will be (ms); at most one of them is not None."""

    seen_at: int | None
    unseen_at: int | None
    alarm_at: int | None


class Moved(NamedTuple):
    """An order after a command: its state, and its lines' in the order they were given."""

    status: OrderStatus
    lines: list[LineStatus]


def rollup(status: OrderStatus, lines: Iterable[LineState]) -> OrderStatus:
    """The state of an order that was `status` and has these lines; cancelled ones do not count."""
    live = [line for line in lines if line.status is not L.CANCELLED]
    if not live:
        return S.CANCELLED
    if status in (S.PENDING, S.COMPLETED):
        return status
    if all(line.status is L.SERVED for line in live):
        return S.SERVED
    if all(line.status in _DONE for line in live):
        return S.READY
    if any(line.cooked and line.status in _BEGUN for line in live):
        return S.PREPARING
    return S.CONFIRMED


def closing(status: OrderStatus, balance: int) -> OrderStatus:
    """What becomes of an order that is `status` and owes `balance`: served and paid, it is completed."""
    return S.COMPLETED if status is S.SERVED and balance == 0 else status


def arriving(cooked: bool, *, confirmed: bool) -> LineStatus:
    """The state in which a line comes into an order: what needs no kitchen is ready once confirmed."""
    return L.READY if confirmed and not cooked else L.PENDING


def forward(status: OrderStatus, lines: Sequence[LineState], to: OrderStatus) -> Moved | None:
    """Move on to `to`, skipping states if need be; None if that is not forward.

    All lines that are behind are brought along. The state may end beyond `to`: an order of drinks
    alone is ready as soon as it is confirmed.
    """
    if to not in ORDER_FORWARD[status]:
        return None
    return _moved(to, lines, [_brought(line, to) for line in lines])


def cancel(status: OrderStatus, lines: Sequence[LineState]) -> Moved | None:
    """Cancel what is not served yet; None after that. Lines that were served stay, to be paid."""
    if status not in ORDER_CANCELLABLE:
        return None
    after = [L.CANCELLED if line.status in LINE_CANCELLABLE else line.status for line in lines]
    return _moved(status, lines, after)


def step_back(status: OrderStatus, lines: Sequence[LineState], to: OrderStatus) -> Moved | None:
    """Take back a wrong tap: one step, moving only lines that are in the state being left.

    None if it is not one step back, or if other lines are too far on for the order to be `to`.
    """
    if ORDER_BACK.get(status) is not to:
        return None
    moved = _moved(to, lines, [_taken_back(line, status) for line in lines])
    if to is S.PENDING and any(line not in (L.PENDING, L.CANCELLED) for line in moved.lines):
        return None
    return moved if moved.status is to else None


def line_may_move(order: OrderStatus, line: LineState, to: LineStatus, *, back: bool) -> bool:
    """Whether one line may go to `to` while its order is `order`; `back` allows one step back.

    Before its order is confirmed, and after it is over, a line does not move; it may be cancelled
    until the order is over. What needs no kitchen is never in preparation.
    """
    if order in ORDER_OVER:
        return False
    if to is L.CANCELLED:
        return line.status in LINE_CANCELLABLE
    if order is S.PENDING or (to is L.PREPARING and not line.cooked):
        return False
    return to in LINE_FORWARD[line.status] or (back and LINE_BACK.get(line.status) is to)


def _moved(status: OrderStatus, before: Sequence[LineState], after: list[LineStatus]) -> Moved:
    lines = (LineState(now, line.cooked) for now, line in zip(after, before, strict=True))
    return Moved(rollup(status, lines), after)


def _brought(line: LineState, to: OrderStatus) -> LineStatus:
    goal = _BRINGS_LINES_TO[to]
    if not line.cooked and goal is not L.SERVED:
        goal = L.READY
    return goal if goal in LINE_FORWARD[line.status] else line.status


def _taken_back(line: LineState, left: OrderStatus) -> LineStatus:
    if not line.cooked and left in (S.CONFIRMED, S.READY):
        # Confirming made it ready at once; no later step before serving moved it.
        return L.PENDING if left is S.CONFIRMED and line.status is L.READY else line.status
    if line.status.value != left.value:
        return line.status
    return LINE_BACK[line.status]


def moments(held: Moments, order: OrderStatus, line: LineStatus, now: int) -> Moments:
    """The moments of a live line the kitchen cooks, now that it is `line` in an order that is `order`.

    Who begins a line has seen it. An order taken back to pending leaves the kitchen: once it is
    confirmed again, its lines come there anew.
    """
    if order is S.PENDING:
        return Moments()
    return Moments(
        sent_at=_first(held.sent_at, now),
        seen_at=_first(held.seen_at, now) if line in _BEGUN else held.seen_at,
        ready_at=_first(held.ready_at, now) if line in _DONE else None,
    )


def _first(known: int | None, now: int) -> int:
    return now if known is None else known


def watch(lines: Sequence[Moments], unseen_at: int | None, now: int) -> Watch:
    """What these, an order's live lines in the kitchen, say; `unseen_at`: the alarm that is on.

    An alarm stays on while a line waits that is too late, and goes off with the last of them: for a
    later line that is not seen either there is another one.
    """
    seen = [line.seen_at for line in lines if line.seen_at is not None]
    waiting = [line.sent_at for line in lines if line.sent_at is not None and line.seen_at is None]
    if not waiting:
        return Watch(max(seen, default=None), None, None)
    due = min(waiting) + UNSEEN_AFTER
    if unseen_at is not None and due <= now:
        return Watch(None, unseen_at, None)
    return Watch(None, None, due)


def line_amount(unit_price: int, modifier_prices: Iterable[int], quantity: int) -> int:
    """What a line costs before or with tax, as the menu's prices are meant."""
    return quantity * (unit_price + sum(modifier_prices))


def business_day(now: int, time_zone: str, starts_at: int) -> date:
    """The day that `now` (ms) counts to, which begins `starts_at` minutes after local midnight.

    A start that the clock shows twice is the first one; one that it leaps over comes as much later.
    """
    zone = ZoneInfo(time_zone)
    start = time(*divmod(starts_at, 60), tzinfo=zone)
    today = datetime.fromtimestamp(now / 1000, zone).date()
    day = today + timedelta(days=1)  # the clock may be about to be put back
    while datetime.combine(day, start).timestamp() * 1000 > now:
        day -= timedelta(days=1)
    return day
