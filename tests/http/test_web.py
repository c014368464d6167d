"""The web app's files as browsers get them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from restai.http import web
from restai.http.api import create_api
from restai.http.deps import Context
from tests.support.databases import SqliteFarm
from tests.support.house import ROUTERS, api_client

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture
def database_url(sqlite_farm: SqliteFarm) -> Iterator[str]:
    """Files are the same on every database."""
    with sqlite_farm.database() as url:
        yield url


def build(folder: Path) -> None:
    """An app as the build leaves it: a page, an asset in three forms, a service worker."""
    (folder / "assets").mkdir()
    (folder / "index.html").write_text("<!doctype html><title>RestAI</title>")
    (folder / "guest.html").write_text("<!doctype html><title>Your table</title>")
    (folder / "sw.js").write_text("self")
    (folder / "manifest.webmanifest").write_text("{}")
    (folder / ".built").write_text("")
    (folder / "assets/app-1a2b.js").write_text("plain")
    (folder / "assets/app-1a2b.js.gz").write_bytes(b"zipped")
    (folder / "assets/app-1a2b.js.br").write_bytes(b"pressed")


async def served(context: Context, folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    app = create_api(context, ROUTERS)
    web.install(app, folder)
    async with api_client(app) as client:
        yield client


@pytest.fixture
async def site(context: Context, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    build(tmp_path)
    async for client in served(context, tmp_path):
        yield client


@pytest.fixture
async def unbuilt(context: Context, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    async for client in served(context, tmp_path / "nothing"):
        yield client


@pytest.mark.parametrize("path", ["/", "/kitchen", "/waiter/tables/3", "/index.html"])
async def test_every_address_of_the_app_is_its_page(site: httpx.AsyncClient, path: str) -> None:
    answer = await site.get(path, headers=BROWSER)
    assert answer.status_code == 200
    assert answer.text == "<!doctype html><title>RestAI</title>"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/t", "/t/", "/t/E3EGYYMA", "/t/e3eg-yyma/order", "/t/%3Cb%3E"])
async def test_what_is_printed_on_tables_leads_to_the_guests_page(site: httpx.AsyncClient, path: str) -> None:
    answer = await site.get(path, headers=BROWSER)
    assert (answer.status_code, answer.text) == (200, "<!doctype html><title>Your table</title>")
    assert (await site.get("/tables", headers=BROWSER)).text == "<!doctype html><title>RestAI</title>"


async def test_what_a_guest_asks_first_is_fetched_with_the_page(site: httpx.AsyncClient) -> None:
    page = await site.get("/t/e3eg yyma/order", headers=BROWSER)
    assert page.headers["link"] == "</api/guest/tables/e3eg%20yyma>; rel=preload; as=fetch; crossorigin"
    for path in ("/t", "/t/%3Cb%3E", "/kitchen"):
        assert "link" not in (await site.get(path, headers=BROWSER)).headers


async def test_the_page_may_load_nothing_from_elsewhere(site: httpx.AsyncClient) -> None:
    policy = (await site.get("/", headers=BROWSER)).headers["content-security-policy"]
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert "unsafe" not in policy and "http" not in policy and "*" not in policy


@pytest.mark.parametrize(
    ("accepted", "encoding", "body"),
    [
        ("gzip, deflate, br, zstd", "br", b"pressed"),
        ("gzip", "gzip", b"zipped"),
        ("br;q=0, gzip;q=0.5", "gzip", b"zipped"),
        ("identity", None, b"plain"),
    ],
)
async def test_an_asset_comes_as_small_as_the_browser_can_take_it(
    site: httpx.AsyncClient, accepted: str, encoding: str | None, body: bytes
) -> None:
    async with site.stream("GET", "/assets/app-1a2b.js", headers={"Accept-Encoding": accepted}) as answer:
        assert b"".join([chunk async for chunk in answer.aiter_raw()]) == body
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["content-type"].startswith("text/javascript")


async def test_what_is_named_for_its_content_is_kept_and_the_rest_asked_for_again(
    site: httpx.AsyncClient,
) -> None:
    plain = {"Accept-Encoding": "identity"}
    asset = await site.get("/assets/app-1a2b.js", headers=plain)
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
    for path in ("/sw.js", "/manifest.webmanifest"):
        assert (await site.get(path)).headers["cache-control"] == "no-cache"
    manifest = await site.get("/manifest.webmanifest")
    assert manifest.headers["content-type"] == "application/manifest+json"


async def test_what_is_not_there_is_said_to_be_so(site: httpx.AsyncClient) -> None:
    for path in ("/assets/app-0000.js", "/favicon.ico", "/.built", "/assets/app-1a2b.js.br"):
        assert (await site.get(path)).status_code == 404
    unknown = await site.get("/api/nothing", headers=BROWSER)
    assert (unknown.status_code, unknown.json()["code"]) == (404, "not_found")
    assert (await site.post("/kitchen", headers=BROWSER)).status_code == 404
    assert (await site.delete("/api/orders")).status_code == 405


async def test_no_path_leads_out_of_the_folder(site: httpx.AsyncClient, tmp_path: Path) -> None:
    (tmp_path.parent / "secret.txt").write_text("secret")
    for path in ("/../secret.txt", "/..%2fsecret.txt", "/assets/../../secret.txt"):
        assert "secret" not in (await site.get(path, headers=BROWSER)).text


async def test_an_app_that_is_not_built_is_hinted_at(unbuilt: httpx.AsyncClient) -> None:
    answer = await unbuilt.get("/", headers=BROWSER)
    assert answer.status_code == 404
    assert answer.text == "The web app is not built: run `make web` where RestAI's source is.\n"
    assert (await unbuilt.get("/api/auth/me")).status_code == 401
