"""Every operation of the API, called by everybody: who may is answered, and nobody else changes or learns
anything. Who may is said in `access.py`, by hand; an operation without a row there fails."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from restai.app import documents
from tests.system.access import ANYBODY, BRANCHS, MANAGER, PARTY, REACHES, STAFF, TABLE, VISITS, Row
from tests.system.scene import Scene, Somebody, scene_on

in_one_loop = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["sqlite", "postgres"])
async def scene(request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    """One for all operations: each finds what it needs made anew."""
    async with scene_on(request.getfixturevalue(f"{request.param}_farm")) as scene:
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


@in_one_loop
@pytest.mark.parametrize("operation", TABLE)
async def test_who_may(scene: Scene, operation: str) -> None:
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
