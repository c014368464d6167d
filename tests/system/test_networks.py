"""Who comes from ever new addresses of one network is limited as one."""

from __future__ import annotations

import httpx
import pytest

from restai.app import App
from tests.support.live import Screens


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_who_has_a_whole_network_counts_as_one_address(
    app: App, client: httpx.AsyncClient, screens: Screens, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.live, "_address_limit", 2)

    def coming(number: int, network: str = "2001:db8:1:2") -> dict[str, str]:
        return {"X-Forwarded-For": f"{network}::{number}"}

    opened = [await screens.open(additional_headers=coming(number)) for number in range(3)]
    assert await opened[2].closed() == 4014
    guesses = [client.get(f"/api/guest/tables/AAAAAA{n:02}", headers=coming(n)) for n in range(61)]
    assert [(await guess).status_code for guess in guesses] == [404] * 60 + [429]

    other = coming(1, "2001:db8:1:3")
    await (await screens.open(additional_headers=other)).settled()
    assert (await client.get("/api/guest/tables/AAAAAA00", headers=other)).status_code == 404
