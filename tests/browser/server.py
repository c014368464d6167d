"""A real server of the demo restaurant, as a process of its own, and its people calling the API."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil

Json = dict[str, Any]
PATIENCE = 100.0  # seconds for a process to be ready: the machine may be busy with other tests


class Server:
    """`start` it, `stop` or `kill` it, start it again: the port and the data stay.

    `environment`: settings, RESTAI_… ones. What it logs goes to `log`, or nowhere.
    """

    def __init__(
        self, data: Path, *, environment: dict[str, str] | None = None, log: Path | None = None
    ) -> None:
        self.house: Json = {}
        self._data = data
        self._environment = environment or {}
        self._log = log or Path(os.devnull)
        self._port = 0
        self._process: asyncio.subprocess.Process | None = None
        self._http = httpx.AsyncClient(trust_env=False, timeout=PATIENCE)
        self._tokens: dict[str, str] = {}

    async def start(self) -> None:
        command = [sys.executable, "-m", "restai", "demo", "--json", "--port", str(self._port)]
        others = {name: value for name, value in os.environ.items() if not name.startswith("RESTAI_")}
        with self._log.open("a") as stderr:
            self._process = await asyncio.create_subprocess_exec(
                *command,
                "--data",
                str(self._data),
                stdout=asyncio.subprocess.PIPE,
                stderr=stderr,
                env=others | self._environment,
                start_new_session=True,
            )
        assert self._process.stdout is not None
        line = await asyncio.wait_for(self._process.stdout.readline(), PATIENCE)
        assert line, "the server did not start"
        self.house = json.loads(line)
        self._port = int(self.url.rpartition(":")[2])

    async def stop(self) -> int | None:
        """Told to end, as by a deploy; its exit code."""
        return await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        await self._end(signal.SIGKILL)

    async def close(self) -> None:
        workers = self.workers if self._process is not None and self._process.returncode is None else ()
        if workers:
            self.tell(signal.SIGKILL)
        for pid in workers:  # a frozen one would not notice that it is alone
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        await self.kill()
        await self._http.aclose()

    async def _end(self, how: signal.Signals) -> int | None:
        if self._process is None:
            return None
        if self._process.returncode is None:
            self._process.send_signal(how)
            await asyncio.wait_for(self._process.wait(), PATIENCE)
        return self._process.returncode

    def tell(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self._process is not None
        self._process.send_signal(number)

    @property
    def workers(self) -> set[int]:
        """The pids of its workers, if it has some."""
        assert self._process is not None
        children = psutil.Process(self._process.pid).children()
        return {child.pid for child in children if _is_worker(child)}

    @property
    def url(self) -> str:
        return str(self.house["url"])

    @property
    def port(self) -> int:
        return self._port

    def restored(self) -> None:
        """The log begins a new epoch, as after a backup was restored: every screen must read anew."""
        with sqlite3.connect(self._data / "restai.db") as database:
            database.execute("UPDATE streams SET epoch = lower(hex(randomblob(16)))")

    # ---- people

    def person(self, role: str) -> Json:
        return next(person for person in self.house["staff"] if person["role"] == role)

    async def does(self, role: str, method: str, path: str, *, key: str | None = None, **body: Any) -> Json:
        """Somebody of the team calls the API, successfully; the answer. `from_` is sent as `from`, and
        `key` makes it safe to ask again."""
        if role not in self._tokens:
            person = self.person(role)
            credentials = {"email": person["email"], "password": person["password"]}
            signed_in = await self._http.post(f"{self.url}/api/auth/login", json=credentials)
            self._tokens[role] = signed_in.json()["accessToken"]
        sent = {"json": {name.rstrip("_"): value for name, value in body.items()}} if body else {}
        headers = {"Authorization": f"Bearer {self._tokens[role]}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        answer = await self._http.request(method, f"{self.url}/api{path}", headers=headers, **sent)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else {}

    async def dishes(self) -> dict[str, Json]:
        """The menu's dishes as they are now, by name."""
        menu = await self.does("waiter", "GET", "/menu")
        return {item["name"]: item for category in menu["categories"] for item in category["items"]}

    def address(self, table: str, house: str | None = None) -> str:
        """What is printed on a table; as it is reached by another `house`'s address, if one is given."""
        found: str = next(each["url"] for each in self.house["tables"] if each["number"] == table)
        return found if house is None else found.replace(self.url, house)

    async def visit(self, table: str) -> Json:
        """The visit at a table, which there must be."""
        snapshot = await self.does("waiter", "GET", f"/branches/{self.house['branchId']}/snapshot")
        found: Json = next(each for each in snapshot["sessions"] if each["tableNumber"] == table)
        return found

    async def approves(self, table: str) -> Json:
        """A waiter approves the visit that is asked for at a table."""
        visit = await self.visit(table)
        return await self.does("waiter", "POST", f"/sessions/{visit['id']}/approve")

    async def order_at(self, table: str) -> Json:
        """The order of the party at a table, which there must be."""
        visit = await self.visit(table)
        snapshot = await self.does("waiter", "GET", f"/branches/{self.house['branchId']}/snapshot")
        found: Json = next(each for each in snapshot["orders"] if each["sessionId"] == visit["id"])
        return found

    async def goes_to_table(self, table: str, kind: str) -> None:
        """The waiter takes on a call of the party there."""
        snapshot = await self.does("waiter", "GET", f"/branches/{self.house['branchId']}/snapshot")
        visit = await self.visit(table)
        request = next(
            each for each in snapshot["requests"] if (each["sessionId"], each["kind"]) == (visit["id"], kind)
        )
        await self.does("waiter", "POST", f"/requests/{request['id']}/acknowledge")

    async def order(self, *dishes: str, table: str | None = None, **more: Any) -> Json:
        """The waiter sends an order to the kitchen: at a table, or to take away."""
        return await self.does("waiter", "POST", "/orders", **await self.draft(*dishes, table=table, **more))

    async def draft(self, *dishes: str, table: str | None = None, **more: Any) -> Json:
        """An order that is not sent yet."""
        where: Json = {"type": "takeout"}
        if table is not None:
            number = next(each for each in self.house["tables"] if each["number"] == table)
            where = {"type": "dine_in", "tableId": number["id"]}
        return {**where, "items": await self._items(dishes), **more}

    async def add(self, order: Json, *dishes: str) -> Json:
        return await self.does(
            "waiter", "POST", f"/orders/{order['id']}/items", items=await self._items(dishes)
        )

    async def read(self, order: Json) -> Json:
        return await self.does("waiter", "GET", f"/orders/{order['id']}")

    async def is_seen(self, order: Json) -> bool:
        """Whether the kitchen has seen all of it."""
        return (await self.read(order))["seenAt"] is not None

    async def sees(self, order: Json, line: int) -> bool:
        """Whether the kitchen has seen the line of an order that stands there, from 0."""
        return (await self.read(order))["items"][line]["seenAt"] is not None

    async def clear(self) -> None:
        """Everything is over, and everything is there again: the house is as it was in the morning."""
        branch = self.house["branchId"]
        snapshot = await self.does("branch_manager", "GET", f"/branches/{branch}/snapshot")
        for order in snapshot["orders"]:
            if order["status"] in ("pending", "confirmed", "preparing", "ready"):
                path = f"/orders/{order['id']}/status"
                await self.does("branch_manager", "PATCH", path, status="cancelled")
        for visit in snapshot["sessions"]:
            await self.does("branch_manager", "POST", f"/sessions/{visit['id']}/end", force=True)
        for dish in (await self.dishes()).values():
            if not dish["isAvailable"]:
                path = f"/menu/items/{dish['id']}/availability"
                await self.does("branch_manager", "POST", path, isAvailable=True)

    async def _items(self, dishes: tuple[str, ...]) -> list[Json]:
        menu = await self.dishes()
        return [_line(menu[name]) for name in dishes]


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something of which nobody tells a test when it happens."""
    async with asyncio.timeout(10):
        while not await holds():  # noqa: ASYNC110
            await asyncio.sleep(0.1)


def _line(item: Json) -> Json:
    """One of a dish, with the first answer to each question that must be answered."""
    chosen = [
        modifier["id"] for group in item["modifierGroups"] for modifier in group["modifiers"][: group["min"]]
    ]
    return {"menuItemId": item["id"], "quantity": 1, "modifierIds": chosen}


def _is_worker(process: psutil.Process) -> bool:
    try:
        return "spawn_main" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:  # it has just ended
        return False
