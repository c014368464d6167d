"""What states a table goes through, and how its code is read. Pure."""

from __future__ import annotations

import re
from enum import StrEnum

CODE_ALPHABET = "0123456789ACDEFGHJKMNPQRTVWXY"
"""Of characters that are taken for each other there is one: what a guest types instead is read as it."""

CODE_LENGTH = 8  # 38 bits: trying codes is hopeless at the rate at which wrong ones may be tried

_READ_AS = str.maketrans("OILZSBU", "011258V", "- ")


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


def written(code: str) -> str:
    """A code as people read and type it: in two groups."""
    return f"{code[: CODE_LENGTH // 2]}-{code[CODE_LENGTH // 2 :]}"


def as_counted(number: str) -> list[tuple[int, int, str]]:
    """A key by which tables stand as people count them: 2 before 10, T2 before T10."""
    parts = re.findall(r"\d+|\D+", number)
    return [(0, int(part), part) if part.isdecimal() else (1, 0, part.casefold()) for part in parts]
