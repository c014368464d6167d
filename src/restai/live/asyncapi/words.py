"""Names and sentences for the document."""

from __future__ import annotations

import inspect


def key_of(type_: str) -> str:
    """A message's type as AsyncAPI lets a message be called."""
    return type_.replace(":", ".")


def in_two(described: type) -> dict[str, str]:
    """What a class says of itself: its first sentence as `summary`, the rest as `description`."""
    text = " ".join(inspect.cleandoc(described.__doc__ or "").split())
    summary, _, rest = text.partition(". ")
    told = {"summary": summary.removesuffix(".") + "."}
    return told | ({"description": rest} if rest else {})
