"""Making of an uploaded file what phones are sent: two sizes of WebP, upright, and nothing else of it.

A file comes from anybody's camera or from somebody who means harm: it is told to be a picture by being
decoded, never by its name. Slow, so for a thread.
"""

from __future__ import annotations

import hashlib
import io
import threading
from typing import Final, NamedTuple

from PIL import Image, ImageCms, ImageOps

from restai.errors import Invalid
from restai.features.menu.rules import LARGE, SMALL

FORMATS: Final = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 50_000_000  # the largest camera of a common phone; decoded, 200 MB
QUALITY = 80  # of WebP's 100: a dish fills a phone's width without a visible flaw in some 80 kB

_one_at_a_time = threading.Lock()  # for what a decoded picture takes of memory


class Variant(NamedTuple):
    """A picture as it is sent. `size` is the longest that its longer side may be, in pixels."""

    size: int
    width: int
    height: int
    content: bytes


class Picture(NamedTuple):
    """An uploaded picture, by the hash of all that is sent of it."""

    hash: str
    variants: tuple[Variant, ...]


def prepare(file: bytes) -> Picture:
    """The picture in a file. Raises Invalid for what is none, or has more than `MOST_PIXELS`."""
    with _one_at_a_time:
        try:
            with Image.open(io.BytesIO(file), formats=FORMATS) as image:
                large = _opened(image)
        except Invalid:
            raise
        except Exception as error:  # a decoder has its own word for each way of being broken
            raise Invalid("file", f"is no picture in JPEG, PNG or WebP that can be read: {error}") from None
        variants = tuple(_variant(large, size) for size in (LARGE, SMALL))
    digest = hashlib.sha256(b"".join(each.content for each in variants)).hexdigest()
    return Picture(digest, variants)


def _opened(image: Image.Image) -> Image.Image:
    """A picture in sRGB, upright, no larger than is ever sent. Raises Invalid, and what a decoder may."""
    if image.width * image.height > MOST_PIXELS:
        raise Invalid("file", f"has more than {MOST_PIXELS // 1_000_000} megapixels")
    image.thumbnail((LARGE, LARGE), reducing_gap=2.0)
    return _in_srgb(ImageOps.exif_transpose(image))  # what a profile has been applied to forgets its way up


def _in_srgb(image: Image.Image) -> Image.Image:
    """Its colours as every screen has them; phones save in a profile of their own."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK"):
        return image.convert(mode)
    try:
        own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        srgb = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, own, srgb, outputMode=mode) or image
    except (OSError, ImageCms.PyCMSError):  # a profile that is none
        return image.convert(mode)


def _variant(large: Image.Image, size: int) -> Variant:
    image = large.copy()
    image.thumbnail((size, size))
    out = io.BytesIO()
    # what is not named here would be taken over from the file: where the photograph was taken, and by whom
    image.save(out, "WEBP", quality=QUALITY, exif=b"", icc_profile=b"", xmp=b"")
    return Variant(size, image.width, image.height, out.getvalue())
