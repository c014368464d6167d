"""When a screen is there, and when it is gone. Pure."""

from __future__ import annotations

from enum import StrEnum

from restai.clock import DAY, SECOND

GONE_AFTER = 10 * SECOND  # ms missed: who reconnects, or reloads, has never been gone
FORGOTTEN_AFTER = 30 * DAY  # ms: a tablet that was thrown away, a browser that keeps no names


class ScreenKind(StrEnum):
    KITCHEN = "kitchen"
    WAITER = "waiter"
    POS = "pos"
    MONITOR = "monitor"


class ScreenStatus(StrEnum):
    ONLINE = "online"
    OFFLINE = "offline"
