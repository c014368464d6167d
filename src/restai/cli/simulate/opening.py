"""Before the guests: everybody signs in, and every screen is switched on."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from itertools import cycle

import httpx

from restai.cli.simulate.checks.record import PATIENCE, Record
from restai.cli.simulate.people.cashier import Cashier
from restai.cli.simulate.people.cook import Cook
from restai.cli.simulate.people.crew import Crew
from restai.cli.simulate.people.person import Person
from restai.cli.simulate.people.waiter import Waiter
from restai.cli.simulate.plan import AT_THE_PEAK, House, Pace, Plan, SignIn
from restai.cli.simulate.report import Promise, Report
from restai.cli.simulate.scene import Account, Scene
from restai.cli.simulate.screens import Screen, Watching
from restai_sdk import Api, Login

MANAGERS = ("branch_manager", "org_admin")
SPOILT = ("kitchen", 0)  # the screen on which a frame is spoilt, if one is to be


@dataclass(frozen=True)
class Opened:
    """A branch that is open, with so many tables: its crew, and all screens of its staff, also those that
    only look on."""

    house: House
    tables: int
    scene: Scene
    crew: Crew
    screens: list[Screen]


@dataclass(frozen=True)
class Opening:
    """Opens branches. Their screens are on as long as `stack` is open."""

    plan: Plan
    pace: Pace
    report: Report
    http: httpx.AsyncClient
    stack: AsyncExitStack

    async def open(self, house: House) -> Opened:
        """Raises SignedOut and ApiError."""
        accounts = [await self._sign_in(person) for person in house.staff]
        manager = next(account for account in accounts if account.role in MANAGERS)
        scene = await self._scene(house, manager.api)
        on = {role: await self._switch_on(scene, role, accounts) for role in AT_THE_PEAK}
        crew = _crew(scene, manager, on)
        screens = [screen for pairs in on.values() for _, screen in pairs]
        for screen in screens:
            if not await screen.shows(lambda _: True, PATIENCE):
                self.report.problem(Promise.STATE, f"{screen.name} shows nothing")
        if read := [screen.first for screen in screens if screen.first is not None]:
            scene.record.begins(min(read, key=lambda snapshot: int(snapshot["stream"]["seq"])))
        return Opened(house, len((screens[0].snapshot or {"tables": ()})["tables"]), scene, crew, screens)

    async def _sign_in(self, person: SignIn) -> Account:
        token = Login(self.plan.url, person.email, person.password, http=self.http)
        api = Api(self.plan.url, token, http=self.http)
        return Account(person.role, (await api.staff.me())["id"], token, api)

    async def _scene(self, house: House, api: Api) -> Scene:
        snapshot = dict(await api.branches.snapshot(house.branch))
        record = Record(snapshot, self.report.problem, is_ours=house.is_ours)
        menu = await api.menu.get(branch_id=house.branch)
        return Scene(
            url=self.plan.url,
            http=self.http,
            branch=house.branch,
            seed=f"{self.plan.seed} {record.branch['name']}",
            pace=self.pace,
            record=record,
            report=self.report,
            dishes=[dict(item) for category in menu["categories"] for item in category["items"]],
        )

    async def _switch_on(
        self, scene: Scene, role: str, accounts: list[Account]
    ) -> list[tuple[Account, Screen]]:
        """The screens of a role, the first of them with an account of its own each."""
        having = [account for account in accounts if account.role == role]
        number = max(self.plan.load.screens.get(role, 0), len(having)) if having else 0
        pairs = []
        for place, account in zip(range(number), cycle(having), strict=False):
            spoil = self.plan.spoil if (role, place) == SPOILT else None
            screen = Screen(f"{role} screen {place + 1}", scene.record, self.report, spoil=spoil)
            await self.stack.enter_async_context(Watching(scene.url, account.token, screen, self.http))
            pairs.append((account, screen))
        return pairs


def _crew(scene: Scene, manager: Account, on: dict[str, list[tuple[Account, Screen]]]) -> Crew:
    """One waiter and cashier an account, and a cook at each station."""
    waiters = on["waiter"][: len({account.user for account, _ in on["waiter"]})]
    tills = on["cashier"][: len({account.user for account, _ in on["cashier"]})]
    stations = scene.record.branch["stations"]
    return Crew(
        manager=Person(scene, manager.api, (on["branch_manager"] or on["waiter"])[0][1]),
        waiters=[
            Waiter(scene, account, screen, number=number, of=len(waiters))
            for number, (account, screen) in enumerate(waiters)
        ],
        cashiers=[Cashier(scene, account.api, screen) for account, screen in tills],
        cooks=[
            Cook(scene, account, screen, station)
            for station, (account, screen) in zip(stations, cycle(on["kitchen"]), strict=False)
        ],
    )
