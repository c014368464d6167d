"""Holding a screen's data against the server's."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from restai.cli.simulate.checks.record import PATIENCE
from restai.cli.simulate.checks.state import differences
from restai.cli.simulate.report import Promise, Report
from restai.cli.simulate.scene import Json
from restai.cli.simulate.screens import Screen

LOOK_AGAIN = 0.2  # seconds: what differs may be on its way


async def compare(screens: list[Screen], read: Callable[[], Awaitable[Json]], report: Report) -> None:
    """Object to every screen that does not come to show what is read of the server. A phone that has ended
    meanwhile is let go: its visit may be over. A screen of the staff that has ended shows what was."""
    loop = asyncio.get_running_loop()
    until = loop.time() + PATIENCE
    while True:
        true = await read()
        screens = [each for each in screens if not _is_let_go(each) and _differs(each, true)]
        if all(each.stop for each in screens) or loop.time() > until:
            break
        await asyncio.sleep(LOOK_AGAIN)
    for screen in screens:
        if screen.stop is not None:
            report.problem(Promise.STATE, f"{screen.name} is off: {screen.stop.reason}")
        for difference in differences(screen.snapshot or {}, true):
            report.problem(Promise.STATE, f"{screen.name} shows {difference}")


def _is_let_go(screen: Screen) -> bool:
    return screen.is_guests and screen.stop is not None


def _differs(screen: Screen, true: Json) -> bool:
    return screen.stop is not None or screen.snapshot is None or any(differences(screen.snapshot, true))
