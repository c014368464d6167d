"""`python docs/dishes.py`: draws the signature dishes of the demo restaurant, as one sees them on a table.

Each is an SVG of simple shapes, one over the other, which a browser paints and Pillow keeps as a small WebP.
"""

from __future__ import annotations

import asyncio
import io
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

from PIL import Image
from playwright.async_api import async_playwright

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))  # run as a file, Python looks only beside it

from tests.browser import chromium  # noqa: E402

DRAWINGS = HERE.parent / "src" / "restai" / "cli" / "demo" / "drawings"
WIDTH, HEIGHT = 640, 480  # px of a picture; what is drawn below has 800 by 600
QUALITY = 60  # of WebP's 100: flat colours need no more, and all eight together stay below 90 kB

SHADOW = "#2a1206"
LINEN, BRICK, AMBER = ("#efe0c6", "#c79a5c"), ("#d9744a", "#8e2f1c"), ("#e9c27d", "#b0582a")
SAGE, PLUM, SLATE = ("#cfdcc4", "#6f9160"), ("#b08aa8", "#5d3560"), ("#5b6470", "#272c33")

Table = tuple[str, str]
"""A table's colour in the light, and away from it."""


# ---- the brush: each answers with SVG around (0, 0)


def at(x: float, y: float, what: str, turn: float = 0) -> str:
    return f'<g transform="translate({x:.0f} {y:.0f}) rotate({turn:.0f})">{what}</g>'


def raised(shape: str, colour: str, by: float = 7) -> str:
    """A shape (an element that is still open), and the shadow that it casts."""
    shadow = f'fill="{SHADOW}" opacity=".28" transform="translate({by / 2} {by})"'
    return f'<{shape} {shadow}/><{shape} fill="{colour}"/>'


def ellipse(rx: float, ry: float | None = None, x: float = 0, y: float = 0) -> str:
    return f'ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{rx:.1f}" ry="{rx if ry is None else ry:.1f}"'


def bar(length: float, width: float, corner: float = 0.28) -> str:
    box = f'x="{-length / 2:.0f}" y="{-width / 2:.0f}" width="{length:.0f}" height="{width:.0f}"'
    return f'rect {box} rx="{width * corner:.0f}"'


def strip(length: float, width: float, colour: str, light: str) -> str:
    """A chip, or a strip of meat."""
    shine = f'<{bar(length - 8, width * 0.38, 0.5)} fill="{light}" opacity=".8"/>'
    return raised(bar(length, width), colour, 6) + at(0, -width * 0.2, shine)


def chunk(random: Random, radius: float, colours: tuple[str, str]) -> str:
    """A bite of something, no two alike."""
    ends = [radius * random.uniform(0.86, 1.14) for _ in range(9)]
    points = [(r * math.cos(k * math.tau / 9), r * math.sin(k * math.tau / 9)) for k, r in enumerate(ends)]
    middles = [
        ((x + next_x) / 2, (y + next_y) / 2)
        for (x, y), (next_x, next_y) in zip(points, points[1:] + points[:1], strict=True)
    ]
    curve = "".join(
        f"Q{x:.1f} {y:.1f} {middle_x:.1f} {middle_y:.1f}"
        for (x, y), (middle_x, middle_y) in zip(
            points[1:] + points[:1], middles[1:] + middles[:1], strict=True
        )
    )
    outline = f'path d="M{middles[0][0]:.1f} {middles[0][1]:.1f}{curve}Z"'
    colour, light = colours
    lit = f'transform="translate({-radius * 0.12:.1f} {-radius * 0.16:.1f}) scale(.72)" opacity=".75"'
    return raised(outline, colour) + f'<{outline} fill="{light}" {lit}/>'


def onion(radius: float, colour: str, sweep: float) -> str:
    """A thin slice of it."""
    half = math.radians(sweep / 2)
    x, y = radius * math.sin(half), -radius * math.cos(half)
    line = f'path d="M{-x:.1f} {y:.1f}A{radius:.1f} {radius:.1f} 0 0 1 {x:.1f} {y:.1f}" fill="none"'
    round_ = 'stroke-linecap="round"'
    return (
        f'<{line} {round_} stroke="{SHADOW}" opacity=".22" stroke-width="9" transform="translate(2 5)"/>'
        f'<{line} {round_} stroke="{colour}" stroke-width="8"/>'
        f'<{line} {round_} stroke="#fff" opacity=".55" stroke-width="3"/>'
    )


