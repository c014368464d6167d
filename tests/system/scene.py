"""A furnished restaurant with everybody who could call its API: its own people, colleagues of another branch,
another party, and a rival's. And what a call needs to mean something, made anew each time it is asked for."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from argon2 import PasswordHasher
from PIL import Image

from restai.app import App
from restai.auth import passwords
from restai.auth.permissions import Role
from restai.auth.principal import Staff
from restai.auth.tokens import Tokens
from restai.clock import SECOND
from restai.db.engine import Database
from restai.ids import new_id
from tests.support.clock import ManualClock
from tests.support.contract import contract_of
from tests.support.databases import PostgresFarm, SqliteFarm
from tests.support.house import PASSWORD, SECRET, Caller, House, api_client
from tests.support.live import Screens
from tests.support.restaurant import Phone, Restaurant
from tests.support.served import InTurn, Pair, client_at

Json = dict[str, Any]

PAUSE = 10 * SECOND  # ms between two calls: as slow as no limit minds
PICTURE = io.BytesIO()
Image.new("RGB", (32, 32)).save(PICTURE, "PNG")


CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass(frozen=True)
class Somebody:
    """`at`: the house itself ("at home"), another branch of it ("elsewhere"), or a rival. Another party at
    home is "elsewhere", too, and who has lost what he had is "gone"."""

    role: str
    at: str
    who: Staff | Phone | None
    house: House

    def __str__(self) -> str:
        return f"{self.role}, {self.at}"

    @property
    def caller(self) -> Caller:
        if isinstance(self.who, Staff):
            return self.house.as_(self.who)
        return self.house.with_token(self.who and self.who.token)


class Scene:
    """`everybody` may call; the methods below say what there is to be called for, by the names of the
    parameters of paths."""

    everybody: list[Somebody]

    def __init__(self, restaurant: Restaurant, clock: ManualClock | None) -> None:
        """`clock`: None where time passes by itself."""
        self.restaurant = restaurant
        self.house = restaurant.house
        self.does = restaurant.does
        self._clock = clock
        self._tables = 100
        self.known = {
            "branch_id": restaurant.branch_id,
            "dish": restaurant.dish["id"],
            "email": self.house.emails[self.house.waiter.user_id],
            "password": PASSWORD,
        }

    @classmethod
    async def set(cls, house: House, rival: House, clock: ManualClock | None) -> Scene:
        nowhere = Screens("127.0.0.1:0")  # nobody listens here
        scene = cls(await Restaurant.furnish(house, nowhere), clock)
        await scene._assemble(await Restaurant.furnish(rival, nowhere))
        return scene

    async def _assemble(self, rival: Restaurant) -> None:
        house, there = self.house, await self.house.open_branch()
        elsewhere = [role for role in Role if role is not Role.ORG_ADMIN]  # he is at home everywhere
        theirs = {role: await house.hire(f"Elsa {role}", role, [there]) for role in elsewhere}
        category = await rival.does(rival.house.manager, "POST", "/menu/categories", name="Theirs")
        self.known |= {"their_category": category["id"], "their_dish": rival.dish["id"]}
        self.known |= {"their_table": rival.tables[1]["id"]}
        self.guest = await self.restaurant.seats("Ana", 0)
        self.waiting = await self.restaurant.scans("Abel", 0)
        ciro = await rival.seats("Ciro", 0)
        self.known["their_visit"] = ciro.session_id
        self.everybody = [
            *(Somebody(who.role, "at home", who, house) for who in _staff(house)),
            Somebody("guest", "at home", self.guest, house),
            Somebody("waiting guest", "at home", self.waiting, house),
            Somebody("nobody", "at home", None, house),
            *(Somebody(role, "elsewhere", who, house) for role, who in theirs.items()),
            Somebody("guest", "elsewhere", await self.restaurant.seats("Bea", 1), house),
            *(Somebody(who.role, "rival", who, rival.house) for who in _staff(rival.house)),
            Somebody("guest", "rival", ciro, rival.house),
            *await self._gone(),
        ]

    async def _gone(self) -> list[Somebody]:
        """Who was somebody, and is nobody any more: their tokens are as good as ever, and prove nothing."""
        dismissed = await self.house.hire("Gon", Role.WAITER)
        await self.does(self.house.manager, "PATCH", f"/staff/{dismissed.user_id}", active=False)
        signed_out = await self.house.hire("Sue", Role.BRANCH_MANAGER)
        await self.does(signed_out, "POST", "/auth/logout")
        left = await self.restaurant.seats("Lea", 2)
        await self.does(self.house.waiter, "POST", f"/sessions/{left.session_id}/end")
        return [Somebody("nobody", "gone", who, self.house) for who in (dismissed, signed_out, left)]

    def somebody(self, role: str, at: str) -> Somebody:
        return next(each for each in self.everybody if (each.role, each.at) == (role, at))

    async def calls(
        self, who: Somebody, operation: str, known: Json, body: Any = None, *, key: str | None = None
    ) -> httpx.Response:
        """Somebody calls for what `known` names."""
        if self._clock is not None:
            self._clock.advance(PAUSE)
        method, _, path = operation.partition(" ")
        known = {"new": new_id(), "short": new_id()[-8:]} | self.known | known
        if body == "a picture":
            more: Json = {"files": {"file": ("dish.png", PICTURE.getvalue(), "image/png")}}
        else:
            more = {} if body is None else {"json": _filled(body, known)}
        return await who.caller.request(method, path.format(**known), key=key, **more)

    # ---- the house

    async def nothing(self) -> Json:
        return {}

    async def a_member_of_staff(self) -> Json:
        return {"user_id": (await self.house.hire("Nina New", Role.WAITER)).user_id}

    async def a_sign_in(self) -> Json:
        credentials = {"email": self.known["email"], "password": PASSWORD}
        answer = await self.house.with_token(None).post("/api/auth/login", json=credentials)
        return {"refresh": answer.json()["refreshToken"]}

    # ---- the menu

    async def a_category(self) -> Json:
        return {"category_id": (await self._manager("POST", "/menu/categories", name="Soups"))["id"]}

    async def a_dish(self) -> Json:
        known = await self.a_category()
        dish = {"categoryId": known["category_id"], "name": "Soup", "price": 900, "station": "kitchen"}
        return {"item_id": (await self._manager("POST", "/menu/items", **dish))["id"]}

    async def a_choice(self) -> Json:
        group = await self._manager("POST", "/menu/modifier-groups", name="Size", modifiers=[{"name": "L"}])
        return {"group_id": group["id"], "modifier_id": group["modifiers"][0]["id"]}

    async def a_picture(self) -> Json:
        files = {"file": ("dish.png", PICTURE.getvalue(), "image/png")}
        answer = await self.house.as_(self.house.manager).post("/api/menu/images", files=files)
        return {"name": answer.json()["url"].rpartition("/")[2]}

    # ---- tables and visits

    async def a_space(self) -> Json:
        return {"space_id": (await self._manager("POST", "/spaces", name="Roof"))["id"]}

    async def a_table(self) -> Json:
        self._tables += 1
        table = await self._manager("POST", "/tables", number=str(self._tables))
        self.restaurant.tables.append(table)
        return {"table_id": table["id"], "code": table["code"]}

    async def a_party_at_the_door(self) -> Json:
        await self.a_table()
        phone = await self.restaurant.scans("Dora", -1)
        return {"session_id": phone.session_id, "guest_id": phone.guest_id}

    async def a_visit(self) -> Json:
        table = await self.a_table()
        phone = await self.restaurant.seats("Dora", -1)
        return table | {"session_id": phone.session_id, "guest_id": phone.guest_id}

    async def a_visit_and_a_free_table(self) -> Json:
        return await self.a_visit() | await self.a_table()

    async def two_visits(self) -> Json:
        return await self.a_visit() | {"into": (await self.a_visit())["session_id"]}

    async def a_visit_with_one_who_waits(self) -> Json:
        visit = await self.a_visit()
        return visit | {"guest_id": (await self.restaurant.scans("Efra", -1)).guest_id}

    async def one_who_waits_at_the_guests_table(self) -> Json:
        return {"guest_id": (await self.restaurant.scans("Efra", 0)).guest_id}

    async def a_call(self) -> Json:
        await self.a_table()
        phone = await self.restaurant.seats("Dora", -1)
        return {"request_id": (await self.does(phone, "POST", "/guest/requests", kind="waiter"))["id"]}

    async def a_call_of_the_guest(self) -> Json:
        return {"request_id": (await self.does(self.guest, "POST", "/guest/requests", kind="bill"))["id"]}

    async def a_line_in_the_guests_cart(self) -> Json:
        line = new_id()
        dish = {"menuItemId": self.known["dish"], "quantity": 1}
        await self.does(self.guest, "PUT", f"/guest/cart/lines/{line}", **dish)
        return {"line_id": line}

    # ---- orders and money

    async def an_order(self) -> Json:
        order = await self.restaurant.orders(type="takeout", tableId=None)
        return {"order_id": order["id"], "line_id": order["items"][0]["id"]}

    async def an_order_that_is_ready(self) -> Json:
        known = await self.an_order()
        await self._manager("PATCH", f"/orders/{known['order_id']}/status", status="ready")
        return known

    async def an_order_of_the_guest(self) -> Json:
        items = self.restaurant.items(self.restaurant.dish)
        return {"order_id": (await self.does(self.guest, "POST", "/guest/orders", items=items))["id"]}

    async def a_payment(self) -> Json:
        order = (await self.an_order())["order_id"]
        payment = {"orderId": order, "method": "card", "all": True}
        return {"payment_id": (await self.does(self.house.cashier, "POST", "/payments", **payment))["id"]}

    async def a_closed_till(self) -> Json:
        if (await self.does(self.house.cashier, "GET", "/till"))["till"] is not None:
            await self.does(self.house.cashier, "POST", "/till/close", counted=0)
        return {}

    async def an_open_till(self) -> Json:
        if (await self.does(self.house.cashier, "GET", "/till"))["till"] is None:
            await self.does(self.house.cashier, "POST", "/till/open", openingFloat=0)
        return {}

    async def _manager(self, method: str, path: str, **body: Any) -> Json:
        return await self.does(self.house.manager, method, path, **body)


@asynccontextmanager
async def scene_on(farm: SqliteFarm | PostgresFarm) -> AsyncIterator[Scene]:
    """A scene in a database of its own."""
    clock = ManualClock()
    with farm.database() as url, pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", CHEAP)  # what makes guessing slow is not what is tested here
        app = App(Database(url, clock=clock), Tokens((SECRET,)), clock=clock)
        async with api_client(app.asgi) as client:
            house = await House.open(app.context, client)
            rival = await House.open(app.context, client, name="La Rival")
            yield await Scene.set(house, rival, clock)
        await app.database.close()


@asynccontextmanager
async def scene_at(pair: Pair) -> AsyncIterator[Scene]:
    """A scene that two processes serve: each call goes to another than the one before."""
    async with pair.context() as context:
        judge = contract_of(App(context.database, context.tokens).asgi).judge
        async with client_at("restaurant.example", transport=InTurn(*pair.addresses)) as client:
            client.event_hooks = {"response": [judge]}
            house = await House.open(context, client)
            yield await Scene.set(house, await House.open(context, client, name="La Rival"), None)


def _staff(house: House) -> list[Staff]:
    return [house.admin, house.manager, house.cashier, house.waiter, house.kitchen]


def _filled(value: Any, known: Json) -> Any:
    """`value` with what is known in the place of its name."""
    match value:
        case str():
            return value.format(**known)
        case dict():
            return {name: _filled(each, known) for name, each in value.items()}
        case list():
            return [_filled(each, known) for each in value]
    return value
