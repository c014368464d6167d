"""Who is there: the leases of the named screens that are connected to this process, and a count of phones."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Never, TypeVar

import structlog
from pydantic import ValidationError

from restai.db.engine import Database
from restai.errors import RestaiError
from restai.features.screens import service as screens
from restai.features.screens.schemas import ScreenName
from restai.features.screens.service import Lease
from restai.live.endpoint import GuestKey, StaffKey
from restai.realtime.frames import Screen
from restai.realtime.patience import within
from restai.realtime.server import Server

RENEW_EVERY = 5.0  # seconds: with the jitter less than `MISSED_AFTER`, so that a pong is told of in time
JITTER = 0.25  # of the pause, either way: processes that started together drift apart
GATHER = 0.2  # seconds: those who come back together are written together
GREETING = 5.0  # seconds for those who have come: a herd is told of one by one
RENEWING = 2.0  # seconds for one round: then the next one may have more luck
TRY_AGAIN = 1.0  # seconds: with a round that hangs, less than what a screen has once the database is back
AT_ONCE = 500  # leases in one statement

_log = structlog.get_logger(__name__)

Leases = Mapping[tuple[str, str], Lease]
"""By branch and screen."""

T = TypeVar("T")


class Counts(NamedTuple):
    """How many are connected to this process: named screens of staff, and phones of guests."""

    screens: int
    phones: int


class Attendance(NamedTuple):
    """A branch's sockets to this process, guests' `phones` among them, and its rooms that somebody is in."""

    connections: int
    phones: int
    rooms: int


class Presence:
    """Sees to it that the database knows of the screens here as long as they show a sign of life.

    Nothing is written when one goes: its lease runs out, as it does when the whole process goes.
    """

    def __init__(self, server: Server, database: Database) -> None:
        self._server = server
        self._database = database
        self._known: set[tuple[str, str]] = set()

    async def run(self) -> None:
        """Renew until cancelled. What fails is logged, and done by the next round."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._keep_renewing())
            both.create_task(self._keep_greeting())

    async def _keep_renewing(self) -> Never:
        pause = RENEW_EVERY
        while True:
            await asyncio.sleep(pause * random.uniform(1 - JITTER, 1 + JITTER))
            pause = RENEW_EVERY if await self._try(self.renew(), RENEWING) else TRY_AGAIN

    async def _keep_greeting(self) -> Never:
        while True:
            await self._server.named.wait()
            self._server.named.clear()
            await asyncio.sleep(GATHER)
            await self._try(self.greet(), GREETING)

    async def _try(self, work: Coroutine[Any, Any, None], seconds: float) -> bool:
        """Whether it went well, and in time."""
        try:
            await within(seconds, work)
            return True
        except (RestaiError, TimeoutError) as error:  # the database is busy, or away
            _log.warning("leases put off", because=getattr(error, "code", "timeout"))
        except Exception:
            _log.exception("leases failed")
        return False

    async def renew(self) -> None:
        """Renew the leases of all screens here."""
        leases = self._leases()
        await self._write(leases)
        self._known = set(leases)

    async def greet(self) -> None:
        """Begin the leases of those who have come since, or were silent: they do not wait for the others."""
        leases = {key: lease for key, lease in self._leases().items() if key not in self._known}
        await self._write(leases)
        self._known |= leases.keys()

    async def _write(self, leases: Leases) -> None:
        for some in _batches(list(leases.values()), AT_ONCE):
            async with self._database.transaction() as tx:
                coming = await screens.renew(tx, some)
            for few in _batches(coming, screens.BATCH):
                async with self._database.transaction() as tx:
                    await screens.come_online(tx, few)

    def _leases(self) -> Leases:
        """The longest lease of each; none for who has not been heard of in time."""
        found: dict[tuple[str, str], Lease] = {}
        for present in self._server.present():
            key = present.identity.key
            if present.screen is None or present.left <= 0 or not isinstance(key, StaffKey):
                continue
            name = _understood(present.screen)
            for branch in present.streams if name is not None else ():
                assert name is not None
                lease = Lease(key.organization_id, branch, name, int(present.left * 1000))
                other = found.get((branch, name.id))
                if other is None or other.left < lease.left:
                    found[branch, name.id] = lease
        return found

    def of_branch(self, branch_id: str) -> Attendance:
        """Who of a branch is connected to this process now."""
        here = [each for each in self._server.present() if branch_id in each.streams]
        rooms = frozenset[str]().union(*(each.streams[branch_id] for each in here))
        phones = sum(isinstance(each.identity.key, GuestKey) for each in here)
        return Attendance(len(here), phones, len(rooms))

    def counts(self) -> Counts:
        """How many there are now, of all branches."""
        counted = Counter(
            type(each.identity.key)
            for each in self._server.present()
            if each.screen is not None or isinstance(each.identity.key, GuestKey)
        )
        return Counts(screens=counted[StaffKey], phones=counted[GuestKey])


def _understood(screen: Screen) -> ScreenName | None:
    """None for what a newer client may say: it is let in, and not shown to others."""
    try:
        return ScreenName(id=screen.id, kind=screen.kind, name=screen.name)
    except ValidationError:
        return None


def _batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))
