"""Pictures of dishes over the API: uploaded, shown, and forgotten."""

from __future__ import annotations

import asyncio
import io
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from PIL import Image

from restai.clock import DAY, HOUR
from restai.features.menu import service
from restai.features.menu.service import pictures
from restai.http.deps import Context
from tests.support.carte import Carte
from tests.support.clock import ManualClock
from tests.support.databases import somebody_waits
from tests.support.evening import ok, refused
from tests.support.house import PASSWORD, Caller

MIB = 1024 * 1024


def photograph(shade: int = 200, width: int = 1200, height: int = 800) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (shade, 60, 60)).save(out, "JPEG")
    return out.getvalue()


async def upload(caller: Caller, content: bytes, **more: Any) -> httpx.Response:
    files = {"file": ("lomo.jpg", content, "image/jpeg")}
    return await caller.post("/api/menu/images", files=files, **more)


async def uploaded(carte: Carte, shade: int = 200) -> str:
    """A picture that the manager uploaded; its url."""
    url: str = ok(await upload(carte.manager, photograph(shade)), 201)["url"]
    return url


async def status(carte: Carte, url: str) -> int:
    return (await carte.house.with_token(None).get(url)).status_code


async def sweep(context: Context) -> int:
    async with context.database.transaction() as tx:
        return await service.expire_due(tx, tx.now)


# ---- uploading and showing


async def test_a_picture_is_uploaded_and_anybody_sees_it(carte: Carte) -> None:
    answer = await upload(carte.manager, photograph())
    image = ok(answer, 201)
    assert image == {"url": image["url"], "width": 960, "height": 640}
    assert answer.headers["Location"] == image["url"]
    nobody = carte.house.with_token(None)
    for name, size in (("", (960, 640)), ("-960", (960, 640)), ("-320", (320, 213))):
        shown = await nobody.get(image["url"] + name)
        assert shown.status_code == 200
        assert shown.headers["Content-Type"] == "image/webp"
        assert shown.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        assert Image.open(io.BytesIO(shown.content)).size == size


