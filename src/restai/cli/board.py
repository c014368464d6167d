"""A branch on a terminal: orders by state, the newest events, and how fresh all of it is. Pure.

One accent, for what needs somebody: what is late, what is in a rush, what is not live.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from itertools import zip_longest
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console, ConsoleOptions
from rich.text import Text

from restai.clock import DAY, HOUR, MINUTE, SECOND
from restai_sdk import Freshness, State

Json = dict[str, Any]

ACCENT = "#e8593b"
STATES = ("pending", "confirmed", "preparing", "ready", "served")
IN_THE_KITCHEN = ("pending", "confirmed", "preparing")  # their age counts from the order, else from the state
LATE = 12 * MINUTE  # in the kitchen
MOST_LINES = 4  # of a ticket
MOST_NEWS = 6
NARROWEST_COLUMN = 14  # characters: below, there is one column for all states
LOWEST = 10  # lines of a terminal: below, all of it is for orders
GAP = 2  # characters between two columns


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened. `at` in ms by the server's clock; `old`: before we were connected."""

    at: int
    text: str
    old: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """All that is shown. `snapshot` is None until there is one."""

    snapshot: Json | None
    freshness: Freshness
    reconnects: int = 0
    news: Sequence[News] = ()
    trouble: str | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """`View` as it stands at `now` (ms, the server's clock), for Rich; as wide and high as there is room."""

    view: View
    now: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        head = [*_header(self.view, self.now, options.max_width), Text()]
        foot = _newest(self.view, options.max_width, options.height)
        room = None if options.height is None else max(0, options.height - len(head) - len(foot))
        body = _body(self.view, self.now, options.max_width, room)
        if room is not None:
            body = [*body[:room], *(Text() for _ in range(room - len(body)))]
        for line in [*head, *body, *foot]:
            line.truncate(options.max_width)
            yield line


# ---- above


def _header(view: View, now: int, width: int) -> list[Text]:
    name = "RestAI" if view.snapshot is None else _clean(view.snapshot["branch"]["name"])
    clock = datetime.fromtimestamp(now / 1000, zone_of(view.snapshot)).strftime("%H:%M")
    return [
        _justified(Text(name, "bold"), Text(clock, "bold"), width),
        _justified(_summary(view, now), freshness_line(view, now), width),
    ]


def _summary(view: View, now: int) -> Text:
    if view.snapshot is None:
        return Text()
    orders = view.snapshot["orders"]
    open_ = [order for order in orders if order["status"] in STATES]
    late = sum(_is_late(order, now) for order in open_)
    parts = [Text(f"{len(open_)} open")]
    if late:
        parts.append(Text(f"{late} late", ACCENT))
    if unpaid := len(orders) - len(open_):
        parts.append(Text(f"{unpaid} closed, not paid"))
    return Text(" · ", "dim").join(parts)


def freshness_line(view: View, now: int) -> Text:
    """`● Live · confirmed 1 s ago`: a sign, a word, and what it rests on."""
    fresh = view.freshness
    parts = [Text(state_words(view, now), "" if fresh.state is State.LIVE else ACCENT)]
    if fresh.confirmed_ago is not None:
        parts.append(Text(f"confirmed {_span(fresh.confirmed_ago)} ago", "dim"))
    if view.reconnects:
        parts.append(Text("1 reconnect" if view.reconnects == 1 else f"{view.reconnects} reconnects", "dim"))
    return Text(" · ", "dim").join(parts)


def state_words(view: View, now: int) -> str:
    match view.freshness.state:
        case State.LIVE:
            return "● Live"
        case State.CATCHING_UP:
            return "◐ Catching up"
        case State.RECONNECTING:
            return "○ Connecting" if view.freshness.confirmed_ago is None else "○ Reconnecting"
        case State.OFFLINE:
            since = (now - (view.freshness.lost_ago or 0)) / 1000
            return f"○ Offline since {datetime.fromtimestamp(since, zone_of(view.snapshot)):%H:%M}"


# ---- the orders


def _body(view: View, now: int, width: int, room: int | None) -> list[Text]:
    if view.snapshot is None:
        return [Text(_clean(view.trouble) if view.trouble else "Waiting for the branch…", "dim")]
    orders = [order for order in view.snapshot["orders"] if order["status"] in STATES]
    if not orders:
        return [Text("No open orders. A new one appears here by itself.", "dim")]
    orders.sort(key=lambda order: (order["createdAt"], order["id"]))
    column = (width + GAP) // len(STATES) - GAP
    if column < NARROWEST_COLUMN:
        return _cut([_ticket(order, now, width, status=True) for order in orders], room, [])
    columns = [_column(state, orders, now, column, room) for state in STATES]
    return [_side_by_side(cells, column) for cells in zip_longest(*columns)]


def _column(state: str, orders: Sequence[Json], now: int, width: int, room: int | None) -> list[Text]:
    mine = [order for order in orders if order["status"] == state]
    count = Text(str(len(mine)) if mine else "", "dim")
    head = [
        _justified(Text(state.capitalize(), "bold" if mine else "dim"), count, width),
        Text("─" * width, "dim"),
    ]
    return _cut([_ticket(order, now, width) for order in mine], room, head)


