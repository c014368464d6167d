"""The kitchen as cooks use it: a real browser, a real server, a real database."""

from __future__ import annotations

from functools import partial

from playwright.async_api import Route, expect

from tests.browser.conftest import Open
from tests.browser.kitchen import KitchenScreen
from tests.browser.server import Server, until

LOMO, CAUSA, PISCO, AGUA = "Lomo saltado", "Causa limeña", "Pisco sour", "Agua mineral"
LOUDSPEAKERS = """
const Loudspeaker = AudioContext;
loudspeakers = [];
AudioContext = class extends Loudspeaker {
  constructor() {
    super();
    loudspeakers.push(this);
  }
};
"""
TAP_HEIGHT = 44  # px for a finger


async def test_an_order_appears_by_itself_and_is_bumped_on_every_screen(
    kitchen: KitchenScreen, open_screen: Open, server: Server
) -> None:
    other = await open_screen()
    await other.signs_in(server)
    first = await server.order(LOMO, AGUA, table="3", notes="Alergia: maní")
    second = await server.order(CAUSA, customerName="Jorge")
    for screen in (kitchen, other):
        await screen.shows(first, second)
    await expect(kitchen.ticket(first)).to_contain_text("Table 3 · Salón")
    await expect(kitchen.ticket(first)).to_contain_text("Alergia: maní")
    await expect(kitchen.ticket(first)).not_to_contain_text(AGUA)
    await expect(kitchen.ticket(second)).to_contain_text("Takeout · Jorge")
    await kitchen.bumps(first)
    for screen in (kitchen, other):
        await screen.shows(second)
    assert (await server.read(first))["status"] == "ready"


async def test_a_wrong_bump_is_undone(kitchen: KitchenScreen, server: Server) -> None:
    order, other = await server.order(LOMO, CAUSA), await server.order(PISCO)
    await kitchen.taps(order, CAUSA)
    await kitchen.bumps(order)
    await kitchen.shows(other)
    await server.does("waiter", "PATCH", f"/orders/{other['id']}/status", status="cancelled")
    await expect(kitchen.ticket(other)).to_contain_text("cancelled")
    await kitchen.undoes()
    await kitchen.shows(order, other)
    await expect(kitchen.line(order, CAUSA)).to_have_attribute("aria-pressed", "true")
    await expect(kitchen.line(order, LOMO)).to_have_attribute("aria-pressed", "false")
    await kitchen.says_nothing_of("not sent yet")
    after = await server.read(order)
    assert [line["status"] for line in after["items"]] == ["preparing", "ready"]


async def test_what_the_server_does_not_do_cannot_be_undone(kitchen: KitchenScreen, server: Server) -> None:
    order = await server.order(LOMO)
    await kitchen.shows(order)

    async def comes_too_late(route: Route) -> None:
        await server.does("waiter", "PATCH", f"/orders/{order['id']}/status", status="cancelled")
        await route.continue_()

    await kitchen.page.route("**/items/*/status", comes_too_late)
    await kitchen.bumps(order)
    await expect(kitchen.page.get_by_text("already moved on by somebody else")).to_be_visible()
    await expect(kitchen.page.get_by_role("button", name="Undo")).to_have_count(0)


async def test_tapping_a_line_is_done_and_tapping_it_again_is_not(
    kitchen: KitchenScreen, server: Server
) -> None:
    order = await server.order(LOMO, CAUSA)
    await kitchen.taps(order, LOMO)
    await expect(kitchen.line(order, LOMO)).to_have_attribute("aria-pressed", "true")
    await kitchen.taps(order, LOMO)
    await expect(kitchen.line(order, LOMO)).to_have_attribute("aria-pressed", "false")
    await kitchen.taps(order, LOMO)
    await kitchen.taps(order, CAUSA)
    await kitchen.shows()
    await kitchen.says_nothing_of("not sent yet")
    assert (await server.read(order))["status"] == "ready"


