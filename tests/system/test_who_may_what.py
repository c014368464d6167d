"""Every operation of the API, called by everybody: who may is answered, and nobody else changes or learns
anything. Who may is said in `access.py`, by hand; an operation without a row there fails."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
import pytest_asyncio
from argon2 import PasswordHasher

from restai.app import App, documents
from restai.auth import passwords
from restai.auth.tokens import Tokens
from restai.db.engine import Database
from tests.support.clock import ManualClock
from tests.support.databases import PostgresFarm, SqliteFarm
from tests.support.house import SECRET, House, api_client
from tests.system.access import ANYBODY, BRANCHS, MANAGER, PARTY, REACHES, STAFF, TABLE, VISITS, Row
from tests.system.scene import Scene, Somebody

for_all_operations = pytest_asyncio.fixture(scope="module", loop_scope="module")
in_one_loop = pytest.mark.asyncio(loop_scope="module")

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

# Who may is decided before the database is asked for anything but the account. What differs between
# databases is how a thing is found, or not, for somebody.
READING = [operation for operation in TABLE if operation.startswith("GET")]


@asynccontextmanager
async def scene_on(farm: SqliteFarm | PostgresFarm) -> AsyncIterator[Scene]:
    clock = ManualClock()
    with farm.database() as url, pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", CHEAP)  # what makes guessing slow is not what is tested here
        app = App(Database(url, clock=clock), Tokens((SECRET,)), clock=clock)
        async with api_client(app.asgi) as client:
            house = await House.open(app.context, client)
            rival = await House.open(app.context, client, name="La Rival")
            yield await Scene.set(house, rival, clock)
        await app.database.close()


@for_all_operations
async def scene(sqlite_farm: SqliteFarm) -> AsyncIterator[Scene]:
    """One for all operations: each finds what it needs made anew."""
    async with scene_on(sqlite_farm) as scene:
        yield scene


@for_all_operations
async def scene_on_postgres(postgres_farm: PostgresFarm) -> AsyncIterator[Scene]:
    async with scene_on(postgres_farm) as scene:
        yield scene


SUCCESS = 2  # any: its first digit


def expected(row: Row, somebody: Somebody) -> int | None:
    """The status that somebody must get, of a success only its first digit; None: he may ask for his own."""
    if somebody.role in row.may:
        if somebody.at == "at home":
            return SUCCESS
        return 404 if row.of in (BRANCHS, VISITS) else None
    signed_in_as_asked = somebody.role in STAFF if row.may & STAFF else somebody.role in PARTY
    return 403 if signed_in_as_asked else 401


async def is_as_said(scene: Scene, operation: str) -> None:
    row = TABLE[operation]
    asked = [(somebody, status) for somebody in scene.everybody if (status := expected(row, somebody))]
    known = None
    wrong = []
    for somebody, status in sorted(asked, key=lambda case: case[1] == SUCCESS):
        # the first who is allowed finds what nobody of the others could touch, the next something new
        if known is None:
            known = await row.needs(scene)
        answered = await scene.calls(somebody, operation + row.query, known, row.body)
        if status == SUCCESS:
            known = None
        if answered != status and answered // 100 != status:
            wrong.append(f"{somebody}: {answered} instead of {status}")
    assert wrong == []


@in_one_loop
@pytest.mark.parametrize("operation", TABLE)
async def test_who_may(scene: Scene, operation: str) -> None:
    await is_as_said(scene, operation)


@in_one_loop
@pytest.mark.parametrize("operation", READING)
async def test_who_may_read_from_a_postgres(scene_on_postgres: Scene, operation: str) -> None:
    await is_as_said(scene_on_postgres, operation)


@in_one_loop
async def test_nobody_reaches_into_another_house_from_his_own(scene: Scene) -> None:
    rival = scene.somebody(MANAGER, "rival")
    for operation, needs, body, status in REACHES:
        known = await needs(scene)
        scene.house.forget()
        assert await scene.calls(rival, operation, known, body) == status, (operation, body)
        assert scene.house.events() == [], "nothing has happened there"


def test_every_operation_has_a_row() -> None:
    paths = documents()["openapi.json"]["paths"]
    assert {f"{method.upper()} {path}" for path, item in paths.items() for method in item} == set(TABLE)


def test_every_role_is_allowed_and_refused_something() -> None:
    for role in ANYBODY:
        assert any(role in row.may for row in TABLE.values())
        assert any(role not in row.may for row in TABLE.values())
