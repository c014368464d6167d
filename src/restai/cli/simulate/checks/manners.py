"""What a guest's phone may be told: of its own visit, and nothing that is the staff's."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from restai.cli.simulate.checks.carrying import (
    EVERYBODY,
    OWN_OUTCOME,
    STAFF_ALONE,
    STAFF_ALONE_IN,
    Json,
    visit_of,
)


def indiscretion(event: Json, visits: Collection[str], table: str, *, admitted: bool) -> str | None:
    """What is wrong with telling this to a phone of a party: its visit, and the one that has joined;
    None: nothing."""
    kind = event["type"]
    if kind not in EVERYBODY:
        if kind.startswith("table:"):
            if event["tableId"] != table:
                return f"{kind} of another table"
        elif visit_of(event) not in visits:
            return f"{kind} of another visit"
        if not admitted and kind not in OWN_OUTCOME:
            return f"{kind} while it waited to be let in"
    told = sorted(set(_of_staff(event)))
    return f"{kind} with {', '.join(told)}" if told else None


def _of_staff(part: Json, name: str = "") -> Iterator[str]:
    """The fields of the staff in what is told under this name, and in all that is inside it."""
    for field, value in part.items():
        if field in STAFF_ALONE or field in STAFF_ALONE_IN.get(name, ()):
            yield f"{name}.{field}".lstrip(".")
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, dict):
                yield from _of_staff(inner, field)
