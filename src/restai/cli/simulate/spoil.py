"""Spoiling one frame on purpose: checks that never find anything are worth nothing."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from restai.cli.simulate.checks.carrying import is_event

SPOILT = 12  # the how manyth event: the evening is under way by then


class Spoil(StrEnum):
    DROP = "drop"
    DOUBLE = "double"
    SWAP = "swap"


class Spoiler:
    """Hands frames on as they came, but for one event that it drops, doubles or swaps with the next."""

    def __init__(self, how: Spoil | None) -> None:
        self._how = how
        self._events = 0
        self._held: list[str | bytes] = []

    def pass_on(self, frame: str | bytes) -> list[str | bytes]:
        if self._how is None or not is_event(msgspec.json.decode(frame)):
            return [frame]
        self._events += 1
        if self._events != SPOILT:
            held, self._held = self._held, []
            return [frame, *held]
        match self._how:
            case Spoil.DROP:
                return []
            case Spoil.DOUBLE:
                return [frame, frame]
            case Spoil.SWAP:
                self._held = [frame]
                return []
