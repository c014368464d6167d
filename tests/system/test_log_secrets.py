"""A real server at its most talkative: whatever is done with tokens, none of them is in what it prints."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

PATIENCE = 60  # seconds


@dataclass
class Server:
    process: subprocess.Popen[str]
    printed: Path
    url: str
    staff: dict[str, Any]
    code: str

    def stop(self) -> str:
        """All that it has written to stderr."""
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=PATIENCE)
        return self.printed.read_text()


@pytest.fixture(params=["text", "json"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Server]:
    """A demo house that logs at DEBUG, in either form."""
    environment = os.environ | {
        "RESTAI_LOG_LEVEL": "debug",
        "RESTAI_LOG_JSON": str(request.param == "json"),
        "PYTHONASYNCIODEBUG": "1",
    }
    printed = tmp_path / "stderr"
    command = [
        sys.executable,
        "-m",
        "restai",
        "demo",
        "--json",
        "--port",
        "0",
        "--data",
        str(tmp_path / "data"),
    ]
    with printed.open("w") as stderr:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=stderr, env=environment, text=True, cwd=tmp_path
        )
    assert process.stdout
    ready = json.loads(process.stdout.readline() or pytest.fail(printed.read_text()))
    yield Server(process, printed, ready["url"], ready["staff"][0], ready["tables"][0]["code"])
    process.kill()
    process.communicate()


def test_no_line_that_a_server_logs_contains_a_token(server: Server) -> None:
    with httpx.Client(base_url=server.url, timeout=PATIENCE, trust_env=False) as client:
        secrets = everything_done_with_tokens(client, server)
    printed = server.stop()
    for doing in (
        "/api/auth/login",
        "/api/auth/refresh",
        "token=[masked]",
        f"/api/guest/tables/{server.code}/join",
    ):
        assert doing in printed, "what was done is there to read"
    assert "INSERT INTO refresh_tokens" in printed, "and statements are, so this is DEBUG"
    for name, secret in secrets.items():
        for part in {secret, *secret.split(".")[1:]}:
            assert part not in printed, name


def everything_done_with_tokens(client: httpx.Client, server: Server) -> dict[str, str]:
    who = {"email": server.staff["email"], "password": server.staff["password"]}
    login = client.post("/api/auth/login", json=who).raise_for_status().json()
    renewed = client.post("/api/auth/refresh", json={"refreshToken": login["refreshToken"]})
    cookie = client.post("/api/auth/login", json=who | {"cookie": True}).raise_for_status()
    by_cookie = client.post("/api/auth/refresh")
    guest = (
        client.post(f"/api/guest/tables/{server.code}/join", json={"name": "Ana"}).raise_for_status().json()
    )
    secrets = {
        "access": login["accessToken"],
        "refresh": login["refreshToken"],
        "renewed access": renewed.raise_for_status().json()["accessToken"],
        "renewed refresh": renewed.json()["refreshToken"],
        "cookie": cookie.cookies["restai_refresh"],
        "renewed by cookie": by_cookie.raise_for_status().json()["accessToken"],
        "guest": guest["token"],
        "password": server.staff["password"],
    }
    headers = {"Authorization": f"Bearer {secrets['access']}"}
    client.get("/api/auth/me", headers=headers).raise_for_status()
    client.get("/api/auth/me", params={"token": secrets["access"]}, headers={"Authorization": "Bearer x" * 9})
    client.get("/api/auth/me", headers={"Authorization": f"Basic {secrets['refresh']}"})
    client.post("/api/auth/refresh", content=f'{{"refreshToken": "{secrets["refresh"]}" broken')
    client.post("/api/auth/refresh", params={"refresh_token": secrets["refresh"]})
    over_sockets(server.url.replace("http", "ws", 1) + "/ws", secrets)
    client.post("/api/auth/logout", json={"refreshToken": secrets["renewed refresh"]}, headers=headers)
    return secrets


def over_sockets(url: str, secrets: dict[str, str]) -> None:
    for token in (secrets["access"], secrets["guest"], secrets["access"][:-3] + "bad"):
        with connect(url, open_timeout=PATIENCE) as socket:
            socket.send(json.dumps({"type": "auth", "token": token}))
            socket.recv(timeout=PATIENCE)
            socket.send(f'{{"type": "auth", "token": "{token}"')
            socket.recv(timeout=PATIENCE)
    with connect(url, open_timeout=PATIENCE) as socket:
        socket.send(json.dumps({"type": secrets["access"]}))
        with pytest.raises(ConnectionClosed):
            socket.send(secrets["refresh"].encode())  # binary: not spoken here
            while True:
                socket.recv(timeout=PATIENCE)
    with pytest.raises(InvalidStatus):
        connect(f"{url}?token={secrets['access']}", open_timeout=PATIENCE)
