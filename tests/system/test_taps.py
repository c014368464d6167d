"""Every button tapped twice, by a finger or by a network that lost the answer: one effect, one answer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import func, select

from restai.db.outbox import LogEntry
from restai.ids import new_id
from tests.system.access import TABLE
from tests.system.scene import Scene, Somebody, scene_at, scene_on

Json = dict[str, Any]

KEYLESS = "/api/auth/"  # a second sign-in is another sign-in
TAPS = [name for name in TABLE if not name.startswith("GET") and KEYLESS not in name]


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "two processes"])
async def scene(request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    """One for all buttons. Where two processes serve it, no tap comes to the process of the one before."""
    if request.param == "sqlite":
        making = scene_on(request.getfixturevalue("sqlite_farm"))
    else:
        making = scene_at(request.getfixturevalue("pair"))
    async with making as scene:
        yield scene


def who_may(scene: Scene, operation: str) -> Somebody:
    return [each for each in scene.everybody if each.role in TABLE[operation].may and each.at == "at home"][
        -1
    ]


def without_tokens(answer: httpx.Response) -> Json:
    """Who joins a table again is the same guest, with a new token."""
    assert answer.is_success, answer.text
    return {name: value for name, value in answer.json().items() if name != "token"}


async def caused(scene: Scene) -> int:
    """How many events commands have caused in the house, by whichever process: an alarm is time's own."""
    ours = LogEntry.stream_id.in_([scene.house.organization_id, scene.house.branch_id])
    async with scene.house.database.reading() as tx:
        found = select(func.count()).where(ours, LogEntry.type != "order:unseen")
        return (await tx.session.execute(found)).scalar_one()


@pytest.mark.asyncio(loop_scope="module")
async def test_two_taps_at_once_and_a_late_one_are_one(scene: Scene) -> None:
    for operation in TAPS:
        needs, body = TABLE[operation].needs, TABLE[operation].body
        known = {"new": new_id(), "short": new_id()[-8:]} | await needs(scene)
        tap = partial(scene.calls, who_may(scene, operation), operation, known, body, key=new_id())
        first, twin = await asyncio.gather(tap(), tap())
        told = await caused(scene)
        late = await tap()
        assert without_tokens(first) == without_tokens(twin) == without_tokens(late), operation
        assert await caused(scene) == told, operation
