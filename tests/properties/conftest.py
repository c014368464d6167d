from __future__ import annotations

from collections.abc import Awaitable, Callable

import httpx
import pytest

from restai.http.deps import Context
from tests.properties.night import Night
from tests.support.clock import ManualClock
from tests.support.evening import Evening
from tests.support.house import House


@pytest.fixture
def new_night(context: Context, api: httpx.AsyncClient, clock: ManualClock) -> Callable[[], Awaitable[Night]]:
    """Opens another house in the same installation, for an evening that has not begun."""

    async def prepare() -> Night:
        return Night(await Evening.begin(await House.open(context, api)), clock)

    return prepare
