"""`restai watch`: a branch, live, in a terminal; one line an event where there is no terminal."""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, aclosing, asynccontextmanager, contextmanager, suppress
from typing import Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.live import Live

from restai.cli.board import MOST_NEWS, Board, News, View, news_line, state_words
from restai.cli.telling import tell
from restai_sdk import Client, Freshness, Listener, SignedOut, Stop, TokenProvider, fixed, login

Json = dict[str, Any]

REDRAW = 1.0  # seconds between two drawings when nothing happens: ages go on
REST = 0.1  # seconds between two drawings when much happens


class Unwatchable(Exception):
    """It cannot begin, or not go on. The text says why, for a person."""


class Watcher(Listener):
    """Remembers of one branch what the board shows."""

    def __init__(self, branch: str) -> None:
        self.branch = branch
        self.snapshot: Json | None = None
        self.news: deque[News] = deque(maxlen=MOST_NEWS)
        self.stop: Stop | None = None
        self.happened = asyncio.Event()

    def changed(self, branch: str, snapshot: Json | None) -> None:
        self.snapshot = snapshot
        self.happened.set()

    def applied(self, branch: str, event: Json, replay: bool) -> None:
        self.news.append(News(event["timestamp"], tell(event), old=replay))

    def freshness(self, branch: str, freshness: Freshness) -> None:
        self.happened.set()

    def stopped(self, stop: Stop) -> None:
        self.stop = stop
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
    """Prints what happens, a line each."""

    def __init__(self, branch: str, console: Console) -> None:
        super().__init__(branch)
        self._console = console
        self._said = ""

    def applied(self, branch: str, event: Json, replay: bool) -> None:
        super().applied(branch, event, replay)
        self._print(self.news[-1])

    def say_state(self, client: Client) -> None:
        """How fresh it is, if that is not what was said last."""
        now = client.server_time()
        words = state_words(self.view(client), now)
        if words != self._said:
            self._said = words
            self._print(News(now, words))

    def _print(self, news: News) -> None:
        self._console.print(news_line(news), soft_wrap=True)


Url = Annotated[str, typer.Option(help="Where RestAI is.", envvar="RESTAI_URL")]
Email = Annotated[str | None, typer.Option(help="Sign in as this person.", envvar="RESTAI_EMAIL")]
Password = Annotated[str | None, typer.Option(help="Asked for if left out.", envvar="RESTAI_PASSWORD")]
Token = Annotated[str | None, typer.Option(help="An access token to use instead.", envvar="RESTAI_TOKEN")]
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
    tokens = given(token) if token else signing_in(url, email or "", password or "")
    with suppress(KeyboardInterrupt):  # Ctrl+C: all has been closed by then
        try:
            asyncio.run(show(url, tokens, branch, Console(highlight=False)))
        except Unwatchable as error:
            sys.exit(f"restai: {error}")


Tokens = AbstractAsyncContextManager[TokenProvider]


async def show(url: str, tokens: Tokens, wanted: str | None, console: Console) -> None:
    """Show a branch until it cannot go on: raises Unwatchable then, or if it cannot begin."""
    async with tokens as token:
        branch = _chosen(await _branches(url, token), wanted)
        if console.is_terminal:
            stop = await _draw(url, token, branch, console)
        else:
            reporter = Reporter(branch, console)
            stop = await _follow(url, token, reporter, reporter.say_state)
    raise Unwatchable(stop.reason)


async def _draw(url: str, token: TokenProvider, branch: str, console: Console) -> Stop:
    watcher = Watcher(branch)
    with Live(console=console, screen=True, auto_refresh=False) as live:

        def draw(client: Client) -> None:
            live.update(Board(watcher.view(client), client.server_time()), refresh=True)

        return await _follow(url, token, watcher, draw)


async def _follow(url: str, token: TokenProvider, watcher: Watcher, show: Callable[[Client], None]) -> Stop:
    """Show what there is whenever something happened, and once a second."""
    async with Client(url, token, [watcher.branch], listener=watcher) as client:
        while watcher.stop is None:
            show(client)
            with suppress(TimeoutError):  # by timeout(): Python 3.11's wait_for() can swallow a Ctrl+C
                async with asyncio.timeout(REDRAW):
                    await watcher.happened.wait()
            watcher.happened.clear()
            await asyncio.sleep(REST)
    return watcher.stop


# ---- who watches what


@asynccontextmanager
async def given(token: str) -> AsyncIterator[TokenProvider]:
    yield fixed(token)


@asynccontextmanager
async def signing_in(url: str, email: str, password: str) -> AsyncIterator[TokenProvider]:
    with _told(url):
        provider = await login(url, email, password)
    async with aclosing(provider):
        yield provider


async def _branches(url: str, token: TokenProvider) -> list[Json]:
    """The branches of the account, {id, name} each."""
    with _told(url):
        async with httpx.AsyncClient(base_url=url) as http:
            headers = {"Authorization": f"Bearer {await token(False)}"}
            answer = await http.get("/api/auth/me", headers=headers)
            branches: list[Json] = answer.raise_for_status().json()["branches"]
            return branches


def _chosen(branches: list[Json], wanted: str | None) -> str:
    """The id of the branch that is wanted, or of the only one there is. Raises Unwatchable."""
    fitting = [
        branch["id"]
        for branch in branches
        if wanted is None or wanted == branch["id"] or wanted.casefold() == branch["name"].casefold()
    ]
    if len(fitting) == 1:
        return str(fitting[0])
    names = ", ".join(branch["name"] for branch in branches)
    if wanted is not None and not fitting:
        raise Unwatchable(f"you have no branch {wanted}. There is: {names}")
    raise Unwatchable(f"choose a branch with --branch, by name or id. There is: {names}")


@contextmanager
def _told(url: str) -> Iterator[None]:
    """What keeps one from beginning, in words."""
    try:
        yield
    except SignedOut as error:
        raise Unwatchable(str(error)) from None
    except httpx.HTTPStatusError as error:
        if error.response.status_code == httpx.codes.UNAUTHORIZED:
            raise Unwatchable("the token is not valid, or no longer") from None
        raise Unwatchable(f"{url} answered {error.response.status_code}") from None
    except (httpx.HTTPError, httpx.InvalidURL):
        raise Unwatchable(f"cannot reach {url}. Is the server running there?") from None
