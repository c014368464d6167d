"""Whether a screen holds what the server holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from restai.cli.simulate.checks.carrying import Json


def differences(held: Json, true: Json) -> Iterator[str]:
    """What a screen's data has otherwise than the server's snapshot, in words. Positions do not count:
    a guest is not told of everything; nor does the order of lists."""
    for name in sorted((held.keys() | true.keys()) - {"stream"}):
        mine, its = held.get(name), true.get(name)
        if isinstance(mine, list) and isinstance(its, list):
            yield from _of_lists(name, mine, its)
        elif mine != its:
            yield f"{name}: {_short(mine)}, not {_short(its)}"


def _of_lists(name: str, mine: list[Json], its: list[Json]) -> Iterator[str]:
    held, true = ({each["id"]: each for each in some} for some in (mine, its))
    for id_ in held.keys() - true.keys():
        yield f"{name}: {id_} too much"
    for id_ in true.keys() - held.keys():
        yield f"{name}: {id_} missing"
    for id_ in held.keys() & true.keys():
        if held[id_] != true[id_]:
            yield f"{name}: {id_}: {_fields(held[id_], true[id_])}"


def _fields(mine: Json, its: Json) -> str:
    names = (name for name in sorted(mine.keys() | its.keys()) if mine.get(name) != its.get(name))
    return ", ".join(f"{name} {_short(mine.get(name))}, not {_short(its.get(name))}" for name in names)


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
