"""`python docs/screenshots.py`: the README's pictures, from the demo restaurant on a busy evening."""

from __future__ import annotations

import asyncio
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from playwright.async_api import async_playwright

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))  # run as a file, Python looks only beside it

from tests.browser import chromium  # noqa: E402
from tests.browser.kitchen import KitchenScreen  # noqa: E402
from tests.browser.server import Server  # noqa: E402

IMAGES = HERE / "images"


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
