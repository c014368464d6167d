"""Examples made from schemas: one evening's values, so that every example tells of the same party.

Used for what people read. Deterministic: the same schema gives the same example.
"""

from __future__ import annotations

import zlib
from typing import Any

Json = dict[str, Any]

NOW = 1_790_000_000_000  # ms: an evening in September 2026

_ID = "0192f1c8-7a00-7000-8000-"

KNOWN: dict[str, Any] = {
    "allergens": ["fish"],
    "allocation.amount": 6_400,
    "amount": None,
    "balance": 6_400,
    "capacity": 4,
    "closedAt": None,
    "closedBy": None,
    "code": "7KQ2-MNPX",
    "count.counted": 26_500,
    "counted": None,
    "currency": "PEN",
    "current": "served",
    "currentPassword": "mise en place",
    "customerName": "Ana",
    "database": "ok",
    "databaseMs": 1.5,
    "dayStartsAt": 240,
    "description": "Sea bass, lime, red onion, sweet potato",
    "detail": "The order is served and cannot become pending",
    "difference": None,
    "email": "ada@casalola.example",
    "eventsPerSecond": 0.5,
    "expected": "confirmed",
    "field": "tableId",
    "guestName": "Ana",
    "height": 80,
    "holds": "tables",
    "imageUrl": None,
    "isAvailable": True,
    "limit": 50,
    "lines": None,
    "max": 2,
    "menuVersion": 7,
    "mergedInto": None,
    "min": 0,
    "modifier.price": 300,
    "name": "Ceviche",
    "nextCursor": None,
    "notes": "no chilli",
    "number": "12",
    "openingFloat": 20_000,
    "orderId": None,
    "orderNumber": "47",
    "organizationName": "Casa Lola",
    "paid": 0,
    "password": "mise en place",
    "payment.amount": 6_400,
    "payment.change": 3_000,
    "prepMinutes": 15,
    "price": 3_200,
    "quantity": 2,
    "reason": "We are full tonight",
    "rev": 3,
    "role": "waiter",
    "rotation": 0,
    "round": 1,
    "seq": 1_843,
    "share": None,
    "share.number": 1,
    "share.of": 2,
    "since": NOW - 3_600_000,
    "spaces": [{"id": f"{_ID}00000000c001", "name": "Terrace"}],
    "station": "kitchen",
    "stations": ["kitchen", "bar"],
    "status": "confirmed",
    "subtotal": 5_424,
    "tableNumber": "12",
    "tags": ["signature"],
    "takenBy": None,
    "tax": 976,
    "taxRate": 1_800,
    "tendered": 10_000,
    "till.expected": None,
    "tillNow.expected": 26_400,
    "timeZone": "America/Lima",
    "tip": 600,
    "token": "eyJhbGciOiJIUzI1NiIsImtpZCI6IjNmMWEifQ.e30.c2ln",
    "total": 6_400,
    "type": "dine_in",
    "unitPrice": 3_200,
    "unseenAt": None,
    "version": 7,
    "voidReason": None,
    "voidedAt": None,
    "voidedBy": None,
    "voiding.reason": "It went to the wrong table",
    "width": 80,
    "x": 120,
    "y": 40,
}

_NAMES = {
    "branch": "Casa Lola",
    "by": "Carla",
    "guest": "Ana",
    "modifier": "Extra lime",
    "openedBy": "Carla",
    "space": "Terrace",
    "staff": "Walter",
    "user": "Walter",
}
_WRAPPINGS = ("View", "Draft", "Patch", "Guest", "Own")


def example_of(schema: Json, schemas: Json, name: str = "", of: str = "") -> Any:
    """A value that `schema` lets pass. `schemas`: those it refers to, by name; `name`: the property
    that it is for, and `of` the thing which that is a property of."""
    if "$ref" in schema:
        referred = schema["$ref"].rpartition("/")[2]
        return example_of(schemas[referred], schemas, name, of or thing(referred))
    if "const" in schema:
        return schema["const"]
    for choices in ("anyOf", "oneOf"):
        if choices in schema:
            return _of_choices(schema[choices], schemas, name, of)
    if "enum" in schema:
        return KNOWN[name] if KNOWN.get(name) in schema["enum"] else schema["enum"][0]
    match schema.get("type"):
        case "object":
            return _of_object(schema, schemas, name or of)
        case "array":
            return _of_array(schema, schemas, name)
        case kind:
            return _of_scalar(str(kind), schema, name, of)


def _of_choices(choices: list[Json], schemas: Json, name: str, of: str) -> Any:
    if KNOWN.get(_key(name, of), name) is None:
        return None
    return example_of(choices[0], schemas, name, of)


def _of_object(schema: Json, schemas: Json, of: str) -> Json:
    properties = schema.get("properties")
    if properties is None:
        more = schema.get("additionalProperties")
        return {id_of("branch"): example_of(more, schemas)} if isinstance(more, dict) else {}
    return {name: example_of(each, schemas, name, of) for name, each in properties.items()}


def _of_array(schema: Json, schemas: Json, name: str) -> list[Any]:
    if schema.get("maxItems") == 0 or "items" not in schema:
        return []
    if isinstance(KNOWN.get(name), list):
        return list(KNOWN[name])
    return [example_of(schema["items"], schemas, "", _singular(name))]


def _of_scalar(kind: str, schema: Json, name: str, of: str) -> Any:
    if kind == "string":
        return _of_text(schema, name, of)
    known = KNOWN.get(_key(name, of))
    if known is not None:
        return known
    if kind == "integer":
        is_time = name.endswith("At") or name == "timestamp"
        return NOW if is_time else max(schema.get("minimum", 0), min(1, schema.get("maximum", 1)))
    return schema.get("default", False) if kind == "boolean" else None


def _of_text(schema: Json, name: str, of: str) -> Any:
    if schema.get("format") == "uuid" or name == "id" or name.endswith("Id"):
        return id_of(of if name == "id" else name.removesuffix("Id") or of)
    if name == "name":
        return _NAMES.get(of, KNOWN["name"])
    return KNOWN.get(_key(name, of)) or schema.get("default") or "text"


def _key(name: str, of: str) -> str:
    """What KNOWN has for a property of this thing, or else of any."""
    particular = f"{of}.{name}"
    return particular if particular in KNOWN else name


def id_of(thing: str) -> str:
    """The id that things called so have in all examples."""
    return f"{_ID}{zlib.crc32(_singular(thing).encode()):012x}"


def thing(schema_name: str) -> str:
    """What a schema is about: GuestOrderView is about an order."""
    for wrapping in _WRAPPINGS:
        if schema_name != wrapping:
            schema_name = schema_name.removeprefix(wrapping).removesuffix(wrapping)
    return schema_name[:1].lower() + schema_name[1:]


def _singular(name: str) -> str:
    return name.removesuffix("s")
