"""Rate limits on what can be guessed or flooded, by account and by address, counted in each process.

Limits by account are narrow. Those by address are wide, since a whole restaurant shares one; an address
is what `network_of` makes of it.
"""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Any, Literal, NamedTuple

from fastapi import Depends, Request
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import Storage
from limits.strategies import FixedWindowRateLimiter

from restai.clock import MINUTE, SECOND, Clock
from restai.errors import Busy, DatabaseAway, DiskFull, NotFound, TooManyRequests
from restai.http.problems import raises

Kind = Literal["sign_in", "refresh", "register", "password", "guest", "scan", "join", "upload"]


class Allowance(NamedTuple):
    account: RateLimitItem
    address: RateLimitItem


ALLOWANCES: dict[Kind, Allowance] = {
    # ten wrong passwords, then a pause; at the start of a shift a whole crew signs in at once
    "sign_in": Allowance(RateLimitItemPerMinute(10, 5), RateLimitItemPerMinute(100)),
    # a token is renewed every 15 min, or at once by each tab that wakes up
    "refresh": Allowance(RateLimitItemPerMinute(20), RateLimitItemPerMinute(600)),
    "register": Allowance(RateLimitItemPerMinute(5, 60), RateLimitItemPerMinute(30, 60)),
    "password": Allowance(RateLimitItemPerMinute(10, 5), RateLimitItemPerMinute(100)),
    # a phone that taps; 200 phones on one Wi-Fi
    "guest": Allowance(RateLimitItemPerSecond(30, 10), RateLimitItemPerSecond(1_000, 10)),
    # photographs of a whole menu, one after the other
    "upload": Allowance(RateLimitItemPerMinute(60), RateLimitItemPerMinute(300)),
    # a table's code, by which nobody is known yet: a family scans it, and some of them twice
    "scan": Allowance(RateLimitItemPerMinute(60), RateLimitItemPerMinute(600)),
    "join": Allowance(RateLimitItemPerMinute(40, 5), RateLimitItemPerMinute(600, 5)),
}

WRONG_CODES = RateLimitItemPerMinute(60, 10)
"""By address. Some guests mistype; who guesses looks for one of 10,000 tables for 8 years."""

RIGHT_CODE = RateLimitItemPerHour(1, 12)
"""How long a code that was right from an address counts as known there: a day's service."""

MOST_WINDOWS = 50_000  # 11 MB: a hundred full houses whose phones come each from an address of its own

UNDECIDED = (Busy, DatabaseAway, DiskFull)
"""What answers a call that cannot be decided now. Who has to try again has not guessed."""


class Limiter:
    """Counts calls, but those that are refused. A limit's window begins with its first call."""

    def __init__(self, clock: Clock) -> None:
        self._windows = _Windows(clock)
        self._clock = clock
        self._strategy = FixedWindowRateLimiter(self._windows)

    def account(self, kind: Kind, account: str) -> None:
        """Count a call for an account, by whatever names it. Raises TooManyRequests."""
        self._hit(ALLOWANCES[kind].account, kind, "account", account)

    @contextmanager
    def deciding(self, kind: Kind, account: str) -> Iterator[None]:
        """Around a call of an account, which counts unless it ends `UNDECIDED`. Raises TooManyRequests."""
        with self._deciding(ALLOWANCES[kind].account, kind, "account", account):
            yield

    @contextmanager
    def deciding_from(self, kind: Kind, address: str) -> Iterator[None]:
        """Likewise around a call from an address."""
        with self._deciding(ALLOWANCES[kind].address, kind, "address", address):
            yield

    def forgive(self, kind: Kind, account: str) -> None:
        """Forget an account's calls: it has proved to be the right person."""
        self._strategy.clear(ALLOWANCES[kind].account, kind, "account", account)

    @contextmanager
    def guessing(self, address: str, code: str) -> Iterator[None]:
        """Around looking a code up. One that is NotFound counts for the address, and an address with
        too many of those can look up nothing but what it has found before: a guest who tries codes
        shuts nobody out at the tables of the same house. Raises TooManyRequests."""
        known = self._strategy.get_window_stats(RIGHT_CODE, "code", address, code).remaining == 0
        if not known and not self._strategy.test(WRONG_CODES, "code", address):
            raise self._refusal(WRONG_CODES, "code", address)
        try:
            yield
        except NotFound:
            self._strategy.hit(WRONG_CODES, "code", address)
            raise
        if not known:
            self._strategy.hit(RIGHT_CODE, "code", address, code)

    @property
    def watched(self) -> int:
        """How many accounts and addresses are being counted."""
        return len(self._windows)

    @contextmanager
    def _deciding(self, limit: RateLimitItem, *key: str) -> Iterator[None]:
        self._hit(limit, *key)
        window = self._windows.window(limit.key_for(*key))
        try:
            yield
        except UNDECIDED:
            window.calls -= 1  # of that window: another may have begun since
            raise

    def _hit(self, limit: RateLimitItem, *key: str) -> None:
        if not self._strategy.test(limit, *key):
            raise self._refusal(limit, *key)
        self._strategy.hit(limit, *key)

    def _refusal(self, limit: RateLimitItem, *key: str) -> TooManyRequests:
        ends = self._strategy.get_window_stats(limit, *key).reset_time
        return TooManyRequests(max(1, math.ceil(ends - self._clock.now() / SECOND)))


