"""A party on its phones: from the scanned code to the goodbye, with the kitchen's screen beside them."""

from __future__ import annotations

import re
from asyncio import gather

from playwright.async_api import expect

from tests.browser.conftest import Sit
from tests.browser.guest import Phone
from tests.browser.kitchen import KitchenScreen
from tests.browser.server import Server
from tests.browser.test_accessibility import is_accessible

TIMES = "\u00d7"
# What makes the page wider than the screen
TOO_WIDE = """
(() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  const out = (node) => node.getBoundingClientRect().right > clientWidth + 1;
  return scrollWidth <= clientWidth ? [] : [...document.querySelectorAll("main *, header *, footer *")]
    .filter(out).map((node) => node.outerHTML.slice(0, 200));
})()
"""
CAUSA, LOMO, PAPA = "Causa limeña", "Lomo saltado", "Papa a la huancaína"


async def fits(phone: Phone, width: int) -> None:
    """Nothing is cut off or has to be pushed aside, on a screen so many pixels wide."""
    before = phone.page.viewport_size
    assert before is not None
    await phone.page.set_viewport_size({"width": width, "height": before["height"]})
    assert await phone.page.evaluate(TOO_WIDE) == []
    await phone.page.set_viewport_size(before)


async def is_well_made(phone: Phone) -> None:
    """What holds for each of a guest's screens: axe finds nothing, and it fits a small phone at 200 %."""
    await is_accessible(phone.page)
    await fits(phone, 360)
    await fits(phone, 195)


