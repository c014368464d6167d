"""Cashiers: they sell over the counter, take what tables owe, and count the till."""

from __future__ import annotations

from contextlib import suppress

from restai.cli.simulate.people.person import Person, Refused
from restai_sdk.api.orders import OrderDraft
from restai_sdk.api.payments import SalePayment

OPENING_FLOAT = 300_00  # minor units
SHIFT = 25 * 60.0  # seconds


class Cashier(Person):
    async def opens(self) -> None:
        """Open a till, if none is."""
        till = self.api.till.open({"branchId": self.scene.branch, "openingFloat": OPENING_FLOAT})
        await self.tries("till", till)

    async def counts(self) -> None:
        """Close the till with what should be in it. Raises Refused."""
        now = await self.reads(self.api.till.now(branch_id=self.scene.branch))
        if now["till"] is not None:
            await self.does("till", self.api.till.close(now["expected"], branch_id=self.scene.branch))

    async def hands_over(self) -> None:
        """The till is counted for the next shift, again and again."""
        while not self.scene.pace.closing.is_set():
            await self.pause(SHIFT, SHIFT)
            with suppress(Refused):
                await self.counts()
            await self.opens()

    async def sells(self, customer: str) -> None:
        """To somebody who takes it with him: ordered and paid at once."""
        order: OrderDraft = {
            "id": self.scene.new_id(),
            "branchId": self.scene.branch,
            "type": "takeout",
            "customerName": customer,
            "items": self.scene.lines(self.chance, 3),
        }
        tip = self.chance.choice([0, 0, 0, 2_00])
        payment: SalePayment = {"id": self.scene.new_id(), "method": "card", "tip": tip}
        await self.tries("sale", self.api.payments.sell(order, payment))
