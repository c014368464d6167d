"""Staff and guests at work, by chance. Each command is sent until it is answered, and is one command."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any, NamedTuple

import httpx

from restai_sdk import Login, TokenProvider, fixed
from tests.system.chaos.witnesses import Witness

Json = dict[str, Any]

PATIENCE = 180.0  # seconds for an answer: on a busy machine a killed worker is back after half a minute
AGAIN = 0.1  # seconds between two attempts
FORESEEN = {200, 201, 204, 401, 403, 404, 409, 422}
COURSE = ("pending", "confirmed", "preparing", "ready", "served")
PLENTY = 25  # open orders, cooks catch up then
PARTIES = 4  # at tables at a time


class Guest(NamedTuple):
    token: TokenProvider
    session: str


class Call(NamedTuple):
    """An attempt at a request: when it began (monotonic, seconds), how long it took, and its answer's
    status; 0 is none."""

    began: float
    took: float
    status: int


class Team:
    """What all players share. `staff`: whoever has signed in, by role; `eyes`: a screen that tells what
    there is; `guests` grows as parties are let in; `calls` are all attempts."""

    def __init__(self, url: str, house: Json, staff: dict[str, Login], eyes: Witness) -> None:
        self.house = house
        self.staff = staff
        self.guests: list[Guest] = []
        self.calls: list[Call] = []
        self.placed: list[str] = []  # the marks of orders that were answered with 201
        self.played: Counter[str] = Counter()
        self.dishes: list[Json] = []
        self._eyes = eyes
        self._http = httpx.AsyncClient(base_url=url, trust_env=False, timeout=10)

    async def begin(self) -> None:
        menu = (await self.call(Random(0), self.staff["waiter"], "GET", "/menu")).json()
        self.dishes = [item for category in menu["categories"] for item in category["items"]]

    async def end(self) -> None:
        await self._http.aclose()

    def see(self, collection: str, *states: str) -> list[Json]:
        """What the screen shows, as old as it is."""
        there = (self._eyes.snapshot or {}).get(collection, [])
        return [each for each in there if not states or each["status"] in states]

    async def call(
        self, chance: Random, who: TokenProvider | None, method: str, path: str, /, **body: Any
    ) -> httpx.Response:
        """Ask until there is an answer, with one key: asked twice, it happens once."""
        key = f"{chance.getrandbits(128):032x}"
        async with asyncio.timeout(PATIENCE):
            while True:
                answer = await self._attempt(who, method, path, key, body)
                if answer is not None and answer.status_code not in (429, 503):
                    assert answer.status_code in FORESEEN, f"{method} {path}: {answer.text}"
                    return answer
                await asyncio.sleep(AGAIN)

    async def _attempt(
        self, who: TokenProvider | None, method: str, path: str, key: str, body: Json
    ) -> httpx.Response | None:
        began, status = time.monotonic(), 0
        try:
            headers = {"Idempotency-Key": key}
            if who is not None:
                headers["Authorization"] = f"Bearer {await who(False)}"
            json = {name.rstrip("_"): value for name, value in body.items()} if method != "GET" else None
            answer = await self._http.request(method, f"/api{path}", json=json, headers=headers)
            status = answer.status_code
        except httpx.HTTPError:
            return None
        finally:
            self.calls.append(Call(began, time.monotonic() - began, status))
        return answer

    async def play(self, chance: Random, rest: float, is_over: asyncio.Event) -> None:
        """Command upon command, with a `rest` of up to twice as many seconds, until it is over."""
        names = [act.__name__ for act, weight in ACTS for _ in range(weight)]
        acts = {act.__name__: act for act, _ in ACTS}
        while not is_over.is_set():
            name = chance.choice(names)
            if await acts[name](self, chance):
                self.played[name] += 1
            await asyncio.sleep(chance.uniform(0, 2 * rest))

    async def close(self, chance: Random) -> None:
        """The kitchen has seen everything: no alarm rings any more."""
        lines = [line["id"] for order in self.see("orders") for line in order["items"]]
        for first in range(0, len(lines), 50):
            await self.call(
                chance, self.staff["kitchen"], "POST", "/kitchen/seen", lineIds=lines[first : first + 50]
            )

    def items(self, chance: Random) -> list[Json]:
        return [_line(chance, chance.choice(self.dishes)) for _ in range(chance.randint(1, 3))]


def _line(chance: Random, dish: Json) -> Json:
    chosen = [
        modifier["id"]
        for group in dish["modifierGroups"]
        for modifier in chance.sample(group["modifiers"], group["min"])
    ]
    return {"menuItemId": dish["id"], "quantity": chance.randint(1, 3), "modifierIds": chosen}


# ---- what they do: whether it was done


async def order_to_go(team: Team, chance: Random) -> bool:
    if len(team.see("orders", *COURSE)) > PLENTY:
        return False
    mark = f"{chance.getrandbits(64):016x}"
    draft = {"type": "takeout", "customerName": mark, "items": team.items(chance)}
    answer = await team.call(chance, team.staff["waiter"], "POST", "/orders", **draft)
    if answer.is_success:
        team.placed.append(mark)
    return answer.is_success


async def bump(team: Team, chance: Random) -> bool:
    orders = team.see("orders", *COURSE[:-1])
    if not orders:
        return False
    order = chance.choice(orders)
    step = {"from_": order["status"], "status": COURSE[COURSE.index(order["status"]) + 1]}
    answer = await team.call(chance, team.staff["kitchen"], "PATCH", f"/orders/{order['id']}/status", **step)
    return answer.is_success


async def come_in(team: Team, chance: Random) -> bool:
    """A party scans the code of a free table and is let in; unless another was there before it, and has to
    let it in itself."""
    tables = team.see("tables", "available")
    if not tables or len(team.see("sessions")) >= PARTIES:
        return False
    code = chance.choice(tables)["code"]
    joined = await team.call(chance, None, "POST", f"/guest/tables/{code}/join", name="Ana")
    if not joined.is_success:
        return False
    session, guest = joined.json()["session"]["id"], joined.json()["guest"]["id"]
    approved = await team.call(chance, team.staff["waiter"], "POST", f"/sessions/{session}/approve")
    is_in = approved.is_success and any(
        each["id"] == guest and each["status"] == "in" for each in approved.json()["guests"]
    )
    if is_in:
        team.guests.append(Guest(fixed(joined.json()["token"]), session))
    return is_in


async def put_into_cart(team: Team, chance: Random) -> bool:
    return await _as_guest(team, chance, "PUT", f"/guest/cart/lines/{_uuid(chance)}", **team.items(chance)[0])


async def order_cart(team: Team, chance: Random) -> bool:
    return await _as_guest(team, chance, "POST", "/guest/orders", fromCart=True)


async def call_waiter(team: Team, chance: Random) -> bool:
    return await _as_guest(team, chance, "POST", "/guest/requests", kind=chance.choice(["waiter", "bill"]))


async def _as_guest(team: Team, chance: Random, method: str, path: str, /, **body: Any) -> bool:
    if not team.guests:
        return False
    guest = chance.choice(team.guests[-PARTIES:])
    return (await team.call(chance, guest.token, method, path, **body)).is_success


async def go_to_table(team: Team, chance: Random) -> bool:
    calls = team.see("requests")
    if not calls:
        return False
    request = chance.choice(calls)
    what = "acknowledge" if request["status"] == "pending" else "resolve"
    answer = await team.call(chance, team.staff["waiter"], "POST", f"/requests/{request['id']}/{what}")
    return answer.is_success


async def pay(team: Team, chance: Random) -> bool:
    owed = [order for order in team.see("orders") if order["balance"] > 0 and order["status"] != "cancelled"]
    if not owed:
        return False
    bill = {"orderId": chance.choice(owed)["id"], "method": "card", "all": True}
    return (await team.call(chance, team.staff["cashier"], "POST", "/payments", **bill)).is_success


async def end_visit(team: Team, chance: Random) -> bool:
    visits = team.see("sessions", "active")
    if len(visits) < PARTIES - 1:
        return False
    path = f"/sessions/{chance.choice(visits)['id']}/end"
    return (await team.call(chance, team.staff["branch_manager"], "POST", path, force=True)).is_success


async def sell_out(team: Team, chance: Random) -> bool:
    path = f"/menu/items/{chance.choice(team.dishes)['id']}/availability"
    is_there = {"isAvailable": chance.random() < 0.7}
    return (await team.call(chance, team.staff["branch_manager"], "POST", path, **is_there)).is_success


def _uuid(chance: Random) -> str:
    bits = f"{chance.getrandbits(128):032x}"
    return f"{bits[:8]}-{bits[8:12]}-7{bits[13:16]}-8{bits[17:20]}-{bits[20:]}"


ACTS: tuple[tuple[Callable[[Team, Random], Awaitable[bool]], int], ...] = (
    (order_to_go, 6),
    (bump, 12),
    (come_in, 3),
    (put_into_cart, 4),
    (order_cart, 3),
    (call_waiter, 2),
    (go_to_table, 3),
    (pay, 6),
    (end_visit, 1),
    (sell_out, 1),
)
