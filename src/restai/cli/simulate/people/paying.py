"""Ways to pay what a visit owes, to the last cent."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import cast
from uuid import uuid4

from restai.cli.simulate.people.person import Person
from restai.cli.simulate.scene import Json
from restai_sdk.api.payments import PaymentDraft

NOTE = 50_00  # minor units: guests give whole notes
TIPPED = 0.3  # of payments
TIP = 0.1  # of the amount
MOST_TRIES = 5  # to take what is left when something came between

Way = Callable[[Person, Json, Random], Awaitable[None]]


async def settle(payer: Person, visit: str, chance: Random) -> None:
    """Take all that a visit owes in one of the ways there are. Raises Refused if it cannot be taken."""
    bill = await _bill(payer, visit)
    if bill["balance"] > 0:
        await chance.choice(WAYS)(payer, bill, chance)
    for _ in range(MOST_TRIES):
        bill = await _bill(payer, visit)
        if bill["balance"] <= 0:
            return
        await whole(payer, bill, chance)


async def whole(payer: Person, bill: Json, chance: Random) -> None:
    await _takes(payer, _all_of_it(payer, bill, chance))


async def pressed_twice(payer: Person, bill: Json, chance: Random) -> None:
    """The same command sent twice at once, as by an impatient finger: one key, one payment."""
    draft, key = _all_of_it(payer, bill, chance), str(uuid4())
    await asyncio.gather(*(_takes(payer, draft, key=key) for _ in range(2)))


async def at_two_tills(payer: Person, bill: Json, chance: Random) -> None:
    """All of it is taken twice at once, under two keys: one comes too late."""
    drafts = [_all_of_it(payer, bill, chance) for _ in range(2)]
    await asyncio.gather(*(_takes(payer, draft) for draft in drafts))


async def by_lines(payer: Person, bill: Json, chance: Random) -> None:
    """Each of two guests what he had."""
    lines = [line["id"] for line in bill["lines"] if line["amount"] and line["paymentId"] is None]
    chance.shuffle(lines)
    for some in (lines[: len(lines) // 2], lines[len(lines) // 2 :]):
        if some:
            await _takes(payer, _draft(payer, bill, chance) | {"lines": some})


async def in_shares(payer: Person, bill: Json, chance: Random) -> None:
    """Everybody the same, but for the cents that are over."""
    of, left = chance.randint(2, 5), bill["balance"]
    for number in range(1, of + 1):
        share = {"share": {"number": number, "of": of}, "balance": left}
        paid = await _takes(payer, _draft(payer, bill, chance) | share)
        if paid is None:
            return
        left -= paid["amount"]


async def in_amounts(payer: Person, bill: Json, chance: Random) -> None:
    """Some of it by card, and the rest in cash."""
    some = max(1, bill["balance"] * chance.randint(20, 80) // 100)
    for method, amount in (("card", some), ("cash", bill["balance"] - some)):
        if amount:
            await _takes(payer, _draft(payer, bill, chance, method) | {"amount": amount})


async def by_order(payer: Person, bill: Json, chance: Random) -> None:
    for order in bill["orders"]:
        if order["balance"] > 0:
            draft = _draft(payer, bill, chance) | {"orderId": order["id"], "sessionId": None}
            await _takes(payer, draft | {"all": True})


WAYS: tuple[Way, ...] = (whole, whole, pressed_twice, at_two_tills, by_lines, in_shares, in_amounts, by_order)


async def change_of_mind(cashier: Person, visit: str, chance: Random) -> None:
    """A payment is given back, since they want to pay otherwise, and taken again. Raises Refused."""
    bill = await _bill(cashier, visit)
    counting = [payment for payment in bill["payments"] if payment["voidedAt"] is None and payment["amount"]]
    if counting:
        payment = chance.choice(counting)
        await cashier.tries("payment", cashier.api.payments.void(payment["id"], "Prefieren tarjeta"))
        await settle(cashier, visit, chance)


async def _bill(payer: Person, visit: str) -> Json:
    return await payer.reads(payer.api.payments.bill(visit))


async def _takes(payer: Person, draft: Json, *, key: str | None = None) -> Json | None:
    return await payer.tries("payment", payer.api.payments.take(cast(PaymentDraft, draft), key=key))


def _all_of_it(payer: Person, bill: Json, chance: Random) -> Json:
    """Of what the bill says: if more has come to it since, what was given may not be enough."""
    return _draft(payer, bill, chance) | {"all": True, "balance": bill["balance"]}


def _draft(payer: Person, bill: Json, chance: Random, method: str | None = None) -> Json:
    """Of money for the visit; in cash, notes are given for all of it."""
    method = method or chance.choice(["cash", "card", "card", "other"])
    tip = round(bill["balance"] * TIP) if chance.random() < TIPPED else 0
    visit = bill["session"]["id"]
    draft: Json = {"id": payer.scene.new_id(), "sessionId": visit, "method": method, "tip": tip}
    if method == "cash":
        draft["tendered"] = -(-(bill["balance"] + tip) // NOTE) * NOTE
    return draft
