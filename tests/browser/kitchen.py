"""A kitchen's screen in a real browser, as somebody stands before it."""

from __future__ import annotations

from typing import Any

from playwright.async_api import Browser, BrowserContext, Locator, Page, Request, expect

from tests.browser.server import Json, Server

SOON = 10_000.0  # ms for what must come: a test fails then, it never passes by waiting


class KitchenScreen:
    """One tablet: a browser of its own. What it asks of other hosts, and its errors, are written down."""

    def __init__(self, context: BrowserContext, page: Page, url: str) -> None:
        self.context = context
        self.page = page
        self.url = url
        self.strangers: list[str] = []
        self.errors: list[str] = []
        page.on("request", self._asked)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    @classmethod
    async def open(cls, browser: Browser, url: str, **options: Any) -> KitchenScreen:
        size = {"width": 1366, "height": 820}
        context = await browser.new_context(**{"viewport": size, "locale": "en-GB"} | options)
        context.set_default_timeout(SOON)
        return cls(context, await context.new_page(), url)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.strangers.append(request.url)

    # ---- doing

    async def signs_in(self, server: Server, role: str = "kitchen") -> None:
        person = server.person(role)
        await self.page.goto(self.url)
        await self.page.get_by_label("E-mail").fill(person["email"])
        await self.page.get_by_label("Password").fill(person["password"])
        await self.page.get_by_role("button", name="Sign in").click()
        await self.is_live()

    async def taps(self, order: Json, dish: str) -> None:
        await self.line(order, dish).click()

    async def bumps(self, order: Json) -> None:
        await self.ticket(order).get_by_role("button", name="Ready").click()

    async def undoes(self) -> None:
        await self.page.get_by_role("button", name="Undo").click()

    async def presses(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def leaves(self) -> None:
        await self.context.close()

    # ---- seeing

    @property
    def tickets(self) -> Locator:
        return self.page.get_by_role("article")

    def ticket(self, order: Json) -> Locator:
        return self.page.locator(f'[data-order="{order["id"]}"]')

    def line(self, order: Json, dish: str) -> Locator:
        return self.ticket(order).get_by_role("button", name=dish)

    async def is_forgotten(self) -> bool:
        """Whether the browser has nothing more that proves a sign-in."""
        return "restai_refresh" not in {cookie["name"] for cookie in await self.context.cookies()}

    async def shows(self, *orders: Json) -> None:
        """These tickets and no others, in this order."""
        numbers = [order["orderNumber"] for order in orders]
        await expect(self.tickets.get_by_role("heading", level=2)).to_have_text(numbers, timeout=SOON)

    async def says(self, text: str) -> None:
        await expect(self.page.get_by_text(text, exact=True).first).to_be_visible(timeout=SOON)

    async def says_nothing_of(self, text: str) -> None:
        await expect(self.page.get_by_text(text)).to_have_count(0, timeout=SOON)

    async def is_(self, state: str) -> None:
        """`live`, `catching_up`, `reconnecting` or `offline`."""
        await expect(self.page.locator("[data-state]")).to_have_attribute("data-state", state, timeout=20_000)

    async def is_live(self) -> None:
        await self.is_("live")
