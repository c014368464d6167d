"""A screen for tests: a `Session` with its data, and a clock that stands still until it is moved.

It does what the session asks, except what needs a network: that it writes down.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from restai_sdk import actions as do
from restai_sdk.apply import apply
from restai_sdk.messages import Failed
from restai_sdk.session import Session, State

Json = dict[str, Any]
BRANCH = "miraflores"
SERVER_AHEAD = 300_000  # ms: the screen's clock is five minutes slow


class Screen:
    def __init__(
        self, *, random: float = 1.0, guest: bool = False, choice: Sequence[str] | None = None
    ) -> None:
        self.now = 1_000_000
        self.session = Session(lambda: random, guest=guest, choice=choice)
        self.data: dict[str, Json] = {}
        self.rung: list[Json] = []
        self.signals: list[Json] = []
        self.sent: list[Json] = []
        self.fetching: dict[str, do.FetchSnapshot] = {}
        self.connect: do.Connect | None = None
        self.token_in: int | None = None
        self.hung_up = False
        self.stop: do.Stop | None = None
        self.dropped: list[str] = []
        self.states: list[State] = []
        self._do(self.session.start(self.now))

    def _do(self, actions: do.Actions) -> None:
        for action in actions:
            match action:
                case do.Apply(branch, event, replay):
                    self.data[branch] = apply(self.data[branch], event)
                    if not replay:
                        self.rung.append(event)
                case do.Replace(branch, snapshot):
                    self.data[branch] = snapshot
                case do.Drop(branch):
                    self.data.pop(branch, None)
                    self.dropped.append(branch)
                case do.FetchSnapshot(branch):
                    self.fetching[branch] = action
                case do.Send(text):
                    self.sent.append(json.loads(text))
                case do.Connect():
                    self.connect = action
                case do.NeedToken(after):
                    self.token_in = after
                case do.Close():
                    self.hung_up = True
                case do.Stop():
                    self.stop = action
                case do.Hear(signal):
                    self.signals.append(signal)
                case do.FreshnessChanged(_, freshness):
                    self.states.append(freshness.state)

    # ---- what happens to it

    def opens(self, token: str = "token") -> None:
        self.connect, self.hung_up = None, False
        self._do(self.session.opened(token, self.now))

    def renews(self, token: str = "newer") -> None:
        self.token_in = None
        self._do(self.session.renewed(token, self.now))

    def finds_no_token(self) -> None:
        self._do(self.session.unrenewed(self.now))

    def is_signed_out(self, reason: str) -> None:
        self._do(self.session.give_up(reason, self.now))

    def hears(self, message: Json | str) -> None:
        self._do(self.session.frame(message if isinstance(message, str) else json.dumps(message), self.now))

    def drops(self, code: int | None = 1006) -> None:
        self._do(self.session.closed(code, self.now))

    def reads(self, snapshot: Json | Failed, *, branch: str = BRANCH) -> None:
        """The snapshot that was asked for last is answered."""
        self.answers(self.fetching.pop(branch), snapshot)

    def answers(self, fetch: do.FetchSnapshot, snapshot: Json | Failed) -> None:
        self._do(self.session.snapshot(fetch.branch, fetch.ask, snapshot, self.now))

    def wakes(self) -> None:
        self._do(self.session.wake(self.now))

    def waits(self, milliseconds: int) -> None:
        """Time passes, tick by tick."""
        for _ in range(milliseconds // 1000):
            self.now += 1000
            self._do(self.session.tick(self.now))
        self.now += milliseconds % 1000

    # ---- what the server says to it

    def is_admitted(
        self,
        seq: int,
        *,
        head: int | None = None,
        epoch: str = "e1",
        branches: Sequence[str] = (BRANCH,),
        heartbeat_ms: int = 5_000,
    ) -> None:
        stream = {"epoch": epoch, "seq": seq, "head": seq if head is None else head}
        self.hears(
            {
                "type": "auth:success",
                "userId": "rosa",
                "timestamp": self.server_now,
                "rooms": [f"branch:{branch}" for branch in branches],
                "streams": dict.fromkeys(branches, stream),
                "heartbeatMs": heartbeat_ms,
                "expiresAt": self.server_now + 900_000,
            }
        )

    def hears_heartbeat(self, *, behind: int = 0, **streams: int) -> None:
        """`behind`: how long ago the last heads query was sent."""
        now = self.server_now
        self.hears({"type": "heartbeat", "timestamp": now, "confirmedAt": now - behind, "streams": streams})

    def is_resynced(self, seq: int, *, epoch: str = "e1", reason: str = "too_far") -> None:
        self.hears({"type": "resync", "branchId": BRANCH, "epoch": epoch, "seq": seq, "reason": reason})

    # ---- what it knows

    @property
    def server_now(self) -> int:
        return self.now + SERVER_AHEAD

    @property
    def state(self) -> State:
        return self.session.freshness(BRANCH, self.now).state

    @property
    def statuses(self) -> dict[str, str]:
        return {order["id"]: order["status"] for order in self.data[BRANCH]["orders"]}

    @property
    def auth(self) -> Json:
        return [message for message in self.sent if message["type"] == "auth"][-1]


def snapshot(seq: int, *orders: Json, epoch: str = "e1") -> Json:
    return {
        "stream": {"epoch": epoch, "seq": seq},
        "branch": {"id": BRANCH, "rev": 1, "name": "Miraflores"},
        "tables": [],
        "sessions": [],
        "orders": list(orders),
        "menuVersion": 1,
    }


def order(number: int, status: str = "confirmed", *, rev: int = 1, balance: int = 0) -> Json:
    return {"id": f"o{number}", "rev": rev, "orderNumber": str(number), "status": status, "balance": balance}


def order_event(seq: int, resource: Json, *, branch: str = BRANCH, type_: str = "order:updated") -> Json:
    stamp = {"v": 1, "id": f"event-{seq}", "branchId": branch, "seq": seq, "timestamp": 0}
    return stamp | {"type": type_, "orderId": resource["id"], "order": resource}
