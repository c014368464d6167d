"""One socket's conversation: sign in, renew, expire, stay alive. Pure.

Time comes in as arguments: `now` is monotonic seconds, `wall` the server's clock in ms. What is to be
done comes out as a list of actions for whoever owns the socket.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from restai.realtime import frames
from restai.realtime.codes import Close
from restai.realtime.frames import Auth, Fault, Ping

AUTH_DEADLINE = 10.0  # seconds: slow tablets on café Wi-Fi need 3
WARNING = 60.0  # seconds before the token ends: time for a refresh over a bad network
PING_INTERVAL = 15.0  # seconds without a sign of life
PONG_DEADLINE = 10.0  # seconds to answer a ping
REFUSALS = 3  # bad tokens until the socket is closed
BURST = 60  # messages at once: more than any surface sends after a long sleep
RATE = 5.0  # messages a second, sustained


@dataclass(frozen=True, slots=True)
class Send:
    frame: bytes


@dataclass(frozen=True, slots=True)
class SendPing:
    pass


@dataclass(frozen=True, slots=True)
class Decide:
    """Find out who this is and what he may see, then call `admitted`, `refused` or close."""

    auth: Auth


@dataclass(frozen=True, slots=True)
class Hang:
    """Close the socket."""

    code: Close


Action = Send | SendPing | Decide | Hang


class Connection:
    """The state of one conversation.

    `admitted_until` is the end of the token in ms, None before the first. While a token is being
    decided (`deciding`), one further auth may wait; a newer one takes its place.
    """

    __slots__ = (
        "_allowance",
        "_allowance_at",
        "_auth_deadline",
        "_ping_due",
        "_pong_deadline",
        "_refusals",
        "_waiting",
        "_warn_at",
        "admitted_until",
        "deciding",
        "ended",
        "expires",
    )

    def __init__(self, now: float) -> None:
        self.deciding = False
        self.ended = False
        self.admitted_until: int | None = None
        self.expires: float | None = None  # monotonic
        self._warn_at: float | None = None
        self._waiting: Auth | None = None
        self._refusals = 0
        self._auth_deadline: float | None = now + AUTH_DEADLINE
        self._ping_due = now + PING_INTERVAL
        self._pong_deadline: float | None = None
        self._allowance = float(BURST)
        self._allowance_at = now

    @property
    def alive_until(self) -> float:
        """Until when (monotonic) the last sign of life is good: then another one is asked for."""
        return self._ping_due

    # ---- what comes in

    def heard(self, now: float) -> None:
        """Anything at all arrived: the other side is alive."""
        self._ping_due = now + PING_INTERVAL
        self._pong_deadline = None

    def received(self, text: str | bytes, now: float, wall: int) -> Sequence[Action]:
        """A text message arrived, whole."""
        if self.ended:
            return ()
        if not self._allowed(now):
            return self.hang(Close.TOO_MANY_MESSAGES)
        match frames.decode(text):
            case Ping():
                return (Send(frames.pong(wall)),)
            case Fault(message):
                return (Send(frames.fault(message)),)
            case Auth() as auth:
                return self._asked(auth)

    def _asked(self, auth: Auth) -> Sequence[Action]:
        if self.deciding:
            self._waiting = auth
            return ()
        self.deciding = True
        return (Decide(auth),)

    def _allowed(self, now: float) -> bool:
        self._allowance = min(BURST, self._allowance + (now - self._allowance_at) * RATE) - 1
        self._allowance_at = now
        return self._allowance >= 0

    # ---- what was decided

    def admitted(self, expires_at: int, now: float, wall: int) -> Sequence[Action]:
        """The token is good until `expires_at` (ms). Actions: the next waiting auth, if any."""
        self._auth_deadline = None
        self._refusals = 0
        self.admitted_until = expires_at
        self.expires = now + (expires_at - wall) / 1000
        self._warn_at = self.expires - WARNING
        return self._decided()

    def refused(self, wall: int) -> Sequence[Action]:
        """The token is not good. Another may be tried, until the deadline and `REFUSALS` times."""
        self._refusals += 1
        error = Send(frames.auth_error(wall))
        if self._refusals >= REFUSALS:
            return (error, *self.hang(Close.REFUSED))
        return (error, *self._decided())

    def stranger(self, wall: int) -> Sequence[Action]:
        """A renewal with another person's token."""
        return (Send(frames.auth_error(wall)), *self.hang(Close.REFUSED))

    def _decided(self) -> Sequence[Action]:
        self.deciding = False
        waiting, self._waiting = self._waiting, None
        return () if waiting is None else self._asked(waiting)

    def hang(self, code: Close) -> Sequence[Action]:
        """The conversation is over; nothing follows."""
        if self.ended:
            return ()
        self.ended = True
        self._waiting = None
        return (Hang(code),)

    # ---- what time brings

    def due(self) -> float:
        """When `tick` has something to do next, in monotonic seconds."""
        moments = (self._auth_deadline_now(), self._warn_at, self.expires, self._pong_or_ping())
        return min(moment for moment in moments if moment is not None)

    def tick(self, now: float) -> Sequence[Action]:
        """Do what is due at `now`."""
        if self.ended:
            return ()
        if self.expires is not None and now >= self.expires:
            return self.hang(Close.TOKEN_EXPIRED)
        deadline = self._auth_deadline_now()
        if deadline is not None and now >= deadline:
            return self.hang(Close.AUTH_TIMEOUT)
        if self._pong_deadline is not None and now >= self._pong_deadline:
            return self.hang(Close.NO_PONG)
        actions: list[Action] = []
        if self._warn_at is not None and now >= self._warn_at:
            self._warn_at = None
            actions.append(Send(frames.auth_expiring(self.admitted_until or 0)))
        if self._pong_deadline is None and now >= self._ping_due:
            self._pong_deadline = now + PONG_DEADLINE
            actions.append(SendPing())
        return actions

    def _auth_deadline_now(self) -> float | None:
        return None if self.deciding else self._auth_deadline

    def _pong_or_ping(self) -> float:
        return self._ping_due if self._pong_deadline is None else self._pong_deadline