async def test_a_later_round_shows_exactly_the_new_lines(kitchen: KitchenScreen, server: Server) -> None:
    order = await server.order(LOMO, table="5")
    await kitchen.bumps(order)
    await kitchen.says_nothing_of("not sent yet")
    await server.does("waiter", "PATCH", f"/orders/{order['id']}/status", status="served")
    await server.add(order, CAUSA)
    await kitchen.shows(order)
    ticket = kitchen.ticket(order)
    await expect(ticket.get_by_role("listitem")).to_have_count(1)
    await expect(ticket).to_contain_text("ADD-ON")
    await expect(ticket).to_contain_text(CAUSA)


async def test_what_is_cancelled_stays_struck_through_until_it_is_bumped(
    kitchen: KitchenScreen, server: Server
) -> None:
    order = await server.order(LOMO, CAUSA)
    whole = await server.order(PISCO)
    await kitchen.shows(order, whole)
    causa = order["items"][1]["id"]
    await server.does("waiter", "POST", f"/orders/{order['id']}/items/{causa}/cancel", reason="changed mind")
    await server.does("waiter", "PATCH", f"/orders/{whole['id']}/status", status="cancelled")
    for shown, dish in ((order, CAUSA), (whole, PISCO)):
        struck = kitchen.ticket(shown).get_by_role("listitem").filter(has_text=dish)
        await expect(struck).to_contain_text("cancelled")
    await kitchen.page.reload()
    await kitchen.shows(order, whole)
    await kitchen.ticket(whole).get_by_role("button", name="Seen, take it off").click()
    await kitchen.shows(order)
    await kitchen.bumps(order)
    await kitchen.shows()


async def test_a_station_shows_its_own_lines_and_says_what_it_hides(
    kitchen: KitchenScreen, server: Server
) -> None:
    both = await server.order(LOMO, PISCO, table="3")
    bar = await server.order(PISCO, PISCO, table="T1")
    await kitchen.shows(both, bar)
    await kitchen.page.locator("summary", has_text="All stations").click()
    name = kitchen.page.get_by_text("cocina", exact=True)
    box = await name.bounding_box()
    assert box is not None
    assert box["height"] >= TAP_HEIGHT
    await name.click()
    await kitchen.shows(both)
    await expect(kitchen.page.get_by_role("checkbox", name="cocina")).to_be_checked()
    await kitchen.page.get_by_role("heading", name="Cocina", level=1).click()
    await expect(kitchen.page.get_by_role("checkbox")).to_have_count(0)
    await kitchen.says("1 hidden by filter")
    await expect(kitchen.ticket(both)).to_contain_text("also at: bar 1", ignore_case=True)
    await kitchen.bumps(both)
    await kitchen.shows()
    await kitchen.says_nothing_of("not sent yet")
    lines = (await server.read(both))["items"]
    assert [line["status"] for line in lines] == ["ready", "pending"], "the bar has its own screen"
    await kitchen.says("2 hidden by filter")
    await server.does("waiter", "PATCH", f"/orders/{bar['id']}/status", status="cancelled")
    await kitchen.says("1 hidden by filter")
    await kitchen.page.reload()
    await kitchen.says("1 hidden by filter")


async def test_a_space_has_nothing_to_do_with_what_is_for_others(
    kitchen: KitchenScreen, server: Server
) -> None:
    await kitchen.page.locator("summary", has_text="All spaces").click()
    await kitchen.page.get_by_text("Terraza", exact=True).click()
    await kitchen.presses("Escape")
    ringing = kitchen.page.locator("[data-ringing]")
    inside = await server.order(LOMO, table="3")
    await kitchen.says("1 hidden by filter")
    await expect(ringing).to_have_attribute("data-ringing", "")
    outside = await server.order(LOMO, CAUSA, table="T1")
    await kitchen.shows(outside)
    await expect(ringing).to_have_attribute("data-ringing", "new")
    for order in (inside, outside):
        await server.does("kitchen", "PATCH", f"/orders/{order['id']}/status", status="ready")
    await kitchen.shows()
    await kitchen.presses("r")
    recallable = kitchen.page.get_by_role("dialog").get_by_role("listitem")
    await expect(recallable).to_have_count(1)
    await expect(recallable).to_contain_text(CAUSA)


