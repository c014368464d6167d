"""Trying again what may succeed later, with full jitter, so that all who wait do not come at once."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx

PATIENCE = 30.0  # seconds for all tries of a call: a server that restarts is back by then
BACKOFF_BASE, BACKOFF_MOST = 0.2, 5.0  # seconds

T = TypeVar("T")


async def persist(
    attempt: Callable[[], Awaitable[T]],
    pause: Callable[[Exception], float | None],
    *,
    patience: float,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> T:
    """What an attempt brings, the last of all that begin within `patience` (seconds) if need be.

    `pause`: how many seconds an error asks for at least; None if another attempt cannot help.
    """
    until = time.monotonic() + patience
    failures = 0
    while True:
        try:
            return await attempt()
        except Exception as error:
            asked = pause(error)
            wait = max(asked or 0.0, _backoff(failures))
            if asked is None or time.monotonic() + wait > until:
                raise
        failures += 1
        await sleep(wait)


def passes(status: int) -> bool:
    """Whether what was answered so may succeed later."""
    return status == httpx.codes.TOO_MANY_REQUESTS or status >= 500


def retry_after(response: httpx.Response) -> float:
    """Seconds that an answer asks to wait; the header's other form, a date, is not used here."""
    header = response.headers.get("Retry-After", "")
    return float(header) if header.isdigit() else 0.0


def _backoff(failures: int) -> float:
    most: float = min(BACKOFF_MOST, BACKOFF_BASE * 2 ** min(failures, 16))
    return random.random() * most
