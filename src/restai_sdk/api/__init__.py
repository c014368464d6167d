"""The REST API with its types, a feature at a time.

    async with Api(url, await login(url, email, password)) as api:
        order = await api.orders.place({"type": "takeout", "items": [{"menuItemId": dish, "quantity": 2}]})
        await api.orders.set_status(order["id"], "preparing", seen="confirmed")

Resources are the JSON objects of the wire, so that `update` can put them into a snapshot.
"""

from __future__ import annotations

from types import TracebackType

import httpx

from restai_sdk.api.branches import Branches
from restai_sdk.api.calling import ApiError, Calls
from restai_sdk.api.guests import Phone
from restai_sdk.api.menu import Menus
from restai_sdk.api.orders import Kitchen, Orders
from restai_sdk.api.overview import Overview
from restai_sdk.api.payments import Payments, Tills
from restai_sdk.api.requests import Requests
from restai_sdk.api.sessions import Sessions
from restai_sdk.api.staff import Team
from restai_sdk.api.tables import Spaces, Tables
from restai_sdk.login import TokenProvider
from restai_sdk.retrying import PATIENCE

__all__ = ["Api", "ApiError"]


class Api:
    """Calls as whoever `token` provides for; None: as a guest who has yet to join.

    Every call raises ApiError, and SignedOut if there is no token to be had. What may pass (5xx, 429,
    no answer) is tried again for up to `patience` seconds.
    """

    def __init__(
        self,
        url: str,
        token: TokenProvider | None = None,
        *,
        http: httpx.AsyncClient | None = None,
        patience: float = PATIENCE,
    ) -> None:
        """`http` is shared with others and its owner's to close; `url` is not used then."""
        self.calls = calls = Calls(url, token, http=http, patience=patience)
        self.branches = Branches(calls)
        self.guest = Phone(calls)
        self.kitchen = Kitchen(calls)
        self.menu = Menus(calls)
        self.orders = Orders(calls)
        self.overview = Overview(calls)
        self.payments = Payments(calls)
        self.requests = Requests(calls)
        self.sessions = Sessions(calls)
        self.spaces = Spaces(calls)
        self.staff = Team(calls)
        self.tables = Tables(calls)
        self.till = Tills(calls)

    async def aclose(self) -> None:
        await self.calls.aclose()

    async def __aenter__(self) -> Api:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()
