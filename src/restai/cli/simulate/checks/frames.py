"""One connection, frame by frame: a branch's events in their order, none twice."""

from __future__ import annotations

from dataclasses import dataclass

from restai.cli.simulate.checks.carrying import Json, is_event


@dataclass(slots=True)
class Connection:
    """`seq`: how far the branch's log was told. `handed`: how far the server says that it has told it,
    with what is not for this screen left out. `head`: what happened before the connection ends there."""

    branch: str
    epoch: str | None = None
    seq: int = 0
    handed: int = 0
    head: int = 0

    def hears(self, frame: Json, *, anew: bool = False) -> str | None:
        """What is wrong with this frame after those before it; None: nothing. `anew`: it welcomes us on
        another connection."""
        if anew:
            self.epoch = None
        if is_event(frame):
            return self._event(frame)
        match frame.get("type"):
            case "auth:success" if (stream := frame["streams"].get(self.branch)) is not None:
                self._goes_on(stream["epoch"], stream["seq"])
                self.head = stream["head"] if anew else self.head
            case "resync" if frame["branchId"] == self.branch:
                self._goes_on(frame["epoch"], frame["seq"])
                self.head = self.seq  # instead of what was still to be replayed
            case "heartbeat":
                return self._heartbeat(frame["streams"].get(self.branch))
        return None

    @property
    def replays(self) -> bool:
        """Whether something of what happened before the connection may still come."""
        return self.handed < self.head

    def _goes_on(self, epoch: str, seq: int) -> None:
        if epoch == self.epoch:  # a renewal takes nothing back
            seq = max(seq, self.seq)
        self.epoch, self.seq, self.handed = epoch, seq, seq

    def _event(self, event: Json) -> str | None:
        seq = event["seq"]
        if event["branchId"] != self.branch:
            return f"{event['type']} of another branch"
        if self.epoch is None:
            return f"{seq} before it was told where the log goes on"
        if seq == self.seq:
            return f"{seq} twice"
        if seq < self.seq:
            return f"{seq} after {self.seq}"
        self.seq = self.handed = seq
        return None

    def _heartbeat(self, seq: int | None) -> str | None:
        if seq is None:
            return None
        if seq < self.seq:
            return f"a heartbeat that says {seq} after {self.seq}"
        self.handed = seq
        return None
