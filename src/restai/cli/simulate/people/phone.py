"""A guest's phone."""

from __future__ import annotations

from contextlib import AsyncExitStack
from random import Random

import httpx

from restai.cli.simulate.checks.record import PATIENCE
from restai.cli.simulate.people.person import Person, Refused
from restai.cli.simulate.report import Promise
from restai.cli.simulate.scene import Json, Scene, line
from restai.cli.simulate.screens import Screen, Watching
from restai_sdk import Api, ApiError, fixed
from restai_sdk.api.requests import RequestKind

THINKS_AGAIN = 0.2  # of lines in the cart
TAKES_OUT = 0.1
NEVER_MIND = 0.1  # of calls


class Phone(Person):
    """One that has scanned a table's code. `guest`: whose it is."""

    def __init__(self, scene: Scene, api: Api, screen: Screen, guest: str) -> None:
        super().__init__(scene, api, screen)
        self.guest = guest

    async def is_let_in(self, within: float) -> str:
        """The visit, once the phone shows that it takes part in it. Raises Refused after so many seconds."""
        if not await self.screen.shows(lambda _: self.screen.admitted, within):
            raise Refused(ApiError("turned_away", "Nobody let us in", httpx.codes.FORBIDDEN))
        assert self.screen.snapshot is not None
        return str(self.screen.snapshot["session"]["id"])

    async def calls(self, kind: RequestKind, within: float) -> None:
        """Call for the waiter or the bill, and wait so many seconds for somebody to be on the way; or think
        again, and wave."""
        if (request := await self.tries("request", self.api.guest.ask(kind))) is None:
            return
        if self.chance.random() < NEVER_MIND:
            call = self.api.guest.cancel_request(request["id"])
            if await self.tries("request", call) is not None:
                self.scene.report.counts["calls taken back"] += 1
        await self.screen.shows(lambda snapshot: _is_answered(snapshot, request["id"]), within)

    async def sees_on_server(self) -> Json:
        """What the phone should show. Raises Refused."""
        return await self.reads(self.api.guest.snapshot())

    async def goes_out(self) -> None:
        """Be told that the visit is over: object if the connection ends without a word."""
        await self.screen.shows(lambda _: False, PATIENCE)
        if self.screen.stop is None:
            self.scene.report.problem(Promise.TOLD, f"{self.name} was not told that its visit is over")

    async def chooses(self, chance: Random) -> None:
        """Put dishes into the party's cart, and think again about some of them."""
        for _ in range(chance.randint(1, 3)):
            id_, dish = self.scene.new_id(), chance.choice(self.scene.dishes)
            await self.tries("cart", self.api.guest.put_line(id_, line(chance, dish)))
            if chance.random() < THINKS_AGAIN:
                await self.tries("cart", self.api.guest.put_line(id_, line(chance, dish)))
            elif chance.random() < TAKES_OUT:
                await self.tries("cart", self.api.guest.remove_line(id_))

    async def orders_cart(self) -> Json | None:
        """Order what is in the party's cart, without what is sold out. Raises Refused."""
        try:
            return await self.does("order", self.api.guest.order_cart(id_=self.scene.new_id()))
        except Refused as refused:
            if refused.code != "sold_out":
                return None
            await self._takes_out({dish["id"] for dish in refused.members["items"]})
        return await self.tries("order", self.api.guest.order_cart(id_=self.scene.new_id()))

    async def _takes_out(self, dishes: set[str]) -> None:
        snapshot = await self.sees_on_server()
        for each in snapshot["cart"]["lines"]:
            if each["menuItemId"] in dishes:
                await self.tries("cart", self.api.guest.remove_line(each["id"]))


def _is_answered(snapshot: Json, request: str) -> bool:
    return all(each["status"] != "pending" for each in snapshot["requests"] if each["id"] == request)


async def scan(scene: Scene, code: str, name: str, stack: AsyncExitStack) -> Phone:
    """A guest scans a table's code; his phone follows the visit as long as `stack` is open.

    Raises Refused if he is sent away.
    """
    api = Api(scene.url, http=scene.http)
    try:
        await api.guest.welcome(code)
        joined = await api.guest.join(code, name)
    except ApiError as error:
        raise Refused(error) from error
    screen = Screen(f"{name}'s phone", scene.record, scene.report, guest=joined["guest"]["id"])
    token = fixed(joined["token"])
    await stack.enter_async_context(Watching(scene.url, token, screen, scene.http))
    stack.callback(screen.leave)
    scene.report.counts["phones"] += 1
    return Phone(scene, Api(scene.url, token, http=scene.http), screen, joined["guest"]["id"])
