"""What states a table goes through, and how its code is read. Pure."""

from __future__ import annotations

from enum import StrEnum

CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letter that is taken for a digit, none that makes words."""

CODE_LENGTH = 8  # 40 bits: trying codes is hopeless at the rate that guests' calls are limited to

_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


class TableStatus(StrEnum):
    AVAILABLE = "available"
    RESERVED = "reserved"
    MAINTENANCE = "maintenance"
    OCCUPIED = "occupied"


MOVES: dict[TableStatus, frozenset[TableStatus]] = {
    TableStatus.AVAILABLE: frozenset({TableStatus.RESERVED, TableStatus.MAINTENANCE}),
    TableStatus.RESERVED: frozenset({TableStatus.AVAILABLE}),
    TableStatus.MAINTENANCE: frozenset({TableStatus.AVAILABLE}),
    TableStatus.OCCUPIED: frozenset(),
}
"""What staff may set. A table becomes occupied, and free again, only through a visit."""

SEATABLE = frozenset({TableStatus.AVAILABLE, TableStatus.RESERVED})
"""Where a party may sit down: a reserved table waits for one."""


def read_code(typed: str) -> str | None:
    """The code that somebody typed, as it is stored; None if no code reads so."""
    code = typed.upper().translate(_READ_AS)
    return code if len(code) == CODE_LENGTH and set(code) <= set(CODE_ALPHABET) else None
