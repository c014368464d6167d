"""The door: signing in, staying in, going out."""

from __future__ import annotations

from playwright.async_api import expect

from tests.browser.conftest import Open
from tests.browser.kitchen import KitchenScreen
from tests.browser.server import Server, until


async def test_a_wrong_password_is_said(open_screen: Open, server: Server) -> None:
    screen = await open_screen()
    await screen.page.goto(server.url)
    await screen.page.get_by_label("E-mail").fill(server.person("kitchen")["email"])
    await screen.page.get_by_label("Password").fill("a guess")
    await screen.page.get_by_role("button", name="Sign in").click()
    await expect(screen.page.get_by_role("alert")).to_have_text("E-mail or password is wrong.")
    await screen.page.get_by_role("button", name="Español").click()
    await expect(screen.page.get_by_role("alert")).to_have_text("El correo o la contraseña no son correctos.")


async def test_no_script_can_read_what_proves_a_sign_in(kitchen: KitchenScreen, server: Server) -> None:
    cookies = await kitchen.context.cookies()
    refresh = next(cookie for cookie in cookies if cookie["name"] == "restai_refresh")
    assert refresh["httpOnly"] and refresh["sameSite"] == "Strict"
    stored = await kitchen.page.evaluate(
        "JSON.stringify({...localStorage, ...sessionStorage}) + document.cookie"
    )
    assert refresh["value"] not in stored
    assert "eyJ" not in stored, "no access token either"


async def test_a_reload_stays_signed_in_and_signing_out_ends_it(
    kitchen: KitchenScreen, server: Server
) -> None:
    await kitchen.page.reload()
    await kitchen.is_live()
    await kitchen.page.get_by_role("button", name="Settings").click()
    await kitchen.page.get_by_role("button", name="Sign out").click()
    await expect(kitchen.page.get_by_role("heading", name="Sign in")).to_be_visible()
    await expect(kitchen.page.get_by_role("alert")).to_be_empty()  # who leaves need not be told
    await kitchen.page.reload()
    await expect(kitchen.page.get_by_role("heading", name="Sign in")).to_be_visible()
    await until(kitchen.is_forgotten)  # the call goes out even though its page was left


async def test_who_works_in_two_branches_chooses_one(open_screen: Open, server: Server) -> None:
    await server.does("org_admin", "POST", "/branches", name="Miraflores")
    screen = await open_screen()
    owner = server.person("org_admin")
    await screen.page.goto(f"{server.url}/kitchen")
    await screen.page.get_by_label("E-mail").fill(owner["email"])
    await screen.page.get_by_label("Password").fill(owner["password"])
    await screen.page.get_by_role("button", name="Sign in").click()
    await expect(screen.page.get_by_role("heading", name="Where are you working?")).to_be_visible()
    await screen.page.get_by_role("button", name="Miraflores").click()
    await screen.is_live()
    await screen.page.reload()
    await screen.is_live()
    await screen.says("No open orders")


async def test_the_language_of_the_device_and_another(open_screen: Open, server: Server) -> None:
    screen = await open_screen(locale="es-PE")
    await screen.page.goto(server.url)
    await expect(screen.page.get_by_role("heading", name="Entrar")).to_be_visible()
    await screen.page.get_by_role("button", name="English").click()
    await expect(screen.page.get_by_role("heading", name="Sign in")).to_be_visible()
    await screen.page.reload()
    await expect(screen.page.get_by_role("heading", name="Sign in")).to_be_visible()
    assert await screen.page.locator("html").get_attribute("lang") == "en"


async def test_an_address_that_is_none(kitchen: KitchenScreen) -> None:
    await kitchen.page.goto(f"{kitchen.url}/nowhere")
    await kitchen.says("There is no such page.")
    await kitchen.page.get_by_role("link", name="Back to work").click()
    await kitchen.is_live()