async def test_a_dish_that_has_run_out_is_86ed_and_comes_back(
    kitchen: KitchenScreen, open_screen: Open, server: Server
) -> None:
    other = await open_screen()
    await other.signs_in(server)
    await kitchen.page.get_by_role("button", name="86 a dish").click()
    await kitchen.page.get_by_label("Search a dish").fill("causa")
    await kitchen.page.get_by_role("button", name=CAUSA).click()
    await kitchen.page.get_by_role("button", name="Close").click()
    await expect(other.page.get_by_role("complementary")).to_contain_text(CAUSA)
    assert not (await server.dishes())[CAUSA]["isAvailable"]
    await other.page.get_by_role("button", name=f"Restore {CAUSA}").click()
    await expect(kitchen.page.get_by_role("complementary")).to_contain_text("Everything is there.")
    assert (await server.dishes())[CAUSA]["isAvailable"]


async def test_a_waiter_may_look_but_not_86(open_screen: Open, server: Server) -> None:
    screen = await open_screen()
    await screen.signs_in(server, "waiter")
    await screen.says("Everything is there.")
    await expect(screen.page.get_by_role("button", name="86 a dish")).to_have_count(0)


async def test_news_ring_until_somebody_is_there_and_a_mute_screen_says_so(
    open_screen: Open, server: Server
) -> None:
    kitchen = await open_screen()
    await kitchen.page.add_init_script(LOUDSPEAKERS)
    await kitchen.signs_in(server)
    ringing = kitchen.page.locator("[data-ringing]")
    order = await server.order(LOMO)
    await expect(ringing).to_have_attribute("data-ringing", "new")
    await server.does("waiter", "PATCH", f"/orders/{order['id']}/status", status="cancelled")
    await expect(ringing).to_have_attribute("data-ringing", "cancelled")
    await kitchen.page.mouse.click(700, 500)
    await expect(ringing).to_have_attribute("data-ringing", "")
    await expect(kitchen.page.get_by_text("Sound on")).to_be_visible()
    await kitchen.page.evaluate("loudspeakers[0].suspend()")  # as the browser does on a tablet that sleeps
    await expect(kitchen.page.get_by_text("Tap to enable sound")).to_be_visible()
    await kitchen.page.mouse.click(700, 500)
    await expect(kitchen.page.get_by_text("Sound on")).to_be_visible()


async def test_what_left_too_early_is_recalled_to_where_it_was(
    kitchen: KitchenScreen, open_screen: Open, server: Server
) -> None:
    other = await open_screen()
    await other.signs_in(server)
    first, second = await server.order(LOMO, table="3"), await server.order(CAUSA)
    await kitchen.bumps(first)
    await other.shows(second)
    await kitchen.says_nothing_of("not sent yet")
    opener = other.page.get_by_role("button", name="Recall")
    await opener.click()
    await other.page.get_by_role("dialog").get_by_role("button", name=LOMO).click()
    await expect(opener).to_be_focused()
    for screen in (kitchen, other):
        await screen.shows(first, second)
    await other.says_nothing_of("not sent yet")
    assert (await server.read(first))["status"] == "preparing"


async def test_a_rushed_order_goes_before_all_on_every_screen(
    kitchen: KitchenScreen, open_screen: Open, server: Server
) -> None:
    other = await open_screen()
    await other.signs_in(server)
    first, second = await server.order(LOMO), await server.order(CAUSA)
    await kitchen.shows(first, second)
    await kitchen.ticket(second).get_by_role("button", name=second["orderNumber"], exact=True).click()
    await kitchen.ticket(second).get_by_role("button", name="Rush").click()
    for screen in (kitchen, other):
        await screen.shows(second, first)
        await expect(screen.ticket(second)).to_contain_text("RUSH")
        await screen.says("1 rush")
    await kitchen.presses("s")
    await other.shows(first, second)


