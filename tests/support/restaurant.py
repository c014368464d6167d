"""A furnished house with people in it, for tests of the whole: everything goes through the API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from restai.auth.principal import Staff
from restai.http.deps import Context
from tests.support.house import Caller, House
from tests.support.live import Screen, Screens


@dataclass
class Phone:
    """A guest's phone: its token, its visit, and what it can call."""

    token: str
    guest_id: str
    session_id: str
    api: Caller


class Restaurant:
    """A house with four tables, a dish from the kitchen and a drink that needs none."""

    def __init__(self, house: House, screens: Screens) -> None:
        self.house = house
        self.screens = screens
        self.tables: list[dict[str, Any]] = []
        self.dish: dict[str, Any] = {}
        self.drink: dict[str, Any] = {}

    @classmethod
    async def open(cls, context: Context, client: httpx.AsyncClient, screens: Screens) -> Restaurant:
        """A restaurant like any other, in a house of its own."""

        async def furnish(house: House) -> tuple[list[dict[str, Any]], dict[str, Any], dict[str, Any]]:
            first = await cls.furnish(house, screens)
            return first.tables, first.dish, first.drink

        house, furniture = await House.furnished(context, client, "restaurant", furnish)
        restaurant = cls(house, screens)
        restaurant.tables, restaurant.dish, restaurant.drink = furniture
        return restaurant

    @classmethod
    async def furnish(cls, house: House, screens: Screens) -> Restaurant:
        restaurant = cls(house, screens)
        space = await restaurant.does(house.manager, "POST", "/spaces", name="Terrace")
        for number in ("1", "2", "3", "4"):
            table = await restaurant.does(
                house.manager, "POST", "/tables", number=number, spaceId=space["id"]
            )
            restaurant.tables.append(table)
        category = await restaurant.does(house.manager, "POST", "/menu/categories", name="All")
        restaurant.dish = await restaurant._adds(category, "Ceviche", 3200, "kitchen")
        restaurant.drink = await restaurant._adds(category, "Chicha morada", 900, "none")
        return restaurant

    async def _adds(self, category: dict[str, Any], name: str, price: int, station: str) -> dict[str, Any]:
        item = {"categoryId": category["id"], "name": name, "price": price, "station": station}
        return await self.does(self.house.manager, "POST", "/menu/items", **item)

    @property
    def branch_id(self) -> str:
        return self.house.branch_id

    # ---- doing

    async def does(self, who: Staff | Phone, method: str, path: str, /, **body: Any) -> dict[str, Any]:
        """Somebody calls the API, successfully; the answer. `from_` is sent as `from`."""
        caller = who.api if isinstance(who, Phone) else self.house.as_(who)
        sent = {name.removesuffix("_"): value for name, value in body.items()}
        more = {} if method == "GET" else {"json": sent}
        answer = await caller.request(method, f"/api{path}", **more)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    async def orders(self, who: Staff | None = None, **more: Any) -> dict[str, Any]:
        """Staff order one dish, at the first table unless `more` says otherwise."""
        body = {"type": "dine_in", "tableId": self.tables[0]["id"], "items": self.items(self.dish)} | more
        return await self.does(who or self.house.waiter, "POST", "/orders", **body)

    def items(self, *dishes: dict[str, Any]) -> list[dict[str, Any]]:
        return [{"menuItemId": dish["id"], "quantity": 1} for dish in dishes]

    async def scans(self, name: str, table: int = 0) -> Phone:
        """A guest scans the code of a table and waits to be let in."""
        answer = await self.house.with_token(None).post(
            f"/api/guest/tables/{self.tables[table]['code']}/join", json={"name": name}
        )
        assert answer.status_code == 201, answer.text
        joined = answer.json()
        return Phone(
            joined["token"],
            joined["guest"]["id"],
            joined["session"]["id"],
            self.house.with_token(joined["token"]),
        )

    async def seats(self, name: str, table: int = 0) -> Phone:
        """A guest scans, and the waiter lets him in."""
        phone = await self.scans(name, table)
        await self.does(self.house.waiter, "POST", f"/sessions/{phone.session_id}/approve")
        return phone

    async def snapshot(self, who: Staff | Phone) -> dict[str, Any]:
        path = "/guest/snapshot" if isinstance(who, Phone) else f"/branches/{self.branch_id}/snapshot"
        return await self.does(who, "GET", path)

    # ---- screens

    async def screen(self, who: Staff | Phone, **auth: Any) -> Screen:
        """A signed-in, live screen of somebody."""
        return await self.screens.of(self.token(who), **auth)

    def token(self, who: Staff | Phone) -> str:
        return who.token if isinstance(who, Phone) else self.house.token(who)
