"""Follows logs: puts what is heard in order, fills what is missing, remembers the newest.

Three ways lead here: the own process hands over what it committed (`accept`), other processes hint
(`accept` as well), and the heads poll asks the database, always. The first two are fast and may lose,
double or reorder; the poll makes them whole.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any, Protocol

from restai.realtime.codes import Resync
from restai.realtime.followed import RING_BYTES, RING_EVENTS, Followed
from restai.realtime.ports import Event, Head, Log
from restai.realtime.resume import is_whole

POLL_INTERVAL = 0.4  # seconds: what a lost hint costs at most
POLL_JITTER = 0.25  # so that many processes do not ask in step
SHORTEST_PAUSE = 0.05  # seconds between two polls, whoever wants them
FROZEN = 2.0  # seconds in which the loop did not turn; a lock of ours that others wait for ends after 5
WATCH_AGAIN = 30.0  # seconds after the log could not be watched; until then there is the poll
PAGE = 500  # events a read
TOO_FAR = 1_000  # events behind: from here on a snapshot is faster
KEEP = 60.0  # seconds a stream is followed after its last socket left

_log = logging.getLogger(__name__)


class Receiver(Protocol):
    """Who is given what the tail hears."""

    def follows(self, stream: str) -> None:
        """The stream is followed from now on; called before it is read for the first time."""

    def forgets(self, stream: str) -> None:
        """The stream is followed no longer."""

    def deliver(self, stream: str, event: Event) -> None:
        """Take a stream's next event. Called in `seq` order, once for each."""

    async def review(self, stream: str | None) -> None:
        """The stream will skip ahead: hand out what was delivered, then read its sockets' access
        again. None: that of all sockets, for the process was frozen. Nothing is delivered meanwhile.
        May raise: it is then tried again."""

    def awoke(self) -> None:
        """After all access was read again: what was held back may go on."""

    def land(self, stream: str, reason: Resync, begin: Callable[[], None]) -> None:
        """Skip: call `begin` when nothing is half handed out, and tell the stream's sockets why."""


