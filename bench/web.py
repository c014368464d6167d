"""`python -m bench.web`: from an order's POST to its painted ticket, from a bump to what the cook sees, and
from a scanned code to a menu that a guest can use on bad mobile data.

A real server, a real Chromium, a kitchen with many tickets open, phones that have never been here. It exits
with 1 if a promise was missed.
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from playwright.async_api import Browser, Page, async_playwright
from rich.console import Console
from rich.table import Table

from tests.browser import chromium
from tests.browser.guest import Phone
from tests.browser.kitchen import KitchenScreen
from tests.browser.server import Server

TICKET = 100.0  # ms that a ticket may take from its POST to the screen, 95 of 100 times
FRAME = 1000 / 60  # ms: what is done within it seems to have been done by the finger
USABLE = 2_000.0  # ms that a guest may wait for the menu, 95 of 100 times

# "Slow 4G" as the browser's own tools call it: ms to the first byte of each answer, bytes a second.
SLOW_4G = {
    "offline": False,
    "latency": 562.5,
    "downloadThroughput": 180_000,
    "uploadThroughput": 84_375,
    "connectionType": "cellular4g",
}

# Notes when each new ticket has been painted: after the frame in which it was put there.
WATCH = """
window.painted = new Map();
const now = () => performance.timeOrigin + performance.now();
const afterPaint = (note) => requestAnimationFrame(() => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = note;
  port2.postMessage(null);
});
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) for (const node of addedNodes) {
    const id = node.querySelector?.("[data-order]")?.dataset.order;
    if (id) afterPaint(() => window.painted.set(id, now()));
  }
}).observe(document.querySelector("[data-wall]"), { childList: true });
"""
# Notes when the dish that one looks for has been painted, from the page's first line on.
MENU = """
const now = () => performance.timeOrigin + performance.now();
const isThere = () => [...document.querySelectorAll("h3")].some((h3) => h3.textContent === "Lomo saltado");
new MutationObserver((_changes, observer) => {
  if (!isThere()) return;
  observer.disconnect();
  requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => { window.menuPainted = now(); };
    port2.postMessage(null);
  });
}).observe(document, { childList: true, subtree: true });
"""
# How long after the finger's event the ticket is gone from the page, in time for the next frame.
BUMP = """
(id) => new Promise((done) => {
  const wall = document.querySelector("[data-wall]");
  const ticket = wall.querySelector(`[data-order="${id}"]`);
  let begun = 0;
  new MutationObserver((_changes, observer) => {
    if (ticket.isConnected) return;
    observer.disconnect();
    done(performance.now() - begun);
  }).observe(wall, { childList: true, subtree: true });
  requestAnimationFrame(() => {
    begun = performance.now();
    ticket.querySelector(":scope > button:last-of-type").click();
  });
})
"""


@dataclass(frozen=True)
class Measured:
    """Samples of one thing in ms, and what was promised of their 95th percentile."""

    what: str
    samples: Sequence[float]
    target: float

    def percentile(self, share: float) -> float:
        return sorted(self.samples)[min(len(self.samples) - 1, int(share * len(self.samples)))]

    @property
    def holds(self) -> bool:
        return self.percentile(0.95) <= self.target


def main(
    tickets: Annotated[int, typer.Option(min=1, help="Tickets that are open meanwhile.")] = 200,
    samples: Annotated[int, typer.Option(min=20, help="Orders that are placed and bumped.")] = 100,
    scans: Annotated[int, typer.Option(min=1, help="Phones that scan a code on slow 4G.")] = 20,
) -> None:
    """Measure what a cook and a guest wait for."""
    measured = asyncio.run(_measure(tickets, samples, scans))
    table = Table(title=f"With {tickets} tickets open, ms", title_justify="left")
    for heading in ("", "samples", "median", "p95", "most", "promised p95"):
        table.add_column(heading, justify="left" if heading == "" else "right")
    for one in measured:
        numbers = (one.percentile(0.5), one.percentile(0.95), one.percentile(1), one.target)
        table.add_row(one.what, str(len(one.samples)), *(f"{number:.1f}" for number in numbers))
    Console().print(table)
    if not all(one.holds for one in measured):
        raise typer.Exit(1)


async def _measure(tickets: int, samples: int, scans: int) -> list[Measured]:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        try:
            await server.start()
            async with async_playwright() as playwright:
                browser = await playwright.chromium.launch(
                    executable_path=chromium.executable(), args=chromium.ARGUMENTS
                )
                at_the_table = await _at_the_table(server, browser, scans)
                return [*await _in_the_kitchen(server, browser, tickets, samples), at_the_table]
        finally:
            await server.close()


async def _in_the_kitchen(server: Server, browser: Browser, tickets: int, samples: int) -> list[Measured]:
    for _ in range(tickets):
        await server.order("Lomo saltado", "Causa limeña", "Pisco sour")
    kitchen = await KitchenScreen.open(browser, server.url)
    await kitchen.signs_in(server)
    await kitchen.tickets.nth(tickets - 1).wait_for()
    await kitchen.page.evaluate(WATCH)
    shown, bumped = [], []
    for _ in range(samples):
        order_id, sent_at = await _ordered(server)
        shown.append(await _painted_at(kitchen.page, order_id) - sent_at)
        bumped.append(await kitchen.page.evaluate(BUMP, order_id))
        await kitchen.says_nothing_of("not sent yet")
    await kitchen.leaves()
    return [
        Measured("from POST to painted ticket", shown, TICKET),
        Measured("from bump to the ticket gone", bumped, FRAME),
    ]


async def _at_the_table(server: Server, browser: Browser, scans: int) -> Measured:
    waited = []
    for _ in range(scans):
        phone = await Phone.at(browser, server.address("3"))
        await phone.page.add_init_script(MENU)
        await phone.is_slow(SLOW_4G)
        begun = time.time() * 1000
        await phone.scans()
        painted = await phone.page.wait_for_function("window.menuPainted")
        waited.append(await painted.json_value() - begun)
        await phone.leaves()
    return Measured("from a scan on slow 4G to the menu", waited, USABLE)


async def _ordered(server: Server) -> tuple[str, float]:
    """A new order's id, and when its POST was sent (ms since the epoch)."""
    draft = await server.draft("Lomo saltado")
    sent_at = time.time() * 1000
    order = await server.does("waiter", "POST", "/orders", **draft)
    return order["id"], sent_at


async def _painted_at(page: Page, order_id: str) -> float:
    handle = await page.wait_for_function("(id) => window.painted.get(id)", arg=order_id)
    painted: float = await handle.json_value()
    return painted


if __name__ == "__main__":
    typer.run(main)