async def test_who_has_it_already_is_not_sent_it_again(carte: Carte) -> None:
    url, nobody = await uploaded(carte), carte.house.with_token(None)
    tag = (await nobody.get(url)).headers["ETag"]
    again = await nobody.get(url, headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert (await nobody.get(f"{url}-320", headers={"If-None-Match": tag})).status_code == 200


async def test_the_same_picture_has_one_address(carte: Carte) -> None:
    assert await uploaded(carte) == await uploaded(carte)
    assert await uploaded(carte, 100) != await uploaded(carte)


async def test_many_who_upload_the_same_at_once_get_the_same(carte: Carte) -> None:
    urls = await asyncio.gather(*(uploaded(carte) for _ in range(4)))
    assert len(set(urls)) == 1


async def test_a_whole_menus_pictures_keep_nobody_from_signing_in(
    carte: Carte, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process has a few threads: pictures take one of them, however long each may take."""
    prepare, begun, go_on = pictures.prepare, threading.Event(), threading.Event()

    def slow(content: bytes) -> pictures.Picture:
        begun.set()
        assert go_on.wait(60)
        return prepare(content)

    monkeypatch.setattr(pictures, "prepare", slow)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(max_workers=4))
    uploads = [asyncio.create_task(uploaded(carte, shade)) for shade in range(6)]
    try:
        while not begun.is_set():  # noqa: ASYNC110 - a thread sets it
            await asyncio.sleep(0.01)
        account = {"email": carte.house.emails[carte.house.waiter.user_id], "password": PASSWORD}
        async with asyncio.timeout(10):
            ok(await carte.house.with_token(None).post("/api/auth/login", json=account))
    finally:
        go_on.set()
    await asyncio.gather(*uploads)


@pytest.mark.parametrize("name", ["0" * 64, "0" * 64 + "-320"])
async def test_a_picture_that_nobody_uploaded_is_not_found(carte: Carte, name: str) -> None:
    refused(await carte.house.with_token(None).get(f"/api/images/{name}"), 404, "not_found")


@pytest.mark.parametrize("name", ["lomo.jpg", "0" * 63, "0" * 64 + "-640", "0" * 64 + ".webp"])
async def test_a_name_that_is_none_is_refused(carte: Carte, name: str) -> None:
    refused(await carte.house.with_token(None).get(f"/api/images/{name}"), 422, "invalid")


async def test_a_file_that_is_no_picture_is_refused(carte: Carte) -> None:
    problem = refused(await upload(carte.manager, b"GIF89a"), 422, "invalid")
    assert problem["errors"][0]["field"] == "file"


async def test_a_file_has_to_be_there(carte: Carte) -> None:
    for more in (
        {},
        {"json": {"file": "lomo.jpg"}},
        {"data": {"file": "lomo.jpg"}},
        {"files": {"picture": ("lomo.jpg", photograph(), "image/jpeg")}},
    ):
        answer = await carte.manager.post("/api/menu/images", **more)
        assert refused(answer, 422, "invalid")["errors"][0]["field"] == "file"


async def test_a_form_that_is_none_is_refused(carte: Carte) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = await carte.manager.post("/api/menu/images", content=b"no form", headers=headers)
    assert answer.status_code in (400, 422)


async def test_a_photograph_may_have_ten_mebibytes(carte: Carte) -> None:
    padded = photograph() + bytes(9 * MIB)  # what follows a picture is no part of it
    ok(await upload(carte.manager, padded), 201)
    refused(await upload(carte.manager, padded + bytes(MIB)), 413, "content_too_large")


async def test_it_is_for_who_edits_the_menu(carte: Carte) -> None:
    house = carte.house
    for who in (house.waiter, house.cashier, house.kitchen):
        refused(await upload(house.as_(who), photograph()), 403, "forbidden")
    refused(await upload(house.with_token(None), photograph()), 401, "token_missing")


async def test_sent_again_by_its_key_it_is_the_same_whatever_the_form(carte: Carte) -> None:
    first = ok(await upload(carte.manager, photograph(), key="photo"), 201)
    assert ok(await upload(carte.manager, photograph(), key="photo"), 201) == first
    refused(await upload(carte.manager, photograph(100), key="photo"), 422, "idempotency_key_reused")


# ---- on the menu


async def test_a_dish_shows_it(carte: Carte) -> None:
    url = await uploaded(carte)
    dish = await carte.item(await carte.category(), imageUrl=url)
    assert dish["imageUrl"] == url
    other = await uploaded(carte, 100)
    changed = ok(await carte.manager.patch(f"/api/menu/items/{dish['id']}", json={"imageUrl": other}))
    assert changed["imageUrl"] == other


@pytest.mark.parametrize("name", ["0" * 64, "lomo.jpg", "", "../menu"])
async def test_a_dish_shows_no_picture_that_is_not_there(carte: Carte, name: str) -> None:
    category = await carte.category()
    dish = await carte.item(category)
    url = f"/api/images/{name}"
    body = {"categoryId": category, "name": "Papas", "price": 1, "station": "kitchen", "imageUrl": url}
    for answer in (
        await carte.manager.patch(f"/api/menu/items/{dish['id']}", json={"imageUrl": url}),
        await carte.manager.post("/api/menu/items", json=body),
    ):
        assert refused(answer, 422, "invalid")["errors"][0]["field"] == "imageUrl"
    assert await carte.names() == {"Grill": ["Lomo saltado"]}


async def test_a_dish_names_the_picture_not_one_of_its_sizes(carte: Carte) -> None:
    """Which would look unused, and be forgotten."""
    dish = await carte.item(await carte.category())
    small = f"{await uploaded(carte)}-320"
    answer = await carte.manager.patch(f"/api/menu/items/{dish['id']}", json={"imageUrl": small})
    refused(answer, 422, "invalid")


# ---- forgetting


async def test_what_no_dish_shows_is_forgotten_after_a_day(
    carte: Carte, context: Context, clock: ManualClock
) -> None:
    url = await uploaded(carte)
    clock.advance(DAY - 1)
    assert await sweep(context) == 0
    clock.advance(1)
    assert await sweep(context) == 1
    assert await status(carte, url) == 404
    assert await sweep(context) == 0


async def test_what_is_uploaded_again_begins_another_day(
    carte: Carte, context: Context, clock: ManualClock
) -> None:
    url = await uploaded(carte)
    clock.advance(23 * HOUR)
    await uploaded(carte)
    clock.advance(23 * HOUR)
    assert await sweep(context) == 0
    assert await status(carte, url) == 200


async def test_what_a_dish_shows_stays_as_long_as_it_does(
    carte: Carte, context: Context, clock: ManualClock
) -> None:
    url = await uploaded(carte)
    dish = await carte.item(await carte.category(), imageUrl=url)
    for _ in range(3):
        clock.advance(DAY)
        assert (await sweep(context), await sweep(context)) == (1, 0)
        assert await status(carte, url) == 200
    ok(await carte.manager.delete(f"/api/menu/items/{dish['id']}"))
    clock.advance(DAY)
    await sweep(context)
    assert await status(carte, url) == 404


async def test_a_dish_gets_a_picture_that_stays_or_none(
    carte: Carte, context: Context, clock: ManualClock
) -> None:
    """However close to its being forgotten."""
    dish = await carte.item(await carte.category())
    for shade in range(5):
        url = await uploaded(carte, shade * 10)
        clock.advance(DAY)
        given = carte.manager.patch(f"/api/menu/items/{dish['id']}", json={"imageUrl": url})
        answer, _ = await asyncio.gather(given, sweep(context))
        assert (answer.status_code, await status(carte, url)) in ((200, 200), (422, 404))


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
async def test_what_is_uploaded_while_it_is_being_forgotten_is_kept(
    carte: Carte, context: Context, clock: ManualClock
) -> None:
    url = await uploaded(carte)
    clock.advance(DAY)
    async with context.database.transaction() as tx:
        await tx.session.execute(service.aged(tx.now).with_for_update())
        uploading = asyncio.create_task(uploaded(carte))
        await somebody_waits(context.database)
        assert await service.expire_due(tx, tx.now) == 1
    assert await uploading == url
    assert await status(carte, url) == 200


async def test_several_processes_forget_each_once(carte: Carte, context: Context, clock: ManualClock) -> None:
    for shade in range(6):
        await uploaded(carte, shade * 10)
    clock.advance(DAY)
    assert sum(await asyncio.gather(*(sweep(context) for _ in range(3)))) == 6
