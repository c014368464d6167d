"""Orders, as staff see them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any, Literal, NotRequired, TypedDict, cast

from restai_sdk.api.calling import Calls, given
from restai_sdk.api.staff import StaffRef

OrderStatus = Literal["pending", "confirmed", "preparing", "ready", "served", "completed", "cancelled"]
LineStatus = Literal["pending", "preparing", "ready", "served", "cancelled"]
OrderType = Literal["dine_in", "takeout", "delivery"]


class LineModifier(TypedDict):
    name: str
    price: int


class Line(TypedDict):
    id: str
    menuItemId: str
    name: str
    unitPrice: int
    quantity: int
    modifiers: list[LineModifier]
    notes: str | None
    allergens: list[str]
    station: str
    status: LineStatus
    round: int
    guestName: str | None
    seenAt: int | None


class Order(TypedDict):
    """Amounts are minor units, times ms: `subtotal + tax == total`, `balance == total - paid`."""

    id: str
    rev: int
    orderNumber: str
    branchId: str
    tableId: str | None
    tableNumber: str | None
    sessionId: str | None
    type: OrderType
    status: OrderStatus
    customerName: str | None
    notes: str | None
    priority: bool
    items: list[Line]
    subtotal: int
    tax: int
    total: int
    paid: int
    balance: int
    seenAt: int | None
    unseenAt: int | None
    takenBy: StaffRef | None
    createdAt: int
    statusChangedAt: int


class Bumped(TypedDict):
    """An order of which a line left the kitchen; `bumpedAt`: when (ms) the last one did."""

    bumpedAt: int
    order: Order


class Seen(TypedDict):
    """Those of the reported lines that count as seen."""

    lineIds: list[str]


class LineDraft(TypedDict):
    menuItemId: str
    quantity: int
    notes: NotRequired[str | None]
    modifierIds: NotRequired[list[str]]


class OrderDraft(TypedDict):
    """`id`: a UUIDv7 of one's own, to name the order by before it was sent."""

    id: NotRequired[str | None]
    branchId: NotRequired[str | None]
    type: OrderType
    tableId: NotRequired[str | None]
    sessionId: NotRequired[str | None]
    customerName: NotRequired[str | None]
    notes: NotRequired[str | None]
    priority: NotRequired[bool]
    items: list[LineDraft]


class Orders:
    """`seen` is the state that the caller saw: a command made for another one is refused (`stale`)."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def each(
        self,
        *,
        branch_id: str | None = None,
        status: Sequence[OrderStatus] = (),
        since: int | None = None,
        search: str | None = None,
    ) -> AsyncIterator[Order]:
        """Newest first: in one of these states, placed `since` (ms) then, found by these words."""
        return self._calls.each(
            "/orders", branch_id=branch_id, status=list(status) or None, since=since, search=search
        )

    async def get(self, order_id: str) -> Order:
        return cast(Order, await self._calls.get(f"/orders/{order_id}"))

    async def place(self, draft: OrderDraft, *, key: str | None = None) -> Order:
        return await self._does("POST", "/orders", draft, key)

    async def set_status(
        self,
        order_id: str,
        status: OrderStatus,
        *,
        seen: OrderStatus | None = None,
        reason: str | None = None,
        force: bool | None = None,
        key: str | None = None,
    ) -> Order:
        """On, cancelled, or (with `seen`) one step back."""
        body = given(status=status, from_=seen, reason=reason, force=force)
        return await self._does("PATCH", f"/orders/{order_id}/status", body, key)

    async def add_lines(self, order_id: str, items: Sequence[LineDraft], *, key: str | None = None) -> Order:
        """A further round."""
        return await self._does("POST", f"/orders/{order_id}/items", {"items": items}, key)

    async def set_line_status(
        self,
        order_id: str,
        line_id: str,
        status: LineStatus,
        *,
        seen: LineStatus | None = None,
        reason: str | None = None,
        key: str | None = None,
    ) -> Order:
        body = given(status=status, from_=seen, reason=reason)
        return await self._does("PATCH", f"/orders/{order_id}/items/{line_id}/status", body, key)

    async def cancel_line(
        self, order_id: str, line_id: str, *, reason: str | None = None, key: str | None = None
    ) -> Order:
        body = given(reason=reason)
        return await self._does("POST", f"/orders/{order_id}/items/{line_id}/cancel", body, key)

    async def take(self, order_id: str, *, key: str | None = None) -> Order:
        """Bring it to its table. All but the first who asks are refused (`in_other_hands`)."""
        return await self._does("POST", f"/orders/{order_id}/take", None, key)

    async def release(self, order_id: str, *, key: str | None = None) -> Order:
        """Leave it to another runner."""
        return await self._does("POST", f"/orders/{order_id}/take", {"release": True}, key)

    async def set_priority(self, order_id: str, *, priority: bool, key: str | None = None) -> Order:
        return await self._does("POST", f"/orders/{order_id}/priority", {"priority": priority}, key)

    async def _does(self, method: str, path: str, body: Any, key: str | None) -> Order:
        return cast(Order, await self._calls.command(method, path, body, key=key))


class Kitchen:
    """What a kitchen's screen does beside moving orders and lines on."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def see(self, line_ids: Sequence[str], *, key: str | None = None) -> Seen:
        """The screen has drawn these lines."""
        body = {"lineIds": list(line_ids)}
        return cast(Seen, await self._calls.command("POST", "/kitchen/seen", body, key=key))

    async def recent(self, *, branch_id: str | None = None) -> list[Bumped]:
        """What left the kitchen last, newest first, to be recalled."""
        found = await self._calls.get("/kitchen/recent", branch_id=branch_id)
        return cast(list[Bumped], found["items"])