def lettuce(length: float, colour: str) -> str:
    half, wide = length / 2, length * 0.4
    outline = (
        f'path d="M0 {-half}C{wide} {-half * 0.6} {wide} {half * 0.6} 0 {half}'
        f'C{-wide} {half * 0.6} {-wide} {-half * 0.6} 0 {-half}Z"'
    )
    return (
        raised(outline, colour, 5) + f'<path d="M0 {-half}V{half * 0.9}" stroke="#cfe6b0" stroke-width="2"/>'
    )


def coriander(random: Random) -> str:
    leaf = f'<{ellipse(6, 11, y=-11)} fill="#3f7d34"/><path d="M0 0V-17" stroke="#8fc177"/>'
    return "".join(at(0, 0, leaf, turn + random.uniform(-12, 12)) for turn in (-60, 0, 60))


def slice_of(radius: float, rim: str, flesh: str) -> str:
    """Something round, cut through: or a small bowl of a sauce."""
    light = f'<{ellipse(radius * 0.55, x=-radius * 0.14, y=-radius * 0.14)} fill="#fff" opacity=".25"/>'
    return raised(ellipse(radius), rim) + f'<{ellipse(radius * 0.84)} fill="{flesh}"/>' + light


def lime(radius: float) -> str:
    reach = radius * 0.74
    segment = (
        f'<path d="M0 0L{reach * 0.96:.1f} {-reach * 0.28:.1f}'
        f'A{reach:.1f} {reach:.1f} 0 0 1 {reach * 0.96:.1f} {reach * 0.28:.1f}Z" fill="#b9d65c"/>'
    )
    cut = f'<{ellipse(radius * 0.86)} fill="#eef4c9"/>' + "".join(at(0, 0, segment, k * 45) for k in range(8))
    return raised(ellipse(radius), "#5d9b34") + cut


def places(random: Random, count: int, x: float, y: float, reach: float) -> Iterator[tuple[float, float]]:
    """Anywhere within reach of a point; what is further down lies on what is further up."""
    polar = [(random.random() * math.tau, reach * math.sqrt(random.random())) for _ in range(count)]
    return iter(sorted(((x + r * math.cos(a), y + r * math.sin(a)) for a, r in polar), key=lambda p: p[1]))


class Heap:
    """Things that were put on a plate without a plan, the same each time it is drawn."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def of(self, count: int, x: float, y: float, reach: float, make: Callable[[], str]) -> str:
        random = self.random
        return "".join(
            at(left, top, make(), random.uniform(0, 360)) for left, top in places(random, count, x, y, reach)
        )

    def chips(self, count: int, x: float, y: float, reach: float) -> str:
        def chip() -> str:
            colour = self.random.choice(["#eebb52", "#e5a93c", "#f3c866"])
            return strip(self.random.uniform(80, 120), 18, colour, "#fbe3a2")

        return self.of(count, x, y, reach, chip)

    def onions(self, count: int, x: float, y: float, reach: float) -> str:
        def ring() -> str:
            colour = self.random.choice(["#a2406f", "#b95689", "#d9a9bf"])
            return onion(self.random.uniform(26, 44), colour, self.random.uniform(100, 165))

        return self.of(count, x, y, reach, ring)

    def herbs(self, count: int, x: float, y: float, reach: float) -> str:
        return self.of(count, x, y, reach, lambda: coriander(self.random))

    def grains(self, count: int, x: float, y: float, reach: float, *, colours: list[str], edge: str) -> str:
        def grain() -> str:
            return f'<{ellipse(8.5, 3.6)} fill="{self.random.choice(colours)}" stroke="{edge}"/>'

        return self.of(count, x, y, reach, grain)


def picture(table: Table, *layers: str) -> str:
    """What lies on a table, from the lowest to what is on top."""
    light, dark = table
    return f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 600" width="{WIDTH}">
<defs>
<radialGradient id="table" cx=".3" cy=".2" r="1.1">
  <stop offset="0" stop-color="{light}"/><stop offset="1" stop-color="{dark}"/>
</radialGradient>
<radialGradient id="plate" cx=".4" cy=".35" r=".75">
  <stop offset="0" stop-color="#fffdf9"/><stop offset=".75" stop-color="#f4efe6"/>
  <stop offset="1" stop-color="#ddd4c6"/>
</radialGradient>
<filter id="soft" x="-30%" y="-30%" width="160%" height="160%"><feGaussianBlur stdDeviation="22"/></filter>
</defs>
<rect width="800" height="600" fill="url(#table)"/>
{"".join(layers)}
</svg>"""


