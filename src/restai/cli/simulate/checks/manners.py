"""What a guest's phone may be told: of its own visit, and nothing that is the staff's."""

from __future__ import annotations

from collections.abc import Collection

from restai.cli.simulate.checks.carrying import EVERYBODY, OWN_OUTCOME, STAFF_ALONE, Json, carried, visit_of


def indiscretion(event: Json, visits: Collection[str], table: str, *, admitted: bool) -> str | None:
    """What is wrong with telling this to a phone of a party: its visit, and the one that has joined;
    None: nothing."""
    kind = event["type"]
    if kind in EVERYBODY:
        return None
    if kind.startswith("table:"):
        return None if event["tableId"] == table else f"{kind} of another table"
    if visit_of(event) not in visits:
        return f"{kind} of another visit"
    if not admitted and kind not in OWN_OUTCOME:
        return f"{kind} while it waited to be let in"
    told = {name for _, resource in carried(event) for name in STAFF_ALONE & resource.keys()}
    return f"{kind} with {', '.join(sorted(told))}" if told else None
