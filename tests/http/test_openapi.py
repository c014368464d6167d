"""The OpenAPI document: valid, whole, and true of what the routes can answer."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from restai.app import documents
from restai.errors import RestaiError
from restai.http.openapi import operations
from tests.support.contract import Contract

Json = dict[str, Any]

DOCUMENT = documents()["openapi.json"]
OPERATIONS = {operation["operationId"]: operation for operation in operations(DOCUMENT)}

# Of an operation, its security and every status with its codes. By hand.
TOLD: dict[str, tuple[list[Json], dict[str, set[str]]]] = {
    "orders_place": (
        [{"staff": []}],
        {
            "201": set(),
            "400": {"bad_request", "malformed_json"},
            "401": {"token_missing", "token_invalid", "token_expired", "token_revoked"},
            "403": {"forbidden"},
            "404": {"not_found"},
            "409": {"sold_out", "stale", "table_unavailable", "taken"},
            "413": {"content_too_large"},
            "422": {"invalid", "idempotency_key_reused"},
            "503": {"busy", "database_away"},
            "507": {"disk_full"},
        },
    ),
    "staff_me": (
        [{"staff": []}],
        {
            "200": set(),
            "401": {"token_missing", "token_invalid", "token_expired", "token_revoked"},
            "503": {"busy", "database_away"},
        },
    ),
    "sessions_own_visit": (
        [{"guest": []}],
        {
            "200": set(),
            "401": {"token_missing", "token_invalid", "token_expired", "token_revoked"},
            "429": {"too_many_requests"},
            "503": {"busy", "database_away"},
        },
    ),
    "operations_health": ([], {"200": set()}),
}


PASSING = ("busy", "database_away", "disk_full", "too_many_requests")


def codes_of(operation: Json) -> dict[str, set[str]]:
    """The codes that each status of an operation may come with, by the schemas of its problems."""
    return {
        status: {code for schema in problems_of(answer) for code in codes(schema)}
        for status, answer in operation["responses"].items()
    }


def problems_of(answer: Json) -> list[Json]:
    if "$ref" not in answer:
        return []
    content = DOCUMENT["components"]["responses"][answer["$ref"].rpartition("/")[2]]["content"]
    schema = content["application/problem+json"]["schema"]
    refs = schema.get("oneOf", [schema])
    return [DOCUMENT["components"]["schemas"][ref["$ref"].rpartition("/")[2]] for ref in refs]


def codes(schema: Json) -> list[str]:
    code = schema["properties"]["code"]
    return code["enum"] if "enum" in code else [code["const"]]


def test_it_is_openapi() -> None:
    OpenAPIV31SpecValidator(DOCUMENT).validate()


@pytest.mark.parametrize("name", TOLD)
def test_an_operation_tells_what_it_needs_and_how_it_can_end(name: str) -> None:
    security, answers = TOLD[name]
    assert OPERATIONS[name].get("security", []) == security
    assert codes_of(OPERATIONS[name]) == answers


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_operation_is_described(name: str) -> None:
    operation = OPERATIONS[name]
    title = name.partition("_")[2].replace("_", " ").title()
    assert operation["summary"] not in (title, ""), f"{name}: its route needs a docstring"
    assert any(status.startswith("2") for status in operation["responses"])
    for status, answer in operation["responses"].items():
        is_problem = "$ref" in answer
        assert is_problem != status.startswith(("2", "3")) or name == "operations_ready"
        assert is_problem or status in ("204", "304") or answer["content"]


def test_commands_take_a_key_and_nothing_else_does() -> None:
    keyed = {
        name
        for name, operation in OPERATIONS.items()
        if any(each["name"] == "Idempotency-Key" for each in operation.get("parameters", ()))
    }
    commands = {
        operation["operationId"]
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
        if method != "get" and not path.startswith("/api/auth/")
    }
    assert keyed == commands


def test_what_needs_no_token() -> None:
    open_to_all = {name for name, operation in OPERATIONS.items() if "security" not in operation}
    assert open_to_all == {
        "menu_image",
        "staff_register",
        "staff_sign_in",
        "sessions_welcome",
        "sessions_join",
        "operations_health",
        "operations_ready",
        "operations_count",
    }


def test_what_was_made_says_where_it_is() -> None:
    for operation in OPERATIONS.values():
        if "201" in operation["responses"]:
            assert "Location" in operation["responses"]["201"]["headers"]


def test_what_passes_says_when_to_try_again() -> None:
    for name, answer in DOCUMENT["components"]["responses"].items():
        passing = any(
            code in answer["description"] for code in ("`busy`", "`too_many_requests`", "`disk_full`")
        )
        assert ("Retry-After" in answer.get("headers", {})) == passing, name


def test_no_two_problems_have_a_code() -> None:
    every = [code for error in RestaiError.__subclasses__() for code in error.codes()]
    assert len(every) == len(set(every))


def test_requests_are_held_to_their_fields_and_answers_may_grow() -> None:
    schemas = DOCUMENT["components"]["schemas"]
    assert schemas["OrderDraft"]["additionalProperties"] is False
    assert schemas["LineDraft"]["additionalProperties"] is False
    assert "additionalProperties" not in schemas["OrderView"]
    assert set(schemas["OrderView"]["required"]) == set(schemas["OrderView"]["properties"])


# ---- the judge that every test's answers come before


def answered(status: int, body: Json, media_type: str = "application/json") -> httpx.Response:
    request = httpx.Request("GET", "http://test/api/menu")
    return httpx.Response(status, json=body, headers={"content-type": media_type}, request=request)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (answered(418, {}), "does not tell of"),
        (answered(200, {"version": 1, "categories": []}, "text/html"), "text/html"),
        (answered(200, {"version": "1", "categories": []}), "not as documented"),
        (answered(200, {"version": 1, "categories": [], "chef": "Ada"}), "not as documented"),
        (answered(404, {"code": "sold_out"}, "application/problem+json"), "@raises"),
    ],
)
async def test_the_judge_finds_what_is_not_told(answer: httpx.Response, why: str) -> None:
    contract = Contract(DOCUMENT, frozenset(OPERATIONS))
    await contract.judge(answered(200, {"version": 1, "categories": []}))
    with pytest.raises(AssertionError, match=why):
        await contract.judge(answer)
