"""The end of a visit: the bill, the money, and a table that is free again."""

from __future__ import annotations

from collections.abc import Sequence
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
TO_BE_ATTENDED = 10.0  # minutes
MOST_TRIES = 3  # to end a visit into which something comes meanwhile


async def pay_and_leave(crew: Crew, phones: Sequence[Phone], visit: str, chance: Random) -> None:
    """Pay to the cent, then see the phones go out. Raises Refused."""
    payer = crew.who_takes_money(chance)
    if phones and chance.random() < BILL_BY_PHONE:
        await phones[0].calls("bill", payer.scene.pace.patience(TO_BE_ATTENDED))
    await settle(payer, visit, chance)
    if chance.random() < GIVEN_BACK:
        await change_of_mind(crew.cashier(chance), visit, chance)
    for phone in phones:
        if phone.screen.admitted:
            await compare([phone.screen], phone.sees_on_server, phone.scene.report)
    await end(payer, visit, chance)
    for phone in phones:
        await phone.goes_out()


async def end(payer: Person, visit: str, chance: Random) -> None:
    """End a visit, and look at its bill once more."""
    for tries_left in reversed(range(MOST_TRIES)):
        try:
            await payer.does("session", payer.api.sessions.end(visit))
            break
        except Refused as refused:
            if refused.code != "open_balance" or not tries_left:
                raise
        await settle(payer, visit, chance)
    check_bill(payer, await payer.reads(payer.api.payments.bill(visit)))


def check_bill(payer: Person, bill: Json) -> None:
    """Object to what of a paid bill is not right to the cent."""
    payer.scene.report.counts["bills"] += 1
    for problem in wrong_bill(bill):
        payer.scene.report.problem(Promise.MONEY, problem)
