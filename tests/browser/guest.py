"""A guest's phone in a real browser."""

from __future__ import annotations

from typing import Any, Self

from playwright.async_api import Browser, Locator, expect

from tests.browser.screen import SOON, Screen
from tests.browser.server import Json


class Phone(Screen):
    """Somebody's phone at a table."""

    usual = Screen.usual | {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    table: str

    @classmethod
    async def at(cls, browser: Browser, table: str, **options: Any) -> Self:
        """`table`: the address that is printed on it."""
        phone = await cls.open(browser, table.partition("/t/")[0], **options)
        phone.table = table
        return phone

    async def is_slow(self, network: dict[str, Any]) -> None:
        """From now on on such a network, as `Network.emulateNetworkConditions` describes one."""
        tools = await self.context.new_cdp_session(self.page)
        await tools.send("Network.enable")
        await tools.send("Network.emulateNetworkConditions", network)

    # ---- doing

    async def scans(self, asked: str = "Your name") -> None:
        await self.page.goto(self.table, wait_until="commit")
        await self.page.get_by_label(asked).wait_for()

    async def sits_down(self, name: str) -> None:
        """Scan the code and say one's name; then one waits to be let in."""
        await self.scans()
        await self.page.get_by_label("Your name").fill(name)
        await self.page.get_by_role("button", name="Sit down").click()
        await expect(self.page.get_by_role("heading", name=f"One moment, {name}")).to_be_visible()

    async def lets_in(self, name: str) -> None:
        await self.page.get_by_role("button", name=f"Let in {name}").click()

    async def adds(self, dish: str) -> None:
        """One of a dish without questions, or one more of it."""
        await (
            self.page.get_by_role("button", name=f"Add {dish}")
            .or_(self.page.get_by_role("button", name=f"Add another {dish}"))
            .click()
        )

    async def adds_two(self, dish: str) -> None:
        """By two taps that come before anything is drawn, as on a phone that has much to do."""
        await self.page.get_by_role("button", name=f"Add {dish}").evaluate(
            "add => { add.click(); add.click() }"
        )

    async def goes_to(self, place: str) -> None:
        await self.page.get_by_role("link", name=place).click()

    async def presses(self, button: str) -> None:
        await self.page.get_by_role("button", name=button, exact=True).click()

    # ---- seeing

    @property
    def lines(self) -> Locator:
        """What is in the cart."""
        return self.page.locator("[data-line]")

    def order(self, order: Json) -> Locator:
        return self.page.locator(f'[data-order="{order["orderNumber"]}"]')

    def line_of(self, order: Json, dish: str) -> Locator:
        return self.order(order).locator("[data-status]").filter(has_text=dish)

    @property
    def total(self) -> Locator:
        return self.page.locator("[data-total]")

    async def is_in(self, party: str = "At the table") -> None:
        """Let in: the menu can be ordered from, and one sees who else is here."""
        await self.page.get_by_role("link", name=party).wait_for()

    async def shows_cart(self, *lines: str) -> None:
        """These lines and no others, in this order: the dish and below it whose it is."""
        await expect(self.lines).to_contain_text(list(lines), timeout=SOON)
