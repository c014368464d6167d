"""The end of a visit: the bill, the money, and a table that is free again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from restai.cli.simulate.checks.books import wrong_bill
from restai.cli.simulate.comparing import compare
from restai.cli.simulate.people.crew import Crew
from restai.cli.simulate.people.paying import change_of_mind, settle
from restai.cli.simulate.people.person import Person, Refused
from restai.cli.simulate.people.phone import Phone
from restai.cli.simulate.report import Promise
from restai.cli.simulate.scene import Json

BILL_BY_PHONE = 0.8  # of parties that have phones; the others wave
GIVEN_BACK = 0.1  # of bills: a payment, since they want to pay otherwise
FREED = 0.2  # of tables: with it the visit ends
TO_BE_ATTENDED = 10.0  # minutes
MOST_TRIES = 3  # to end a visit into which something comes meanwhile


@dataclass(frozen=True)
class Leaving:
    """Of a visit, from the bill to the free table."""

    crew: Crew
    visit: str
    table: str
    chance: Random

    async def pay_and_leave(self, phones: Sequence[Phone]) -> None:
        """Pay to the cent, then see the phones go out. Raises Refused."""
        payer = self.crew.who_takes_money(self.chance)
        if phones and self.chance.random() < BILL_BY_PHONE:
            await phones[0].calls("bill", payer.scene.pace.patience(TO_BE_ATTENDED))
        await settle(payer, self.visit, self.chance)
        if self.chance.random() < GIVEN_BACK:
            await change_of_mind(self.crew.cashier(self.chance), self.visit, self.chance)
        for phone in phones:
            if phone.screen.admitted:
                await compare([phone.screen], phone.sees_on_server, phone.scene.report)
        await self.end(payer)
        for phone in phones:
            await phone.goes_out()

    async def end(self, payer: Person) -> None:
        """End the visit, and look at its bill once more. Raises Refused."""
        for tries_left in reversed(range(MOST_TRIES)):
            try:
                await self._free_or_end(payer)
                break
            except Refused as refused:
                if refused.code != "open_balance" or not tries_left:
                    raise
            await settle(payer, self.visit, self.chance)
        check_bill(payer, await _bill(payer, self.visit))

    async def _free_or_end(self, payer: Person) -> None:
        """Free the table; the visit has not ended by that if it has another one, too."""
        if self.chance.random() < FREED:
            await payer.does("table", payer.api.tables.free(self.table))
            if (await _bill(payer, self.visit))["session"]["status"] == "completed":
                return
        await payer.does("session", payer.api.sessions.end(self.visit))


def check_bill(payer: Person, bill: Json) -> None:
    """Object to what of a paid bill is not right to the cent."""
    payer.scene.report.counts["bills"] += 1
    for problem in wrong_bill(bill):
        payer.scene.report.problem(Promise.MONEY, problem)


async def _bill(payer: Person, visit: str) -> Json:
    return await payer.reads(payer.api.payments.bill(visit))
