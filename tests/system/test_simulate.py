"""`restai simulate` against a real server: a busy evening keeps every promise, one spoilt frame is found."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from restai.cli.simulate import simulate
from restai.cli.simulate.spoil import Spoil

BUSY: dict[str, Any] = {"minutes": 40, "speed": 20, "tables": 40}
SHORT: dict[str, Any] = {"minutes": 0.5, "speed": 30, "tables": 8}
SHOWN = "✗ every screen shows what the server holds"
"""What was lost to a screen, which may not be told anew of the same table before the evening is over."""


@pytest.fixture
async def demo(tmp_path: Path) -> AsyncIterator[dict[str, Any]]:
    """The demo's restaurant, served and full of people; the file `house.json` tells of it."""
    command = ("-m", "restai", "demo", "--json", "--port", "0", "--data", str(tmp_path), "--simulate", "60")
    server = await asyncio.create_subprocess_exec(sys.executable, *command, stdout=PIPE)
    assert server.stdout is not None
    line = await server.stdout.readline()
    (tmp_path / "house.json").write_bytes(line)
    yield json.loads(line)
    server.terminate()
    await server.communicate()


async def exit_code(**options: Any) -> int:
    """Of a simulation of its own."""

    def run() -> int:
        with pytest.raises(SystemExit) as end:
            simulate(few_screens=True, quiet=True, **options)
        return int(str(end.value))

    return await asyncio.to_thread(run)


@pytest.mark.timeout(420)
async def test_a_busy_evening_keeps_every_promise_and_a_spoilt_frame_is_found(
    demo: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url, house = demo["url"], tmp_path / "house.json"
    codes = await asyncio.gather(
        exit_code(url=url, **BUSY), *(exit_code(url=url, house=house, spoil=how, **SHORT) for how in Spoil)
    )
    said = capsys.readouterr().out
    assert codes == [0, 1, 1, 1], said
    found = Counter(line for line in said.splitlines() if "✗" in line and not line.startswith(SHOWN))
    assert found == {"✗ in order, nothing doubled: 1 times not": 2, "✗ nothing lost: 1 times not": 1}, said
    await people_play_at(demo)


async def people_play_at(demo: dict[str, Any]) -> None:
    """The demo's own players have been at work."""
    owner = {name: demo["staff"][0][name] for name in ("email", "password")}
    async with httpx.AsyncClient(base_url=demo["url"]) as client:
        token = (await client.post("/api/auth/login", json=owner)).json()["accessToken"]
        signed_in = {"Authorization": f"Bearer {token}"}
        async with asyncio.timeout(60):
            while not (await client.get("/api/orders", headers=signed_in)).json()["items"]:  # noqa: ASYNC110
                await asyncio.sleep(0.2)
