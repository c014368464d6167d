"""The event that every peer sends, and how its frame is known again."""

from __future__ import annotations

import msgspec

from restai.realtime.frames import BODY_START, event_frame

SIZE = 200  # bytes of JSON with its position: an order that changed its state
FIRST_SEQ = 1_000_000  # seven digits for as long as a run lasts, so that all frames are equally long
BRANCH = "01a2b3c4-0000-7000-8000-000000000001"
TYPE = "order:updated"

_FIELDS = {
    "type": TYPE,
    "id": "01a2b3c4-0000-7000-8000-000000000002",
    "branchId": BRANCH,
    "timestamp": 1_790_000_000_000,
    "note": "",
}


def text(seq: int) -> bytes:
    """The event at its position."""
    return b'%s"seq":%d,%s' % (BODY_START, seq, BODY[len(BODY_START) :])


def _body() -> bytes:
    """The event as a log stores it, without its position; the note makes it as long as it should be."""
    short = BODY_START + msgspec.json.encode(_FIELDS)[1:]
    missing = SIZE - len(short) - len(b'"seq":%d,' % FIRST_SEQ)
    return BODY_START + msgspec.json.encode(_FIELDS | {"note": "-" * missing})[1:]


BODY = _body()
FRAME_SIZE = len(event_frame(BODY, FIRST_SEQ))
FRAME_START = event_frame(BODY, FIRST_SEQ)[: FRAME_SIZE - SIZE] + BODY_START
"""The beginning of every event's frame, and of nothing else: its first byte occurs in no JSON."""
