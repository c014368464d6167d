"""`python docs/screenshots.py`: the README's pictures, from the demo restaurant on a busy evening."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
import time
from base64 import b64encode
from pathlib import Path

from playwright.async_api import Browser, async_playwright

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))  # run as a file, Python looks only beside it

from tests.browser import chromium  # noqa: E402
from tests.browser.guest import Phone  # noqa: E402
from tests.browser.kitchen import KitchenScreen  # noqa: E402
from tests.browser.server import Server  # noqa: E402

IMAGES = HERE / "images"
PHONE = {"width": 390, "height": 844}


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        try:
            await server.start()
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(
                    executable_path=chromium.executable(), args=chromium.ARGUMENTS
                )
                await evening(server, Path(folder) / "restai.db")
                kitchen = await KitchenScreen.open(browser, server.url)
                await kitchen.signs_in(server)
                await kitchen.page.get_by_text("08:2").wait_for()
                await kitchen.presses("3")
                await kitchen.page.screenshot(path=IMAGES / "kitchen.png")
                await party(server, browser)
        finally:
            await server.close()


async def evening(server: Server, database: Path) -> None:
    """Six orders of the last quarter of an hour, in all the states that a kitchen knows."""
    late = await server.order("Lomo saltado", "Bife ancho, 350 g", "Anticuchos de corazón", table="T4")
    due = await server.order("Pollo a la brasa", "Papa a la huancaína", table="3", notes="Alergia: mariscos")
    grown = await server.order("Causa limeña", "Ají de gallina", table="7")
    bar = await server.order("Tiradito nikkei", "Bife ancho, 350 g", table="B2")
    young = await server.order("Pollo a la brasa", table="5", notes="sin apuro, son niños")
    rushed = await server.order("Anticuchos de corazón", customerName="Jorge", priority=True)
    for order in (late, grown):
        line = f"/orders/{order['id']}/items/{order['items'][0]['id']}"
        await server.does("kitchen", "PATCH", f"{line}/status", status="ready")
    lost = f"/orders/{late['id']}/items/{late['items'][2]['id']}"
    await server.does("waiter", "POST", f"{lost}/cancel", reason="changed their mind")
    await server.add(grown, "Lomo saltado")
    dish = (await server.dishes())["Cebiche clásico"]
    await server.does("kitchen", "POST", f"/menu/items/{dish['id']}/availability", isAvailable=False)
    orders = [late, due, grown, bar, young, rushed]
    backdate(database, dict(zip((each["id"] for each in orders), (828, 501, 302, 224, 151, 70), strict=True)))


async def party(server: Server, browser: Browser) -> None:
    """Three at a table, and their phones beside each other: choosing, about to order, and waiting for it."""
    phones = [
        await Phone.at(browser, server.address("6"), viewport=PHONE, device_scale_factor=2) for _ in range(3)
    ]
    ana, luis, eva = phones
    await ana.sits_down("Ana")
    visit = await server.visit("6")
    await server.does("waiter", "POST", f"/sessions/{visit['id']}/approve")
    await ana.is_in()
    for phone, name in ((luis, "Luis"), (eva, "Eva")):
        await phone.sits_down(name)
        await ana.lets_in(name)
        await phone.is_in()
    await order_of(server, luis, eva)
    await ana.adds("Choritos a la chalaca")
    await luis.adds("Causa limeña")
    await luis.adds("Causa limeña")
    await ana.page.evaluate("scrollTo(0, 0)")
    await luis.page.get_by_role("button", name="Causa limeña").first.click()
    await luis.page.get_by_label("A note").fill("sin palta")
    await luis.page.get_by_role("dialog").get_by_role("button", name="Add").click()
    await luis.goes_to("See the table")
    await eva.presses("Call waiter")
    await eva.says("The waiter has been called")
    await server.goes_to_table("6", "waiter")
    await eva.says("Diego is coming")
    shots = [await phone.page.screenshot() for phone in phones]
    await beside_each_other(browser, shots, IMAGES / "guest.png")


async def order_of(server: Server, luis: Phone, eva: Phone) -> None:
    """What the party has had so far: one dish is ready, the others are being cooked."""
    await luis.adds("Ají de gallina")
    await eva.adds("Seco de cabrito")
    await eva.adds("Chicha morada")
    await eva.page.get_by_label("Jarra").check()
    await eva.page.get_by_role("dialog").get_by_role("button", name="Add").click()
    await eva.goes_to("See the table")
    await eva.presses("Send to the kitchen")
    await eva.says("So far")
    order = await server.order_at("6")
    await server.does("waiter", "PATCH", f"/orders/{order['id']}/status", status="confirmed")
    await server.does("kitchen", "POST", "/kitchen/seen", lineIds=[line["id"] for line in order["items"]])
    line = f"/orders/{order['id']}/items/{order['items'][0]['id']}"
    await server.does("kitchen", "PATCH", f"{line}/status", status="ready")


async def beside_each_other(browser: Browser, shots: list[bytes], path: Path) -> None:
    pictures = "".join(f'<img src="data:image/png;base64,{b64encode(shot).decode()}">' for shot in shots)
    page = await browser.new_page(viewport={"width": 1290, "height": 860})
    await page.set_content(
        "<style>body{margin:0;height:860px;display:flex;justify-content:center;align-items:center;gap:40px;"
        "background:#d9d2c8}img{width:390px;border-radius:38px;box-shadow:0 20px 60px -20px #0006}</style>"
        + pictures
    )
    await page.screenshot(path=path)


def backdate(database: Path, ages: dict[str, int]) -> None:
    """Orders as if they had been placed so many seconds ago."""
    now = int(time.time() * 1000)
    with sqlite3.connect(database) as rows:
        for order_id, age in ages.items():
            changed = rows.execute(
                "UPDATE orders SET created_at = ? WHERE id = ?", (now - age * 1000, order_id.replace("-", ""))
            )
            assert changed.rowcount == 1


if __name__ == "__main__":
    asyncio.run(main())
