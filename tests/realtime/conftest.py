from collections.abc import AsyncIterator

import pytest

from tests.realtime.support import STAGE, Stage


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with Stage(STAGE, "cellar") as stage:
        yield stage
