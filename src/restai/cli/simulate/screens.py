"""A simulated screen: a client that remembers what it was told, and objects to what should not be."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress

import httpx
import msgspec

from restai.cli.simulate.checks.carrying import EVERYBODY, PARTY, PARTY_ALONE, Json, is_event, visit_of
from restai.cli.simulate.checks.frames import Connection
from restai.cli.simulate.checks.manners import indiscretion
from restai.cli.simulate.checks.record import PATIENCE, Place, Record
from restai.cli.simulate.report import Promise, Report
from restai.cli.simulate.spoil import Spoil, Spoiler
from restai_sdk import Client, Freshness, Listener, State, Stop, TokenProvider

Seen = Callable[[Json], bool]


class Screen(Listener):
    """Of one branch. `guest`: the guest whose phone it is, None for staff."""

    def __init__(
        self,
        name: str,
        record: Record,
        report: Report,
        *,
        guest: str | None = None,
        spoil: Spoil | None = None,
    ) -> None:
        self.name = name
        self.is_guests = guest is not None
        self.branch: str = record.branch["id"]
        self.first: Json | None = None  # the first snapshot that it read
        self.snapshot: Json | None = None
        self.stop: Stop | None = None
        self.spoiler = Spoiler(spoil)
        self._guest = guest
        self._record = record
        self._report = report
        self._connection = Connection(self.branch)
        self._news = asyncio.Event()
        self._by_event = False  # how the data came to be what it is
        self._is_void = True  # the data, until there is a snapshot, or an event goes on from it
        self._unjudged: list[Json] = []  # events that came meanwhile
        self._since: Place | None = None  # from where on it owes what others were told
        self._until: int | None = None  # to where: it has ended
        self._told: set[Place] = set()
        self._live_since: float | None = None
        record.screens.add(self)

    # ---- for people

    async def shows(self, so: Seen, within: float) -> bool:
        """Whether it comes to show what is `so` within so many seconds."""
        try:
            async with asyncio.timeout(within):
                while self.snapshot is None or not so(self.snapshot):
                    if self.stop is not None:
                        return False
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return False
        return True

    async def news(self, within: float) -> None:
        """Waits for something to happen, but no longer than so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._news.wait()
        self._news.clear()

    @property
    def admitted(self) -> bool:
        """Whether the phone takes part in its visit."""
        visit = {} if self.snapshot is None else self.snapshot.get("session", {})
        return visit.get("status") == "active" and any(
            each["id"] == self._guest and each["status"] == "in" for each in visit["guests"]
        )

    def leave(self) -> None:
        """It is switched off: it owes nothing of what comes now."""
        self._until = self._connection.seq if self._until is None else self._until

    # ---- what the client tells

    def hears(self, frame: Json, text: int, *, anew: bool) -> None:
        """A frame came in, which the client has dealt with. `text`: a number that its bytes have alone."""
        self._report.counts["frames"] += 1
        if (wrong := self._connection.hears(frame, anew=anew)) is not None:
            self._report.problem(Promise.ORDER, f"{self.name} was told {wrong}")
        if anew or frame.get("type") == "resync":
            self._is_void = True
        if is_event(frame) and self._connection.epoch is not None:
            self._hears_event(frame, self._record.place(self._connection.epoch, frame["seq"]), text)
        self._judge()

    def changed(self, branch: str, snapshot: Json | None) -> None:
        self.snapshot = snapshot
        if snapshot is not None:
            if not self._by_event:
                self._begin(snapshot)
            self._by_event = self._is_void = False
            self._judge()
        self._news.set()

    def applied(self, branch: str, event: Json, replay: bool) -> None:
        self._by_event = True  # `changed` follows

    def freshness(self, branch: str, freshness: Freshness) -> None:
        live = freshness.state is State.LIVE
        self._live_since = (self._live_since or time.monotonic()) if live else None
        self._news.set()

    def stopped(self, stop: Stop) -> None:
        self.stop = stop
        if self._until is None and (not self.is_guests or (self.admitted and self._live_since is not None)):
            self._report.problem(Promise.TOLD, f"{self.name} was cut off and not told why")
        self.leave()
        self._news.set()

    def _begin(self, snapshot: Json) -> None:
        """The server's own words: what came before, nobody need tell."""
        self.first = self.first or snapshot
        stream = snapshot["stream"]
        if not self.is_guests or self.admitted:
            self._since = self._record.place(stream["epoch"], stream["seq"])

    def _hears_event(self, event: Json, place: Place, text: int) -> None:
        self._told.add(place)
        self._record.tell(self, place, event, text, time.monotonic())
        if not self.is_guests:
            return
        is_sent_away = event["type"] == "guest:left" and event["guestId"] == self._guest
        if is_sent_away or event["type"] == "session:ended":
            self.leave()
        if not is_sent_away:
            self._unjudged.append(event)

    def _judge(self) -> None:
        """Whether a phone may be told what it was told: once its data tells whose it is, and whether it has
        been let in. A replay is for who has by its end."""
        if not self._unjudged or self._is_void or self.snapshot is None or self._connection.replays:
            return
        visit, table = self.snapshot["session"], self.snapshot["table"]
        let_in = self.admitted or visit["status"] == "completed"
        for event in self._unjudged:
            own = {visit["id"], visit["mergedInto"]} - {None}
            wrong = indiscretion(event, own, table["id"], admitted=let_in)
            if wrong is not None:
                self._report.problem(Promise.OWN, f"{self.name} was told {wrong}")
        self._unjudged.clear()

    # ---- what the record asks

    def owes(self, place: Place, event: Json) -> bool:
        since = self._since
        if since is None or place.epoch != since.epoch or place <= since or place in self._told:
            return False
        if not self.is_guests:
            return event["type"] not in PARTY_ALONE
        if self._until is not None and place.seq > self._until:
            return False
        return event["type"] in EVERYBODY or (event["type"] in PARTY and visit_of(event) == self._visit)

    def had_time(self, place: Place, since: float, now: float) -> bool:
        connection = self._connection
        if self.stop is not None or (self._is_at(place) and connection.handed >= place.seq):
            return True  # it ended, or was told what came later
        return self._live_since is not None and now - max(self._live_since, since) >= PATIENCE

    def _is_at(self, place: Place) -> bool:
        epoch = self._connection.epoch
        return epoch is not None and self._record.place(epoch, 0).epoch == place.epoch

    def is_done_with(self, place: Place) -> bool:
        self._told.discard(place)
        return self._until is not None and place.seq >= self._until

    @property
    def _visit(self) -> str | None:
        return None if self.snapshot is None else str(self.snapshot["session"]["id"])


class Watching(Client):
    """A client whose frames a screen sees as they come."""

    def __init__(self, url: str, token: TokenProvider, screen: Screen, http: httpx.AsyncClient) -> None:
        branches = None if screen.is_guests else [screen.branch]
        super().__init__(url, token, branches, guest=screen.is_guests, listener=screen, http=http)
        self._screen = screen

    def received(self, frame: str | bytes | Json) -> None:
        assert not isinstance(frame, dict), "a socket gives text"
        for text in self._screen.spoiler.pass_on(frame):
            before, body = self.reconnects, msgspec.json.decode(text)
            super().received(body)
            self._screen.hears(body, hash(text), anew=self.reconnects != before)
