"""Every screen by axe, with its content asserted first: an empty page has no violations either."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.kitchen import KitchenScreen
from tests.browser.server import Server

AXE = Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js"
RULES = """
axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
  .then(({passes, violations}) => ({
    passed: passes.length,
    violations: violations.map(({id, nodes}) => `${id}: ${nodes.map(({html}) => html).join(" | ")}`),
  }))
"""


async def is_accessible(page: Page) -> None:
    await page.evaluate(AXE.read_text())
    found = await page.evaluate(RULES)
    assert found["violations"] == []
    assert found["passed"] > 10


async def test_the_door(open_screen: Open, server: Server) -> None:
    screen = await open_screen()
    await screen.page.goto(server.url)
    await screen.page.get_by_label("E-mail").fill(server.person("kitchen")["email"])
    await screen.page.get_by_label("Password").fill("a guess")
    await screen.page.get_by_role("button", name="Sign in").click()
    await expect(screen.page.get_by_role("alert")).to_have_text("E-mail or password is wrong.")
    await is_accessible(screen.page)


async def test_a_kitchen_with_nothing_to_do(kitchen: KitchenScreen) -> None:
    await kitchen.says("No open orders")
    await is_accessible(kitchen.page)


@pytest.mark.parametrize("width", [1366, 400])
async def test_a_busy_kitchen(open_screen: Open, server: Server, width: int) -> None:
    kitchen = await open_screen(viewport={"width": width, "height": 820})
    await kitchen.signs_in(server)
    rushed = await server.order("Causa limeña", "Pisco sour", customerName="Jorge", priority=True)
    order = await server.order("Lomo saltado", "Causa limeña", table="3", notes="Alergia: maní")
    causa = order["items"][1]["id"]
    await server.does("waiter", "POST", f"/orders/{order['id']}/items/{causa}/cancel", reason="no more")
    await server.add(order, "Pisco sour")
    await kitchen.shows(rushed, order)
    await kitchen.taps(rushed, "Causa limeña")
    await expect(kitchen.ticket(order)).to_contain_text("ADD-ON")
    await kitchen.presses("2")
    await is_accessible(kitchen.page)


@pytest.mark.parametrize(("opener", "title"), [("86 a dish", "What has run out?"), ("Settings", "Settings")])
async def test_a_sheet_of_the_kitchen(kitchen: KitchenScreen, opener: str, title: str) -> None:
    await kitchen.page.get_by_role("button", name=opener).click()
    await expect(kitchen.page.get_by_role("dialog", name=title)).to_be_visible()
    await is_accessible(kitchen.page)
    await kitchen.presses("Escape")
    await expect(kitchen.page.get_by_role("dialog")).to_have_count(0)
