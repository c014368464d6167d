from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.browser import chromium
from tests.browser.guest import Phone
from tests.browser.kitchen import KitchenScreen
from tests.browser.screen import SOON, Screen
from tests.browser.server import Server

session_long = pytest_asyncio.fixture(scope="session", loop_scope="session")
for_a_test = pytest_asyncio.fixture(loop_scope="session")

expect.set_options(timeout=SOON)

Open = Callable[..., Awaitable[KitchenScreen]]
Sit = Callable[..., Awaitable[Phone]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests here share one browser, and so its loop."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@session_long
async def browser() -> AsyncIterator[Browser]:
    try:
        path = chromium.executable()
    except LookupError as error:
        pytest.fail(str(error))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=chromium.ARGUMENTS)
        yield browser
        await browser.close()


@session_long
async def long_running(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    server = Server(Path(tmp_path_factory.mktemp("demo")))
    try:
        await server.start()
        yield server
    finally:
        await server.close()


@for_a_test
async def server(long_running: Server) -> AsyncIterator[Server]:
    """A server that is there for all tests: none of them may hurt it."""
    yield long_running
    await long_running.clear()


@for_a_test
async def screens(server: Server) -> AsyncIterator[list[Screen]]:
    """Those that are open. Each is held to what holds for all: no errors, nothing from other hosts."""
    screens: list[Screen] = []
    yield screens
    for screen in screens:
        await screen.leaves()
        assert screen.strangers == []
        assert screen.errors == []


@for_a_test
async def open_screen(browser: Browser, server: Server, screens: list[Screen]) -> Open:
    """Opens screens of the kitchen."""

    async def open_(url: str | None = None, **options: object) -> KitchenScreen:
        screen = await KitchenScreen.open(browser, url or server.url, **options)
        screens.append(screen)
        return screen

    return open_


@for_a_test
async def phone_at(browser: Browser, server: Server, screens: list[Screen]) -> Sit:
    """Takes out phones at a table."""

    async def take_out(table: str, house: str | None = None, **options: object) -> Phone:
        phone = await Phone.at(browser, server.address(table, house), **options)
        screens.append(phone)
        return phone

    return take_out


@for_a_test
async def kitchen(open_screen: Open, server: Server) -> KitchenScreen:
    """A screen of the kitchen, signed in and live."""
    screen = await open_screen()
    await screen.signs_in(server)
    return screen
