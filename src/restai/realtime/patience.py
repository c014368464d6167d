"""Waiting for something so long and no longer."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

WAY_OUT = 5.0  # seconds that somebody who is told to end may take

_given_up: set[asyncio.Task[Any]] = set()  # a task that nobody holds may vanish before its end


async def within(seconds: float, work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`. Raises what it raises, and TimeoutError after `seconds`.

    What is given up is cancelled and not waited for: a query at a database that hangs also hangs while it
    is being cancelled.
    """
    task = asyncio.ensure_future(work)
    try:
        done, _ = await asyncio.wait([task], timeout=seconds)
    finally:
        if not task.done():
            _given_up.add(task)
            task.add_done_callback(_ended)
            task.cancel()
    if not done:
        raise TimeoutError(f"no answer for {seconds:.0f} s")
    return task.result()


async def apart(work: Coroutine[Any, Any, T]) -> T:
    """The result of `work`. Raises what it raises; but a cancellation always as such, whatever fails on the
    way out, such as closing a connection that hangs: who goes on after any error would else never end."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait([task])
    except asyncio.CancelledError:
        task.cancel()
        await asyncio.wait([task], timeout=WAY_OUT)
        _ended(task)
        raise
    return task.result()


def _ended(task: asyncio.Task[Any]) -> None:
    _given_up.discard(task)
    if task.done() and not task.cancelled():
        task.exception()  # too late for anybody