def plate(rx: float = 255, ry: float = 255) -> str:
    whole, well = ellipse(rx, ry), ellipse(rx * 0.76, ry * 0.76)
    shadow = f'<{whole} fill="{SHADOW}" opacity=".4" filter="url(#soft)" transform="translate(14 20)"/>'
    return at(400, 300, f'{shadow}<{whole} fill="url(#plate)"/><{well} fill="#f2ece2" stroke="#d8cfc0"/>')


# ---- the dishes


def causa() -> str:
    heap = Heap(11)
    dots = "".join(at(400, 300, f'<{ellipse(6, x=178)} fill="#e2b23c"/>', k * 15) for k in range(24))
    cake = raised(ellipse(128, y=8), "#c98f1e", 14) + f'<{ellipse(126)} fill="#f0bd3f"/>'
    avocado = raised('path d="M-20 46C-34 10 -22 -40 0 -48C22 -40 34 10 20 46Q0 34 -20 46Z"', "#6f9e3c", 5)
    avocado += '<path d="M-15 38C-26 8 -17 -34 0 -42C17 -34 26 8 15 38Q0 28 -15 38Z" fill="#d6e29a"/>'
    angles = [2.5 + k * 0.42 for k in range(6)]
    fan = "".join(
        at(400 + 62 * math.cos(a), 300 + 58 * math.sin(a), avocado, math.degrees(a) + 90) for a in angles
    )
    egg = raised(ellipse(46, 36), "#fffdf6") + f'<{ellipse(20)} fill="#f4a62a"/>'
    olive = raised(ellipse(20), "#3a2235") + f'<{ellipse(6, 4, -7, -8)} fill="#8b6a86"/>'
    chilli = raised('path d="M-34 0Q0 -16 34 0Q0 10 -34 0Z"', "#d5361f", 4)
    return picture(
        LINEN,
        plate() + dots + at(400, 290, cake) + fan,
        at(452, 262, egg, 20) + at(440, 345, olive) + at(395, 350, chilli, -30),
        at(470, 310, coriander(heap.random)) + at(418, 232, coriander(heap.random), 40),
    )


def anticuchos() -> str:
    heap = Heap(5)
    grill = (
        '<path d="M-20 -14L18 -20M-22 2L22 -4M-18 17L20 11" stroke="#2a0f07" stroke-width="4" opacity=".55"/>'
    )

    def skewer() -> str:
        meat = (chunk(heap.random, 37, ("#6b2f1d", "#a05535")) + grill for _ in range(5))
        return raised(bar(500, 8), "#c99a5b") + "".join(at(-130 + k * 66, 0, m) for k, m in enumerate(meat))

    potato = raised(ellipse(40, 30), "#caa047") + f'<{ellipse(33, 24)} fill="#f3d985"/>'
    rows = [(-45 + i * 18, -20 + j * 14) for i in range(6) for j in range(4)]
    corn = raised(bar(124, 64, 0.44), "#e8c75a") + "".join(
        at(x, y, f'<{bar(16, 12, 0.4)} fill="#f8e394"/>') for x, y in rows
    )
    return picture(
        SLATE,
        plate(300, 225) + at(395, 245, skewer(), -14) + at(405, 325, skewer(), -8),
        at(250, 385, potato, 20) + at(310, 420, potato, 70) + at(375, 428, potato, 40),
        at(500, 412, corn, -12) + at(585, 330, slice_of(46, "#f7f1e6", "#d98a1f")),
        heap.herbs(5, 300, 300, 60) + heap.herbs(4, 480, 260, 60),
    )


def cebiche() -> str:
    heap = Heap(4)
    fish = heap.of(26, 410, 300, 118, lambda: chunk(heap.random, 32, ("#f1e9dc", "#fffdf8")))
    corn = raised(ellipse(12, 9.5), "#f3e2a0", 4) + f'<{ellipse(5, 3, -3, -3)} fill="#fffbe0"/>'
    chilli = f'<{ellipse(9)} fill="none" stroke="#d7301f" stroke-width="6"/>'
    sweet = slice_of(44, "#b9592a", "#f08b3a")
    return picture(
        SAGE,
        plate() + at(285, 330, lettuce(190, "#7fb65a"), -38) + at(320, 250, lettuce(170, "#6aa64a"), -70),
        f'<{ellipse(165, 140, 410, 310)} fill="#f6eebd"/>' + fish + heap.onions(17, 410, 290, 105),
        at(545, 395, sweet) + at(505, 440, sweet) + at(455, 470, sweet),
        heap.of(22, 300, 425, 56, lambda: corn) + heap.of(9, 420, 290, 95, lambda: chilli),
        heap.herbs(12, 420, 295, 110) + at(560, 205, lime(44)),
    )


