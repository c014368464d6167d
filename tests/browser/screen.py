"""Anybody's screen: a browser of its own. What it asks of other hosts, and its errors, are written down."""

from __future__ import annotations

from typing import Any, Self

from playwright.async_api import Browser, BrowserContext, Page, Request, expect

SOON = 10_000.0  # ms for what must come: a test fails then, it never passes by waiting


class Screen:
    """`url` is the house's address."""

    usual: dict[str, Any] = {"locale": "en-GB"}
    """What its browser is like, unless a test says otherwise."""

    def __init__(self, context: BrowserContext, page: Page, url: str) -> None:
        self.context = context
        self.page = page
        self.url = url
        self.strangers: list[str] = []
        self.errors: list[str] = []
        page.on("request", self._asked)
        page.on("pageerror", lambda error: self.errors.append(str(error)))

    @classmethod
    async def open(cls, browser: Browser, url: str, **options: Any) -> Self:
        context = await browser.new_context(**cls.usual | options)
        context.set_default_timeout(SOON)
        return cls(context, await context.new_page(), url)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.strangers.append(request.url)

    async def leaves(self) -> None:
        await self.context.close()

    async def says(self, text: str) -> None:
        await expect(self.page.get_by_text(text, exact=True).first).to_be_visible(timeout=SOON)

    async def says_nothing_of(self, text: str) -> None:
        await expect(self.page.get_by_text(text)).to_have_count(0, timeout=SOON)

    async def is_(self, state: str) -> None:
        """`live`, `catching_up`, `reconnecting` or `offline`."""
        await expect(self.page.locator("[data-state]")).to_have_attribute("data-state", state, timeout=20_000)

    async def is_live(self) -> None:
        await self.is_("live")
