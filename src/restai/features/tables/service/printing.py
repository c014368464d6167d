"""Tables' codes as pictures, and as cards to print and cut. Pure, and slow: some 10 ms a code, so that
a sheet of many is drawn in a thread."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Literal, NamedTuple

import segno
from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from restai.features.tables.rules import written

QUIET_ZONE = 4  # modules of white around a code, as ISO/IEC 18004 asks for
PNG_MODULE = 32  # pixels: a code of 1184, enough for a poster

Language = Literal["en", "es"]

WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Codes of the tables",
        "table": "Table",
        "scan": "Scan for the menu and to order",
        "type": "No camera? Open {} and type",
    },
    "es": {
        "title": "Códigos de las mesas",
        "table": "Mesa",
        "scan": "Escanea para ver la carta y pedir",
        "type": "¿Sin cámara? Abre {} y escribe",
    },
}

_templates = Environment(
    loader=PackageLoader("restai.features.tables.service"),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)


class Card(NamedTuple):
    """A table as its card shows it."""

    number: str
    space: str | None
    code: str


def link(house: str, code: str) -> str:
    """What a table's QR code says; `house` is where phones reach it, without a slash at the end."""
    return f"{house}/t/{code}"


def svg(house: str, card: Card) -> bytes:
    """The table's QR code as a picture of its own, of any size."""
    out = io.BytesIO()
    code = _drawn(house, card)
    code.save(out, kind="svg", title=card.number, light="#fff", xmldecl=False, omitsize=True, **_PLAIN)
    return out.getvalue()


def png(house: str, card: Card) -> bytes:
    """The same as a picture of pixels."""
    out = io.BytesIO()
    _drawn(house, card).save(out, kind="png", scale=PNG_MODULE, border=QUIET_ZONE)
    return out.getvalue()


def sheet(house: str, branch: str, cards: Sequence[Card], language: Language) -> bytes:
    """A page of HTML with a card for each table, six to a sheet of paper; it loads nothing."""
    words = WORDS[language]
    address = link(house, "").removeprefix("https://").removeprefix("http://").rstrip("/")
    page = _templates.get_template("qr-sheet.html").render(
        language=language,
        words=words,
        typing=words["type"].format(address),
        branch=branch,
        cards=[(card, written(card.code), _inline(house, card)) for card in cards],
    )
    return page.encode()


_PLAIN = {"border": QUIET_ZONE, "svgclass": None, "lineclass": None}


def _drawn(house: str, card: Card) -> segno.QRCode:
    return segno.make_qr(link(house, card.code), error="m")


def _inline(house: str, card: Card) -> Markup:
    return Markup(_drawn(house, card).svg_inline(omitsize=True, **_PLAIN))
