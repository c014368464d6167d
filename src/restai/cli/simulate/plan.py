"""How much is played, and how fast."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count

from restai.cli.simulate.spoil import Spoil

LEAST_WAIT = 30.0  # seconds that people wait for others at any speed: machines do not become faster


AT_THE_PEAK = {"kitchen": 8, "waiter": 20, "cashier": 3, "branch_manager": 1}
"""How many screens a branch has by who looks at them. There are more of them than people."""


@dataclass(frozen=True)
class Load:
    """A branch at its peak: the busiest hour of a Friday. Of `screens`, by role, there are at least as
    many as people; the others only look on."""

    tables: int = 60
    orders_an_hour: float = 144
    screens: Mapping[str, int] = field(default_factory=lambda: AT_THE_PEAK)


@dataclass(frozen=True)
class SignIn:
    role: str
    name: str
    email: str
    password: str


@dataclass(frozen=True)
class House:
    """A branch and who works there. `is_ours`: nobody plays in it but us, from its first day on."""

    branch: str
    staff: tuple[SignIn, ...]
    is_ours: bool


@dataclass(frozen=True)
class Plan:
    """`speed`: minutes of the evening in a real one. `minutes`: of the evening; None: until stopped.
    `house`: where it is played; None: in branches founded for it. `spoil`: what happens to one frame of
    the kitchen's first screen, to see that it is found."""

    url: str
    minutes: float | None = 40
    speed: float = 20
    branches: int = 1
    seed: int = 1
    load: Load = field(default_factory=Load)
    house: House | None = None
    spoil: Spoil | None = None

    def orders(self) -> Iterable[int]:
        """One number for each order of a branch."""
        if self.minutes is None:
            return count()
        return range(round(self.minutes * self.load.orders_an_hour / 60))


class Pace:
    """The evening's own time, in its seconds. Once the house closes nobody dawdles any more."""

    def __init__(self, speed: float) -> None:
        self.closing = asyncio.Event()
        self._speed = speed
        self.begin()

    def begin(self) -> None:
        """It begins now."""
        self._began = time.monotonic()

    @property
    def minutes(self) -> float:
        """Since it began."""
        return (time.monotonic() - self._began) * self._speed / 60

    async def pause(self, seconds: float) -> None:
        """So long, or until the house closes."""
        await self.wait(self.closing, seconds)

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        """For something, but no longer than so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds / self._speed):
                await event.wait()

    def patience(self, minutes: float) -> float:
        """Real seconds that somebody waits for others who would wait so many minutes."""
        return max(LEAST_WAIT, minutes * 60 / self._speed)
