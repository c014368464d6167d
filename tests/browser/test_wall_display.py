"""The wall display of the examples: a page from another host, in a real browser, at a real server."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import httpx
from playwright.async_api import Browser, Page, expect

from restai.app import App
from restai.auth.tokens import Tokens
from restai.db.engine import Database
from tests.browser.cable import Cable
from tests.browser.conftest import for_a_test
from tests.browser.screen import SOON
from tests.support.databases import SqliteFarm
from tests.support.house import PASSWORD, SECRET, House
from tests.support.live import Screens, serving
from tests.support.restaurant import Restaurant

EXAMPLES = Path(__file__).parents[2] / "examples"


class Wall:
    """The page in a browser: what it shows, what it asked of whom, and what went wrong in it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.asked: set[str] = set()
        self.errors: list[str] = []
        page.on("request", lambda request: self.asked.add("/".join(request.url.split("/")[:3])))
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    async def shows(self, *, preparing: list[str], ready: list[str]) -> None:
        for name, numbers in (("Being prepared", preparing), ("Ready", ready)):
            items = self.page.get_by_role("list", name=name, exact=True).get_by_role("listitem")
            await expect(items).to_have_text(numbers, timeout=SOON)

    async def says(self, state: str) -> None:
        await expect(self.page.get_by_role("status")).to_contain_text(state, timeout=2 * SOON)


@for_a_test
async def pages() -> AsyncIterator[str]:
    """The examples, from a host of their own: its origin."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(EXAMPLES))
    handler.func.log_message = lambda *_: None  # type: ignore[attr-defined]
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@for_a_test
async def app(sqlite_farm: SqliteFarm, pages: str) -> AsyncIterator[App]:
    with sqlite_farm.database() as url:
        yield App(Database(url), Tokens((SECRET,)), origins=[pages])


@for_a_test
async def restaurant(app: App) -> AsyncIterator[Restaurant]:
    async with serving(app) as address, httpx.AsyncClient(base_url=f"http://{address}") as client:
        yield await Restaurant.furnish(await House.open(app.context, client), Screens(address))


@for_a_test
async def cable(restaurant: Restaurant) -> AsyncIterator[Cable]:
    """What the wall's network runs through."""
    async with Cable(restaurant.house.client.base_url.port or 0) as cable:
        yield cable


@for_a_test
async def wall(browser: Browser) -> AsyncIterator[Wall]:
    context = await browser.new_context(locale="en-GB")
    wall = Wall(await context.new_page())
    yield wall
    await context.close()
    assert wall.errors == []


async def test_a_page_from_elsewhere_shows_what_the_server_knows(
    restaurant: Restaurant, cable: Cable, wall: Wall, pages: str
) -> None:
    house, page = restaurant.house, wall.page
    first, second = await restaurant.orders(), await restaurant.orders(type="takeout", tableId=None)
    api = f"http://127.0.0.1:{cable.port}"
    await page.goto(f"{pages}/wall-display.html?api={api}")
    await page.get_by_label("E-mail").fill(house.emails[house.waiter.user_id])
    await page.get_by_label("Password").fill("a guess")
    await page.get_by_role("button").click()
    await expect(page.get_by_role("alert")).to_have_text("E-mail or password is wrong.")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button").click()
    await wall.says("Live")
    await wall.shows(preparing=["1", "2"], ready=[])
    await restaurant.does(house.kitchen, "PATCH", f"/orders/{first['id']}/status", status="ready")
    await wall.shows(preparing=["2"], ready=["1"])

    cable.cut()
    await restaurant.does(house.waiter, "PATCH", f"/orders/{first['id']}/status", status="served")
    await restaurant.does(house.kitchen, "PATCH", f"/orders/{second['id']}/status", status="ready")
    await restaurant.orders(type="takeout", tableId=None)
    await wall.says("Not live since")
    await wall.shows(preparing=["2"], ready=["1"])
    cable.mend()
    await wall.says("Live")
    await wall.shows(preparing=["3"], ready=["2"])

    await page.reload()
    await wall.shows(preparing=["3"], ready=["2"])
    await restaurant.does(house.manager, "PATCH", f"/staff/{house.waiter.user_id}", active=False)
    await expect(page.get_by_label("Password")).to_be_visible()
    assert wall.asked == {pages, api}
