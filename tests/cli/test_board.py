"""The board as text: what stands where, at any size."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from restai.cli.board import Board, News, View, news_line
from restai.clock import DAY, HOUR, MINUTE, SECOND
from restai_sdk import Freshness, State

Json = dict[str, Any]
NOW = 1_790_000_000_000  # 09:13:20 in Lima
LIVE = Freshness(State.LIVE, 1_200, None)


def order(number: int, status: str = "confirmed", *, age: int = MINUTE, **more: Any) -> Json:
    given: Json = {
        "id": f"o{number:04}",
        "orderNumber": str(number),
        "status": status,
        "type": "dine_in",
        "tableNumber": "12",
        "customerName": None,
        "priority": False,
        "items": [line("Lomo saltado", 2)],
        "createdAt": NOW - age,
        "statusChangedAt": NOW - age,
        "balance": 1,
    }
    return given | more


def line(name: str, quantity: int = 1, status: str = "pending") -> Json:
    return {"name": name, "quantity": quantity, "status": status}


def view(*orders: Json, freshness: Freshness = LIVE, name: str = "Brisa", **more: Any) -> View:
    snapshot = {"branch": {"name": name, "timeZone": "America/Lima"}, "orders": list(orders)}
    return View(snapshot, freshness, **more)


def shown(what: View, width: int = 120, height: int | None = None) -> list[str]:
    console = Console(width=width, file=io.StringIO(), highlight=False)
    with console.capture() as capture:
        console.print(Board(what, NOW), height=height)
    return capture.get().rstrip("\n").split("\n")


def column(rows: list[str], heading: str) -> list[str]:
    """What stands under a heading, without the rule."""
    top = next(n for n, row in enumerate(rows) if heading in row and "Served" in row)
    start = rows[top].index(heading)
    width = (len(rows[top + 1]) + 2) // 5
    return [cell for row in rows[top + 2 :] if (cell := row[start : start + width].rstrip())]


# ---- orders


def test_each_order_stands_under_its_state() -> None:
    rows = shown(
        view(
            order(1, "pending"),
            order(2, "confirmed"),
            order(3, "preparing"),
            order(4, "ready"),
            order(5, "served"),
        )
    )
    for heading, number in [("Pending", 1), ("Confirmed", 2), ("Preparing", 3), ("Ready", 4), ("Served", 5)]:
        assert column(rows, heading)[0].startswith(f"{number} Table 12"), heading


def test_a_ticket_has_number_table_age_and_lines() -> None:
    items = [line("Lomo saltado", 2), line("Causa", 1, "ready"), line("Ají", 12)]
    rows = shown(view(order(38, age=8 * MINUTE + 21 * SECOND, items=items)))
    ticket = column(rows, "Confirmed")
    assert re.fullmatch(r"38 Table 12 +08:21", ticket[0])
    assert ticket[1:] == [" 2 Lomo saltado", " 1 Causa ✓", "12 Ají"]


def test_the_oldest_come_first() -> None:
    rows = shown(view(order(7, age=MINUTE), order(5, age=9 * MINUTE), order(6, age=5 * MINUTE)))
    numbers = [cell.split()[0] for cell in column(rows, "Confirmed") if "Table" in cell]
    assert numbers == ["5", "6", "7"]


def test_each_state_says_how_many() -> None:
    rows = shown(view(order(1), order(2), order(3, "ready")))
    heading = next(row for row in rows if "Confirmed" in row)
    assert re.search(r"Pending +Confirmed +2 +Preparing +Ready +1 +Served", heading)


@pytest.mark.parametrize(
    ("age", "told"),
    [
        (0, "00:00"),
        (59 * SECOND, "00:59"),
        (HOUR - 1, "59:59"),
        (HOUR + 5 * MINUTE, "1 h 05"),
        (DAY - 1, "23 h 59"),
        (3 * DAY, "3 d"),
        (-5 * MINUTE, "00:00"),
    ],
)
def test_ages(age: int, told: str) -> None:
    assert column(shown(view(order(1, age=age))), "Confirmed")[0].endswith(told)


def test_what_is_ready_counts_from_then() -> None:
    ready = order(1, "ready", age=30 * MINUTE, statusChangedAt=NOW - 2 * MINUTE)
    assert column(shown(view(ready)), "Ready")[0].endswith("02:00")


def test_what_waits_for_twelve_minutes_in_the_kitchen_is_late() -> None:
    assert "late" not in "".join(shown(view(order(1, age=12 * MINUTE - 1), order(2, "ready", age=HOUR))))
    late = [order(1, age=12 * MINUTE), order(2, "preparing", age=HOUR), order(3, "served", age=HOUR)]
    assert shown(view(*late))[1].startswith("3 open · 2 late ")


def test_many_lines_are_summed_up() -> None:
    items = [line(name) for name in "abcdef"]
    ticket = column(shown(view(order(1, items=items))), "Confirmed")
    assert ticket[1:] == [" 1 a", " 1 b", " 1 c", "  + 3 lines"]


def test_what_is_served_needs_no_lines() -> None:
    assert len(column(shown(view(order(1, "served", priority=True))), "Served")) == 1


def test_a_rush_is_called() -> None:
    assert column(shown(view(order(1, priority=True))), "Confirmed")[1] == "RUSH"


@pytest.mark.parametrize(
    ("fields", "width", "where"),
    [
        ({"tableNumber": "12"}, 120, "Table 12"),
        ({"tableNumber": "12"}, 80, "T12"),
        ({"tableNumber": "B4"}, 80, "B4"),
        ({"tableNumber": None, "type": "takeout"}, 120, "Takeout"),
        ({"tableNumber": None, "type": "takeout", "customerName": "Jo"}, 120, "Takeout Jo"),
        ({"tableNumber": None, "type": "takeout", "customerName": "Jo Ann"}, 80, "Jo Ann"),
        ({"tableNumber": None, "type": "takeout", "customerName": "Jo Anna"}, 80, "Jo An…"),
        ({"tableNumber": None, "type": "delivery", "customerName": "Ana"}, 120, "Delivery Ana"),
        ({"tableNumber": None}, 120, "Counter"),
    ],
)
def test_where_an_order_goes(fields: Json, width: int, where: str) -> None:
    ticket = column(shown(view(order(1, **fields)), width), "Confirmed")[0]
    assert re.fullmatch(rf"1 {where} +01:00", ticket)


def test_closed_orders_that_owe_are_counted_apart() -> None:
    rows = shown(view(order(1), order(2, "completed"), order(3, "cancelled")))
    assert rows[1].startswith("1 open · 2 closed, not paid")
    assert not any(re.search(r"\b[23] T", row) for row in rows)


# ---- size


BUSY = [
    order(
        number,
        ["pending", "confirmed", "preparing", "ready", "served"][number % 5],
        age=number * 10 * SECOND,
        customerName="Maximiliano Buenaventura de la Cruz",
        tableNumber=None if number % 3 else "Terraza grande 4",
        type="takeout",
        items=[
            line("Chupe de camarones a la arequipeña con todo", 3),
            line("日本料理の盛り合わせ特別定食", 1, "ready"),
        ],
    )
    for number in range(1, 401)
]
NEWS = tuple(
    News(NOW, f"Order {number} for a table with a rather long name is ready " * 3) for number in range(20)
)


@pytest.mark.parametrize("width", [40, 60, 79, 80, 100, 120, 200])
@pytest.mark.parametrize("height", [10, 24, 50])
def test_it_never_leaves_the_screen(width: int, height: int) -> None:
    name = "La Rosa Náutica de Miraflores y Barranco " * 3
    rows = shown(view(*BUSY, name=name, news=NEWS), width, height)
    assert len(rows) <= height
    assert max(cell_len(row) for row in rows) <= width


@pytest.mark.parametrize("height", [24, 50])
def test_what_has_no_room_is_counted(height: int) -> None:
    rows = shown(view(*BUSY), 120, height)
    for heading in ("Pending", "Confirmed", "Preparing", "Ready"):
        cells = column(rows, heading)
        tickets = [cell for cell in cells if re.match(r"\d+ .* \d\d:\d\d$|\d+ .* 1 h \d\d$", cell)]
        more = re.fullmatch(r"\+ (\d+) more", cells[-1])
        assert tickets and more is not None, heading
        assert len(tickets) + int(more[1]) == 80, heading


def test_without_a_height_all_is_shown() -> None:
    assert not any("more" in row for row in shown(view(*BUSY), 120))


def test_the_newest_events_stay_at_the_bottom() -> None:
    rows = shown(view(order(1), news=NEWS), 120, 30)
    assert len(rows) == 30
    assert "Order 14 " in rows[-1] and "Order 19 " in rows[-6]


def test_a_low_terminal_keeps_its_room_for_orders() -> None:
    rows = shown(view(order(1), news=NEWS), 120, 10)
    assert column(rows, "Confirmed")[1] == " 2 Lomo saltado"


def test_a_narrow_terminal_has_one_column() -> None:
    rows = shown(view(order(1), order(2, "ready")), 60)
    assert any(re.fullmatch(r"1 Table 12 +confirmed 01:00", row) for row in rows)
    assert any(re.fullmatch(r"2 Table 12 +ready 01:00", row) for row in rows)


# ---- when there is nothing, or nothing good


def test_an_empty_branch() -> None:
    assert "No open orders. A new one appears here by itself." in shown(view())


def test_before_the_first_snapshot() -> None:
    connecting = Freshness(State.RECONNECTING, None, 500)
    rows = shown(View(None, connecting))
    assert rows[0].startswith("RestAI")
    assert rows[1].endswith("○ Connecting")
    assert "Waiting for the branch…" in rows
    assert "Connect call failed" in shown(View(None, connecting, trouble="Connect call failed"))


@pytest.mark.parametrize(
    ("freshness", "reconnects", "words"),
    [
        (LIVE, 0, "● Live · confirmed 1 s ago"),
        (LIVE, 1, "● Live · confirmed 1 s ago · 1 reconnect"),
        (LIVE, 12, "● Live · confirmed 1 s ago · 12 reconnects"),
        (Freshness(State.CATCHING_UP, 14_000, None), 0, "◐ Catching up · confirmed 14 s ago"),
        (Freshness(State.CATCHING_UP, None, None), 0, "◐ Catching up"),
        (Freshness(State.RECONNECTING, 4_000, 3_000), 0, "○ Reconnecting · confirmed 4 s ago"),
        (
            Freshness(State.OFFLINE, 25 * MINUTE, 24 * MINUTE),
            0,
            "○ Offline since 08:49 · confirmed 25 min ago",
        ),
        (Freshness(State.OFFLINE, 3 * HOUR, 3 * HOUR), 0, "○ Offline since 06:13 · confirmed 3 h ago"),
    ],
)
@pytest.mark.parametrize("width", [80, 120])
def test_how_fresh_it_is(freshness: Freshness, reconnects: int, words: str, width: int) -> None:
    rows = shown(view(freshness=freshness, reconnects=reconnects), width)
    assert rows[1].endswith(words)
    assert rows[0].startswith("Brisa") and rows[0].endswith("09:13"), "the branch's own time"


def test_the_accent_is_for_what_needs_somebody() -> None:
    def colours(what: View) -> set[str]:
        console = Console(width=120, file=io.StringIO(), force_terminal=True, color_system="truecolor")
        with console.capture() as capture:
            console.print(Board(what, NOW))
        return set(re.findall(r"38;2;\d+;\d+;\d+", capture.get()))

    assert colours(view(order(1), order(2, "served", age=HOUR))) == set()
    accent = {"38;2;232;89;59"}
    assert colours(view(order(1, age=HOUR))) == accent
    assert colours(view(order(1, priority=True))) == accent
    assert colours(view(freshness=Freshness(State.OFFLINE, 1, 1))) == accent


def test_names_cannot_command_the_terminal() -> None:
    evil = "Jo\x1b[2J\x07\r\n\x9b31m"
    console = Console(width=120, file=io.StringIO(), force_terminal=False)
    with console.capture() as capture:
        named = order(1, tableNumber=None, customerName=evil, items=[line(evil)])
        console.print(Board(view(named, name=evil, news=[News(NOW, evil)]), NOW))
        console.print(news_line(News(NOW, evil)))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", capture.get())