def network_of(address: str) -> str:
    """Whom an address counts for. An IPv6 one counts for its /64: any house has so many, and any phone.
    One that maps an IPv4 address is that, and what is no address is itself."""
    try:
        ip = ip_address(address)
    except ValueError:
        return address
    if not isinstance(ip, IPv6Address):
        return address
    return str(ip.ipv4_mapped or IPv6Network((int(ip), 64), strict=False))


def address_of(request: Request) -> str:
    """Where a request comes from, as limits count it."""
    return network_of(request.client.host) if request.client else "unknown"


def limited(kind: Kind) -> Any:
    """A dependency of routes that counts each call for the caller's address, unless it ends `UNDECIDED`.
    Raises TooManyRequests."""

    @raises(TooManyRequests)
    async def count(request: Request) -> AsyncIterator[None]:
        limiter: Limiter = request.app.state.context.limiter
        with limiter.deciding_from(kind, address_of(request)):
            yield

    return Depends(count)


@dataclass(slots=True)
class _Window:
    calls: int
    ends: int  # ms


def _use(item: tuple[str, _Window]) -> tuple[int, int]:
    _, window = item
    return window.calls, window.ends


class _Windows(Storage):
    """Counters in memory, by the restaurant's clock.

    The package's own memory storage starts a thread at almost every hit, which walks all keys, and it
    reads the machine's clock.
    """

    STORAGE_SCHEME = None
    _SWEEP = MINUTE  # forget ended windows this often

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock
        self._windows: dict[str, _Window] = {}
        self._swept_at = clock.now()

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        self._sweep()
        window = self._open(key)
        if window is None:
            self._make_room()
            window = self._windows[key] = _Window(0, self._clock.now() + int(expiry * SECOND))
        window.calls += amount
        return window.calls

    def window(self, key: str) -> _Window:
        """The one in which the last call was counted."""
        return self._windows[key]

    def get(self, key: str) -> int:
        window = self._open(key)
        return window.calls if window else 0

    def get_expiry(self, key: str) -> float:
        window = self._open(key)
        return (window.ends if window else self._clock.now()) / SECOND

    def clear(self, key: str) -> None:
        self._windows.pop(key, None)

    def reset(self) -> int | None:
        count = len(self._windows)
        self._windows.clear()
        return count

    def check(self) -> bool:
        return True

    def __len__(self) -> int:
        return len(self._windows)

    def _open(self, key: str) -> _Window | None:
        window = self._windows.get(key)
        return window if window and window.ends > self._clock.now() else None

    def _make_room(self) -> None:
        """Forget half of too many: those with the fewest calls, and of these what is over first. Whom a limit
        holds is forgotten only if as many others have called more often."""
        if len(self._windows) >= MOST_WINDOWS:
            self._forget_ended()
            by_use = sorted(self._windows.items(), key=_use, reverse=True)
            self._windows = dict(by_use[: MOST_WINDOWS // 2])

    def _sweep(self) -> None:
        if self._clock.now() - self._swept_at >= self._SWEEP:
            self._forget_ended()

    def _forget_ended(self) -> None:
        now = self._swept_at = self._clock.now()
        self._windows = {key: window for key, window in self._windows.items() if window.ends > now}
