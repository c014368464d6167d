"""The law is no ornament: break the house in one of the ways that it is there for, and it says so."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest

from restai.db.outbox import LogRow, append
from restai.db.transaction import Transaction
from restai.features.orders.events import OrderUpdated
from restai.features.orders.models import Order
from tests.properties.following import LawBroken
from tests.properties.night import Night, play_it_all


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """What is broken here is the same on every database."""
    with request.getfixturevalue("sqlite_farm").database() as url:
        yield url


def suppress_an_event(patch: pytest.MonkeyPatch) -> None:
    """Nobody is told that lines were added to an order."""
    emit = Transaction.emit

    def forgetful(tx: Transaction, event: Any, resource: Any, **extra: Any) -> None:
        if not (event is OrderUpdated and extra["change"] == "items_added"):
            emit(tx, event, resource, **extra)

    patch.setattr(Transaction, "emit", forgetful)


def render_too_early(patch: pytest.MonkeyPatch) -> None:
    """Bodies are rendered before what the command changed is written."""

    async def hasty(tx: Transaction) -> list[LogRow]:
        with tx.session.no_autoflush:
            drafts = [tx._draft(await render(tx)) for render in tx._pending]
        await tx.session.flush()
        for write in tx._last_writes:
            await write()
        await tx.session.flush()
        return await append(tx.session, drafts) if drafts else []

    patch.setattr(Transaction, "finish", hasty)


def ignore_a_rev(patch: pytest.MonkeyPatch) -> None:
    """An order changes and its `rev` stays."""
    lock = Transaction.lock

    async def careless(tx: Transaction, model: Any, *where: Any) -> Any:
        row = await lock(tx, model, *where)
        if row is not None and model is Order:
            await tx.keep(row)
        return row

    patch.setattr(Transaction, "lock", careless)


@pytest.mark.parametrize("mutation", [suppress_an_event, render_too_early, ignore_a_rev])
async def test_the_law_notices(
    mutation: Callable[[pytest.MonkeyPatch], None],
    new_night: Callable[[], Awaitable[Night]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    night = await new_night()
    mutation(monkeypatch)
    with pytest.raises(LawBroken):
        await play_it_all(night)
