"""Codes as pictures and as cards to print: each is read as a phone's camera reads it."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from typing import Any

import httpx
import pytest
import zxingcpp
from PIL import Image, ImageDraw

from restai.features.tables.rules import as_counted
from restai.http.api import create_api
from restai.http.deps import Context
from tests.support.floor_plan import FloorPlan
from tests.support.house import ROUTERS, House, api_client

PIXELS = 8  # a module of a code that is drawn to be read


def scanned(picture: Image.Image) -> str:
    """What a camera reads."""
    (found,) = zxingcpp.read_barcodes(picture.convert("L"))
    text: str = found.text
    return text


def drawn(svg: str) -> Image.Image:
    """An SVG of a code as pixels: its path is rows of strokes, a module thick."""
    size = int(re.findall(r'viewBox="0 0 (\d+)', svg)[0])
    picture = Image.new("L", (size * PIXELS, size * PIXELS), 255)
    pen, x, y = ImageDraw.Draw(picture), 0.0, 0.0
    for verb, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?", strokes(svg)):
        if verb == "M":
            x, y = float(first), float(second)
        elif verb == "m":
            x, y = x + float(first), y + float(second)
        else:
            ends = ((x + float(first)) * PIXELS - 1, (y + 0.5) * PIXELS - 1)
            pen.rectangle((x * PIXELS, (y - 0.5) * PIXELS, *ends), fill=0)
            x += float(first)
    return picture


def strokes(svg: str) -> str:
    return re.findall(r'<path stroke="#000" d="([^"]*)"', svg)[0]


class Sheet(HTMLParser):
    """A printed sheet: the text on each card, and whatever would be loaded from somewhere."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.cards: list[list[str]] = []
        self.loaded: list[str] = []
        self.pictures = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "article":
            self.cards.append([])
        if tag in ("script", "link", "img", "iframe", "object") or any(
            name in ("src", "href", "xlink:href") for name, _ in attrs
        ):
            self.loaded.append(tag)

    def handle_data(self, data: str) -> None:
        if self.cards and data.strip():
            self.cards[-1].append(data.strip())


async def picture(plan: FloorPlan, table: dict[str, Any], kind: str) -> httpx.Response:
    answer = await plan.manager.get(f"/api/tables/{table['id']}/qr?format={kind}")
    assert answer.status_code == 200, answer.text
    return answer


# ---- one table


async def test_a_table_has_its_code_as_a_picture_of_pixels(plan: FloorPlan) -> None:
    table = await plan.table("5")
    answer = await picture(plan, table, "png")
    assert answer.headers["Content-Type"] == "image/png"
    assert scanned(Image.open(io.BytesIO(answer.content))) == f"http://test/t/{table['code']}"


async def test_a_table_has_its_code_as_a_picture_of_any_size(plan: FloorPlan) -> None:
    table = await plan.table("5 & <b>")
    answer = await picture(plan, table, "svg")
    assert answer.headers["Content-Type"] == "image/svg+xml"
    assert scanned(drawn(answer.text)) == f"http://test/t/{table['code']}"
    assert "<title>5 &amp; &lt;b&gt;</title>" in answer.text
    plain = await plan.manager.get(f"/api/tables/{table['id']}/qr")
    assert plain.content == answer.content


async def test_the_code_says_where_phones_reach_the_house(plan: FloorPlan, context: Context) -> None:
    table = await plan.table("5")
    public = Context(context.database, context.tokens, context.clock, "https://lola.example")
    async with api_client(create_api(public, ROUTERS)) as client:
        token = plan.house.token(plan.house.manager)
        answer = await client.get(
            f"/api/tables/{table['id']}/qr?format=png", headers={"Authorization": f"Bearer {token}"}
        )
    assert scanned(Image.open(io.BytesIO(answer.content))) == f"https://lola.example/t/{table['code']}"


@pytest.mark.parametrize("kind", ["gif", "", "SVG"])
async def test_other_pictures_there_are_none(plan: FloorPlan, kind: str) -> None:
    table = await plan.table("5")
    answer = await plan.manager.get(f"/api/tables/{table['id']}/qr?format={kind}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


# ---- the sheet


async def test_a_sheet_has_a_card_for_each_table(plan: FloorPlan) -> None:
    terrace, hall = await plan.space("Terrace & Co"), await plan.space("Hall", position=0)
    tables = {
        number: await plan.table(number, spaceId=space)
        for number, space in [("T10", terrace), ("T2", terrace), ("10", hall), ("9", hall)]
    }
    gone = await plan.table("11", spaceId=hall)
    await plan.manager.delete(f"/api/tables/{gone['id']}")
    answer = await plan.manager.get("/api/tables/qr-sheet")
    sheet = Sheet(answer.text)
    expected = [("9", "Hall"), ("10", "Hall"), ("T2", "Terrace & Co"), ("T10", "Terrace & Co")]
    for card, svg, (number, space) in zip(sheet.cards, sheet.pictures, expected, strict=True):
        code = tables[number]["code"]
        assert card == [
            "Casa Lola",
            space,
            "Table",
            number,
            "Scan for the menu and to order",
            "No camera? Open test/t and type",
            f"{code[:4]}-{code[4:]}",
        ]
        assert scanned(drawn(svg)) == f"http://test/t/{code}"


async def test_a_sheet_loads_nothing_and_may_load_nothing(plan: FloorPlan) -> None:
    await plan.table("1")
    answer = await plan.manager.get("/api/tables/qr-sheet")
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert Sheet(answer.text).loaded == []
    assert "url(" not in answer.text and "@import" not in answer.text
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src")


async def test_a_sheet_speaks_spanish(plan: FloorPlan) -> None:
    await plan.table("1")
    (card,) = Sheet((await plan.manager.get("/api/tables/qr-sheet?lang=es")).text).cards
    assert card[1:4] == ["Mesa", "1", "Escanea para ver la carta y pedir"]


async def test_what_people_wrote_is_text_on_it(plan: FloorPlan) -> None:
    await plan.manager.patch(f"/api/branches/{plan.house.branch_id}", json={"name": "<script>1</script>"})
    await plan.table("<svg/onload>")
    sheet = Sheet((await plan.manager.get("/api/tables/qr-sheet")).text)
    assert sheet.loaded == []
    assert (sheet.cards[0][0], sheet.cards[0][2]) == ("<script>1</script>", "<svg/onload>")


async def test_a_branch_without_tables_has_an_empty_one(plan: FloorPlan) -> None:
    assert Sheet((await plan.manager.get("/api/tables/qr-sheet")).text).cards == []


# ---- who may


async def test_staff_print_what_is_theirs(plan: FloorPlan, rival: House) -> None:
    table = await plan.table("1")
    house, stranger = plan.house, rival.as_(rival.admin)
    for url in (f"/api/tables/{table['id']}/qr", f"/api/tables/qr-sheet?branchId={house.branch_id}"):
        assert (await house.as_(house.waiter).get(url)).status_code == 200
        assert (await stranger.get(url)).status_code == 404
        assert (await house.with_token(None).get(url)).status_code == 401


@pytest.mark.parametrize(
    "numbers",
    [["1", "2", "9", "10", "100"], ["B1", "B2", "B10", "T1"], ["2", "10", "A", "b", "C"], ["7", "7a", "7b"]],
)
def test_tables_stand_as_people_count_them(numbers: list[str]) -> None:
    assert sorted(set(numbers), key=as_counted) == numbers
