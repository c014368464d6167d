"""Keeping pictures: by the hash of what is in them, as long as a menu shows them."""

from __future__ import annotations

from sqlalchemy import Select, delete, select, update

from restai.clock import DAY
from restai.db.transaction import Transaction
from restai.db.upsert import insert_new
from restai.errors import Busy, Invalid, NotFound
from restai.features.menu.models import Image, ImageVariant, Item
from restai.features.menu.rules import IMAGES, image_hash, image_url
from restai.features.menu.service.pictures import Picture

UNUSED_LIFE = DAY  # a picture may lie there while its dish is being written
TRIES = 3  # it may be forgotten, or come, between two looks; more often is no coincidence
BATCH = 20  # looked at in one transaction: each that goes is some 100 kB


async def keep_image(tx: Transaction, picture: Picture) -> Image:
    """Keep a picture, for a day unless a dish gets it. The same one again is the same row. Raises Busy."""
    for _ in range(TRIES):
        if await _added(tx, picture) or await _put_off(tx, picture.hash):
            return await tx.session.get_one(Image, picture.hash, populate_existing=True)
    raise Busy


async def image_content(tx: Transaction, hash_: str, size: int) -> bytes:
    """A picture in one of its sizes. Raises NotFound."""
    content = await tx.session.scalar(
        select(ImageVariant.content).where(ImageVariant.hash == hash_, ImageVariant.size == size)
    )
    if content is None:
        raise NotFound("image", hash_)
    return content


async def check_image(tx: Transaction, url: str | None) -> None:
    """Before a dish shows a picture: one of ours must be there, and stays. Raises Invalid."""
    if url is None or not url.startswith(IMAGES):
        return
    hash_ = image_hash(url)
    if hash_ is None or not await _put_off(tx, hash_):
        raise Invalid("imageUrl", "there is no such image: upload it again")


def aged(now: int) -> Select[str]:
    """Pictures whose day is over at `now` (ms): they go, unless a dish shows them."""
    return select(Image.hash).where(Image.due_at <= now).order_by(Image.due_at)


async def expire_due(tx: Transaction, now: int) -> int:
    """Forget the `aged` ones that no dish shows at `now` (ms); how many were looked at.

    Who gives one to a dish meanwhile puts off its day, and so either comes first or finds it gone.
    """
    batch = aged(now).limit(BATCH).with_for_update(skip_locked=True)
    hashes = (await tx.session.scalars(batch)).all()
    urls = {image_url(hash_): hash_ for hash_ in hashes}
    shown = select(Item.image_url).where(Item.image_url.in_(urls), Item.archived.is_(False))
    used = {urls[url] for url in await tx.session.scalars(shown) if url is not None}
    unused = set(hashes) - used
    await tx.session.execute(update(Image).where(Image.hash.in_(used)).values(due_at=now + UNUSED_LIFE))
    await tx.session.execute(delete(ImageVariant).where(ImageVariant.hash.in_(unused)))
    await tx.session.execute(delete(Image).where(Image.hash.in_(unused)))
    return len(hashes)


async def _added(tx: Transaction, picture: Picture) -> bool:
    """Write a picture that is not there yet; whether that was so."""
    due_at = tx.now + UNUSED_LIFE
    if not await insert_new(tx.session, Image, hash=picture.hash, due_at=due_at, created_at=tx.now):
        return False
    tx.session.add_all(
        ImageVariant(
            hash=picture.hash,
            size=each.size,
            width=each.width,
            height=each.height,
            content=each.content,
        )
        for each in picture.variants
    )
    return True


async def _put_off(tx: Transaction, hash_: str) -> bool:
    """Keep a picture for another day, locked until this transaction ends; whether it is there."""
    again = update(Image).where(Image.hash == hash_).values(due_at=tx.now + UNUSED_LIFE)
    return (await tx.session.execute(again.returning(Image.hash))).first() is not None