def lomo_saltado() -> str:
    heap = Heap(7)
    rice = at(300, 270, raised(ellipse(98, 92), "#fbf7ec", 12))
    grains = heap.grains(190, 300, 268, 86, colours=["#fffefa"], edge="#dcd2bd")

    def beef() -> str:
        colour = heap.random.choice(["#6d3a22", "#7d4528", "#5a2d1a"])
        return strip(heap.random.uniform(56, 84), 28, colour, "#a5683f")

    tomato = raised('path d="M-30 0A30 30 0 0 0 30 0Q0 -12 -30 0Z"', "#cf3b26", 6)
    tomato += '<path d="M-20 3A22 20 0 0 0 20 3Q0 -5 -20 3Z" fill="#ec6b4b"/>'
    return picture(
        AMBER,
        plate() + rice + grains + heap.chips(26, 330, 400, 95) + heap.of(24, 465, 300, 115, beef),
        heap.of(12, 470, 300, 115, lambda: tomato) + heap.onions(15, 465, 300, 118),
        heap.herbs(16, 460, 300, 118),
    )


def arroz_con_mariscos() -> str:
    heap = Heap(21)
    colours = ["#f0a544", "#e8943a", "#f6ba62", "#d98229"]
    rice = at(400, 300, raised(ellipse(180, 174), "#e08a2c"))
    pea = raised(ellipse(8), "#6fa83c", 3)
    pepper = strip(46, 11, "#c8321f", "#ef7a5d")
    mussel = raised('path d="M-58 0C-40 -36 34 -36 58 0C34 34 -40 34 -58 0Z"', "#23283a", 8)
    mussel += f'<{ellipse(44, 20)} fill="#8390ab"/><{ellipse(28, 13)} fill="#e99a4a"/>'
    back = 'path d="M-34 26A44 44 0 1 1 38 20" fill="none" stroke-linecap="round"'
    prawn = (
        f'<{back} stroke="{SHADOW}" opacity=".3" stroke-width="30" transform="translate(4 8)"/>'
        f'<{back} stroke="#ee8b68" stroke-width="30"/><{back} stroke="#fbc3a6" stroke-width="10"/>'
        '<path d="M38 20L66 34L50 44Z" fill="#d9613f"/>'
    )
    squid = f'<{ellipse(24)} fill="none" stroke="#d9c9b4" stroke-width="15"/>'
    squid += f'<{ellipse(24)} fill="none" stroke="#f9f1e6" stroke-width="11"/>'
    return picture(
        BRICK,
        plate() + rice + heap.grains(620, 400, 300, 168, colours=colours, edge="#b5651a"),
        heap.of(26, 400, 300, 158, lambda: pea) + heap.of(12, 400, 300, 150, lambda: pepper),
        at(285, 215, mussel, -40) + at(530, 250, mussel, 40) + at(315, 420, mussel, 25),
        at(400, 265, prawn, 10) + at(475, 385, prawn, 120) + at(275, 320, prawn, -80),
        at(395, 165, squid) + at(390, 405, squid) + at(520, 330, squid),
        heap.herbs(12, 400, 300, 145) + at(560, 165, lime(42)),
    )


def pollo_a_la_brasa() -> str:
    heap = Heap(3)
    outline = (
        'path d="M-110 30C-130 -30 -70 -100 10 -96C80 -92 120 -50 126 -6C150 -18 190 -16 196 6'
        'C200 30 168 44 138 36C110 84 40 112 -30 98C-72 90 -102 62 -110 30Z"'
    )
    chicken = raised(outline, "#a4521c", 14)
    chicken += f'<{outline} fill="#c2702c" transform="translate(-6 -10) scale(.88)"/>'
    chicken += f'<{outline} fill="#dd9a4c" transform="translate(-18 -26) scale(.55)"/>'
    chicken += f'<{ellipse(40, 14, -30, -50)} fill="#f6cf8d" opacity=".7" transform="rotate(-24 -30 -50)"/>'
    chicken += f'<{ellipse(16, 13, 190, 8)} fill="#f3e7d2"/>'
    spice = f'<{ellipse(3.2)} fill="#4a1f0a" opacity=".65"/>'
    greens = [lettuce(86, colour) for colour in ("#6aa64a", "#83b85c", "#5a9440", "#6aa64a")]
    tomato = slice_of(24, "#b92f1d", "#e2533a")
    return picture(
        AMBER,
        plate(300, 225) + heap.chips(30, 270, 355, 100) + at(450, 265, chicken, -12),
        heap.of(26, 440, 262, 72, lambda: spice),
        "".join(at(470 + 34 * k, 420 - 8 * (k % 2), leaf, 40 * k - 60) for k, leaf in enumerate(greens)),
        at(505, 430, tomato) + at(555, 405, tomato),
        at(245, 225, slice_of(48, "#f7f1e6", "#e6b32c")) + at(190, 300, slice_of(40, "#f7f1e6", "#7d9a3c")),
    )


