"""What every event is made of. The types themselves are declared by each feature's `events.py`.

An event is a flat JSON object: a stamp (`v, id, type, branchId, timestamp`, and `seq`, which is
spliced in when it is framed) and the fields of its type, which carry the changed resource whole.
"""

from __future__ import annotations

from typing import Any, ClassVar, NamedTuple

import msgspec
from pydantic import BaseModel, ConfigDict, PrivateAttr
from pydantic.alias_generators import to_camel

VERSION = 1


class Shape(BaseModel):
    """Base of everything on the wire: camelCase outside, snake_case inside, nothing unknown."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        from_attributes=True,
        json_schema_serialization_defaults_required=True,  # what we send is whole
    )

    def json_bytes(self) -> bytes:
        return self.model_dump_json(by_alias=True).encode()


class Resource(Shape):
    """A resource as staff see it. What guests may see of it is another, smaller shape."""

    def for_guests(self) -> Shape:
        """This resource by its guest schema, an allow-list. Raises where guests never see it."""
        raise TypeError(f"guests never see a {type(self).__name__}")


class Address(NamedTuple):
    """Where an event goes.

    `stream` is the branch (or, for internal ones, the organization) whose log it stands in. With a
    `session_id` only guests of that visit may see it; `guest_id` narrows the news for waiting guests
    to the one whose outcome it is.
    """

    stream: str
    rooms: tuple[str, ...]
    session_id: str | None = None
    guest_id: str | None = None


class Event(Shape):
    """Base of all event types.

    A type names itself in `type`, and in `guest_fields` which of its fields a guest may see (none:
    it never reaches a guest). It offers `async def render(cls, tx, resource, **extra)`, called once
    at the end of the transaction, which returns the event with the resource's final state.
    """

    type: ClassVar[str]
    guest_fields: ClassVar[frozenset[str]] = frozenset()

    _branch_id: str = PrivateAttr()  # for `address`, where the resource's shape does not name it

    def address(self) -> Address:
        raise NotImplementedError

    def staff_body(self, stamp: Stamp) -> bytes:
        return stamp.prefix(self.type) + self.json_bytes()[1:]

    def guest_body(self, stamp: Stamp) -> bytes | None:
        if not self.guest_fields:
            return None
        fields: dict[str, Any] = {}
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if name not in self.guest_fields or (field.exclude_if and field.exclude_if(value)):
                continue
            if isinstance(value, Resource):
                value = value.for_guests()
            elif isinstance(value, list):
                value = [v.for_guests() if isinstance(v, Resource) else v for v in value]
            fields[to_camel(name)] = value
        body = msgspec.json.encode(fields, enc_hook=_shape_to_builtins)
        return stamp.prefix(self.type) + body[1:]


def _shape_to_builtins(value: object) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True)
    raise TypeError(f"cannot encode {type(value)}")


class Stamp(NamedTuple):
    """What every event carries beside its own fields; `seq` follows when it is framed."""

    id: str
    branch_id: str
    timestamp: int

    def prefix(self, type_: str) -> bytes:
        """The opening of a stored body, up to and with a comma; always begins `{"v":1,`."""
        return (
            f'{{"v":{VERSION},"id":"{self.id}","type":"{type_}",'
            f'"branchId":"{self.branch_id}","timestamp":{self.timestamp},'
        ).encode()
