"""The client on real sockets, against a server that follows a script."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from restai_sdk import Client, Freshness, Listener, SignedOut, State, Stop, client, fixed
from tests.sdk.screen import BRANCH, order, order_event, snapshot
from tests.sdk.scripted import PATIENCE, ScriptedServer

Json = dict[str, Any]


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """No jitter to wait for; time is looked at often."""
    monkeypatch.setattr("restai_sdk.client.random.random", lambda: 0.01)
    monkeypatch.setattr(client, "TICK", 0.02)


class Ears(Listener):
    """Writes down what it hears, and waits for more."""

    def __init__(self) -> None:
        self.rung: list[int] = []
        self.replayed: list[int] = []
        self.states: list[State] = []
        self.signals: list[Json] = []
        self.data: Json | None = None
        self._news = asyncio.Event()

    async def until(self, so: Callable[[Ears], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not so(self):
                self._news.clear()
                await self._news.wait()

    def changed(self, branch: str, snapshot: Json | None) -> None:
        self.data = snapshot
        self._news.set()

    def applied(self, branch: str, event: Json, replay: bool) -> None:
        (self.replayed if replay else self.rung).append(event["seq"])
        self._news.set()

    def freshness(self, branch: str, freshness: Freshness) -> None:
        self.states.append(freshness.state)
        self._news.set()

    def signal(self, signal: Json) -> None:
        self.signals.append(signal)
        self._news.set()

    @property
    def orders(self) -> dict[str, str] | None:
        return None if self.data is None else {each["id"]: each["status"] for each in self.data["orders"]}


class Wallet:
    """A token provider that gives `t1`, and the next when a new one is asked for."""

    def __init__(self) -> None:
        self.asked: list[bool] = []
        self._number = 1

    async def __call__(self, fresh: bool) -> str:
        self.asked.append(fresh)
        self._number += fresh
        return f"t{self._number}"


async def test_it_shows_the_snapshot_and_then_every_event() -> None:
    ears = Ears()
    async with ScriptedServer(snapshot(10, order(1))) as server:
        async with Client(server.url, fixed("abc"), [BRANCH], listener=ears) as mine:
            socket = await server.meets()
            assert await socket.hears() == {"type": "auth", "token": "abc", "branches": [BRANCH]}
            await socket.admits(10)
            await ears.until(lambda ears: ears.orders == {"o1": "confirmed"})
            assert server.asked == [(f"/api/branches/{BRANCH}/snapshot", "abc")]
            await socket.says_event(order_event(11, order(1, "ready", rev=2)))
            await ears.until(lambda ears: ears.rung == [11])
            assert ears.orders == {"o1": "ready"}
            assert mine.snapshots == {BRANCH: ears.data}
            await socket.says("heartbeat", timestamp=9_000, confirmedAt=9_000, streams={})
            await ears.until(lambda ears: ears.states[-1] is State.LIVE)
            assert mine.freshness(BRANCH).state is State.LIVE
        assert await socket.hears_no_more() == 1000


async def test_leaving_leaves_nothing_behind() -> None:
    before = asyncio.all_tasks()
    async with ScriptedServer(503) as server:
        async with Client(server.url, fixed("abc")):
            socket = await server.meets()
            await socket.admits(10)
        await socket.hears_no_more()
    await asyncio.sleep(0)
    assert asyncio.all_tasks() == before


async def test_what_was_kept_from_another_life_is_gone_on_from() -> None:
    ears = Ears()
    async with ScriptedServer(503) as server:
        mine = Client(server.url, fixed("abc"), listener=ears)
        mine.goes_on(BRANCH, snapshot(10, order(1)))
        async with mine:
            socket = await server.meets()
            assert (await socket.hears())["resume"] == {BRANCH: {"epoch": "e1", "seq": 10}}
            await socket.admits(10, head=11)
            await socket.says_event(order_event(11, order(2)))
            await ears.until(lambda ears: ears.replayed == [11])
            assert ears.orders == {"o1": "confirmed", "o2": "confirmed"}
            assert server.asked == [], "no snapshot was needed"


async def test_a_cut_connection_is_resumed_with_a_token_asked_for_again() -> None:
    ears, wallet = Ears(), Wallet()
    async with (
        ScriptedServer(snapshot(10, order(1))) as server,
        Client(server.url, wallet, listener=ears) as mine,
    ):
        socket = await server.meets()
        await socket.admits(10)
        await ears.until(lambda ears: ears.orders is not None)
        socket.cuts()
        again = await server.meets()
        assert (await again.hears())["resume"] == {BRANCH: {"epoch": "e1", "seq": 10}}
        await again.admits(10, head=11)
        await again.says_event(order_event(11, order(2)))
        await again.says_event(order_event(12, order(3)))
        await ears.until(lambda ears: ears.rung == [12])
        assert ears.replayed == [11]
        assert ears.orders is not None and set(ears.orders) == {"o1", "o2", "o3"}
        assert wallet.asked == [False, False]
        assert mine.reconnects == 1


async def test_a_token_that_expired_is_not_used_again() -> None:
    wallet = Wallet()
    async with ScriptedServer(snapshot(10)) as server, Client(server.url, wallet):
        await (await server.meets()).closes(4001)
        assert (await (await server.meets()).hears())["token"] == "t2"


async def test_a_token_is_renewed_on_the_socket() -> None:
    wallet = Wallet()
    async with ScriptedServer(snapshot(10)) as server, Client(server.url, wallet):
        socket = await server.meets()
        assert (await socket.hears())["token"] == "t1"
        await socket.says("auth:expiring", expiresAt=0)
        assert await socket.hears() == {"type": "auth", "token": "t2"}
        assert server.nobody_came


async def test_a_terminal_code_ends_it() -> None:
    async with ScriptedServer(snapshot(10)) as server, Client(server.url, fixed("abc")) as mine:
        await (await server.meets()).closes(4503)
        stop = await asyncio.wait_for(mine.ended(), PATIENCE)
        assert stop == Stop(4503, "signed out, or the visit is over")
        assert server.nobody_came


async def test_who_is_signed_out_is_not_tried_again() -> None:
    async def gone(fresh: bool) -> str:
        raise SignedOut("E-mail or password is wrong")

    async with ScriptedServer(snapshot(10)) as server, Client(server.url, gone) as mine:
        assert await asyncio.wait_for(mine.ended(), PATIENCE) == Stop(None, "E-mail or password is wrong")
        assert server.nobody_came


async def test_signed_out_at_a_renewal_hangs_up() -> None:
    async def once(fresh: bool) -> str:
        if fresh:
            raise SignedOut("This sign-in has ended")
        return "abc"

    async with ScriptedServer(snapshot(10)) as server, Client(server.url, once) as mine:
        socket = await server.meets()
        await socket.says("auth:expiring", expiresAt=0)
        await asyncio.wait_for(mine.ended(), PATIENCE)
        assert await socket.hears_no_more() == 1006


async def test_a_snapshot_that_cannot_be_read_now_is_read_again() -> None:
    ears, wallet = Ears(), Wallet()
    async with (
        ScriptedServer(503, 401, snapshot(9), snapshot(10, order(1))) as server,
        Client(server.url, wallet, listener=ears),
    ):
        socket = await server.meets()
        await socket.admits(10)
        await ears.until(lambda ears: ears.orders is not None)
        assert [token for _, token in server.asked] == ["t1", "t1", "t2", "t2"]


async def test_signed_out_at_a_snapshot_hangs_up() -> None:
    async def once(fresh: bool) -> str:
        if fresh:
            raise SignedOut("This sign-in has ended")
        return "abc"

    async with ScriptedServer(401) as server, Client(server.url, once) as mine:
        await (await server.meets()).admits(10)
        assert await asyncio.wait_for(mine.ended(), PATIENCE) == Stop(None, "This sign-in has ended")


async def test_what_is_not_ours_any_more_is_forgotten() -> None:
    ears = Ears()
    async with (
        ScriptedServer(snapshot(10), 403) as server,
        Client(server.url, fixed("abc"), listener=ears) as mine,
    ):
        socket = await server.meets()
        await socket.admits(10)
        await ears.until(lambda ears: ears.data is not None)
        await socket.says("resync", branchId=BRANCH, epoch="e1", seq=11, reason="access")
        await ears.until(lambda ears: ears.data is None)
        assert mine.snapshots == {}


async def test_a_guest_reads_the_guests_snapshot() -> None:
    ears = Ears()
    async with (
        ScriptedServer(snapshot(10)) as server,
        Client(server.url, fixed("abc"), guest=True, listener=ears),
    ):
        await (await server.meets()).admits(10)
        await ears.until(lambda ears: ears.data is not None)
        assert server.asked == [("/api/guest/snapshot", "abc")]


async def test_a_signal_is_heard() -> None:
    ears = Ears()
    async with ScriptedServer(503) as server, Client(server.url, fixed("abc"), listener=ears):
        socket = await server.meets()
        await socket.says("music:next", signal=True)
        await ears.until(lambda ears: bool(ears.signals))


async def test_silence_is_noticed() -> None:
    async with ScriptedServer(503) as server, Client(server.url, fixed("abc")):
        socket = await server.meets()
        await socket.admits(10, heartbeat_ms=40)
        assert await socket.hears_no_more() == 1006
        await server.meets()


async def test_without_a_server_it_says_why_and_goes_on_trying() -> None:
    asked = asyncio.Event()

    async def provider(fresh: bool) -> str:
        if asked.is_set():
            twice.set()
        asked.set()
        return "abc"

    twice = asyncio.Event()
    async with Client("http://127.0.0.1:1", provider) as mine:
        await asyncio.wait_for(twice.wait(), PATIENCE)
        assert mine.trouble is not None and "127.0.0.1" in mine.trouble
        assert mine.freshness().state is State.RECONNECTING


async def test_waking_up_does_not_wait_for_the_next_try(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("restai_sdk.client.random.random", lambda: 1_000.0)  # the next try: in minutes
    ears = Ears()
    async with (
        ScriptedServer(snapshot(10)) as server,
        Client(server.url, fixed("abc"), listener=ears) as mine,
    ):
        socket = await server.meets()
        await socket.admits(10)
        await ears.until(lambda ears: ears.states == [State.CATCHING_UP])
        socket.cuts()
        await ears.until(lambda ears: ears.states[-1] is State.RECONNECTING)
        mine.wake()
        await server.meets()


async def test_an_error_inside_the_block_leaves_it_as_it_is() -> None:
    async with ScriptedServer(503) as server:
        with pytest.raises(ValueError, match="mine"):
            async with Client(server.url, fixed("abc")):
                await server.meets()
                raise ValueError("mine")


async def test_an_error_of_the_listener_is_not_swallowed() -> None:
    class Broken(Listener):
        def signal(self, signal: Json) -> None:
            raise OSError("the printer is on fire")

    async with ScriptedServer(503) as server:
        with pytest.raises(ExceptionGroup) as error:
            async with Client(server.url, fixed("abc"), listener=Broken()) as mine:
                await (await server.meets()).says("music:next", signal=True)
                await asyncio.wait_for(mine.ended(), PATIENCE)
        assert error.group_contains(OSError, match="the printer is on fire")


async def test_cancelling_the_block_ends_it_cleanly() -> None:
    async with ScriptedServer(503) as server:

        async def watch() -> None:
            async with Client(server.url, fixed("abc")) as mine:
                await mine.ended()

        watching = asyncio.create_task(watch())
        socket = await server.meets()
        watching.cancel()
        with pytest.raises(asyncio.CancelledError):
            await watching
        assert await socket.hears_no_more() == 1000
