"""How calls are made: who asks, what is tried again and what is not, and that a command is one command."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from restai_sdk import ApiError, SignedOut, TokenProvider, fixed
from restai_sdk.api.calling import Calls

Json = dict[str, Any]
Answer = httpx.Response | type[httpx.TransportError]
PROBLEM = {"Content-Type": "application/problem+json"}


def problem(status: int, code: str, *, retry_after: int | None = None, **members: Any) -> httpx.Response:
    headers = PROBLEM | ({} if retry_after is None else {"Retry-After": str(retry_after)})
    body = {"type": "about:blank", "status": status, "code": code, "title": "No", "detail": "Not this time"}
    return httpx.Response(status, json=body | members, headers=headers)


def ok(**body: Any) -> httpx.Response:
    return httpx.Response(200, json=body)


class Counter:
    """A server that answers in order, the last answer for ever; and the naps that its caller takes."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []
        self.naps: list[float] = []

    def calls(self, token: TokenProvider | None = None, **more: Any) -> Calls:
        http = httpx.AsyncClient(base_url="http://restai", transport=httpx.MockTransport(self._answer))
        return Calls("", token, http=http, sleep=self._nap, **more)

    def headers(self, name: str) -> list[str | None]:
        return [request.headers.get(name) for request in self.asked]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, httpx.Response):
            return answer
        raise answer("cut")

    async def _nap(self, seconds: float) -> None:
        self.naps.append(seconds)


@pytest.fixture(autouse=True)
def longest_jitter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("restai_sdk.retrying.random.random", lambda: 1.0)


def wallet() -> TokenProvider:
    """Gives `t1`, and the next when a new one is asked for."""
    given = [1]

    async def provide(fresh: bool) -> str:
        given[0] += fresh
        return f"t{given[0]}"

    return provide


# ---- one call


async def test_a_command_is_sent_as_json_with_a_key_and_a_token() -> None:
    server = Counter(ok(id="o1"))
    assert await server.calls(fixed("abc")).command("POST", "/orders", {"type": "takeout"}) == {"id": "o1"}
    (request,) = server.asked
    assert (request.method, request.url.path) == ("POST", "/api/orders")
    assert json.loads(request.content) == {"type": "takeout"}
    assert request.headers["Authorization"] == "Bearer abc"
    assert request.headers["Content-Type"] == "application/json"
    assert len(request.headers["Idempotency-Key"]) == 36


async def test_two_commands_have_two_keys() -> None:
    server = Counter(ok())
    calls = server.calls(fixed("abc"))
    await calls.command("POST", "/orders", {})
    await calls.command("POST", "/orders", {})
    assert len(set(server.headers("Idempotency-Key"))) == 2


async def test_who_keeps_a_key_repeats_the_command() -> None:
    server = Counter(ok())
    calls = server.calls(fixed("abc"))
    await calls.command("POST", "/orders", {}, key="mine")
    await calls.command("POST", "/orders", {}, key="mine")
    assert server.headers("Idempotency-Key") == ["mine", "mine"]


async def test_reading_needs_no_key_and_leaves_out_what_is_not_asked() -> None:
    server = Counter(ok())
    await server.calls(fixed("abc")).get("/orders", branch_id="b1", since=None, status=["ready", "served"])
    assert server.headers("Idempotency-Key") == [None]
    assert str(server.asked[0].url) == "http://restai/api/orders?branchId=b1&status=ready&status=served"


async def test_nobody_sends_no_token() -> None:
    server = Counter(ok())
    await server.calls().get("/guest/tables/ABC")
    assert server.headers("Authorization") == [None]


async def test_an_empty_answer_is_none() -> None:
    assert await Counter(httpx.Response(204)).calls().command("POST", "/auth/logout") is None


async def test_a_list_is_read_page_by_page() -> None:
    server = Counter(ok(items=[1, 2], nextCursor="2"), ok(items=[3], nextCursor=None))
    assert [item async for item in server.calls().each("/tables", branch_id="b1")] == [1, 2, 3]
    assert [request.url.params.get("cursor") for request in server.asked] == [None, "2"]
    assert {request.url.params["branchId"] for request in server.asked} == {"b1"}


# ---- tried again


@pytest.mark.parametrize(
    "passing",
    [
        problem(500, "internal"),
        problem(503, "busy"),
        problem(429, "too_many_requests"),
        problem(507, "disk_full"),
        httpx.Response(502, text="<html>Bad Gateway</html>"),
        httpx.ConnectError,
        httpx.ReadTimeout,
        httpx.RemoteProtocolError,
        httpx.Response(200, text='{"half": '),
    ],
)
async def test_what_passes_is_tried_again_with_the_same_key(passing: Answer) -> None:
    server = Counter(passing, passing, ok(id="o1"))
    assert await server.calls(fixed("abc")).command("POST", "/orders", {"n": 1}) == {"id": "o1"}
    assert len(server.asked) == 3
    assert len(set(server.headers("Idempotency-Key"))) == 1
    assert {request.content for request in server.asked} == {b'{"n":1}'}