def _cut(tickets: Sequence[list[Text]], room: int | None, head: list[Text]) -> list[Text]:
    """As many whole tickets as there is room for, and how many more there are."""
    lines = list(head)
    for number, ticket in enumerate(tickets):
        more = len(tickets) - number
        needed = len(ticket) + (0 if more == 1 else 1)
        if room is not None and len(lines) + needed > room:
            return [*lines, Text(f"+ {more} more", "dim")]
        lines += ticket
    return lines


def _side_by_side(cells: Sequence[Text | None], width: int) -> Text:
    row = Text()
    for cell in cells:
        padded = Text() if cell is None else cell
        padded.truncate(width, overflow="ellipsis", pad=True)
        row.append_text(padded).append(" " * GAP)
    row.rstrip()
    return row


def _ticket(order: Json, now: int, width: int, *, status: bool = False) -> list[Text]:
    """`38  Table 12   13:48`, then what was ordered; what is served needs no more telling."""
    late = _is_late(order, now)
    age = Text(_age(order, now), f"bold {ACCENT}" if late else "")
    number = Text(order["orderNumber"], "bold")
    if status:
        age = Text(f"{order['status']} ", "dim").append_text(age)
    room = width - number.cell_len - age.cell_len - 2
    title = number.append(" ").append(_where(order, room), "not bold")
    lines = [_justified(title, age, width)]
    if order["status"] == "served":
        return lines
    if order.get("priority"):
        lines.append(Text("RUSH", f"bold {ACCENT}"))
    return lines + _lines(order["items"], width)
    return lines


def _lines(items: Sequence[Json], width: int) -> list[Text]:
    shown = items if len(items) <= MOST_LINES else items[: MOST_LINES - 1]
    lines = [_line(item, width) for item in shown]
    if hidden := len(items) - len(shown):
        lines.append(Text(f"  + {hidden} lines", "dim"))
    return lines


def _line(item: Json, width: int) -> Text:
    text = f"{item['quantity']:>2} {_clean(item['name'])}"
    if item["status"] == "cancelled":
        return _shortened(Text(text, "dim strike"), width)
    if item["status"] in ("ready", "served"):
        return _shortened(Text(text, "dim"), width - 2).append(" ✓", "dim")
    return _shortened(Text(text), width)


def _where(order: Json, room: int) -> str:
    """The table, or who fetches it; shorter where there is less room."""
    table = order.get("tableNumber")
    if table is None:
        kind = (
            "Delivery"
            if order["type"] == "delivery"
            else "Takeout"
            if order["type"] == "takeout"
            else "Counter"
        )
        name = _clean(order.get("customerName") or "")
        return f"{kind} {name}".rstrip() if len(kind) + len(name) < room or not name else name
    long, short = place(order), f"T{table}" if table.isdigit() else _clean(table)
    return long if len(long) <= room else short


def place(thing: Json) -> str:
    """`Table 12`; a table that has a name goes by it."""
    number = _clean(thing.get("tableNumber") or thing.get("number") or "?")
    return f"Table {number}" if number[:1].isdigit() else number


def _is_late(order: Json, now: int) -> bool:
    return order["status"] in IN_THE_KITCHEN and now - order["createdAt"] >= LATE


def _age(order: Json, now: int) -> str:
    """Since it was ordered; once it is ready, since then."""
    began = order["createdAt"] if order["status"] in IN_THE_KITCHEN else order["statusChangedAt"]
    age = max(0, now - began)
    if age < HOUR:
        return f"{age // MINUTE:02}:{age % MINUTE // SECOND:02}"
    return f"{age // HOUR} h {age % HOUR // MINUTE:02}" if age < DAY else f"{age // DAY} d"


# ---- below


def _newest(view: View, width: int, height: int | None) -> list[Text]:
    most = MOST_NEWS if height is None else min(MOST_NEWS, (height - LOWEST) // 3)
    newest = list(view.news)[-most:] if most > 0 else []
    if not newest:
        return []
    zone = zone_of(view.snapshot)
    return [Text(), *(_shortened(news_line(news, zone), width) for news in reversed(newest))]


def news_line(news: News, zone: tzinfo | None = None) -> Text:
    """`20:42:07  Order 45 for Table 3 is ready`, by this machine's time zone if none is given."""
    clock = datetime.fromtimestamp(news.at / 1000, zone).strftime("%H:%M:%S")
    return Text(f"{clock}  ", "dim").append(_clean(news.text), "dim" if news.old else "not dim")


# ---- words and widths


def zone_of(snapshot: Json | None) -> tzinfo | None:
    """The branch's own time zone; this machine's until it is known."""
    name = None if snapshot is None else snapshot["branch"].get("timeZone")
    try:
        return None if name is None else ZoneInfo(name)
    except (KeyError, ValueError):
        return UTC


def _span(milliseconds: int) -> str:
    seconds = max(0, milliseconds) // SECOND
    if seconds < 60:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 3600 else f"{seconds // 3600} h"


def _clean(text: str) -> str:
    """A name as it may be written to a terminal: guests choose theirs."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _shortened(text: Text, width: int) -> Text:
    text.truncate(max(0, width), overflow="ellipsis")
    return text


def _justified(left: Text, right: Text, width: int) -> Text:
    """`left` and `right` at the two ends of a line; `left` gives way."""
    _shortened(left, width - right.cell_len - (1 if right else 0))
    return left.append(" " * (width - left.cell_len - right.cell_len)).append_text(right)
