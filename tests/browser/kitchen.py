"""A kitchen's screen in a real browser, as somebody stands before it."""

from __future__ import annotations

from playwright.async_api import Locator, expect

from tests.browser.screen import SOON, Screen
from tests.browser.server import Json, Server


class KitchenScreen(Screen):
    """A tablet on a wall."""

    usual = Screen.usual | {"viewport": {"width": 1366, "height": 820}}

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
        await self.page.get_by_role("button", name="Undo", exact=True).click()

    async def presses(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def holds(self, key: str) -> None:
        """Presses it so long that the keyboard repeats it."""
        await self.page.keyboard.down(key)
        await self.presses(key)

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
