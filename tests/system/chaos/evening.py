"""An evening from its beginning to the last check."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from random import Random
from uuid import UUID

import psutil
import psycopg

from restai_sdk import Login, Screen, login
from tests.properties.following import comparable, difference
from tests.system.chaos.faults import Fault, go_wrong
from tests.system.chaos.judging import Entry, Findings, Json, Viewer, judge, permitted
from tests.system.chaos.players import Call, Team
from tests.system.chaos.stage import Stage
from tests.system.chaos.witnesses import Wire, Witness

SCREENS = ("kitchen", "kitchen", "waiter", "cashier")  # of the SDK; and as many that read the wire
KINDS = {"kitchen": "kitchen", "waiter": "waiter", "cashier": "pos"}  # as the others see them
WIRES = ("kitchen", "waiter")
MOST_GUESTS = 8  # whose phones are watched at a time
PLAYERS = 4
SETTLED = 60.0  # seconds until all has been told to everybody, once nothing is broken
LOOK_EVERY = 5.0  # seconds between two looks at the workers' memory


@dataclass(frozen=True)
class Script:
    """What is to happen. `faults` by kind: those of a kind one after another, kinds at the same time.
    `rest` before each and how long it is to `last`: seconds, least and most; `pace`: seconds that a player
    rests between two commands."""

    seed: int
    seconds: float
    faults: Mapping[str, Sequence[Fault]]
    rest: tuple[float, float]
    last: tuple[float, float]
    pace: float = 0.1


@dataclass
class Report:
    """What was found, and what was measured. An evening is good if `problems` is empty."""

    problems: list[str] = field(default_factory=list)
    events: int = 0
    played: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    screens: int = 0
    told: int = 0
    connections: int = 0
    lags: list[tuple[float, float]] = field(default_factory=list)  # when (s), how long (ms)
    calls: list[Call] = field(default_factory=list)
    memory: list[tuple[float, int, int]] = field(default_factory=list)  # when (s), pid, bytes


class Evening:
    """`play` it, once."""

    def __init__(self, stage: Stage, script: Script) -> None:
        self.stage = stage
        self.script = script
        self.report = Report()
        self._witnesses: list[Witness] = []
        self._wires: list[Wire] = []
        self._staff: dict[str, Login] = {}
        self._is_over = asyncio.Event()

    async def play(self) -> Report:
        """Raises nothing for what the house does wrong: the report has it."""
        async with AsyncExitStack() as stack:
            for role in ("kitchen", "waiter", "cashier", "branch_manager"):
                self._staff[role] = await self._sign_in(stack, role)
            await self._open_screens(stack)
            team = Team(self.stage.server.url, self.stage.server.house, self._staff, self._witnesses[0])
            stack.push_async_callback(team.end)
            await team.begin()
            async with asyncio.TaskGroup() as background:
                helpers = [
                    *(background.create_task(wire.run()) for wire in self._wires),
                    background.create_task(self._watch_guests(stack, team)),
                    background.create_task(self._weigh()),
                ]
                await self._commotion(team)
                await self._settle(team)
                for helper in helpers:
                    helper.cancel()
            self._check_orders(team)
        return self.report

    # ---- who is there

    async def _sign_in(self, stack: AsyncExitStack, role: str) -> Login:
        person = self.stage.server.person(role)
        token = await login(self.stage.server.url, person["email"], person["password"])
        stack.push_async_callback(token.aclose)
        return token

    async def _open_screens(self, stack: AsyncExitStack) -> None:
        for number, role in enumerate(SCREENS):
            viewer = Viewer(f"{role} {number}", self.stage.branch)
            screen = Screen(str(UUID(int=number + 1)), KINDS[role], viewer.name)
            await self._open(stack, Witness(self.stage.url, self._staff[role], viewer, screen=screen))
        for role in WIRES:
            viewer = Viewer(f"{role} on the wire", self.stage.branch)
            self._wires.append(Wire(self.stage.server.url, self._staff[role], viewer))
        await _until(lambda: all(witness.snapshot for witness in self._witnesses), SETTLED)

    async def _open(self, stack: AsyncExitStack, witness: Witness) -> None:
        await stack.enter_async_context(witness.client)
        self._witnesses.append(witness)

    async def _watch_guests(self, stack: AsyncExitStack, team: Team) -> None:
        """Open a screen for each party that is let in, as long as not too many are open."""
        seen = 0
        while True:
            await asyncio.sleep(0.1)
            there = sum(w.viewer.session is not None and not w.is_sent_away for w in self._witnesses)
            if seen < len(team.guests) and there < MOST_GUESTS:
                guest = team.guests[seen]
                viewer = Viewer(f"guest {seen}", self.stage.branch, guest.session)
                await self._open(stack, Witness(self.stage.url, guest.token, viewer))
                seen += 1

    # ---- what happens

    async def _commotion(self, team: Team) -> None:
        script = self.script
        async with asyncio.TaskGroup() as group:
            for number in range(PLAYERS):
                chance = Random(f"{script.seed} player {number}")
                group.create_task(team.play(chance, script.pace, self._is_over))
            wrong = []
            for kind, faults in script.faults.items():
                chance = Random(f"{script.seed} {kind}")
                work = go_wrong(self.stage, faults, chance, rest=script.rest, last=script.last)
                wrong.append(group.create_task(work))
            await asyncio.sleep(script.seconds)
            for task in wrong:
                task.cancel()
            await asyncio.gather(*wrong, return_exceptions=True)  # the group raises what they do
            self._is_over.set()
        self.report.played, self.report.calls = team.played, team.calls
        self.report.faults = Counter(trouble.name for trouble in self.stage.troubles)

    async def _weigh(self) -> None:
        while True:
            for pid in self.stage.server.workers:
                with suppress(psutil.Error):
                    size = psutil.Process(pid).memory_info().rss
                    self.report.memory.append((time.monotonic(), pid, size))
            await asyncio.sleep(LOOK_EVERY)

    # ---- the check

    async def _settle(self, team: Team) -> None:
        """Wait until everybody has been told everything, then hold it against the log."""
        await team.close(Random(f"{self.script.seed} close"))
        deadline = time.monotonic() + SETTLED
        while True:
            problems = await self._problems()
            if not problems or time.monotonic() > deadline:
                break
            await asyncio.sleep(0.3)
        self.report.problems += problems
        self._count()

    async def _problems(self) -> list[str]:
        """What is not as it should be now; it may only not be so yet."""
        log = await asyncio.to_thread(self.stage.log)
        self.report.events = len(log)
        # Beside the loop: after an hour it takes so long that every screen would be given up for dead
        found = await asyncio.to_thread(_all_told_wrongly, [*self._witnesses, *self._wires], log)
        return found or await self._states(log)

    async def _states(self, log: Sequence[Entry]) -> list[str]:
        """The screens' states, beside what the server says now."""
        found = []
        for witness in self._witnesses:
            if witness.is_sent_away:
                continue
            now = await witness.read_now(self.stage.server.url)
            held = witness.snapshot
            if held is None or now is None:
                found.append(f"{witness.viewer.name} has no snapshot")
            elif _comparable(held, witness.viewer) != _comparable(now, witness.viewer):
                found.append(f"{witness.viewer.name} shows something else: {difference(held, now)}")
        return found

    def _count(self) -> None:
        screens = (*self._witnesses, *self._wires)
        self.report.screens = len(screens)
        self.report.told = sum(len(screen.notes) for screen in screens)
        self.report.connections = sum(wire.connections for wire in self._wires) + sum(
            witness.client.reconnects + 1 for witness in self._witnesses
        )
        self.report.lags = [lag for wire in self._wires for lag in wire.lags]

    def _check_orders(self, team: Team) -> None:
        """What was asked twice happened once, and what was answered happened."""
        with psycopg.connect(self.stage.database) as connection:
            rows = connection.execute("SELECT customer_name FROM orders WHERE customer_name IS NOT NULL")
            there = Counter(name for (name,) in rows.fetchall())
        twice = [mark for mark, count in there.items() if count > 1]
        gone = [mark for mark in team.placed if mark not in there]
        if twice or gone:
            self.report.problems.append(f"orders: {len(twice)} are there twice, {len(gone)} are not there")


def _all_told_wrongly(screens: Sequence[Witness | Wire], log: Sequence[Entry]) -> list[str]:
    return [wrong for screen in screens if (wrong := _told_wrongly(screen, log)) is not None]


def _told_wrongly(screen: Witness | Wire, log: Sequence[Entry]) -> str | None:
    seen = permitted(log, screen.viewer)
    end = None if screen.is_sent_away else max((entry.seq for entry in log), default=0)
    found: Findings = judge(screen.notes, seen, end)
    return f"{screen.viewer.name}: {found}" if found else None


def _comparable(snapshot: Json, viewer: Viewer) -> Json:
    """Guests are not told of alarms: all that one changes of what they see of an order is its `rev`."""
    if viewer.session is not None:
        snapshot = snapshot | {"orders": [order | {"rev": 0} for order in snapshot["orders"]]}
    return comparable(snapshot)


async def _until(holds: Callable[[], object], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - other processes are waited for
            await asyncio.sleep(0.05)
