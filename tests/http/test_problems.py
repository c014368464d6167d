"""Every error that leaves the API is a problem, RFC 9457, with a stable code."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from restai import errors
from restai.errors import (
    BadRequest,
    Busy,
    CartEmpty,
    ContentTooLarge,
    DatabaseAway,
    DiskFull,
    Forbidden,
    IllegalTransition,
    InOtherHands,
    Invalid,
    KeyReused,
    LastAdmin,
    MalformedJson,
    Misconfigured,
    Named,
    NoBackup,
    NotEmpty,
    NotFound,
    NoTill,
    NotOwed,
    NotPayable,
    OpenBalance,
    OrderOver,
    RestaiError,
    SchemaTooNew,
    SoldOut,
    Stale,
    TableUnavailable,
    Taken,
    TillIsOpen,
    TooManyRequests,
    Unauthorized,
    WrongPassword,
)
from restai.http.bodies import LARGEST_BODY
from tests.http.bells import Bell, BellView
from tests.support.house import House

ID = "01890a5d-ac96-774b-bcce-b302099a8057"
BELL = BellView(id=ID, branch_id=ID, tune="ding", rung=1)
BELL_JSON = {"id": ID, "branchId": ID, "tune": "ding", "rung": 1}

# error, status, code, seconds until trying again can help, what else it tells
TABLE: list[tuple[RestaiError, int, str, str | None, dict[str, Any]]] = [
    (Unauthorized("missing"), 401, "token_missing", None, {}),
    (Unauthorized("invalid"), 401, "token_invalid", None, {}),
    (Unauthorized("expired"), 401, "token_expired", None, {}),
    (Unauthorized("revoked"), 401, "token_revoked", None, {}),
    (WrongPassword(), 401, "wrong_password", None, {}),
    (MalformedJson("a comma is missing"), 400, "malformed_json", None, {}),
    (BadRequest("no text"), 400, "bad_request", None, {}),
    (ContentTooLarge(), 413, "content_too_large", None, {}),
    (Forbidden("menu:edit"), 403, "forbidden", None, {}),
    (NotFound("order", ID), 404, "not_found", None, {}),
    (Invalid("tableId", "no"), 422, "invalid", None, {"errors": [{"field": "tableId", "reason": "no"}]}),
    (KeyReused("k"), 422, "idempotency_key_reused", None, {}),
    (TooManyRequests(7), 429, "too_many_requests", "7", {}),
    (
        IllegalTransition("order", "served", "pending", BELL),
        409,
        "illegal_transition",
        None,
        {"current": "served", "target": "pending", "resource": BELL_JSON},
    ),
    (
        Stale("order", "ready", "confirmed", BELL),
        409,
        "stale",
        None,
        {"current": "ready", "expected": "confirmed", "resource": BELL_JSON},
    ),
    (
        InOtherHands("order", "Ana Torres", BELL),
        409,
        "in_other_hands",
        None,
        {"resource": BELL_JSON},
    ),
    (
        SoldOut([Named(ID, "Ceviche")]),
        409,
        "sold_out",
        None,
        {"items": [{"id": ID, "name": "Ceviche"}]},
    ),
    (OpenBalance(1250, "PEN"), 409, "open_balance", None, {"balance": 1250, "currency": "PEN"}),
    (NotOwed(500, "PEN"), 409, "not_owed", None, {"balance": 500, "currency": "PEN"}),
    (
        NotPayable([Named(ID, "Lomo saltado")]),
        409,
        "not_payable",
        None,
        {"lines": [{"id": ID, "name": "Lomo saltado"}]},
    ),
    (TillIsOpen(BELL), 409, "till_open", None, {"resource": BELL_JSON}),
    (NoTill(), 409, "no_till", None, {}),
    (Taken("e-mail", "a@b.example"), 409, "taken", None, {}),
    (NotEmpty("space", "Terrace", "tables"), 409, "not_empty", None, {}),
    (TableUnavailable("9", "occupied"), 409, "table_unavailable", None, {"current": "occupied"}),
    (CartEmpty(BELL), 409, "cart_empty", None, {"resource": BELL_JSON}),
    (
        OrderOver("12", "completed", BELL),
        409,
        "order_over",
        None,
        {"current": "completed", "resource": BELL_JSON},
    ),
    (LastAdmin(), 409, "last_admin", None, {}),
    (Busy(), 503, "busy", "1", {}),
    (DatabaseAway(), 503, "database_away", "2", {}),
    (DiskFull(), 507, "disk_full", "30", {}),
]


AT_THE_TERMINAL = {Misconfigured, NoBackup, SchemaTooNew}  # these meet no caller of the API


def test_no_error_is_missing_from_the_table() -> None:
    assert {type(row[0]) for row in TABLE} == set(RestaiError.__subclasses__()) - AT_THE_TERMINAL
    assert all(kind.__module__ == errors.__name__ for kind in RestaiError.__subclasses__())


@pytest.mark.parametrize(
    ("error", "status", "code", "retry_after", "members"), TABLE, ids=[row[2] for row in TABLE]
)
async def test_each_error_of_ours(
    house: House,
    bell: Bell,
    error: RestaiError,
    status: int,
    code: str,
    retry_after: str | None,
    members: dict[str, Any],
) -> None:
    bell.fails = error
    for answer in (
        await house.as_(house.waiter).get("/api/bells"),
        await house.as_(house.waiter).post("/api/bells", json={}),
    ):
        told = problem(answer, status, code)
        assert answer.headers.get("retry-after") == retry_after
        assert told == members | {name: told[name] for name in ("type", "status", "code", "title", "detail")}


def problem(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    assert answer.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = answer.json()
    assert (answer.status_code, told["status"], told["code"]) == (status, status, code)
    assert told["title"] and told["detail"]
    return told


# ---- what never reached a route


async def test_an_unknown_path(api: httpx.AsyncClient) -> None:
    problem(await api.get("/api/nowhere"), 404, "not_found")
    problem(await api.get("/"), 404, "not_found")


async def test_a_wrong_method_says_which_are_right(api: httpx.AsyncClient) -> None:
    answer = await api.delete("/api/auth/login")
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"] == "POST"


@pytest.mark.parametrize(
    "body",
    [b"{", b"\xff\xfe", b"{'a': 1}", b"[" * 100_000, b"1" * 6_000],
    ids=["cut off", "no UTF-8", "single quotes", "deep", "a long number"],
)
async def test_a_body_that_is_no_json(api: httpx.AsyncClient, body: bytes) -> None:
    answer = await api.post("/api/auth/login", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    problem(answer, 400, answer.json()["code"])
    assert answer.json()["code"] in {"malformed_json", "bad_request"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"password": "x"}, "email"),
        ({"email": "no address", "password": "x"}, "email"),
        ({"email": "a\x00@b.example", "password": "x"}, "email"),
        ({"email": "a@b.example", "password": 7}, "password"),
        ({"email": "a@b.example", "password": "x", "admin": True}, "admin"),
        ([], ""),
        ("text", ""),
        (None, ""),
    ],
)
async def test_a_body_of_another_shape_names_the_field(api: httpx.AsyncClient, body: Any, field: str) -> None:
    told = problem(await api.post("/api/auth/login", json=body), 422, "invalid")
    assert field in [error["field"] for error in told["errors"]]


async def test_what_was_sent_is_not_sent_back(api: httpx.AsyncClient) -> None:
    body = {"email": "no address", "password": "open sesame" * 30}
    assert "sesame" not in (await api.post("/api/auth/login", json=body)).text


@pytest.mark.parametrize("text", ['"\\ud800"', '"\\udfff\\u0000"'])
async def test_text_that_is_no_unicode(api: httpx.AsyncClient, text: str) -> None:
    for body in (f'{{"email": {text}, "password": "x"}}', f"{{{text}: 1}}"):
        answer = await api.post(
            "/api/auth/login", content=body.encode(), headers={"Content-Type": "application/json"}
        )
        problem(answer, 422, "invalid")


async def test_an_id_that_is_none(house: House) -> None:
    told = problem(await house.as_(house.waiter).get("/api/branches/9"), 422, "invalid")
    assert told["errors"] == [{"field": "branch_id", "reason": "Value error, an id is a UUID in text form"}]


@pytest.mark.parametrize("declared", [True, False], ids=["declared", "streamed"])
async def test_a_body_that_is_too_large_is_not_read_to_its_end(house: House, declared: bool) -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(64):
            taken += 1
            yield b" " * 65_536

    content = b" " * (2 * LARGEST_BODY) if declared else endless()
    answer = await house.as_(house.waiter).post("/api/bells", content=content)
    problem(answer, 413, "content_too_large")
    assert taken < 64


# ---- what nobody foresaw


async def test_the_unforeseen_tells_nothing_of_the_inside(
    house: House, bell: Bell, logged: list[Any]
) -> None:
    """The caller learns that it was logged; the log has the error itself."""
    bell.fails = RuntimeError("SELECT secret FROM kitchen")
    answer = await house.as_(house.waiter).post("/api/bells", json={})
    told = problem(answer, 500, "internal")
    assert told.keys() == {"type", "status", "code", "title", "detail"}
    for inside in ("SELECT", "secret", "RuntimeError", "Traceback", "restai", ".py"):
        assert inside not in answer.text
    assert [(line["path"], line["exc_info"]) for line in logged] == [("/api/bells", bell.fails)]