async def test_reading_is_tried_again_too() -> None:
    server = Counter(httpx.ConnectError, ok(version=3))
    assert await server.calls().get("/menu") == {"version": 3}


async def test_it_waits_longer_each_time_up_to_five_seconds() -> None:
    server = Counter(*[problem(503, "busy")] * 7, ok())
    await server.calls(patience=1_000.0).get("/menu")
    assert server.naps == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


async def test_it_waits_at_least_as_long_as_the_server_says() -> None:
    server = Counter(problem(503, "database_away", retry_after=2), problem(503, "busy"), ok())
    await server.calls().get("/menu")
    assert server.naps == [2.0, 0.4]


async def test_it_does_not_wait_beyond_its_patience() -> None:
    server = Counter(problem(429, "too_many_requests", retry_after=300))
    with pytest.raises(ApiError) as error:
        await server.calls().get("/menu")
    assert (error.value.code, error.value.retry_after, error.value.passes) == ("too_many_requests", 300, True)
    assert len(server.asked) == 1
    assert server.naps == []


async def test_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("restai_sdk.retrying.time.monotonic", lambda: now[0])
    server = Counter(httpx.ConnectError)

    async def nap(seconds: float) -> None:
        now[0] += seconds

    calls = server.calls(patience=10.0)
    calls._sleep = nap
    with pytest.raises(ApiError, match="cut") as error:
        await calls.command("POST", "/orders", {})
    assert (error.value.code, error.value.status) == ("no_answer", None)
    assert now[0] <= 10.0
    assert len(server.asked) == 6


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 413, 422])
async def test_what_does_not_pass_is_said_at_once(status: int) -> None:
    server = Counter(problem(status, "no"))
    with pytest.raises(ApiError) as error:
        await server.calls(fixed("abc")).command("POST", "/orders", {})
    assert (error.value.status, error.value.passes) == (status, False)
    assert len(server.asked) == 1


# ---- tokens


async def test_the_provider_is_asked_for_every_call() -> None:
    asked: list[bool] = []

    async def provide(fresh: bool) -> str:
        asked.append(fresh)
        return f"t{len(asked)}"

    server = Counter(ok())
    calls = server.calls(provide)
    await calls.get("/menu")
    await calls.get("/menu")
    assert asked == [False, False]
    assert server.headers("Authorization") == ["Bearer t1", "Bearer t2"]


async def test_a_token_that_is_no_good_any_more_is_replaced_once() -> None:
    server = Counter(problem(401, "token_expired"), ok(id="o1"))
    assert await server.calls(wallet()).command("POST", "/orders", {}) == {"id": "o1"}
    assert server.headers("Authorization") == ["Bearer t1", "Bearer t2"]
    assert len(set(server.headers("Idempotency-Key"))) == 1
    assert server.naps == []


async def test_a_second_refusal_is_final() -> None:
    server = Counter(problem(401, "token_revoked"))
    with pytest.raises(ApiError) as error:
        await server.calls(wallet()).get("/menu")
    assert error.value.code == "token_revoked"
    assert len(server.asked) == 2


async def test_no_token_to_be_had_now_is_tried_again() -> None:
    asked: list[bool] = []

    async def provide(fresh: bool) -> str:
        asked.append(fresh)
        if len(asked) == 1:
            raise httpx.ConnectError("cut")
        return "t"

    await Counter(ok()).calls(provide).get("/menu")
    assert len(asked) == 2


async def test_signed_out_is_final() -> None:
    async def provide(fresh: bool) -> str:
        raise SignedOut("E-mail or password is wrong")

    server = Counter(ok())
    with pytest.raises(SignedOut):
        await server.calls(provide).get("/menu")
    assert server.asked == []


# ---- errors


async def test_an_error_has_the_servers_code_words_and_members() -> None:
    sold_out = [{"id": "i1", "name": "Lomo"}]
    server = Counter(problem(409, "sold_out", items=sold_out))
    with pytest.raises(ApiError) as error:
        await server.calls(fixed("abc")).command("POST", "/orders", {})
    assert (error.value.code, error.value.status) == ("sold_out", 409)
    assert error.value.members["items"] == sold_out
    assert str(error.value) == "Not this time (sold_out)"


@pytest.mark.parametrize(
    "answer",
    [
        lambda: httpx.Response(404, text="<html>"),
        lambda: httpx.Response(404, json=["not", "an", "object"]),
        lambda: httpx.Response(404, json={"error": "of another server"}),
    ],
)
async def test_an_answer_that_is_no_problem_document_has_a_code_too(
    answer: Callable[[], httpx.Response],
) -> None:
    with pytest.raises(ApiError) as error:
        await Counter(answer()).calls().get("/menu")
    assert (error.value.code, error.value.status, str(error.value)) == (
        "http_404",
        404,
        "Not Found (http_404)",
    )


async def test_a_shared_client_is_left_open() -> None:
    http = httpx.AsyncClient(base_url="http://restai", transport=httpx.MockTransport(lambda _: ok()))
    await Calls("", None, http=http).aclose()
    assert not http.is_closed
    await http.aclose()
