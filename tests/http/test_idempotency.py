"""A command sent twice applies once and is answered twice."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text

from restai.auth.permissions import Role
from restai.clock import MINUTE
from restai.db.engine import Database
from restai.db.transaction import Transaction
from restai.errors import Busy, Named, SoldOut, Stale
from restai.http.idempotency import fingerprint
from restai.ids import new_id
from tests.http.bells import Bell, kept, running
from tests.support.clock import ManualClock
from tests.support.house import House

KEY = "the waiter's tap no. 7"


# ---- the same again


async def test_a_retry_gets_the_first_answer_and_runs_nothing(house: House, bell: Bell) -> None:
    first = await house.as_(house.waiter).post("/api/bells", json={}, key=KEY)
    again = await house.as_(house.waiter).post("/api/bells", json={}, key=KEY)
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert first.headers["location"] == again.headers["location"] == f"/api/bells/{first.json()['id']}"
    assert bell.rings == 1
    assert await kept(house) == (1, 1)


async def test_a_renewed_token_is_the_same_caller(house: House, bell: Bell, clock: ManualClock) -> None:
    first = await house.as_(house.waiter).post("/api/bells", json={}, key=KEY)
    clock.advance(14 * MINUTE)
    again = await house.as_(house.waiter).post("/api/bells", json={}, key=KEY)
    assert (again.content, bell.rings) == (first.content, 1)


async def test_without_a_key_every_call_counts(house: House, bell: Bell) -> None:
    for _ in range(2):
        assert (await house.as_(house.waiter).post("/api/bells", json={})).status_code == 201
    assert bell.rings == 2
    assert await kept(house) == (0, 2)


async def test_two_organizations_may_use_the_same_key(house: House, rival: House, bell: Bell) -> None:
    ours = await house.as_(house.waiter).post("/api/bells", json={}, key=KEY)
    theirs = await rival.as_(rival.waiter).post("/api/bells", json={}, key=KEY)
    assert ours.json()["branchId"] == house.branch_id
    assert theirs.json()["branchId"] == rival.branch_id
    assert bell.rings == 2


# ---- not the same


async def test_the_key_with_another_body_is_refused(house: House, bell: Bell) -> None:
    await house.as_(house.waiter).post("/api/bells", json={"tune": "ding"}, key=KEY)
    other = await house.as_(house.waiter).post("/api/bells", json={"tune": "dong"}, key=KEY)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert bell.rings == 1


async def test_the_key_on_another_path_is_refused(house: House) -> None:
    await house.as_(house.admin).post("/api/bells", json={}, key=KEY)
    other = await house.as_(house.admin).post("/api/branches", json={}, key=KEY)
    assert other.status_code == 422
    other = await house.as_(house.admin).post("/api/branches", json={"name": "Norte"}, key=KEY)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")


@pytest.mark.parametrize("key", ["", "x" * 201, "a\tb", "é"])
async def test_a_key_that_cannot_be_kept_is_refused(house: House, bell: Bell, key: str) -> None:
    headers = {"Idempotency-Key": key.encode()}
    answer = await house.as_(house.waiter).request("POST", "/api/bells", json={}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert bell.rings == 0


def test_a_fingerprint_tells_requests_apart_but_keeps_nothing_of_a_password() -> None:
    def of(body: bytes) -> str:
        return fingerprint("POST", "/api/staff", body)

    assert of(b'{"name": "Ada"}') != of(b'{"name": "Bea"}')
    assert of(b"{}") != fingerprint("PUT", "/api/staff", b"{}")
    assert of(b"{}") != fingerprint("POST", "/api/stuff", b"{}")
    guesses = [b'{"name": "Ada", "password" : "%s", "x": 1}' % guess for guess in (b"a", rb"b\"c", b"")]
    assert len({of(guess) for guess in guesses}) == 1
    assert of(b'{"currentPassword":"a"}') == of(b'{"currentPassword":"b"}')
    assert of(guesses[0]) != of(guesses[0].replace(b"Ada", b"Bea"))


# ---- who may have the answer


async def test_an_answer_is_authorised_again(house: House, bell: Bell) -> None:
    """The waiter's command is kept; once he only cooks, the answer is not his to have."""
    await house.as_(house.waiter).post("/api/bells", json={}, key=KEY)
    change = {"role": "kitchen"}
    await house.as_(house.admin).patch(f"/api/staff/{house.waiter.user_id}", json=change)
    again = await house.as_(house.waiter).post("/api/bells", json={}, key=KEY)
    assert (again.status_code, again.json()["code"]) == (403, "forbidden")


async def test_an_answer_about_a_branch_one_has_left_is_not_given_again(house: House, bell: Bell) -> None:
    norte = await house.open_branch()
    floater = await house.hire("Flo Floater", Role.WAITER, [house.branch_id, norte])
    body = {"branchId": norte}
    assert (await house.as_(floater).post("/api/bells", json=body, key=KEY)).status_code == 201
    change = {"branchIds": [house.branch_id]}
    await house.as_(house.admin).patch(f"/api/staff/{floater.user_id}", json=change)
    again = await house.as_(floater).post("/api/bells", json=body, key=KEY)
    assert (again.status_code, again.json()["code"]) == (404, "not_found")


