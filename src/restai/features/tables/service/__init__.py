"""Use cases of spaces and tables."""

from restai.features.tables.service.seating import (
    by_code,
    give_up,
    hand_over,
    hold_number,
    occupy,
    release,
    tables_of,
)
from restai.features.tables.service.spaces import add_space, change_space, remove_space, space, spaces
from restai.features.tables.service.tables import (
    add_table,
    archive_table,
    card,
    cards,
    change_table,
    locked,
    set_status,
    table,
    tables,
)

__all__ = [
    "add_space",
    "add_table",
    "archive_table",
    "by_code",
    "card",
    "cards",
    "change_space",
    "change_table",
    "give_up",
    "hand_over",
    "hold_number",
    "locked",
    "occupy",
    "release",
    "remove_space",
    "set_status",
    "space",
    "spaces",
    "table",
    "tables",
    "tables_of",
]
