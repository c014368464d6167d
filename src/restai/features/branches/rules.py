"""What a branch's settings may be. Pure."""

from functools import cache
from zoneinfo import available_timezones

NO_STATION = "none"
"""The station of what needs no kitchen: a bottle of water. Never one of a branch's own."""


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def is_time_zone(name: str) -> bool:
    """Whether `name` is in the IANA database, like America/Lima."""
    return name in _time_zones()


def are_stations(names: list[str]) -> bool:
    """Whether `names` can be told apart when they are called across a kitchen, and by dishes."""
    called = [name.casefold() for name in names]
    return len(set(called)) == len(called) and NO_STATION not in called
