"""What breaks on a Friday night, seen from the kitchen: nothing missed, nothing doubled, no false Live."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.async_api import Route, expect

from tests.browser.cable import Cable
from tests.browser.conftest import Open, Sit, for_a_test, session_long
from tests.browser.kitchen import KitchenScreen
from tests.browser.screen import Screen
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
LISTENING = """
(region) => {
  heard = [];
  const changed = () => heard.push(region.textContent);
  new MutationObserver(changed).observe(region, { childList: true, characterData: true, subtree: true });
}
"""
DAY = 24 * 60  # minutes
LOMO, CAUSA, PISCO, PAPA = "Lomo saltado", "Causa limeña", "Pisco sour", "Papa a la huancaína"


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


async def passes(screen: Screen, seconds: int) -> None:
    """Time passes on the screen, second by second."""
    await screen.page.clock.run_for(seconds * 1000)


async def offline_since(screen: Screen) -> int:
    """The minute of the day since when it says that it is offline."""
    said = await screen.page.get_by_text("Offline since").text_content()
    hour, minute = (said or "").removeprefix("Offline since ").split(":")
    return int(hour) * 60 + int(minute)


@asynccontextmanager
async def asleep(screen: Screen, cable: Cable, minutes: int) -> AsyncIterator[None]:
    """In somebody's pocket; the access point forgets it. It wakes where there is a network again."""
    await screen.page.clock.pause_at(await screen.page.evaluate("Date.now() + 100"))
    cable.cut()
    yield
    await screen.page.clock.fast_forward(minutes * 60 * 1000)
    assert await screen.page.locator("[data-state]").get_attribute("data-state") != "live"
    cable.mend()
    await screen.page.clock.resume()
    await passes(screen, 20)
    await screen.is_live()


async def test_thirty_seconds_without_network(tablet: KitchenScreen, server: Server, cable: Cable) -> None:
    stays, bumped = await server.order(LOMO), await server.order(CAUSA)
    await tablet.shows(stays, bumped)
    await tablet.page.locator("[data-state]").get_by_role("status").evaluate(LISTENING)
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
    heard = await tablet.page.evaluate("heard")
    assert (heard[:2], heard[-1]) == (["Reconnecting", "Offline"], "Live")
    assert all(one != next_ for one, next_ in pairwise(heard)), "said again, though nothing has changed"


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
    await passes(tablet, 15)
    await tablet.is_("offline")
    since = await offline_since(tablet)
    await tablet.page.clock.fast_forward(20 * 60 * 1000)
    await tablet.page.reload()
    await tablet.shows(other)
    await passes(tablet, 15)
    await tablet.is_("offline")
    assert (since - await offline_since(tablet)) % DAY <= 1, "not since the reload"
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
    async with asleep(tablet, cable, minutes=30):
        second = await server.order(CAUSA)
    await tablet.shows(first, second)
    age = tablet.ticket(first).get_by_text("00:")
    await expect(age).to_be_visible()  # by the server's clock, on which hardly any time has passed


async def test_a_guests_phone_through_all_of_it(phone_at: Sit, server: Server, cable: Cable) -> None:
    ana = await phone_at("5", f"http://127.0.0.1:{cable.port}")
    await ana.page.clock.install()

    # what the page fetches ahead does not come: nobody notices, and it is fetched again when it is needed
    loads: list[str] = []
    ana.page.on("domcontentloaded", lambda page: loads.append(page.url))
    await ana.page.route("**/assets/AtTable-*.js", lambda route: route.abort(), times=1)
    await ana.sits_down("Ana")
    assert len(loads) == 1
    visit = await server.approves("5")
    await ana.is_in()
    luis = await phone_at("5")
    await luis.sits_down("Luis")
    await ana.lets_in("Luis")
    await luis.is_in()
    await ana.adds(CAUSA)
    await luis.goes_to("See the table")
    await luis.shows_cart(f"{CAUSA}Ana")
    await ana.page.wait_for_function("caches.match('/t').then(Boolean)")
    await ana.page.wait_for_function("navigator.serviceWorker.controller !== null")

    # half a minute without network: what is done then is kept over a reload, and done once
    cable.cut()
    await ana.is_("reconnecting")
    await ana.adds(PAPA)
    await passes(ana, 30)
    await ana.is_("offline")
    await expect(ana.page.get_by_text("Live", exact=True)).to_have_count(0)
    await ana.says("What you see may be old. What you did is kept, and sent when the network is back.")
    causa = f"/menu/items/{(await server.dishes())[CAUSA]['id']}/availability"
    await server.does("kitchen", "POST", causa, isAvailable=False)
    await ana.goes_to("See the table")
    await ana.presses("Send to the kitchen")
    await ana.says("On its way to the kitchen…")
    await ana.page.reload()
    await ana.says("2 not sent yet")
    await expect(ana.page.get_by_text("Live", exact=True)).to_have_count(0)
    await ana.says(f"1 {CAUSA}")
    await ana.says(f"1 {PAPA}")
    cable.mend()
    await passes(ana, 25)
    await ana.is_live()
    await ana.says(f"Sold out: {CAUSA}. The rest is still in your order.")
    await ana.presses("OK")
    await luis.shows_cart(f"{CAUSA}Ana · sold out", f"{PAPA}Ana")
    await luis.presses("Take it out")
    await luis.presses("Send to the kitchen")
    await expect(ana.page.locator("[data-order]")).to_contain_text([PAPA])
    await expect(ana.page.locator("[data-status]")).to_have_count(1)
    await ana.says_nothing_of("On its way to the kitchen…")

    # the server is restarted under a call for the waiter
    await server.stop()
    await ana.is_("reconnecting")
    await ana.presses("Call waiter")
    await ana.says("Calling the waiter…")
    await server.start()
    await passes(ana, 25)
    await ana.is_live()
    await ana.says("The waiter has been called")
    await luis.says("The waiter has been called")
    calls = (await server.does("waiter", "GET", "/requests"))["items"]
    assert [each["kind"] for each in calls if each["sessionId"] == visit["id"]] == ["waiter"]

    # asleep, while the food is brought
    order = await server.order_at("5")
    async with asleep(ana, cable, minutes=30):
        for status in ("confirmed", "served"):
            await server.does("waiter", "PATCH", f"/orders/{order['id']}/status", status=status)
    await expect(ana.line_of(order, PAPA)).to_contain_text("Served")

    # the log begins anew, and the first reading of the visit fails
    said: list[str] = []

    async def fails_once(route: Route) -> None:
        said.append(await ana.page.locator("[data-state]").get_attribute("data-state") or "")
        await (route.fulfill(status=503) if len(said) == 1 else route.continue_())

    await ana.page.route("**/snapshot", fails_once)
    server.restored()
    await server.goes_to_table("5", "waiter")
    await ana.says("Diego is coming")
    await ana.is_live()
    assert said[1:], "the failed one was asked for again"
    assert "live" not in said, "it must not say so before it has read what there is"

    # over: nothing of it is left on the phone
    await server.does("branch_manager", "POST", f"/sessions/{visit['id']}/end", force=True)
    await expect(ana.page.get_by_role("heading", name="Thank you, Ana")).to_be_visible()
    await expect(luis.page.get_by_role("heading", name="Thank you, Luis")).to_be_visible()
    assert await ana.page.evaluate(KEPT_SNAPSHOTS) == 0


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
