"""When a screen is there, and when it is gone. Pure."""

from __future__ import annotations

from enum import StrEnum

from restai.clock import DAY

MISSED_AFTER = 6_500  # ms after a lease's end: who only answers pings is renewed between two rounds
GONE_AFTER = 3_500  # ms missed: time for who can write again after an outage; with the above, for a reload
FORGOTTEN_AFTER = 30 * DAY  # ms: a tablet that was thrown away, a browser that keeps no names


class ScreenKind(StrEnum):
    KITCHEN = "kitchen"
    WAITER = "waiter"
    POS = "pos"
    MONITOR = "monitor"


class ScreenStatus(StrEnum):
    ONLINE = "online"
    OFFLINE = "offline"