async def test_a_party_of_four_from_the_code_to_the_goodbye(
    phone_at: Sit, kitchen: KitchenScreen, server: Server
) -> None:
    ana, luis, eva = [await phone_at("3") for _ in range(3)]
    tom = await phone_at("3", locale="es-PE", viewport={"width": 360, "height": 740})
    party = (ana, luis, eva, tom)

    # the first asks the staff, the others ask her; who waits sees how long
    await ana.scans()
    await expect(ana.page.get_by_role("heading", name="Brisa y Brasa, Barranco")).to_be_visible()
    await ana.says("Table 3 · Salón")
    await is_well_made(ana)
    await ana.sits_down("Ana")
    await is_well_made(ana)
    await expect(ana.page.locator("[data-waiting]")).to_contain_text("00:0")
    visit = await server.approves("3")
    await ana.is_in()
    await luis.sits_down("Luis")
    await eva.sits_down("Eva Maximiliana de la Puente y Wolfeschlegelsteinhausenbergerdorff")
    await expect(luis.page.get_by_role("heading", name="Eva")).to_have_count(0)
    await is_well_made(ana)
    await ana.lets_in("Luis")
    await luis.is_in()
    await luis.lets_in("Eva")
    await eva.is_in()
    await tom.scans("Tu nombre")
    await tom.page.get_by_label("Tu nombre").fill("Tomás")
    await tom.presses("Sentarme")
    await ana.says("Tomás wants to join your table")
    await luis.presses("Not now, Tomás")
    await expect(luis.page.get_by_role("heading", level=1)).to_be_focused()
    await luis.goes_to("At the table")
    await luis.says("Our table")
    await luis.says_nothing_of("wants to join")
    await luis.page.go_back()
    (tomas,) = (each for each in (await server.visit("3"))["guests"] if each["name"] == "Tomás")
    await server.does("waiter", "POST", f"/sessions/{visit['id']}/guests/{tomas['id']}/admit")
    await tom.is_in("En la mesa")
    await ana.says_nothing_of("wants to join")

    # one cart, line by line
    await ana.adds_two(CAUSA)
    await luis.adds(LOMO)
    sheet = luis.page.get_by_role("dialog", name=LOMO)
    await sheet.get_by_role("button", name="Choose: Término").click()
    await expect(sheet.get_by_label("Inglés")).to_be_focused()
    await sheet.get_by_label("Medio", exact=True).check()
    await sheet.get_by_label("Huevo frito").check()
    await sheet.get_by_label("A note").fill("sin cebolla")
    await is_well_made(luis)
    await sheet.get_by_role("button", name="Add").click()
    await expect(luis.page.get_by_role("button", name=f"Add another {LOMO}")).to_be_focused()
    await eva.page.get_by_role("button", name="Search the menu").click()
    await eva.page.get_by_label("Search the menu").fill("huancaina papa")
    await expect(eva.page.get_by_role("heading", level=3)).to_have_text([PAPA])
    await eva.adds(PAPA)
    await expect(eva.page.get_by_role("button", name=f"Add another {PAPA}")).to_be_focused()
    for phone in (ana, luis, eva):
        await phone.goes_to("See the table")
        await phone.shows_cart(
            f"{CAUSA} {TIMES}2Ana56.00",
            f"{LOMO}Luis · Medio · Huevo frito · “sin cebolla”56.00",
            f"{PAPA}Eva Max",
        )
    await is_well_made(eva)
    await eva.page.get_by_role("button", name=f"{CAUSA} {TIMES}2").click()
    await eva.presses("One more")
    await eva.presses("Change S/ 84.00")
    await expect(eva.page.get_by_role("button", name=f"{CAUSA} {TIMES}3")).to_be_focused()
    await eva.page.get_by_role("button", name=PAPA).click()
    await eva.presses("Take it out")
    await expect(eva.page.get_by_role("heading", name="Our order")).to_be_focused()
    for phone in (ana, luis, eva):
        await phone.shows_cart(f"{CAUSA} {TIMES}3Ana84.00", f"{LOMO}Luis")

    # a dish runs out while it is in the cart
    dish = (await server.dishes())[CAUSA]
    await server.does("kitchen", "POST", f"/menu/items/{dish['id']}/availability", isAvailable=False)
    await ana.says(f"{CAUSA} has just sold out. Take it out to send the rest.")
    await expect(ana.page.get_by_role("button", name="Send to the kitchen")).to_be_disabled()
    await is_well_made(ana)
    await expect(tom.page.get_by_role("listitem").filter(has_text=CAUSA)).to_contain_text("Agotado")
    await server.does("kitchen", "POST", f"/menu/items/{dish['id']}/availability", isAvailable=True)

    # it is sent once, and watched
    await luis.presses("Send to the kitchen")
    await ana.says("Nothing here yet")
    order = await server.order_at("3")
    number = order["orderNumber"]
    await tom.goes_to(f"Pedido {number} por confirmar")
    for phone in (ana, eva):
        await phone.page.go_back()
        await phone.goes_to(f"Order {number} is being confirmed")
    for phone in (ana, luis, eva):
        await expect(phone.order(order)).to_contain_text("The staff confirms it")
        await expect(phone.total).to_have_text("S/ 140.00")
    await expect(tom.order(order)).to_contain_text("El personal lo confirma")
    await is_well_made(tom)
    await kitchen.shows()
    await server.does("waiter", "PATCH", f"/orders/{order['id']}/status", status="confirmed")
    await kitchen.shows(order)
    await expect(kitchen.ticket(order)).to_contain_text("QR · Ana, Luis")
    for phone in (ana, luis, eva):
        await expect(phone.order(order)).to_contain_text(re.compile(r"Seen by the kitchen \d\d:\d\d"))
    await kitchen.taps(order, CAUSA)
    for phone in (ana, luis, eva):
        await expect(phone.order(order)).to_contain_text(f"{CAUSA} ✓ ready · {LOMO}, 1 to go")
        await expect(phone.line_of(order, CAUSA)).to_contain_text("Ready · Ana")
        await expect(phone.line_of(order, LOMO)).to_contain_text("Cooking · Luis")
    await is_well_made(eva)
    await kitchen.bumps(order)
    await expect(tom.page.get_by_role("heading", name="En camino")).to_be_visible()
    await server.does("waiter", "PATCH", f"/orders/{order['id']}/status", status="served")
    await expect(ana.line_of(order, LOMO)).to_contain_text("Served")

    # somebody is called, once, and comes
    await gather(eva.presses("Call waiter"), luis.presses("Ask for the bill"))
    await ana.says("The waiter has been called")
    await tom.says("Se pidió la cuenta")
    await is_well_made(ana)
    await server.goes_to_table("3", "waiter")
    for phone in (ana, eva):
        await phone.says("Diego is coming")
        await expect(phone.page.get_by_role("button", name="Call waiter")).to_be_disabled()
    await tom.presses("Ya no hace falta")
    await ana.says_nothing_of("The bill has been asked for")

    # paid, and over on every phone
    await server.does("cashier", "POST", "/payments", sessionId=visit["id"], method_="card", all=True)
    await ana.says("All of it is paid")
    await server.does("waiter", "POST", f"/sessions/{visit['id']}/end")
    for phone, thanks in zip(
        party, ("Thank you, Ana", "Thank you, Luis", "Thank you, Eva", "Gracias, Tomás"), strict=True
    ):
        await expect(phone.page.get_by_role("heading", name=thanks)).to_be_visible()
        await expect(phone.page.get_by_text("S/ 140.00")).to_be_visible()
    await is_well_made(ana)
    await ana.page.reload()
    await expect(ana.page.get_by_role("heading", name="Thank you, Ana")).to_be_visible()
    stays = await ana.page.evaluate("JSON.stringify(localStorage)")
    assert "eyJ" not in stays, "no token of a visit that is over"
    assert not [guest for guest in visit["guests"] if guest["id"] in stays]
    await ana.presses("Sit down again")
    await expect(ana.page.get_by_label("Your name")).to_have_value("Ana")