async def test_what_stands_on_the_screen_counts_as_seen_and_what_is_below_it_does_not(
    kitchen: KitchenScreen, server: Server
) -> None:
    tall = await server.order(*[LOMO] * 20)
    orders = [tall, *[await server.order(LOMO, CAUSA, PISCO) for _ in range(4)]]
    await kitchen.shows(*orders)
    await until(lambda: server.is_seen(orders[1]))
    lines = kitchen.ticket(tall).get_by_role("listitem")
    await until(partial(server.sees, tall, 0))
    assert not await server.sees(tall, 19), "the ticket is taller than the screen"
    for line in (13, 19):
        await lines.nth(line).scroll_into_view_if_needed()
        await until(partial(server.sees, tall, line))
    await until(lambda: server.is_seen(tall))


async def test_nobody_has_seen_what_no_screen_shows(open_screen: Open, server: Server) -> None:
    screen = await open_screen()
    await screen.signs_in(server)
    await screen.page.locator("summary", has_text="All stations").click()
    await screen.page.get_by_role("checkbox", name="bar", exact=True).check()
    await screen.presses("Escape")  # or the choice hides a part of the wall
    lomo, pisco = await server.order(LOMO), await server.order(PISCO)
    await screen.shows(pisco)
    await until(lambda: server.is_seen(pisco))
    assert not await server.is_seen(lomo)


async def test_the_whole_kitchen_by_keyboard(kitchen: KitchenScreen, server: Server) -> None:
    first, second, third = [await server.order(LOMO), await server.order(CAUSA), await server.order(PISCO)]
    await kitchen.shows(first, second, third)
    await kitchen.presses("2")
    await expect(kitchen.ticket(second)).to_have_attribute("aria-current", "true")
    await expect(kitchen.ticket(second)).to_be_focused()
    await kitchen.presses("Enter")
    await kitchen.shows(first, third)
    await kitchen.presses("u")
    await kitchen.shows(first, second, third)
    await kitchen.presses("Escape", "ArrowRight", "ArrowRight", "ArrowLeft", "Tab", "Tab", "Space")
    await kitchen.shows(second, third)  # its only line is done
    await kitchen.presses("2", "s")
    await kitchen.shows(third, second)
    await kitchen.presses("s", "r")
    await expect(kitchen.page.get_by_role("dialog")).to_contain_text(LOMO)
    await kitchen.presses("Tab", "Enter")
    await kitchen.shows(first, second, third)
    await expect(kitchen.page.get_by_role("dialog")).to_have_count(0)
    await kitchen.presses("a")
    await expect(kitchen.page.get_by_role("complementary")).to_have_count(0)
    await kitchen.presses("a", "x")
    await expect(kitchen.page.get_by_role("dialog")).to_be_visible()
    await kitchen.page.keyboard.type("pisco")
    await kitchen.presses("Tab", "Space", "Escape")
    await expect(kitchen.page.get_by_role("complementary")).to_contain_text(f"Sold out{PISCO}")
    await expect(kitchen.page.get_by_role("dialog")).to_have_count(0)
    await kitchen.presses("1")
    await expect(kitchen.ticket(first)).to_have_attribute("aria-current", "true")
    await kitchen.holds("Enter")
    await kitchen.presses("ArrowRight")
    await expect(kitchen.ticket(third)).to_have_attribute("aria-current", "true")
    await kitchen.shows(second, third)
    await kitchen.holds("s")
    await kitchen.shows(third, second)
    await kitchen.ticket(third).get_by_role("button", name="Rush").focus()
    await kitchen.holds("Enter")
    await kitchen.shows(second, third)
    await kitchen.page.locator("summary", has_text="All stations").focus()
    await kitchen.presses("Enter")
    await expect(kitchen.page.get_by_role("checkbox", name="bar")).to_be_visible()
    await kitchen.presses("Escape", "1", "Enter")
    await kitchen.shows(third)
    await kitchen.presses("Enter")
    await kitchen.shows()
