"""What a guest's phone calls, and what it is shown: less than staff."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NotRequired, TypedDict, cast
from urllib.parse import quote

from restai_sdk.api.branches import LogPosition
from restai_sdk.api.calling import Calls, given
from restai_sdk.api.menu import ModifierGroup
from restai_sdk.api.orders import LineDraft, LineModifier, LineStatus, OrderStatus, OrderType
from restai_sdk.api.requests import RequestKind, RequestStatus
from restai_sdk.api.sessions import Guest, SessionStatus
from restai_sdk.api.tables import Space, TableStatus


class GuestBranch(TypedDict):
    id: str
    rev: int
    name: str
    currency: str
    pricesIncludeTax: bool
    taxRate: int
    timeZone: str
    spaces: list[Space]


class GuestTable(TypedDict):
    id: str
    rev: int
    number: str
    spaceId: str | None
    status: TableStatus


class GuestItem(TypedDict):
    id: str
    rev: int
    name: str
    description: str
    price: int
    isAvailable: bool
    allergens: list[str]
    tags: list[str]
    imageUrl: str | None
    prepMinutes: int
    modifierGroups: list[ModifierGroup]


class GuestCategory(TypedDict):
    id: str
    name: str
    items: list[GuestItem]


class GuestMenu(TypedDict):
    version: int
    categories: list[GuestCategory]


class GuestSession(TypedDict):
    id: str
    rev: int
    tableId: str
    tableNumber: str
    status: SessionStatus
    guests: list[Guest]
    startedAt: int
    mergedInto: str | None


class GuestLine(TypedDict):
    id: str
    menuItemId: str
    name: str
    unitPrice: int
    quantity: int
    modifiers: list[LineModifier]
    notes: str | None
    allergens: list[str]
    status: LineStatus
    round: int
    guestName: str | None
    seenAt: int | None


class GuestOrder(TypedDict):
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
    items: list[GuestLine]
    subtotal: int
    tax: int
    total: int
    paid: int
    balance: int
    seenAt: int | None
    createdAt: int
    statusChangedAt: int


class CartLine(TypedDict):
    """A line costs what the menu says when it is ordered. `guestName` put it there."""

    id: str
    menuItemId: str
    quantity: int
    modifierIds: list[str]
    notes: str | None
    guestId: str
    guestName: str


class CartLineDraft(TypedDict):
    """The whole line: notes or modifiers that are left out are none."""

    menuItemId: str
    quantity: int
    notes: NotRequired[str | None]
    modifierIds: NotRequired[list[str]]


class Cart(TypedDict):
    """What the party is about to order; its id is the visit's."""

    id: str
    rev: int
    lines: list[CartLine]


class GuestStaffRef(TypedDict):
    """A member of staff by his first name."""

    name: str


class GuestRequest(TypedDict):
    """`acknowledgedBy`: who is on the way."""

    id: str
    rev: int
    tableId: str
    sessionId: str
    kind: RequestKind
    status: RequestStatus
    acknowledgedBy: GuestStaffRef | None
    createdAt: int


class Welcome(TypedDict):
    """What a phone sees that has scanned a table's code."""

    branch: GuestBranch
    table: GuestTable
    menu: GuestMenu


class Joined(TypedDict):
    """`token` is the phone's own until the visit ends."""

    token: str
    guest: Guest
    session: GuestSession


class GuestSnapshot(TypedDict):
    """A visit's state, and the place in the branch's log up to which the events are in it."""

    stream: LogPosition
    branch: GuestBranch
    table: GuestTable
    session: GuestSession
    orders: list[GuestOrder]
    cart: Cart
    requests: list[GuestRequest]
    menuVersion: int


class Phone:
    """`welcome` and `join` need no token; the other calls are for who has joined."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def welcome(self, code: str) -> Welcome:
        return cast(Welcome, await self._calls.get(f"/guest/tables/{quote(code, safe='')}"))

    async def join(self, code: str, name: str, *, key: str | None = None) -> Joined:
        """Ask to be let in at a table. The same key again is the same guest, with a fresh token."""
        path = f"/guest/tables/{quote(code, safe='')}/join"
        return cast(Joined, await self._calls.command("POST", path, {"name": name}, key=key))

    async def session(self) -> GuestSession:
        return cast(GuestSession, await self._calls.get("/guest/session"))

    async def snapshot(self) -> GuestSnapshot:
        return cast(GuestSnapshot, await self._calls.get("/guest/snapshot"))

    async def admit(self, guest_id: str, *, key: str | None = None) -> GuestSession:
        """Let a waiting phone take part in one's own visit."""
        path = f"/guest/guests/{guest_id}/admit"
        return cast(GuestSession, await self._calls.command("POST", path, key=key))

    async def order(
        self,
        items: Sequence[LineDraft],
        *,
        id_: str | None = None,
        notes: str | None = None,
        key: str | None = None,
    ) -> GuestOrder:
        """`id_`: a UUIDv7 of one's own for the order."""
        body = given(items=items, id_=id_, notes=notes)
        return cast(GuestOrder, await self._calls.command("POST", "/guest/orders", body, key=key))

    async def put_line(self, line_id: str, line: CartLineDraft, *, key: str | None = None) -> Cart:
        """Put a dish into the party's cart, or change it there. `line_id`: a UUIDv7 of one's own."""
        path = f"/guest/cart/lines/{line_id}"
        return cast(Cart, await self._calls.command("PUT", path, line, key=key))

    async def remove_line(self, line_id: str, *, key: str | None = None) -> Cart:
        path = f"/guest/cart/lines/{line_id}"
        return cast(Cart, await self._calls.command("DELETE", path, key=key))

    async def order_cart(
        self, *, id_: str | None = None, notes: str | None = None, key: str | None = None
    ) -> GuestOrder:
        """Order all that is in the party's cart, once, whoever presses."""
        body = given(from_cart=True, id_=id_, notes=notes)
        return cast(GuestOrder, await self._calls.command("POST", "/guest/orders", body, key=key))

    async def cancel_order(self, order_id: str, *, key: str | None = None) -> GuestOrder:
        """Take back what nobody has confirmed."""
        path = f"/guest/orders/{order_id}/cancel"
        return cast(GuestOrder, await self._calls.command("POST", path, key=key))

    async def ask(self, kind: RequestKind, *, id_: str | None = None, key: str | None = None) -> GuestRequest:
        """Call for the waiter or the bill; while the table has such a call open, that one is answered."""
        body = given(kind=kind, id_=id_)
        return cast(GuestRequest, await self._calls.command("POST", "/guest/requests", body, key=key))

    async def cancel_request(self, request_id: str, *, key: str | None = None) -> GuestRequest:
        """Take back a call of one's party."""
        path = f"/guest/requests/{request_id}"
        return cast(GuestRequest, await self._calls.command("DELETE", path, key=key))
