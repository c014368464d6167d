"""`restai watch`: a branch, live, in a terminal; one line an event where there is no terminal."""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from contextlib import suppress
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.live import Live

from restai.cli.board import MOST_NEWS, Board, News, View, freshness_line, news_line, zone_of
from restai.cli.telling import tell
from restai_sdk import Client, Freshness, Listener, Login, SignedOut, Stop, TokenProvider, fixed

Json = dict[str, Any]

SECOND = 1.0  # between two drawings when nothing happens: ages go on
AT_MOST = 0.1  # seconds between two drawings when much happens


class Unwatchable(Exception):
    """It cannot begin, or go on. The text says why, for a person."""


class Watcher(Listener):
    """Remembers of one branch what the board shows. `branch` None: the first that is heard of."""

    def __init__(self, branch: str | None) -> None:
        self.branch = branch
        self.snapshot: Json | None = None
        self.news: deque[News] = deque(maxlen=MOST_NEWS)
        self.happened = asyncio.Event()

    def changed(self, branch: str, snapshot: Json | None) -> None:
        self.branch = self.branch or branch
        if branch == self.branch:
            self.snapshot = snapshot
            self.happened.set()

    def applied(self, branch: str, event: Json, replay: bool) -> None:
        if branch == self.branch:
            self.news.append(News(event["timestamp"], tell(event), old=replay))
            self.happened.set()

    def freshness(self, branch: str, freshness: Freshness) -> None:
        self.happened.set()

    def view(self, client: Client) -> View:
        return View(
            snapshot=self.snapshot,
            freshness=client.freshness(self.branch),
            reconnects=client.reconnects,
            news=tuple(self.news),
            trouble=client.trouble,
        )


class Reporter(Watcher):
    """A watcher that prints what happens, line by line."""

    def __init__(self, branch: str | None, console: Console) -> None:
        super().__init__(branch)
        self._console = console
        self._said = ""
        self.client: Client | None = None

    def applied(self, branch: str, event: Json, replay: bool) -> None:
        super().applied(branch, event, replay)
        if branch == self.branch:
            self._console.print(news_line(self.news[-1], zone_of(self.snapshot)), soft_wrap=True)

    def say_state(self, client: Client) -> None:
        """Print how fresh it is, if that is another than was said last."""
        now = client.server_time()
        line = freshness_line(self.view(client), now).plain.split(" · ")[0]
        if line != self._said:
            self._said = line
            self._console.print(news_line(News(now, line), zone_of(self.snapshot)), soft_wrap=True)


Url = Annotated[str, typer.Option(help="Where RestAI is.", envvar="RESTAI_URL")]
Email = Annotated[str | None, typer.Option(help="Sign in as this person.", envvar="RESTAI_EMAIL")]
Password = Annotated[str | None, typer.Option(help="Asked for if it is left out.", envvar="RESTAI_PASSWORD")]
Token = Annotated[str | None, typer.Option(help="An access token, instead.", envvar="RESTAI_TOKEN")]
Branch = Annotated[str | None, typer.Option(help="The branch, by its name or id.")]


def watch(
    url: Url = "http://127.0.0.1:3001",
    email: Email = None,
    password: Password = None,
    token: Token = None,
    branch: Branch = None,
) -> None:
    """Watch a branch live: its orders, what happens, and how fresh all of it is."""
    if token is None:
        email = email or typer.prompt("E-mail")
        password = password or typer.prompt("Password", hide_input=True)
    with suppress(KeyboardInterrupt):  # Ctrl+C: everything has been closed by then
        try:
            asyncio.run(_watch(url, _Ticket(token, email, password), branch))
        except Unwatchable as error:
            sys.exit(f"restai: {error}")
