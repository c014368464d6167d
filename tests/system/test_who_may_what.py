"""Every operation of the API, called by everybody: who may is answered, and nobody else changes or learns
anything. Who may is said in `access.py`, by hand; an operation without a row there fails."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from restai.app import documents
from tests.support.databases import PostgresFarm, SqliteFarm
from tests.system.access import ANYBODY, BRANCHS, MANAGER, PARTY, REACHES, STAFF, TABLE, VISITS, Row
from tests.system.scene import Scene, Somebody, scene_on

for_all_operations = pytest_asyncio.fixture(scope="module", loop_scope="module")
in_one_loop = pytest.mark.asyncio(loop_scope="module")

# Who may is decided before the database is asked for anything but the account. What differs between
# databases is how a thing is found, or not, for somebody.
READING = [operation for operation in TABLE if operation.startswith("GET")]


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
    row, wrong = TABLE[operation], []

    async def tries(somebody: Somebody, status: int, known: dict[str, str]) -> None:
        answer = await scene.calls(somebody, operation + row.query, known, row.body)
        if status not in (answer.status_code, answer.status_code // 100):
            wrong.append(f"{somebody}: {answer.status_code} instead of {status}")

    asked = [(somebody, status) for somebody in scene.everybody if (status := expected(row, somebody))]
    known = await row.needs(scene)
    scene.house.forget()
    for somebody, status in asked:
        if status != SUCCESS:
            await tries(somebody, status, known)
    assert (wrong, scene.house.events()) == ([], []), "and nothing has happened"
    for somebody, status in asked:
        if status == SUCCESS:  # the first finds what nobody of the others could touch, the next something new
            await tries(somebody, status, known)
            known = await row.needs(scene)
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
        answer = await scene.calls(rival, operation, known, body)
        assert answer.status_code == status, (operation, body, answer.text)
        assert scene.house.events() == [], "nothing has happened there"


def test_every_operation_has_a_row() -> None:
    paths = documents()["openapi.json"]["paths"]
    assert {f"{method.upper()} {path}" for path, item in paths.items() for method in item} == set(TABLE)


def test_every_role_is_allowed_and_refused_something() -> None:
    for role in ANYBODY:
        assert any(role in row.may for row in TABLE.values())
        assert any(role not in row.may for row in TABLE.values())
