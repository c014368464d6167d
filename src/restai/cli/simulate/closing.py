"""After the guests: what they left is put in order, the till is counted, and everything is compared."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

from restai.cli.simulate.checks.record import PATIENCE
from restai.cli.simulate.comparing import LOOK_AGAIN, compare
from restai.cli.simulate.opening import Opened
from restai.cli.simulate.people.crew import Crew
from restai.cli.simulate.people.leaving import Leaving
from restai.cli.simulate.people.paying import settle
from restai.cli.simulate.people.person import Person, Refused
from restai.cli.simulate.report import Promise
from restai.cli.simulate.scene import Json
from restai_sdk.api.payments import PaymentDraft

MOST_ROUNDS = 5  # through the house, until nothing is left


async def tidy(crew: Crew) -> None:
    """See to whatever is still open: parties that went without a word, orders that nobody fetched."""
    manager = crew.manager
    for _ in range(MOST_ROUNDS):
        with suppress(Refused):  # what is left after all rounds, the reckoning finds
            snapshot = await _snapshot(manager)
            if not snapshot["sessions"] and not snapshot["orders"]:
                break
            for order in snapshot["orders"]:
                await _serve(manager, order)
            for visit in snapshot["sessions"]:
                await _clear(crew, visit)
            for order in snapshot["orders"]:
                await _pay(manager, order)
    try:
        await crew.cashiers[0].counts()
    except Refused as refused:
        manager.scene.report.problem(Promise.MONEY, f"the till was not counted: {refused}")


async def _serve(manager: Person, order: Json) -> None:
    if order["status"] in ("confirmed", "preparing", "ready"):
        call = manager.api.orders.set_status(order["id"], "served", seen=order["status"])
        await manager.tries("order", call)
    elif order["status"] == "pending":
        call = manager.api.orders.set_status(order["id"], "cancelled", seen="pending")
        await manager.tries("order", call)


async def _clear(crew: Crew, visit: Json) -> None:
    """Raises Refused."""
    manager = crew.manager
    if visit["status"] == "pending":
        await manager.tries("session", manager.api.sessions.reject(visit["id"]))
    else:
        await settle(manager, visit["id"], manager.chance)
        await Leaving(crew, visit["id"], visit["tableId"], manager.chance).end(manager)


async def _pay(manager: Person, order: Json) -> None:
    """What was ordered without a visit."""
    if order["sessionId"] is None and order["balance"] > 0:
        id_ = manager.scene.new_id()
        draft: PaymentDraft = {"id": id_, "orderId": order["id"], "method": "card", "all": True}
        await manager.tries("payment", manager.api.payments.take(draft))


async def close(opened: Opened) -> None:
    """The reckoning: every screen holds what the server holds, was told all, and every cent is paid."""
    scene, manager = opened.scene, opened.crew.manager
    await _all_is_told(opened)
    try:
        await compare(opened.screens, lambda: _snapshot(manager), scene.report)
    except Refused as refused:
        scene.report.problem(Promise.STATE, f"nobody could read what the server holds: {refused}")
    scene.record.settle(time.monotonic(), finally_=True)
    if opened.house.is_ours:
        _check_books(opened)


async def _snapshot(manager: Person) -> Json:
    return await manager.reads(manager.api.branches.snapshot(manager.scene.branch))


async def _all_is_told(opened: Opened) -> None:
    """Give what is on its way the time that it may take."""
    for _ in range(round(PATIENCE / LOOK_AGAIN)):
        if not opened.scene.record.waits(time.monotonic()):
            return
        await asyncio.sleep(LOOK_AGAIN)


def _check_books(opened: Opened) -> None:
    scene, books = opened.scene, opened.scene.record.books
    scene.report.counts["orders"] += len(books.orders)
    scene.report.counts["payments"] += len(books.payments)
    for problem in books.unsettled():
        scene.report.problem(Promise.MONEY, problem)
    made = {*books.orders, *(id_ for id_, payment in books.payments.items() if payment["amount"])}
    for id_ in made - scene.sent:
        scene.report.problem(Promise.ORDER, f"{id_} was made, and nobody asked for it")
