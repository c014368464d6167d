"""Lists come in pages that miss nothing and repeat nothing."""

from __future__ import annotations

import pytest

from restai.auth.permissions import Role
from restai.ids import new_id
from tests.support.house import House


async def pages(house: House, limit: int) -> list[list[str]]:
    """The names of the staff, page by page."""
    found: list[list[str]] = []
    query: dict[str, str | int] = {"limit": limit}
    while True:
        answer = await house.as_(house.admin).get("/api/staff", params=query)
        assert answer.status_code == 200
        assert answer.json().keys() == {"items", "nextCursor"}
        found.append([person["name"].split()[0] for person in answer.json()["items"]])
        if answer.json()["nextCursor"] is None:
            return found
        query["cursor"] = answer.json()["nextCursor"]


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        (2, [["Ada", "Mara"], ["Carla", "Walter"], ["Kim"]]),
        (3, [["Ada", "Mara", "Carla"], ["Walter", "Kim"]]),
        (5, [["Ada", "Mara", "Carla", "Walter", "Kim"]]),
        (200, [["Ada", "Mara", "Carla", "Walter", "Kim"]]),
    ],
)
async def test_pages_follow_each_other(house: House, limit: int, expected: list[list[str]]) -> None:
    assert await pages(house, limit) == expected


async def test_what_is_added_meanwhile_comes_last(house: House) -> None:
    first = (await house.as_(house.admin).get("/api/staff?limit=4")).json()
    await house.hire("Nora New", Role.WAITER)
    rest = (await house.as_(house.admin).get(f"/api/staff?cursor={first['nextCursor']}")).json()
    assert [person["name"] for person in rest["items"]] == ["Kim Kitchen", "Nora New"]


async def test_a_cursor_behind_everything_gives_an_empty_page(house: House) -> None:
    answer = await house.as_(house.admin).get(f"/api/staff?cursor={new_id()}")
    assert answer.json() == {"items": [], "nextCursor": None}


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=many", "limit=-1", "cursor=x", "cursor=%00"]
)
async def test_a_page_that_cannot_be_is_refused(house: House, query: str) -> None:
    answer = await house.as_(house.admin).get(f"/api/staff?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