class LogTail:
    """The streams that this process follows. All methods belong to one event loop."""

    def __init__(
        self,
        log: Log,
        receiver: Receiver,
        *,
        wall: Callable[[], int],
        now: Callable[[], float],
        spawn: Callable[[Coroutine[Any, Any, None]], object],
    ) -> None:
        """`wall` in ms, `now` in monotonic seconds; `spawn` runs a task that its owner ends."""
        self._log = log
        self._receiver = receiver
        self._wall = wall
        self._now = now
        self._spawn = spawn
        self._followed: dict[str, Followed] = {}
        self._alive_at: float | None = None
        self._is_waking = False
        self.fills = 0
        self.last_poll_failed = False
        self._poll_wanted = asyncio.Event()
        self._following = asyncio.Event()  # set while anything is followed

    # ---- following

    async def hold(self, stream: str) -> None:
        """Follow `stream` until `release`; returns when its cursor is known. Raises if it can't be."""
        followed = self._followed.get(stream)
        if followed is None:
            followed = self._followed[stream] = Followed(stream)
            self._following.set()
            self._receiver.follows(stream)
        followed.holders += 1
        try:
            while not followed.is_open:
                await self._opened(followed)
        except BaseException:
            self.release(stream)
            raise

    def release(self, stream: str) -> None:
        """One holder less. The stream is followed for `KEEP` seconds more."""
        followed = self._followed[stream]
        followed.holders -= 1
        followed.idle_since = self._now()
        if followed.holders == 0 and not followed.is_open and followed.opening is None:
            self._forget(followed)

    def get(self, stream: str) -> Followed:
        return self._followed[stream]

    def find(self, stream: str) -> Followed | None:
        return self._followed.get(stream)

    @property
    def streams(self) -> list[str]:
        return list(self._followed)

    async def _opened(self, followed: Followed) -> None:
        """Read the stream's end; whoever comes meanwhile waits for the same answer."""
        if followed.opening is not None:
            await asyncio.shield(followed.opening)
            return
        followed.opening = opening = asyncio.get_running_loop().create_future()
        opening.add_done_callback(_retrieved)
        try:
            sent = self._wall()
            answer = await self._log.open(followed.stream, RING_EVENTS, RING_BYTES)
            followed.begin(answer.head, answer.newest, sent)
            opening.set_result(None)
        except BaseException as error:
            opening.set_exception(error if isinstance(error, Exception) else ConnectionError("given up"))
            raise
        finally:
            followed.opening = None
        self._advance(followed)

    # ---- hearing

    def accept(self, stream: str, epoch: str, events: Sequence[Event]) -> None:
        """Events of a stream, heard of in any order and any number of times."""
        followed = self._followed.get(stream)
        if followed is not None:
            for event in events:
                followed.hear(epoch, event.seq, event)
            self._heard(followed, epoch)

    def heard_of(self, stream: str, epoch: str, seq: int) -> None:
        """The stream is said to reach `seq`."""
        followed = self._followed.get(stream)
        if followed is not None:
            followed.hear(epoch, seq)
            self._heard(followed, epoch)

    def is_news(self, stream: str, epoch: str, seq: int) -> bool:
        """Whether it may be more than is known that the stream reaches `seq`."""
        followed = self._followed.get(stream)
        if followed is None:
            return False
        return not followed.is_standing or epoch != followed.epoch or seq > followed.cursor

    def _heard(self, followed: Followed, epoch: str) -> None:
        if followed.is_standing and epoch != followed.epoch:
            self.poll_soon()  # whatever it is, only the log itself says in which epoch it is
        else:
            self._advance(followed)

    def _advance(self, followed: Followed) -> None:
        """Deliver what is next; if something between is missing, fill it."""
        if not followed.is_standing or not self.is_awake():
            return
        while (event := followed.next()) is not None:
            followed.take(event)
            self._receiver.deliver(followed.stream, event)
        if followed.known > followed.cursor and not followed.is_filling:
            followed.is_filling = True
            self._spawn(self._fill(followed))

    async def _fill(self, followed: Followed) -> None:
        """Read what is missing, until nothing that was heard of is."""
        try:
            while followed.known > followed.cursor and not followed.is_jumping:
                await self._fill_page(followed)
        except Exception:
            # the next poll finds the gap again
            followed.known = followed.cursor
            _log.warning("cannot fill %s", followed.stream, exc_info=True)
        finally:
            followed.is_filling = False

    async def _fill_page(self, followed: Followed) -> None:
        after, epoch = followed.cursor, followed.epoch
        if followed.known - after > TOO_FAR:
            await self._jump_to_head(followed, Resync.TOO_FAR)
            return
        self.fills += 1
        events = await self._log.read(followed.stream, after, PAGE)
        if followed.epoch != epoch or followed.is_jumping:
            return
        if not events:
            await self._settle(followed, after)
            return
        if not is_whole(events, after):
            await self._jump_to_head(followed, Resync.RETENTION)
            return
        for event in events:
            if event.seq > followed.cursor:
                followed.ahead[event.seq] = event
        self._advance(followed)
        followed.ahead = {seq: event for seq, event in followed.ahead.items() if seq > followed.cursor}

    async def _settle(self, followed: Followed, after: int) -> None:
        """Nothing stands behind the cursor though something was heard of: ask where the log ends."""
        generation = followed.generation
        head = (await self._log.heads([followed.stream])).get(followed.stream)
        if followed.generation != generation or followed.is_jumping:
            return
        if head is None or (head == followed.head and followed.cursor == after):
            followed.ahead.clear()  # it was never committed
            followed.known = followed.cursor
        elif head.epoch != followed.epoch or head.seq < after:
            await self._leave_epoch(followed, head, after)
        elif head.seq > followed.cursor == after:
            await self._jump_to_head(followed, Resync.RETENTION)

    async def _leave_epoch(self, followed: Followed, head: Head, cursor: int) -> None:
        """`head` answered a query sent when the cursor stood at `cursor`, and does not continue that."""
        if head.epoch == followed.epoch:
            await self._log.went_back(followed.stream, Head(head.epoch, cursor))
        await self._jump_to_head(followed, Resync.EPOCH)

    async def _jump_to_head(self, followed: Followed, reason: Resync) -> None:
        """Skip to the end. Nothing is delivered until the sockets' access has been read again."""
        if followed.is_jumping:
            return
        followed.is_jumping = True
        try:
            sent = self._wall()
            answer = await self._log.open(followed.stream, RING_EVENTS, RING_BYTES)
            await self._receiver.review(followed.stream)
        except BaseException:
            followed.is_jumping = False
            followed.hear_early()
            raise

        def begin() -> None:
            followed.begin(answer.head, answer.newest, sent)
            self._advance(followed)

        self._receiver.land(followed.stream, reason, begin)

    # ---- staying awake

    def pulse(self) -> None:
        """The process runs: to be called several times a second. Without the first call, nothing tells
        that it was ever frozen."""
        if self.is_awake():
            self._alive_at = self._now()

    def is_awake(self) -> bool:
        """Whether what is heard can be passed on. A process that was frozen has missed whose access
        ended, and hears of that by one log when it may have heard of events by another."""
        if not self._is_waking and self._alive_at is not None and self._now() - self._alive_at > FROZEN:
            _log.warning("the process was frozen for %.1f s", self._now() - self._alive_at)
            self._is_waking = True
            self._spawn(self._wake())
        return not self._is_waking

    async def _wake(self) -> None:
        while True:
            try:
                await self._receiver.review(None)
                break
            except Exception as error:
                _log.warning("cannot read who may still see what: %s", error)
                await asyncio.sleep(POLL_INTERVAL)
        self._is_waking, self._alive_at = False, self._now()
        for followed in list(self._followed.values()):
            self._advance(followed)
        self._receiver.awoke()

    # ---- asking

    async def run(self) -> None:
        """Poll until cancelled. A poll that fails is logged once and tried again."""
        while True:
            await self._until_next_poll()
            try:
                await self.poll()
            except Exception as error:
                if not self.last_poll_failed:
                    _log.warning("the heads poll failed: %s", error)
                self.last_poll_failed = True
            else:
                self.last_poll_failed = False

    async def watch(self) -> None:
        """Poll at once when the log says that it changed, until cancelled."""
        while True:
            await self._following.wait()
            try:
                await self._log.changed()
            except Exception as error:
                _log.warning("cannot watch the log for changes: %s", error)
                await asyncio.sleep(WATCH_AGAIN)
            else:
                self.poll_soon()

    def poll_soon(self) -> None:
        """Do not wait with the next poll: something is said to have happened."""
        self._poll_wanted.set()

    async def _until_next_poll(self) -> None:
        pause = POLL_INTERVAL * random.uniform(1 - POLL_JITTER, 1 + POLL_JITTER)
        await asyncio.sleep(SHORTEST_PAUSE)
        with suppress(TimeoutError):
            async with asyncio.timeout(pause - SHORTEST_PAUSE):
                await self._poll_wanted.wait()
        self._poll_wanted.clear()

    async def poll(self) -> None:
        """Ask where the followed streams end, once, and act on it. Raises what the log raises."""
        self._forget_idle()
        asked = {f.stream: (f, f.generation, f.cursor) for f in self._followed.values() if f.is_standing}
        if not asked:
            return
        sent = self._wall()
        heads = await self._log.heads(asked)
        for stream, head in heads.items():
            followed, generation, cursor = asked[stream]
            if followed.is_standing and followed.generation == generation:
                await self._compare(followed, head, cursor, sent)

    async def _compare(self, followed: Followed, head: Head, cursor: int, sent: int) -> None:
        """`head` answered a query sent at `sent`, when the cursor stood at `cursor`."""
        if head.epoch != followed.epoch or head.seq < cursor:
            await self._leave_epoch(followed, head, cursor)
            return
        followed.known = max(followed.known, head.seq)
        followed.asked(sent, head.seq)
        self._advance(followed)

    async def reaches(self, stream: str) -> None:
        """Ask where one stream ends now. Raises what the log raises."""
        head = (await self._log.heads([stream])).get(stream)
        if head is not None:
            self.heard_of(stream, *head)

    def _forget_idle(self) -> None:
        now = self._now()
        for followed in list(self._followed.values()):
            idle = followed.holders == 0 and not followed.is_busy
            if idle and now - followed.idle_since >= KEEP:
                self._forget(followed)

    def _forget(self, followed: Followed) -> None:
        del self._followed[followed.stream]
        if not self._followed:
            self._following.clear()
        self._receiver.forgets(followed.stream)


def _retrieved(future: asyncio.Future[None]) -> None:
    """An opening that nobody else waited for may fail without complaint: its opener raises."""
    if not future.cancelled():
        future.exception()
