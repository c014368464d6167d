"""Who may call what: every operation of the API and the roles that may, written by hand from what people in a
restaurant do. Nothing in it is taken from the code.

A new operation needs a row: who may, whose it is, what a call that means something needs (a method of
`Scene`), and what it sends. `{name}` stands for what is known by that name.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from tests.system.scene import Scene

Json = dict[str, Any]
Need = Callable[[Scene], Coroutine[Any, Any, Json]]

ADMIN, MANAGER, CASHIER, WAITER, KITCHEN = "org_admin", "branch_manager", "cashier", "waiter", "kitchen"
GUEST, WAITING, NOBODY = "guest", "waiting guest", "nobody"  # of one party, one is in, and one waits to be

STAFF = {ADMIN, MANAGER, CASHIER, WAITER, KITCHEN}
MANAGERS = {ADMIN, MANAGER}
COOKS = MANAGERS | {KITCHEN}
SERVICE = MANAGERS | {WAITER}
TILL = MANAGERS | {CASHIER}
ON_THE_FLOOR = MANAGERS | {CASHIER, WAITER}
PARTY = {GUEST, WAITING}
ANYBODY = STAFF | PARTY | {NOBODY}

# Whose it is. A branch's is not found by who works elsewhere, a visit's not by other parties; of one's own
# account and of what is public there is nothing to be kept from anybody.
BRANCHS, VISITS, ONES_OWN, PUBLIC = "a branch's", "a visit's", "one's own", "public"


@dataclass(frozen=True)
class Row:
    may: set[str]
    of: str
    needs: Need = Scene.nothing
    body: Json | str | None = None
    query: str = ""


IN_BRANCH = "?branchId={branch_id}"
A_DISH = [{"menuItemId": "{dish}", "quantity": 1}]
AN_ORDER = {"branchId": "{branch_id}", "type": "takeout", "items": A_DISH}

TABLE: dict[str, Row] = {
    # ---- the house and who works there
    "GET /api/branches": Row(STAFF, ONES_OWN),
    "POST /api/branches": Row({ADMIN}, ONES_OWN, body={"name": "Casa {new}"}),
    "GET /api/branches/{branch_id}": Row(STAFF, BRANCHS),
    "PATCH /api/branches/{branch_id}": Row(MANAGERS, BRANCHS, body={"name": "Casa {new}"}),
    "POST /api/auth/register": Row(
        ANYBODY,
        PUBLIC,
        body={"branchName": "Mia", "name": "Mia", "email": "{new}@x.example", "password": "{password}"},
    ),
    "POST /api/auth/login": Row(ANYBODY, PUBLIC, body={"email": "{email}", "password": "{password}"}),
    "POST /api/auth/refresh": Row(ANYBODY, PUBLIC, Scene.a_sign_in, {"refreshToken": "{refresh}"}),
    "POST /api/auth/logout": Row(ANYBODY, PUBLIC, Scene.a_sign_in, {"refreshToken": "{refresh}"}),
    "GET /api/auth/me": Row(STAFF, ONES_OWN),
    "GET /api/staff": Row(MANAGERS, BRANCHS, query=IN_BRANCH),
    "POST /api/staff": Row(
        MANAGERS,
        BRANCHS,
        body={"name": "Nina", "email": "{new}@x.example", "password": "{password}", "role": "waiter"}
        | {"branchIds": ["{branch_id}"]},
    ),
    "PATCH /api/staff/{user_id}": Row(MANAGERS, BRANCHS, Scene.a_member_of_staff, {"name": "Nora"}),
    "POST /api/staff/{user_id}/password": Row(
        MANAGERS, BRANCHS, Scene.a_member_of_staff, {"password": "another {new}"}
    ),
    # ---- the menu
    "GET /api/images/{name}": Row(ANYBODY, PUBLIC, Scene.a_picture),
    "GET /api/menu": Row(STAFF, BRANCHS, query=IN_BRANCH),
    "POST /api/menu/categories": Row(MANAGERS, BRANCHS, body={"branchId": "{branch_id}", "name": "Soups"}),
    "GET /api/menu/categories/{category_id}": Row(STAFF, BRANCHS, Scene.a_category),
    "PATCH /api/menu/categories/{category_id}": Row(MANAGERS, BRANCHS, Scene.a_category, {"name": "Stews"}),
    "DELETE /api/menu/categories/{category_id}": Row(MANAGERS, BRANCHS, Scene.a_category),
    "POST /api/menu/items": Row(
        MANAGERS,
        BRANCHS,
        Scene.a_category,
        {"categoryId": "{category_id}", "name": "Soup", "price": 900, "station": "kitchen"}
        | {"branchId": "{branch_id}"},
    ),
    "GET /api/menu/items/{item_id}": Row(STAFF, BRANCHS, Scene.a_dish),
    "PATCH /api/menu/items/{item_id}": Row(MANAGERS, BRANCHS, Scene.a_dish, {"price": 950}),
    "DELETE /api/menu/items/{item_id}": Row(MANAGERS, BRANCHS, Scene.a_dish),
    "POST /api/menu/items/{item_id}/availability": Row(COOKS, BRANCHS, Scene.a_dish, {"isAvailable": False}),
    "GET /api/menu/modifier-groups": Row(STAFF, BRANCHS, query=IN_BRANCH),
    "POST /api/menu/modifier-groups": Row(
        MANAGERS, BRANCHS, body={"branchId": "{branch_id}", "name": "Size", "modifiers": [{"name": "L"}]}
    ),
    "GET /api/menu/modifier-groups/{group_id}": Row(STAFF, BRANCHS, Scene.a_choice),
    "PATCH /api/menu/modifier-groups/{group_id}": Row(MANAGERS, BRANCHS, Scene.a_choice, {"name": "Sizes"}),
    "DELETE /api/menu/modifier-groups/{group_id}": Row(MANAGERS, BRANCHS, Scene.a_choice),
    "POST /api/menu/modifiers/{modifier_id}/availability": Row(
        COOKS, BRANCHS, Scene.a_choice, {"isAvailable": False}
    ),
    "POST /api/menu/images": Row(MANAGERS, ONES_OWN, body="a picture"),
    # ---- tables
    "GET /api/spaces": Row(STAFF, BRANCHS, query=IN_BRANCH),
    "POST /api/spaces": Row(MANAGERS, BRANCHS, body={"branchId": "{branch_id}", "name": "Roof"}),
    "GET /api/spaces/{space_id}": Row(STAFF, BRANCHS, Scene.a_space),
    "PATCH /api/spaces/{space_id}": Row(MANAGERS, BRANCHS, Scene.a_space, {"name": "Cellar"}),
    "DELETE /api/spaces/{space_id}": Row(MANAGERS, BRANCHS, Scene.a_space),
    "GET /api/tables": Row(STAFF, BRANCHS, query=IN_BRANCH),
    "POST /api/tables": Row(MANAGERS, BRANCHS, body={"branchId": "{branch_id}", "number": "{short}"}),
    "GET /api/tables/qr-sheet": Row(STAFF, BRANCHS, query=IN_BRANCH),
    "GET /api/tables/{table_id}": Row(STAFF, BRANCHS, Scene.a_table),
    "GET /api/tables/{table_id}/qr": Row(STAFF, BRANCHS, Scene.a_table),
    "PATCH /api/tables/{table_id}": Row(MANAGERS, BRANCHS, Scene.a_table, {"capacity": 9}),
    "DELETE /api/tables/{table_id}": Row(MANAGERS, BRANCHS, Scene.a_table),
    "PATCH /api/tables/{table_id}/status": Row(MANAGERS, BRANCHS, Scene.a_table, {"status": "reserved"}),
    # ---- visits
    "GET /api/sessions": Row(STAFF, BRANCHS, query=IN_BRANCH),
    "POST /api/sessions": Row(
        SERVICE, BRANCHS, Scene.a_table, {"branchId": "{branch_id}", "tableId": "{table_id}"}
    ),
    "GET /api/sessions/{session_id}": Row(STAFF, BRANCHS, Scene.a_visit),
    "POST /api/sessions/{session_id}/approve": Row(SERVICE, BRANCHS, Scene.a_party_at_the_door),
    "POST /api/sessions/{session_id}/reject": Row(SERVICE, BRANCHS, Scene.a_party_at_the_door, {}),
    "POST /api/sessions/{session_id}/guests/{guest_id}/admit": Row(
        SERVICE, BRANCHS, Scene.a_visit_with_one_who_waits
    ),
    "POST /api/sessions/{session_id}/guests/{guest_id}/remove": Row(
        SERVICE, BRANCHS, Scene.a_visit_with_one_who_waits
    ),
    "POST /api/sessions/{session_id}/move": Row(
        SERVICE, BRANCHS, Scene.a_visit_and_a_free_table, {"tableId": "{table_id}"}
    ),
    "POST /api/sessions/{session_id}/merge": Row(SERVICE, BRANCHS, Scene.two_visits, {"into": "{into}"}),
    "POST /api/tables/{table_id}/free": Row(ON_THE_FLOOR, BRANCHS, Scene.a_visit, {}),
    "POST /api/sessions/{session_id}/end": Row(ON_THE_FLOOR, BRANCHS, Scene.a_visit, {}),
    "GET /api/sessions/{session_id}/bill": Row(ON_THE_FLOOR, BRANCHS, Scene.a_visit),
    "GET /api/branches/{branch_id}/snapshot": Row(STAFF, BRANCHS),
    "GET /api/branches/{branch_id}/monitor": Row(MANAGERS, BRANCHS),
    "GET /api/history": Row(ON_THE_FLOOR, BRANCHS, query=IN_BRANCH),
    "GET /api/audit": Row(MANAGERS, BRANCHS, query=IN_BRANCH),
    "GET /api/screens": Row(STAFF, BRANCHS, query=IN_BRANCH),
    "GET /api/requests": Row(STAFF, BRANCHS, query=IN_BRANCH),
    "POST /api/requests/{request_id}/acknowledge": Row(SERVICE, BRANCHS, Scene.a_call),
    "POST /api/requests/{request_id}/resolve": Row(SERVICE, BRANCHS, Scene.a_call),
    # ---- orders
    "GET /api/orders": Row(STAFF, BRANCHS, query=IN_BRANCH),
    "POST /api/orders": Row(ON_THE_FLOOR, BRANCHS, body=AN_ORDER),
    "GET /api/orders/{order_id}": Row(STAFF, BRANCHS, Scene.an_order),
    "PATCH /api/orders/{order_id}/status": Row(STAFF, BRANCHS, Scene.an_order, {"status": "preparing"}),
    "POST /api/orders/{order_id}/items": Row(ON_THE_FLOOR, BRANCHS, Scene.an_order, {"items": A_DISH}),
    "PATCH /api/orders/{order_id}/items/{line_id}/status": Row(
        STAFF, BRANCHS, Scene.an_order, {"status": "preparing"}
    ),
    "POST /api/orders/{order_id}/items/{line_id}/cancel": Row(STAFF, BRANCHS, Scene.an_order, {}),
    "POST /api/orders/{order_id}/take": Row(SERVICE, BRANCHS, Scene.an_order_that_is_ready),
    "POST /api/orders/{order_id}/priority": Row(STAFF, BRANCHS, Scene.an_order, {"priority": True}),
    "POST /api/kitchen/seen": Row(STAFF, ONES_OWN, Scene.an_order, {"lineIds": ["{line_id}"]}),
    "GET /api/kitchen/recent": Row(STAFF, BRANCHS, query=IN_BRANCH),
    # ---- money
    "GET /api/payments": Row(ON_THE_FLOOR, BRANCHS, query=IN_BRANCH),
    "POST /api/payments": Row(
        ON_THE_FLOOR, BRANCHS, Scene.an_order, {"orderId": "{order_id}", "method": "card", "all": True}
    ),
    "POST /api/payments/sale": Row(
        ON_THE_FLOOR, BRANCHS, body={"order": AN_ORDER, "payment": {"method": "card"}}
    ),
    "GET /api/payments/{payment_id}": Row(ON_THE_FLOOR, BRANCHS, Scene.a_payment),
    "POST /api/payments/{payment_id}/void": Row(TILL, BRANCHS, Scene.a_payment, {"reason": "wrong table"}),
    "GET /api/till": Row(TILL, BRANCHS, query=IN_BRANCH),
    "POST /api/till/open": Row(
        TILL, BRANCHS, Scene.a_closed_till, {"branchId": "{branch_id}", "openingFloat": 0}
    ),
    "POST /api/till/close": Row(TILL, BRANCHS, Scene.an_open_till, {"branchId": "{branch_id}", "counted": 0}),
    # ---- guests
    "GET /api/guest/tables/{code}": Row(ANYBODY, PUBLIC, Scene.a_table),
    "POST /api/guest/tables/{code}/join": Row(ANYBODY, PUBLIC, Scene.a_table, {"name": "Dora"}),
    "GET /api/guest/session": Row(PARTY, ONES_OWN),
    "GET /api/guest/snapshot": Row(PARTY, ONES_OWN),
    "POST /api/guest/guests/{guest_id}/admit": Row({GUEST}, VISITS, Scene.one_who_waits_at_the_guests_table),
    "PUT /api/guest/cart/lines/{line_id}": Row(
        {GUEST}, ONES_OWN, Scene.a_line_in_the_guests_cart, {"menuItemId": "{dish}", "quantity": 2}
    ),
    "DELETE /api/guest/cart/lines/{line_id}": Row({GUEST}, VISITS, Scene.a_line_in_the_guests_cart),
    "POST /api/guest/requests": Row({GUEST}, ONES_OWN, body={"kind": "waiter"}),
    "DELETE /api/guest/requests/{request_id}": Row({GUEST}, VISITS, Scene.a_call_of_the_guest),
    "POST /api/guest/orders": Row({GUEST}, ONES_OWN, body={"items": A_DISH}),
    "POST /api/guest/orders/{order_id}/cancel": Row({GUEST}, VISITS, Scene.an_order_of_the_guest),
    # ---- whoever runs the server
    "GET /health": Row(ANYBODY, PUBLIC),
    "GET /ready": Row(ANYBODY, PUBLIC),
    "GET /metrics": Row(ANYBODY, PUBLIC),
}

THEIR_DISH = {"menuItemId": "{their_dish}", "quantity": 1}
A_THEIR_ITEM = {"categoryId": "{their_category}", "name": "Soup", "price": 900, "station": "kitchen"}

# Things of the house in what a rival's manager asks for in a branch of his own: the operation, what there is
# in the house, what he sends, and how he is refused. What is `their_` is the rival's.
REACHES: list[tuple[str, Need, Json, int]] = [
    ("POST /api/orders", Scene.nothing, {"type": "takeout", "items": A_DISH}, 404),
    (
        "POST /api/orders",
        Scene.a_choice,
        {"type": "takeout", "items": [THEIR_DISH | {"modifierIds": ["{modifier_id}"]}]},
        422,
    ),
    (
        "POST /api/orders",
        Scene.a_table,
        {"type": "dine_in", "tableId": "{table_id}", "items": [THEIR_DISH]},
        404,
    ),
    (
        "POST /api/orders",
        Scene.a_visit,
        {"type": "dine_in", "sessionId": "{session_id}", "items": [THEIR_DISH]},
        404,
    ),
    (
        "POST /api/payments/sale",
        Scene.nothing,
        {"order": {"type": "takeout", "items": A_DISH}, "payment": {"method": "card"}},
        404,
    ),
    ("POST /api/payments", Scene.an_order, {"orderId": "{order_id}", "method": "card", "all": True}, 404),
    ("POST /api/payments", Scene.a_visit, {"sessionId": "{session_id}", "method": "card", "all": True}, 404),
    ("POST /api/sessions", Scene.a_table, {"tableId": "{table_id}"}, 404),
    ("POST /api/sessions/{their_visit}/move", Scene.a_table, {"tableId": "{table_id}"}, 404),
    ("POST /api/sessions/{their_visit}/merge", Scene.a_visit, {"into": "{session_id}"}, 404),
    ("POST /api/tables", Scene.a_space, {"number": "{short}", "spaceId": "{space_id}"}, 404),
    ("PATCH /api/tables/{their_table}", Scene.a_space, {"spaceId": "{space_id}"}, 404),
    ("POST /api/menu/items", Scene.a_category, A_THEIR_ITEM | {"categoryId": "{category_id}"}, 404),
    ("POST /api/menu/items", Scene.a_choice, A_THEIR_ITEM | {"modifierGroupIds": ["{group_id}"]}, 404),
    ("PATCH /api/menu/items/{their_dish}", Scene.a_category, {"categoryId": "{category_id}"}, 404),
]
