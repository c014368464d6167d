"""One timer for all sockets: a wheel of slots, each a moment at which some have something due.

A timer a socket costs a heap operation and an object each; here a socket is an entry in a set, and
being early is harmless: who is called looks at its own deadlines and says when it wants to be called
again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")

GRAIN = 0.25  # seconds: the promises on the wire are made in whole seconds


class Wheel(Generic[T]):
    """Things to be called at a moment. Moments are monotonic seconds, rounded up to `GRAIN`. Pure."""

    def __init__(self, now: float) -> None:
        self._slots: dict[int, dict[T, None]] = {}
        self._turned = int(now / GRAIN)

    def put(self, thing: T, due: float) -> int:
        """Call `thing` at `due`. Returns the slot, to `take` it out again."""
        slot = max(int(due / GRAIN) + 1, self._turned + 1)
        self._slots.setdefault(slot, {})[thing] = None
        return slot

    def take(self, thing: T, slot: int) -> None:
        """Forget `thing`, put into `slot` before."""
        things = self._slots.get(slot)
        if things is not None:
            things.pop(thing, None)
            if not things:
                del self._slots[slot]

    def turn(self, now: float, call: Callable[[T], None]) -> None:
        """Call everything that is due at `now`, in the order in which it was put."""
        until = int(now / GRAIN)
        if until <= self._turned:
            return
        if until - self._turned > len(self._slots):
            slots = sorted(slot for slot in self._slots if slot <= until)
        else:
            slots = [slot for slot in range(self._turned + 1, until + 1) if slot in self._slots]
        self._turned = until
        for slot in slots:
            for thing in self._slots.pop(slot):
                call(thing)

    def __len__(self) -> int:
        return sum(len(things) for things in self._slots.values())
