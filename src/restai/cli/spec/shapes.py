"""Whether one JSON Schema can take another's place, for those who send it and for those who get it. Pure.

Who sends must still be understood: nothing may be asked for that was not, or refused that was not. Who gets
must still find what was there. What is merely new in what one gets (a field, a value) breaks nobody: the
documents ask to let it pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import Any

Json = dict[str, Any]
Seen = frozenset[tuple[str, str]]


class Way(Enum):
    """Who writes what the schema describes: our clients, or we."""

    SENT = "sent to us"
    GIVEN = "given by us"


_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")


class Comparison:
    """Of the schemas of two documents; references are looked up in the document that they stand in."""

    def __init__(self, old: Json, new: Json, way: Way) -> None:
        self._old = old
        self._new = new
        self._way = way

    def breaks(self, old: Json, new: Json, where: str, seen: Seen = frozenset()) -> Iterator[str]:
        """Each reason why `new` does not do where `old` did, as a line that begins with `where`."""
        pair = (old.get("$ref", ""), new.get("$ref", ""))
        if all(pair):
            if pair in seen:
                return
            seen |= {pair}
        old, new = resolved(old, self._old), resolved(new, self._new)
        olds, news = alternatives(old, self._old), alternatives(new, self._new)
        if len(olds) > 1 or len(news) > 1:
            yield from self._among(olds, news, where, seen)
        else:
            yield from self._alone(olds[0], news[0], where, seen)

    def _among(self, olds: list[Json], news: list[Json], where: str, seen: Seen) -> Iterator[str]:
        """Each alternative that may come must be one that is dealt with."""
        coming, known = (olds, news) if self._way is Way.SENT else (news, olds)
        for one in coming:
            reasons = [list(self._in_order(one, other, where, seen)) for other in known]
            if all(reasons):
                closest = min(reasons, key=len)
                yield from closest if len(known) == 1 else [f"{where}: {name_of(one)} {self._fate}"]

    @property
    def _fate(self) -> str:
        return "is refused now" if self._way is Way.SENT else "may come now"

    def _in_order(self, coming: Json, known: Json, where: str, seen: Seen) -> Iterator[str]:
        old, new = (coming, known) if self._way is Way.SENT else (known, coming)
        return self._alone(old, new, where, seen)

    def _alone(self, old: Json, new: Json, where: str, seen: Seen) -> Iterator[str]:
        if not new or not old:
            if self._way is Way.SENT and not old and new:
                yield f"{where}: was anything, and is {name_of(new)}"
            if self._way is Way.GIVEN and old and not new:
                yield f"{where}: was {name_of(old)}, and is anything"
            return
        if kind_of(old) != kind_of(new) and not self._is_wider(kind_of(old), kind_of(new)):
            yield f"{where}: was {name_of(old)}, and is {name_of(new)}"
            return
        yield from self._values(old, new, where)
        yield from self._bounds(old, new, where)
        yield from self._fields(old, new, where, seen)
        if "items" in old and "items" in new:
            yield from self.breaks(old["items"], new["items"], f"{where}[]", seen)
        more = "additionalProperties"
        if isinstance(old.get(more), dict) and isinstance(new.get(more), dict):
            yield from self.breaks(old[more], new[more], f"{where}.*", seen)

    def _is_wider(self, old: str, new: str) -> bool:
        """Whether all that comes is still a value of the kind that is known."""
        pair = (old, new) if self._way is Way.SENT else (new, old)
        return pair == ("integer", "number")

    def _values(self, old: Json, new: Json, where: str) -> Iterator[str]:
        """Values that are asked for may be more, those that are given may be fewer, or new."""
        before, after = values_of(old), values_of(new)
        if self._way is Way.SENT and after is not None:
            for gone in sorted(str(each) for each in (before or []) if each not in after):
                yield f"{where}: {gone} is refused now"
            if before is None:
                yield f"{where}: only {', '.join(map(str, after))} is taken now"
        if self._way is Way.GIVEN and "const" in old and before != after:
            yield f"{where}: was {old['const']}, and is {new.get('const', 'something else')}"

    def _bounds(self, old: Json, new: Json, where: str) -> Iterator[str]:
        if self._way is Way.GIVEN:
            return
        for name in (*_LOWER, *_UPPER):
            before, after = old.get(name), new.get(name)
            if after is None or (before is not None and _is_no_tighter(name, before, after)):
                continue
            yield f"{where}: {name} is {after}, it was {'none' if before is None else before}"
        if new.get("pattern") not in (None, old.get("pattern")):
            yield f"{where}: must match {new['pattern']} now"

    def _fields(self, old: Json, new: Json, where: str, seen: Seen) -> Iterator[str]:
        before, after = old.get("properties", {}), new.get("properties", {})
        for name in before.keys() - after.keys():
            if self._way is Way.GIVEN or new.get("additionalProperties") is False:
                yield f"{where}.{name}: is gone"
        was, is_ = set(old.get("required", ())), set(new.get("required", ()))
        if self._way is Way.SENT:
            yield from (f"{where}.{name}: is needed now" for name in is_ - was)
        else:
            yield from (f"{where}.{name}: may be missing now" for name in (was - is_) & after.keys())
        for name in before.keys() & after.keys():
            yield from self.breaks(before[name], after[name], f"{where}.{name}", seen)


def _is_no_tighter(name: str, before: float, after: float) -> bool:
    return after <= before if name in _LOWER else after >= before


# ---- one schema


def resolved(schema: Json, document: Json) -> Json:
    """What a schema stands for, if it refers to another."""
    while "$ref" in schema:
        part: Any = document
        for name in schema["$ref"].removeprefix("#/").split("/"):
            part = part[name]
        schema = part
    return schema


def alternatives(schema: Json, document: Json) -> list[Json]:
    """The schemas of which one must fit: itself, where it does not offer a choice."""
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            each = [resolved(one, document) for one in schema[choice]]
            return [one for each_ in each for one in alternatives(each_, document)]
    return [schema]


def kind_of(schema: Json) -> str:
    """The type of the values that a schema lets pass."""
    if "type" in schema:
        return str(schema["type"])
    values = values_of(schema)
    return "string" if values and all(isinstance(value, str) for value in values) else "anything"


def values_of(schema: Json) -> list[Any] | None:
    """The only values that a schema lets pass, if it names them."""
    if "const" in schema:
        return [schema["const"]]
    values: list[Any] | None = schema.get("enum")
    return values


def name_of(schema: Json) -> str:
    """What a schema is, for people."""
    values = values_of(schema)
    return kind_of(schema) if values is None else " or ".join(map(str, values))
