"""Playing a plan: every branch's evening at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack

import httpx

from restai.cli.simulate.evening import Evening
from restai.cli.simulate.house import found
from restai.cli.simulate.opening import Opening
from restai.cli.simulate.plan import Pace, Plan
from restai.cli.simulate.report import Report
from restai_sdk.api.calling import TIMEOUT

CALLS = httpx.Limits(max_connections=100, max_keepalive_connections=100)  # of all people at a time


async def play(plan: Plan, report: Report, begun: Callable[[Pace], None]) -> None:
    """Play it; `report` fills meanwhile. `begun` is called once everybody is at his place.

    Raises ApiError, SignedOut and httpx errors if it cannot begin.
    """
    async with AsyncExitStack() as stack:
        client = httpx.AsyncClient(base_url=plan.url, timeout=TIMEOUT, limits=CALLS)
        http = await stack.enter_async_context(client)
        houses = [plan.house] if plan.house else await found(plan, http)
        pace = Pace(plan.speed)
        opening = Opening(plan, pace, report, http, stack)
        evenings = [Evening(plan, await opening.open(house)) for house in houses]
        pace.begin()
        begun(pace)
        async with asyncio.TaskGroup() as tasks:
            for evening in evenings:
                tasks.create_task(evening.play())