async def test_a_code_is_typed_and_who_is_turned_down_is_told_why(phone_at: Sit, server: Server) -> None:
    phone = await phone_at("T2")
    await phone.page.goto(f"{server.url}/t")
    await expect(phone.page.get_by_role("heading", name="Which table?")).to_be_visible()
    await is_well_made(phone)
    code = phone.table.rpartition("/")[2]
    for typed, answer in (("ABC", "eight letters and digits"), ("ZZZZ-ZZZZ", "No table has this code")):
        await phone.page.get_by_label("The table's code").fill(typed)
        await phone.presses("To my table")
        await expect(phone.page.get_by_role("alert")).to_contain_text(answer)
    await phone.presses("Español")
    await expect(phone.page.get_by_role("alert")).to_contain_text("Ninguna mesa tiene este código")
    await phone.presses("English")
    await phone.page.get_by_label("The table's code").fill(f"{code[:4].lower()} - {code[4:]}")
    await phone.presses("To my table")
    await phone.page.get_by_label("Your name").fill("Ana")
    await phone.context.set_offline(True)
    await phone.presses("Sit down")
    await expect(phone.page.get_by_role("alert")).to_contain_text("No answer came")
    await phone.presses("Español")
    await expect(phone.page.get_by_role("alert")).to_contain_text("No hubo respuesta")
    await phone.presses("English")
    await phone.context.set_offline(False)
    await phone.presses("Sit down")
    await phone.says("One moment, Ana")

    # to one that kept nothing the menu does not come, but how fresh the rest is can be seen
    forgetful = await phone_at("T2", storage_state=await phone.context.storage_state())
    await forgetful.page.route("**/api/guest/tables/*", lambda route: route.abort())
    await forgetful.page.goto(forgetful.table)
    await forgetful.says("One moment, Ana")
    await forgetful.is_live()
    await is_well_made(forgetful)

    visit = await server.visit("T2")
    await server.does("waiter", "POST", f"/sessions/{visit['id']}/reject", reason="We close in ten minutes.")
    await expect(phone.page.get_by_role("heading", name="You were not seated")).to_be_visible()
    await phone.says("We close in ten minutes.")
    await is_well_made(phone)
    await phone.presses("Ask again")
    await expect(phone.page.get_by_label("Your name")).to_be_visible()


async def test_the_menu_is_where_it_was_left_until_another_visit_begins(
    phone_at: Sit, server: Server
) -> None:
    phone = await phone_at("T2")

    async def is_at(top: int) -> None:
        await phone.is_in()
        assert await phone.page.evaluate("scrollY") == top

    await phone.sits_down("Ana")
    visit = await server.approves("T2")
    await is_at(0)
    await phone.page.evaluate("scrollTo(0, 400)")
    await phone.goes_to("At the table")
    await phone.says("Our table")
    await phone.page.go_back()
    await is_at(400)
    await server.does("waiter", "POST", f"/sessions/{visit['id']}/end")
    await phone.presses("Sit down again")
    await phone.presses("Sit down")
    await phone.says("One moment, Ana")
    await server.approves("T2")
    await is_at(0)