async def test_a_guess_at_somebodys_key_needs_a_sign_in(house: House, bell: Bell) -> None:
    await house.as_(house.waiter).post("/api/bells", json={}, key=KEY)
    for token in (None, "garbage"):
        answer = await house.with_token(token).post("/api/bells", json={}, key=KEY)
        assert answer.status_code == 401


# ---- only what happened is kept


@pytest.mark.parametrize(
    "error",
    [
        SoldOut([Named(new_id(), "Ceviche")]),
        Stale("order", "ready", "confirmed"),
        Busy(),
        RuntimeError("the cook dropped it"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_failure_is_not_kept_and_the_retry_runs(house: House, bell: Bell, error: Exception) -> None:
    bell.fails = error
    failed = await house.as_(house.waiter).post("/api/bells", json={}, key=KEY)
    assert failed.status_code >= 400
    assert await kept(house) == (0, 0)
    bell.fails = None
    retried = await house.as_(house.waiter).post("/api/bells", json={}, key=KEY)
    assert (retried.status_code, retried.json()["rung"]) == (201, 2)
    assert await kept(house) == (1, 1)


async def test_a_command_that_was_not_allowed_is_not_kept(house: House, bell: Bell) -> None:
    assert (await house.as_(house.kitchen).post("/api/bells", json={}, key=KEY)).status_code == 403
    assert (await house.as_(house.waiter).post("/api/bells", json={}, key=KEY)).status_code == 201
    assert bell.rings == 1


async def test_a_failed_commit_answers_no_201_tells_nobody_and_keeps_nothing(
    house: House, bell: Bell
) -> None:
    """The promise is checked by the database itself, at COMMIT and no sooner."""
    await _with_promises(house.database)
    bell.also = _break_a_promise
    failed = await house.as_(house.waiter).post("/api/bells", json={}, key=KEY)
    assert failed.status_code == 500
    assert bell.rings == 1
    assert house.events("bell:rang") == []
    assert await kept(house) == (0, 0)
    bell.also = None
    assert (await house.as_(house.waiter).post("/api/bells", json={}, key=KEY)).status_code == 201
    assert len(house.events("bell:rang")) == 1


async def _with_promises(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.session.execute(text("CREATE TABLE kept (id INTEGER PRIMARY KEY)"))
        deferred = "REFERENCES kept (id) DEFERRABLE INITIALLY DEFERRED"
        await tx.session.execute(text(f"CREATE TABLE promises (id INTEGER {deferred})"))


async def _break_a_promise(tx: Transaction) -> None:
    await tx.session.execute(text("INSERT INTO promises VALUES (1)"))


# ---- twins


@pytest.mark.parametrize("fails", [None, SoldOut([])], ids=["first succeeds", "first fails"])
async def test_a_twin_waits_for_the_one_still_running(
    house: House, bell: Bell, monkeypatch: pytest.MonkeyPatch, fails: Exception | None
) -> None:
    """It gets the first answer; or, if the first came to nothing, it runs itself."""
    bell.let_go.clear()
    bell.fails = fails
    second = _second_begins(house.database, monkeypatch)
    waiter = house.as_(house.waiter)
    async with running(waiter.post("/api/bells", json={}, key=KEY)) as [first]:
        await bell.held.wait()
        bell.fails = None
        async with running(waiter.post("/api/bells", json={}, key=KEY)) as [twin]:
            await second.wait()
            await _until_one_waits(house.database)
            assert bell.rings == 1
            assert not twin.done()
            bell.let_go.set()
            answer = await first
            twins = await twin
    assert twins.status_code == 201
    if fails is None:
        assert (twins.content, bell.rings) == (answer.content, 1)
    else:
        assert (answer.status_code, bell.rings) == (409, 2)
    assert await kept(house) == (1, 1)


async def test_ten_twins_at_once_are_one_command(house: House, bell: Bell) -> None:
    waiter = house.as_(house.waiter)
    answers = await asyncio.gather(*(waiter.post("/api/bells", json={}, key=KEY) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert bell.rings == 1
    assert await kept(house) == (1, 1)


async def test_who_sends_slowly_keeps_nobody_waiting(house: House, bell: Bell) -> None:
    is_read, arrives = asyncio.Event(), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        is_read.set()
        await arrives.wait()
        yield b"{}"

    waiter = house.as_(house.waiter)
    path = f"/api/requests/{new_id()}/acknowledge"
    async with running(waiter.post(path, content=slowly(), key=KEY)) as [slow]:
        await is_read.wait()
        assert (await waiter.post("/api/bells", json={}, key=KEY + "8")).status_code == 201
        arrives.set()
        assert (await slow).status_code == 404


def _second_begins(database: Database, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Set when the second transaction from now on is asked for."""
    begun = itertools.count(1)
    second = asyncio.Event()
    transaction = database.transaction

    @asynccontextmanager
    async def counted() -> AsyncIterator[Transaction]:
        if next(begun) == 2:
            second.set()
        async with transaction() as tx:
            yield tx

    monkeypatch.setattr(database, "transaction", counted)
    return second


async def _until_one_waits(database: Database) -> None:
    """On PostgreSQL, until a transaction stands before a row of another; on SQLite they queue earlier."""
    while not database.is_sqlite:
        async with database.reading() as tx:
            if await tx.session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")):
                return
