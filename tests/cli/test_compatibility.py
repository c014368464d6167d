"""What breaks who built on the last version, and what does not."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from restai.app import documents
from restai.cli.spec.compatibility import breaks, may_break

Json = dict[str, Any]

ORDER: Json = {
    "type": "object",
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "status": {"enum": ["pending", "ready"], "type": "string"},
        "total": {"type": "integer"},
        "tableId": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "lines": {"type": "array", "items": {"$ref": "#/components/schemas/Line"}},
    },
    "required": ["id", "status", "total", "tableId", "lines"],
}
LINE: Json = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
DRAFT: Json = {
    "type": "object",
    "properties": {
        "kind": {"enum": ["dine_in", "takeout"], "type": "string"},
        "notes": {"anyOf": [{"type": "string", "maxLength": 300}, {"type": "null"}]},
        "quantity": {"type": "integer", "minimum": 1, "maximum": 99},
        "tags": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["kind"],
    "additionalProperties": False,
}


def openapi() -> Json:
    """An order can be placed, and read."""
    read = {
        "operationId": "orders_order",
        "parameters": [
            {"in": "path", "name": "order_id", "required": True, "schema": {"type": "string"}},
            {"in": "query", "name": "branchId", "required": False, "schema": {"type": "string"}},
        ],
        "responses": {"200": answer("Order")},
    }
    picture = {"operationId": "orders_slip", "responses": {"200": {"content": {"image/png": {}}}}}
    place = {
        "operationId": "orders_place",
        "security": [{"staff": []}],
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Draft"}}}},
        "responses": {
            "201": {**answer("Order"), "headers": {"Location": {"schema": {"type": "string"}}}},
            "409": {"description": "`taken`: Already in use"},
        },
    }
    schemas = {"Order": ORDER, "Line": LINE, "Draft": DRAFT}
    paths = {"/orders/{order_id}": {"get": read}, "/orders": {"post": place}, "/slip": {"get": picture}}
    return {"paths": paths, "components": {"schemas": copy.deepcopy(schemas)}}


def answer(schema: str) -> Json:
    return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}


def asyncapi() -> Json:
    """A client signs in, and hears of orders."""
    auth = {
        "type": "object",
        "properties": {"type": {"const": "auth"}, "token": {"type": "string"}},
        "required": ["type", "token"],
    }
    created = {
        "type": "object",
        "properties": {"type": {"const": "order:created"}, "order": {"$ref": "#/components/schemas/Order"}},
        "required": ["type", "order"],
    }
    told = {
        "auth": {"payload": {"$ref": "#/components/schemas/Auth"}},
        "order.created": {
            "payload": {"$ref": "#/components/schemas/Created"},
            "x-rooms": ["branch", "table"],
            "x-readers": ["staff", "guests"],
        },
    }
    socket = {
        "address": "/ws",
        "messages": {key: {"$ref": f"#/components/messages/{key}"} for key in told},
        "x-close-codes": [{"code": 4003, "comeBack": True}, {"code": 4503, "comeBack": False}],
    }
    schemas = {"Order": ORDER, "Line": LINE, "Auth": auth, "Created": created}
    return {
        "channels": {"socket": socket},
        "operations": {
            "signIn": {"action": "receive", "messages": [{"$ref": "#/channels/socket/messages/auth"}]},
            "tell": {"action": "send", "messages": [{"$ref": "#/channels/socket/messages/order.created"}]},
        },
        "components": {"messages": told, "schemas": copy.deepcopy(schemas)},
    }


def after(change: Callable[[Json, Json], object]) -> list[str]:
    """What breaks when both documents are changed so."""
    old = {"openapi.json": openapi(), "asyncapi.json": asyncapi()}
    new = copy.deepcopy(old)
    change(new["openapi.json"], new["asyncapi.json"])
    return breaks(old, new)


def schema(document: Json, name: str) -> Json:
    found: Json = document["components"]["schemas"][name]
    return found


def fields(document: Json, name: str) -> Json:
    found: Json = schema(document, name)["properties"]
    return found


def place(document: Json) -> Json:
    found: Json = document["paths"]["/orders"]["post"]
    return found


def read(document: Json) -> Json:
    found: Json = document["paths"]["/orders/{order_id}"]["get"]
    return found


def socket(document: Json) -> Json:
    found: Json = document["channels"]["socket"]
    return found


def message(document: Json) -> Json:
    found: Json = document["components"]["messages"]["order.created"]
    return found


def rename(part: Json, name: str, better: str) -> None:
    part[better] = part.pop(name)


BREAKING: dict[str, tuple[Callable[[Json, Json], object], list[str]]] = {
    "an operation is gone": (lambda o, a: o["paths"].pop("/orders"), ["POST /orders: is gone"]),
    "a method is another": (
        lambda o, a: rename(o["paths"]["/orders"], "post", "put"),
        ["POST /orders: is gone"],
    ),
    "an operation's name": (
        lambda o, a: place(o).update(operationId="orders_send"),
        ["POST /orders: was called orders_place, and is orders_send"],
    ),
    "a token is needed": (
        lambda o, a: read(o).update(security=[{"staff": []}]),
        ["GET /orders/{order_id}: no token will not do any more"],
    ),
    "another token is needed": (
        lambda o, a: place(o).update(security=[{"guest": []}]),
        ["POST /orders: staff will not do any more"],
    ),
    "a parameter is gone": (
        lambda o, a: read(o)["parameters"].pop(),
        ["GET /orders/{order_id} branchId: is gone"],
    ),
    "a parameter is needed": (
        lambda o, a: read(o)["parameters"][1].update(required=True),
        ["GET /orders/{order_id} branchId: is needed now"],
    ),
    "a new parameter is needed": (
        lambda o, a: read(o)["parameters"].append(
            {"in": "query", "name": "since", "required": True, "schema": {"type": "integer"}}
        ),
        ["GET /orders/{order_id} since: is needed now"],
    ),
    "a parameter's type": (
        lambda o, a: read(o)["parameters"][1].update(schema={"type": "integer"}),
        ["GET /orders/{order_id} branchId: was string, and is integer"],
    ),
    "a body is needed": (
        lambda o, a: place(o)["requestBody"].update(required=True),
        ["POST /orders body: is needed now"],
    ),
    "a body of another type": (
        lambda o, a: rename(place(o)["requestBody"]["content"], "application/json", "multipart/form-data"),
        ["POST /orders body: is not application/json any more"],
    ),
    "a field is needed": (
        lambda o, a: schema(o, "Draft")["required"].append("quantity"),
        ["POST /orders body.quantity: is needed now"],
    ),
    "a new field is needed": (
        lambda o, a: (
            fields(o, "Draft").update(table={"type": "string"}),
            schema(o, "Draft")["required"].append("table"),
        ),
        ["POST /orders body.table: is needed now"],
    ),
    "a field that was sent is refused": (
        lambda o, a: fields(o, "Draft").pop("tags"),
        ["POST /orders body.tags: is gone"],
    ),
    "a value is refused": (
        lambda o, a: fields(o, "Draft")["kind"]["enum"].remove("takeout"),
        ["POST /orders body.kind: takeout is refused now"],
    ),
    "null is refused": (
        lambda o, a: fields(o, "Draft").update(notes={"type": "string", "maxLength": 300}),
        ["POST /orders body.notes: was null, and is string"],
    ),
    "less is taken": (
        lambda o, a: fields(o, "Draft")["quantity"].update(maximum=9, minimum=2),
        [
            "POST /orders body.quantity: maximum is 9, it was 99",
            "POST /orders body.quantity: minimum is 2, it was 1",
        ],
    ),
    "only some text is taken": (
        lambda o, a: fields(o, "Draft")["tags"]["items"].update(pattern="^[a-z]+$"),
        ["POST /orders body.tags[]: must match ^[a-z]+$ now"],
    ),
    "an answer is gone": (
        lambda o, a: rename(place(o)["responses"], "201", "202"),
        ["POST /orders 201: is gone"],
    ),
    "a header is gone": (
        lambda o, a: place(o)["responses"]["201"].pop("headers"),
        ["POST /orders 201 Location: is gone"],
    ),
    "a field of an answer is gone": (
        lambda o, a: fields(o, "Order").pop("total"),
        ["GET /orders/{order_id} 200.total: is gone", "POST /orders 201.total: is gone"],
    ),
    "a field of an answer is called otherwise": (
        lambda o, a: rename(fields(o, "Line"), "name", "title"),
        ["GET /orders/{order_id} 200.lines[].name: is gone", "POST /orders 201.lines[].name: is gone"],
    ),
    "a field of an answer may be missing": (
        lambda o, a: schema(o, "Line")["required"].remove("name"),
        [
            "GET /orders/{order_id} 200.lines[].name: may be missing now",
            "POST /orders 201.lines[].name: may be missing now",
        ],
    ),
    "a field of an answer of another type": (
        lambda o, a: fields(o, "Order").update(total={"type": "string"}),
        [
            "GET /orders/{order_id} 200.total: was integer, and is string",
            "POST /orders 201.total: was integer, and is string",
        ],
    ),
    "a field of an answer may be null": (
        lambda o, a: fields(o, "Order").update(total={"anyOf": [{"type": "integer"}, {"type": "null"}]}),
        [
            "GET /orders/{order_id} 200.total: was integer, and is null",
            "POST /orders 201.total: was integer, and is null",
        ],
    ),
    "a channel is elsewhere": (lambda o, a: socket(a).update(address="/socket"), ["/ws: is gone"]),
    "a message is gone": (
        lambda o, a: socket(a)["messages"].pop("order.created"),
        ["/ws order.created: is gone"],
    ),
    "a message's type": (
        lambda o, a: fields(a, "Created").update(type={"const": "order:placed"}),
        ["/ws order.created.type: was order:created, and is order:placed"],
    ),
    "a field of an event is gone": (
        lambda o, a: fields(a, "Order").pop("status"),
        ["/ws order.created.order.status: is gone"],
    ),
    "a field of a message of ours is needed": (
        lambda o, a: (
            fields(a, "Auth").update(device={"type": "string"}),
            schema(a, "Auth")["required"].append("device"),
        ),
        ["/ws auth.device: is needed now"],
    ),
    "a room hears it no more": (
        lambda o, a: message(a)["x-rooms"].remove("table"),
        ["/ws order.created: is not for table any more"],
    ),
    "guests hear it no more": (
        lambda o, a: message(a)["x-readers"].remove("guests"),
        ["/ws order.created: is not for guests any more"],
    ),
    "a close code is gone": (
        lambda o, a: socket(a)["x-close-codes"].pop(0),
        ["/ws close code 4003: is gone"],
    ),
    "a close code means something else": (
        lambda o, a: socket(a)["x-close-codes"][0].update(comeBack=False),
        ["/ws close code 4003: means something else"],
    ),
}

HARMLESS: dict[str, Callable[[Json, Json], object]] = {
    "nothing": lambda o, a: None,
    "a new operation": lambda o, a: o["paths"].update({"/tables": {"get": copy.deepcopy(read(o))}}),
    "a path's parameter has another name": lambda o, a: (
        rename(o["paths"], "/orders/{order_id}", "/orders/{id}"),
        o["paths"]["/orders/{id}"]["get"]["parameters"][0].update(name="id"),
    ),
    "less is needed": lambda o, a: place(o).pop("security"),
    "another token will do too": lambda o, a: place(o)["security"].append({"guest": []}),
    "a new parameter that may be left out": lambda o, a: read(o)["parameters"].append(
        {"in": "query", "name": "since", "required": False, "schema": {"type": "integer"}}
    ),
    "a new field that may be left out": lambda o, a: fields(o, "Draft").update(table={"type": "string"}),
    "a field may be left out": lambda o, a: schema(o, "Draft")["required"].remove("kind"),
    "a further value is taken": lambda o, a: fields(o, "Draft")["kind"]["enum"].append("delivery"),
    "null is taken": lambda o, a: fields(o, "Draft").update(
        tags={"anyOf": [fields(o, "Draft")["tags"], {"type": "null"}]}
    ),
    "more is taken": lambda o, a: fields(o, "Draft")["quantity"].update(minimum=0, maximum=999),
    "a number is taken where a whole one was": lambda o, a: fields(o, "Draft").update(
        quantity={"type": "number", "minimum": 1, "maximum": 99}
    ),
    "a new field of an answer": lambda o, a: (
        fields(o, "Order").update(tax={"type": "integer"}),
        schema(o, "Order")["required"].append("tax"),
    ),
    "a further value is given": lambda o, a: fields(o, "Order")["status"]["enum"].append("served"),
    "a value is given no more": lambda o, a: fields(o, "Order")["status"]["enum"].remove("pending"),
    "it is never null": lambda o, a: fields(o, "Order").update(tableId={"type": "string"}),
    "another problem": lambda o, a: place(o)["responses"].update({"423": {"description": "`locked`"}}),
    "a problem less": lambda o, a: place(o)["responses"].pop("409"),
    "a new message": lambda o, a: (
        socket(a)["messages"].update({"order.gone": {"$ref": "#/components/messages/order.gone"}}),
        a["components"]["messages"].update({"order.gone": {"payload": {"type": "object"}}}),
    ),
    "a new room hears it": lambda o, a: a["components"]["messages"]["order.created"]["x-rooms"].append(
        "menu"
    ),
    "a new close code": lambda o, a: socket(a)["x-close-codes"].append({"code": 4020, "comeBack": True}),
    "a schema has another name": lambda o, a: (
        rename(o["components"]["schemas"], "Draft", "OrderDraft"),
        place(o)["requestBody"]["content"]["application/json"].update(
            schema={"$ref": "#/components/schemas/OrderDraft"}
        ),
    ),
}


@pytest.mark.parametrize("name", BREAKING)
def test_what_breaks_is_told(name: str) -> None:
    change, told = BREAKING[name]
    assert after(change) == told


@pytest.mark.parametrize("name", HARMLESS)
def test_what_breaks_nobody_is_not(name: str) -> None:
    assert after(HARMLESS[name]) == []


def test_the_real_documents_do_not_break_themselves() -> None:
    assert breaks(documents(), documents()) == []


def test_in_the_real_documents_a_lost_field_is_found_wherever_it_was() -> None:
    new = documents()
    del new["openapi.json"]["components"]["schemas"]["OrderView"]["properties"]["total"]
    found = breaks(documents(), new)
    assert "POST /api/orders 201.total: is gone" in found
    assert "GET /api/orders 200.items[].total: is gone" in found
    assert "GET /api/branches/{branch_id}/snapshot 200.orders[].total: is gone" in found


def test_shapes_that_hold_themselves_are_compared_once() -> None:
    def nest(document: Json, _other: Json) -> None:
        fields(document, "Line")["parts"] = {"type": "array", "items": {"$ref": "#/components/schemas/Line"}}

    old = {"openapi.json": openapi(), "asyncapi.json": asyncapi()}
    nest(old["openapi.json"], {})
    new = copy.deepcopy(old)
    fields(new["openapi.json"], "Line").pop("name")
    assert len(breaks(old, new)) == 2


@pytest.mark.parametrize(
    ("old", "new", "may"),
    [
        ("0.1.0", "0.1.0", False),
        ("0.1.0", "0.1.9", False),
        ("0.1.0", "0.2.0", True),
        ("0.9.0", "1.0.0", True),
        ("1.4.0", "1.5.0", False),
        ("1.4.0", "2.0.0", True),
        ("2.0.0", "1.9.0", False),
    ],
)
def test_a_version_says_whether_something_breaks(old: str, new: str, may: bool) -> None:
    assert may_break(old, new) is may
