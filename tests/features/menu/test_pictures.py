"""What becomes of an uploaded file: sizes, what is left out of it, and what is refused."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image, ImageCms

from restai.errors import Invalid
from restai.features.menu.service.pictures import Picture, prepare

RED, BLUE = (200, 30, 30), (30, 30, 200)


def file(image: Image.Image, kind: str = "JPEG", **more: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def half_red(width: int, height: int) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), BLUE)
    image.paste(RED, (0, 0, width // 2, height))
    return image


def opened(picture: Picture) -> list[Image.Image]:
    return [Image.open(io.BytesIO(each.content)) for each in picture.variants]


def near(pixel: Any, colour: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 40 for one, other in zip(pixel[:3], colour, strict=True))


def test_a_photograph_becomes_two_sizes_of_webp() -> None:
    picture = prepare(file(half_red(3000, 2000)))
    assert [(each.size, each.width, each.height) for each in picture.variants] == [
        (960, 960, 640),
        (320, 320, 213),
    ]
    for image, each in zip(opened(picture), picture.variants, strict=True):
        assert (image.format, image.size) == ("WEBP", (each.width, each.height))
        assert near(image.getpixel((10, 10)), RED)
        assert near(image.getpixel((each.width - 10, 10)), BLUE)
        assert len(each.content) < 100_000


def test_what_is_small_is_not_blown_up() -> None:
    picture = prepare(file(half_red(100, 40), "PNG"))
    assert [(each.width, each.height) for each in picture.variants] == [(100, 40), (100, 40)]


SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


@pytest.mark.parametrize("more", [{}, {"icc_profile": SRGB}], ids=["plain", "with a profile"])
def test_a_phone_held_upright_is_seen_upright(more: dict[str, bytes]) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # Orientation: turn it by 90° clockwise
    picture = prepare(file(half_red(2000, 1000), exif=exif, **more))
    large, _ = opened(picture)
    assert large.size == (480, 960)
    assert near(large.getpixel((240, 10)), RED)
    assert near(large.getpixel((240, 950)), BLUE)


def test_where_it_was_taken_and_by_whom_is_left_out() -> None:
    exif = Image.Exif()
    exif[0x013B] = "Lola Secret"  # Artist
    exif.get_ifd(0x8825)[1] = "S"  # GPSLatitudeRef
    sent = file(half_red(400, 400), exif=exif, icc_profile=SRGB, comment=b"Lola Secret")
    assert b"Lola Secret" in sent
    for each, image in zip(prepare(sent).variants, opened(prepare(sent)), strict=True):
        assert b"Lola" not in each.content
        assert dict(image.getexif()) == {}
        assert not {"icc_profile", "exif", "xmp"} & set(image.info)


def test_the_same_picture_has_the_same_name_and_another_another() -> None:
    one = file(half_red(400, 300))
    assert prepare(one).hash == prepare(one).hash
    assert prepare(one).hash != prepare(file(half_red(300, 400))).hash


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "P", "LA", "CMYK", "1", "I;16"])
def test_whatever_a_program_saves_is_taken(kind: str, mode: str) -> None:
    image = half_red(50, 50).convert("I").convert(mode) if mode == "I;16" else half_red(50, 50).convert(mode)
    try:
        sent = file(image, kind)
    except (OSError, ValueError):
        return  # which no program saves
    assert prepare(sent).variants[0].width == 50


def test_what_is_seen_through_stays_so() -> None:
    image = Image.new("RGBA", (50, 50), (*RED, 0))
    large, small = opened(prepare(file(image, "PNG")))
    assert large.getpixel((5, 5))[3] == small.getpixel((5, 5))[3] == 0  # type: ignore[index]


def test_a_profile_that_is_none_is_no_matter() -> None:
    assert prepare(file(half_red(50, 50), icc_profile=b"nonsense" * 40)).variants[0].width == 50


@pytest.mark.parametrize(
    "wrong",
    {
        "nothing": b"",
        "text": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        "gif": file(half_red(9, 9), "GIF"),
        "tiff": file(half_red(9, 9), "TIFF"),
        "half a photograph": file(half_red(900, 900))[:2_000],
        "only a beginning": b"\x89PNG\r\n\x1a\n",
        "broken inside": file(half_red(90, 90), "PNG").replace(b"IDAT", b"IDAX"),
    }.items(),
    ids=lambda each: each[0],
)
def test_what_is_no_picture_is_refused(wrong: tuple[str, bytes]) -> None:
    with pytest.raises(Invalid, match="JPEG, PNG or WebP"):
        prepare(wrong[1])


def test_what_would_fill_the_memory_is_refused_before_it_does() -> None:
    bomb = file(Image.new("1", (10_000, 5_001)), "PNG")
    assert len(bomb) < 20_000
    with pytest.raises(Invalid, match="more than 50 megapixels"):
        prepare(bomb)
