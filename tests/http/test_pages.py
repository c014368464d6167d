"""The pages for people: everything is on them, and they load nothing from elsewhere."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html.parser import HTMLParser

import httpx
import pytest

from restai.app import App, documents
from restai.auth.tokens import Tokens
from restai.db.engine import Database
from restai.http.openapi import operations
from tests.support.house import SECRET, api_client

DOCUMENTS = documents()
LOADS = {("link", "href"), ("script", "src"), ("img", "src"), ("iframe", "src"), ("form", "action")}


class Page(HTMLParser):
    """What a page holds: its anchors, where it links to, and what it loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loaded: list[tuple[str, str]] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name == "id":
                self.ids.append(value or "")
            elif (tag, name) in LOADS:
                self.loaded.append((tag, value or ""))
            elif tag == "a" and name == "href":
                self.links.append(value or "")


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    app = App(Database("sqlite:///never-opened.db"), Tokens((SECRET,)))
    async with api_client(app.asgi) as client:
        yield client


@pytest.mark.parametrize("path", ["/docs", "/asyncapi"])
async def test_a_page_loads_its_style_and_nothing_else(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    page = Page(answer.text)
    assert page.loaded == [("link", "/docs/style.css")]
    assert not page.tags & {"script", "style", "iframe", "object", "form"}
    assert not {name for name in page.attributes if name == "style" or name.startswith("on")}
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "style-src 'self'" in policy and "unsafe" not in policy
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


async def test_the_style_is_ours(client: httpx.AsyncClient) -> None:
    answer = await client.get("/docs/style.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert not re.search(r"url\(|@import|//", answer.text.replace("*/", ""))


@pytest.mark.parametrize("path", ["/docs", "/asyncapi"])
async def test_every_link_within_a_page_leads_somewhere(client: httpx.AsyncClient, path: str) -> None:
    page = Page((await client.get(path)).text)
    assert len(page.ids) == len(set(page.ids))
    assert {link for link in page.links if link.startswith("#")} <= {f"#{id_}" for id_ in page.ids}
    elsewhere = {link for link in page.links if not link.startswith("#")}
    assert elsewhere == {"/docs", "/asyncapi", "/openapi.json" if path == "/docs" else "/asyncapi.json"}


async def test_every_operation_message_and_schema_is_on_its_page(client: httpx.AsyncClient) -> None:
    docs, socket = Page((await client.get("/docs")).text), Page((await client.get("/asyncapi")).text)
    assert {operation["operationId"] for operation in operations(DOCUMENTS["openapi.json"])} <= set(docs.ids)
    assert set(DOCUMENTS["asyncapi.json"]["components"]["messages"]) <= set(socket.ids)
    for name, page in (("openapi.json", docs), ("asyncapi.json", socket)):
        assert {f"schema-{schema}" for schema in DOCUMENTS[name]["components"]["schemas"]} <= set(page.ids)


async def test_the_documents_are_served_as_they_are_kept(client: httpx.AsyncClient) -> None:
    for name, document in DOCUMENTS.items():
        assert (await client.get(f"/{name}")).json() == document