def suspiro() -> str:
    heap = Heap(9)
    cup = (
        raised(ellipse(152), "#f7f3ec", 12)
        + f'<{ellipse(140)} fill="#b8742c"/><{ellipse(128)} fill="#cb8a3c"/>'
    )
    curl = (
        '<path d="M-26 8A27 27 0 0 1 22 -15A16 16 0 0 1 -9 5" fill="none" stroke="#e6d2b5" stroke-width="5"/>'
    )
    puff = raised(ellipse(44), "#fdf6ea") + curl
    rings = [(11, 84.0, 0.0), (7, 46.0, 0.4), (1, 0.0, 0.8)]
    turns = [(r, k * math.tau / count + off) for count, r, off in rings for k in range(count)]
    meringue = "".join(at(r * math.cos(a), r * math.sin(a), puff, math.degrees(a)) for r, a in turns)
    cinnamon = f'<{ellipse(2.4)} fill="#8a4a1c" opacity=".75"/>'
    stick = raised(bar(190, 26, 0.5), "#8d4f22") + f'<{bar(190, 7, 0.5)} fill="#5f3213"/>'
    return picture(
        PLUM,
        plate(215, 215) + at(400, 298, cup + meringue) + heap.of(90, 400, 298, 98, lambda: cinnamon),
        at(590, 420, stick, -35),
    )


def pisco_sour() -> str:
    heap = Heap(2)
    glass = f'<{ellipse(202)} fill="#fff" fill-opacity=".28" stroke="#fff" stroke-width="7"/>'
    foam = f'<{ellipse(180)} fill="#e9dcae"/><{ellipse(174, x=-6, y=-8)} fill="#fbf6e3"/>'
    bubble = f'<{ellipse(4)} fill="#fffdf4" stroke="#e8dcb8"/>'
    bitters = f'<{ellipse(17)} fill="#7d3512"/><{ellipse(6, x=-4, y=-5)} fill="#b4663a"/>'
    bitters += '<path d="M8 12q18 10 12 30" stroke="#7d3512" stroke-width="6" fill="none" opacity=".7"/>'
    shadow = f'<{ellipse(200)} fill="{SHADOW}" opacity=".45" filter="url(#soft)"/>'
    gleam = (
        '<path d="M250 210A180 180 0 0 1 360 128" stroke="#fff" stroke-width="12" fill="none" opacity=".85"/>'
    )
    return picture(
        SLATE,
        at(430, 340, shadow) + at(400, 300, glass + foam) + heap.of(160, 400, 298, 165, lambda: bubble),
        at(360, 275, bitters) + at(415, 310, bitters) + at(445, 255, bitters) + gleam,
        at(590, 440, lime(74)),
    )


DISHES: dict[str, Callable[[], str]] = {
    "anticuchos": anticuchos,
    "arroz-con-mariscos": arroz_con_mariscos,
    "causa": causa,
    "cebiche": cebiche,
    "lomo-saltado": lomo_saltado,
    "pisco-sour": pisco_sour,
    "pollo-a-la-brasa": pollo_a_la_brasa,
    "suspiro": suspiro,
}


async def main() -> None:
    DRAWINGS.mkdir(exist_ok=True)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium.executable(), args=chromium.ARGUMENTS
        )
        page = await browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for name, draw in DISHES.items():
            await page.set_content(f"<style>body{{margin:0}}svg{{display:block}}</style>{draw()}")
            painted = Image.open(io.BytesIO(await page.screenshot())).convert("RGB")
            painted.save(DRAWINGS / f"{name}.webp", quality=QUALITY, method=6)


if __name__ == "__main__":
    asyncio.run(main())
