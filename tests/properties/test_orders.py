"""Orders move by the rules alone, whatever is asked of them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from restai.features.orders.rules import (
    ORDER_BACK,
    LineState,
    LineStatus,
    OrderStatus,
    cancel,
    forward,
    line_may_move,
    rollup,
    step_back,
)
from tests.properties.reference import ORDER_STATES, Seen, line_may_go, order_state

lines = st.lists(st.builds(LineState, st.sampled_from(LineStatus), st.booleans()), max_size=6)
orders = st.sampled_from(OrderStatus)


def seen(line: LineState) -> Seen:
    return Seen(line.status.value, "kitchen" if line.cooked else "none")


def after(before: list[LineState], statuses: list[LineStatus]) -> list[LineState]:
    return [LineState(status, line.cooked) for status, line in zip(statuses, before, strict=True)]


@given(orders, lines)
def test_an_orders_state_follows_from_its_lines(was: OrderStatus, lines: list[LineState]) -> None:
    assert rollup(was, lines).value == order_state(was.value, [seen(line) for line in lines])


@given(orders, lines)
def test_a_state_that_follows_is_stable(was: OrderStatus, lines: list[LineState]) -> None:
    status = rollup(was, lines)
    assert rollup(status, lines) is status


@given(orders, lines, orders)
def test_going_on_reaches_what_was_asked_or_beyond(
    was: OrderStatus, lines: list[LineState], to: OrderStatus
) -> None:
    status = rollup(was, lines)
    moved = forward(status, lines, to)
    course = ORDER_STATES[:-1]
    onward = {status.value, to.value} <= set(course) and course.index(to.value) > course.index(status.value)
    assert (moved is not None) is onward
    if moved is None:
        return
    assert course.index(moved.status.value) >= course.index(to.value)
    assert moved.status is rollup(to, after(lines, moved.lines))
    for line, now in zip(lines, moved.lines, strict=True):
        assert line_may_go(line.status.value, now.value, forward=True)


@given(orders, lines, orders)
def test_a_step_back_is_one_step_to_just_what_was_asked(
    was: OrderStatus, lines: list[LineState], to: OrderStatus
) -> None:
    status = rollup(was, lines)
    moved = step_back(status, lines, to)
    if moved is None:
        return
    assert ORDER_STATES.index(status.value) - ORDER_STATES.index(to.value) == 1
    assert moved.status is to
    leaving = "ready" if status is OrderStatus.CONFIRMED else status.value  # confirming makes drinks ready
    for line, now in zip(lines, moved.lines, strict=True):
        assert line_may_go(line.status.value, now.value, forward=False)
        assert now is line.status or line.status.value == leaving


@given(st.sampled_from(sorted(ORDER_BACK)), st.lists(st.booleans(), max_size=5))
def test_what_was_tapped_wrongly_can_be_taken_back(tapped: OrderStatus, more: list[bool]) -> None:
    """One step on from a fresh order with something cooked, then one back: all is as before."""
    before = ORDER_BACK[tapped]
    lines = [LineState(LineStatus.PENDING, cooked) for cooked in (True, *more)]
    if before is not OrderStatus.PENDING:
        fresh = forward(OrderStatus.PENDING, lines, before)
        assert fresh is not None
        lines = after(lines, fresh.lines)
    there = forward(before, lines, tapped)
    assert there is not None
    back = step_back(there.status, after(lines, there.lines), before)
    assert back == (before, [line.status for line in lines])


@given(orders, lines)
def test_cancelling_leaves_only_what_was_served(was: OrderStatus, lines: list[LineState]) -> None:
    status = rollup(was, lines)
    moved = cancel(status, lines)
    assert (moved is None) is (status.value in ("served", "completed", "cancelled"))
    if moved is not None:
        assert set(moved.lines) <= {LineStatus.CANCELLED, LineStatus.SERVED}
        assert (moved.status is OrderStatus.CANCELLED) is (LineStatus.SERVED not in moved.lines)


@given(orders, st.builds(LineState, st.sampled_from(LineStatus), st.booleans()), st.sampled_from(LineStatus))
def test_a_line_moves_only_as_lines_do(order: OrderStatus, line: LineState, to: LineStatus) -> None:
    onward = line_may_move(order, line, to, back=False)
    anyhow = line_may_move(order, line, to, back=True)
    if onward:
        assert line.status is not to
        assert line_may_go(line.status.value, to.value, forward=True)
        assert anyhow
    elif anyhow:
        assert line_may_go(line.status.value, to.value, forward=False)
    if anyhow:
        assert order.value not in ("completed", "cancelled")
        assert line.cooked or to is not LineStatus.PREPARING
