from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from restai.http.deps import Context
from tests.http import bells
from tests.http.bells import Bell
from tests.support.house import api_client, api_of


@pytest.fixture
def bell() -> Bell:
    return Bell()


@pytest.fixture
async def api(context: Context, bell: Bell) -> AsyncIterator[httpx.AsyncClient]:
    """The API with a bell; what it did not foresee is answered as it would be in production."""
    app = api_of(context, bells.router)
    app.state.bell = bell
    async with api_client(app, raise_errors=False) as client:
        yield client


@pytest.fixture(autouse=True)
def logged() -> Iterator[list[Any]]:
    """What the API logs during a test."""
    with capture_logs() as entries:
        yield entries
