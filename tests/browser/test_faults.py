"""What breaks on a Friday night, seen from the kitchen: nothing missed, nothing doubled, no false Live."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Route, expect

from tests.browser.cable import Cable
from tests.browser.conftest import Open, for_a_test, session_long
from tests.browser.kitchen import KitchenScreen
from tests.browser.server import Server

KEPT_SNAPSHOTS = """
new Promise((done) => {
  const opening = indexedDB.open("restai");
  opening.onsuccess = () => {
    const counting = opening.result.transaction("snapshots").objectStore("snapshots").count();
    counting.onsuccess = () => done(counting.result);
  };
})
"""
LOMO, CAUSA, PISCO = "Lomo saltado", "Causa limeña", "Pisco sour"


@session_long
async def restartable(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    server = Server(Path(tmp_path_factory.mktemp("faults")))
    try:
        await server.start()
        yield server
    finally:
        await server.close()


@for_a_test
async def server(restartable: Server) -> AsyncIterator[Server]:
    """A server that these tests may hurt."""
    yield restartable
    await restartable.clear()


@for_a_test
async def cable(server: Server) -> AsyncIterator[Cable]:
    """What the tablet's network runs through."""
    async with Cable(server.port) as cable:
        yield cable


@for_a_test
async def tablet(open_screen: Open, server: Server, cable: Cable) -> KitchenScreen:
    """A live screen behind the cable, with a clock that can be moved."""
    screen = await open_screen(f"http://127.0.0.1:{cable.port}")
    await screen.page.clock.install()
    await screen.signs_in(server)
    return screen


async def passes(tablet: KitchenScreen, seconds: int) -> None:
    """Time passes on the tablet, second by second."""
    await tablet.page.clock.run_for(seconds * 1000)


async def test_thirty_seconds_without_network(tablet: KitchenScreen, server: Server, cable: Cable) -> None:
    stays, bumped = await server.order(LOMO), await server.order(CAUSA)
    await tablet.shows(stays, bumped)
    cable.cut()
    await tablet.is_("reconnecting")
    await passes(tablet, 30)
    await tablet.is_("offline")
    await tablet.says_nothing_of("Live")
    await expect(tablet.page.get_by_text("Offline since")).to_be_visible()
    missed = await server.order(PISCO)
    await server.does("waiter", "PATCH", f"/orders/{stays['id']}/status", status="cancelled")
    await tablet.bumps(bumped)
    await tablet.shows(stays)
    await tablet.says("1 not sent yet")
    cable.mend()
    await passes(tablet, 20)
    await tablet.is_live()
    await tablet.shows(stays, missed)  # the first struck through: it was cancelled meanwhile
    await expect(tablet.ticket(stays)).to_contain_text("cancelled")
    await tablet.says_nothing_of("not sent yet")
    assert (await server.read(bumped))["status"] == "ready"
    assert await tablet.page.locator("[data-ringing]").get_attribute("data-ringing") == ""


async def test_what_was_done_without_network_survives_a_reload(
    tablet: KitchenScreen, server: Server, cable: Cable
) -> None:
    bumped, other = await server.order(LOMO), await server.order(CAUSA)
    await tablet.shows(bumped, other)
    await tablet.page.wait_for_function("caches.match('/').then(Boolean)")
    await tablet.page.wait_for_function("navigator.serviceWorker.controller !== null")
    cable.cut()
    await tablet.is_("reconnecting")
    await tablet.bumps(bumped)
    await tablet.says("1 not sent yet")
    await passes(tablet, 5)
    await tablet.page.reload()
    await tablet.shows(other)
    await tablet.says("1 not sent yet")
    await tablet.says_nothing_of("Live")
    cable.mend()
    await passes(tablet, 25)
    await tablet.is_live()
    await tablet.says_nothing_of("not sent yet")
    await tablet.shows(other)
    assert (await server.read(bumped))["status"] == "ready"


async def test_the_server_is_restarted(tablet: KitchenScreen, server: Server) -> None:
    first = await server.order(LOMO)
    await tablet.shows(first)
    await server.stop()
    await tablet.is_("reconnecting")
    await tablet.taps(first, LOMO)
    await tablet.says("1 not sent yet")
    await server.start()
    second = await server.order(CAUSA)
    await passes(tablet, 25)
    await tablet.is_live()
    await tablet.shows(second)
    await tablet.says_nothing_of("not sent yet")
    assert (await server.read(first))["status"] == "ready"


async def test_the_server_is_killed(tablet: KitchenScreen, server: Server) -> None:
    first = await server.order(LOMO)
    await tablet.shows(first)
    await server.kill()
    await server.start()
    second = await server.order(CAUSA)
    await passes(tablet, 25)
    await tablet.is_live()
    await tablet.shows(first, second)


async def test_the_tablet_was_asleep_for_half_an_hour(
    tablet: KitchenScreen, server: Server, cable: Cable
) -> None:
    first = await server.order(LOMO)
    await tablet.shows(first)
    await tablet.page.clock.pause_at(await tablet.page.evaluate("Date.now() + 100"))
    cable.cut()  # the access point has forgotten it
    second = await server.order(CAUSA)
    await tablet.page.clock.fast_forward(30 * 60 * 1000)
    assert await tablet.page.locator("[data-state]").get_attribute("data-state") != "live"
    cable.mend()
    await tablet.page.clock.resume()
    await passes(tablet, 20)
    await tablet.is_live()
    await tablet.shows(first, second)
    age = tablet.ticket(first).get_by_text("00:")
    await expect(age).to_be_visible()  # by the server's clock, on which hardly any time has passed


async def test_a_snapshot_that_fails_once_after_a_resync(tablet: KitchenScreen, server: Server) -> None:
    first = await server.order(LOMO)
    await tablet.shows(first)
    asked: list[str] = []
    looked = asyncio.Event()

    async def fails_once(route: Route) -> None:
        asked.append(await tablet.page.locator("[data-state]").get_attribute("data-state") or "")
        if len(asked) == 1:
            await route.fulfill(status=503)
        else:
            await looked.wait()
            await route.continue_()

    await tablet.page.route("**/snapshot", fails_once)
    server.restored()
    await tablet.is_("catching_up")
    second = await server.order(CAUSA)
    await passes(tablet, 8)
    await tablet.is_("catching_up")
    await tablet.shows(first)
    looked.set()
    await tablet.is_live()
    await tablet.shows(first, second)
    assert asked[1:], "the failed one was asked for again"
    assert "live" not in asked, "it must not say so before it has read what there is"


async def test_who_is_dismissed_stands_before_the_door(kitchen: KitchenScreen, server: Server) -> None:
    order = await server.order(LOMO)
    await kitchen.shows(order)
    cook = await kitchen.page.evaluate("JSON.parse(localStorage.getItem('restai.account')).id")
    await server.does("branch_manager", "PATCH", f"/staff/{cook}", active=False)
    try:
        await kitchen.says("You have been signed out. Sign in to go on.")
        await expect(kitchen.tickets).to_have_count(0)
        assert await kitchen.page.evaluate(KEPT_SNAPSHOTS) == 0
    finally:
        await server.does("branch_manager", "PATCH", f"/staff/{cook}", active=True)
