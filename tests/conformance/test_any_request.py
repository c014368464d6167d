"""Any request that the OpenAPI document allows is answered as it says, whoever asks.

Requests are invented from the document, and fed with what earlier answers taught (`larder.py`): those that
mean something must succeed, and no request at all may be answered in a way that the document does not tell.
"""

from __future__ import annotations

import itertools
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any

import httpx
import pytest
import schemathesis
from argon2 import PasswordHasher
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.core import NOT_SET
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.modes import GenerationMode
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from restai.app import App, documents
from restai.auth import passwords
from restai.auth.tokens import Tokens
from restai.cli import demo
from restai.cli.demo import DemoHouse
from restai.db.engine import Database
from tests.conformance.larder import Larder
from tests.support.clock import ManualClock
from tests.support.databases import SqliteFarm
from tests.support.evening import ok
from tests.support.house import SECRET, api_client

Json = dict[str, Any]

ROUNDS = 2  # everybody asks everything so often, in any order
MORE = 8  # further tries of each role that an operation is for, where none succeeded
NONSENSE = 4  # requests to each operation that break its schema
PAUSE = 500  # ms between two requests: as slow as no limit minds
LONGEST = 400  # seconds, on a machine that has much else to do
ENOUGH = 0.8  # of the operations have succeeded
ROLES = ("org_admin", "branch_manager", "cashier", "waiter", "kitchen", "guest", "waiting guest", "nobody")

READ = {ParameterLocation.PATH, ParameterLocation.BODY}
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def invented(operation: APIOperation, mode: GenerationMode, count: int) -> Iterator[Any]:
    """Requests to an operation, the same in every run."""
    cases: list[Any] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def invent(case: Any) -> None:
        cases.append(case)

    with suppress(Unsatisfiable):  # nothing to break: it has neither parameters nor a body
        invent()
    return itertools.cycle(cases) if cases else iter(())


class Crowd:
    """Somebody of each role, and what they were answered."""

    def __init__(
        self, client: httpx.AsyncClient, clock: ManualClock, house: DemoHouse, larder: Larder
    ) -> None:
        self._client = client
        self._clock = clock
        self._house = house
        self._larder = larder
        self._tokens: dict[str, str] = {}
        self._tables = itertools.count()
        self.answers: dict[str, Counter[int]] = defaultdict(Counter)

    async def asks(self, role: str, operation: APIOperation, case: Any) -> None:
        """Send a request as somebody of `role`, judge the answer, and learn from it."""
        name = operation.definition.raw["operationId"]
        checks = CHECKS + [negative_data_rejection] * is_nonsense(case)
        if not is_nonsense(case):
            case.path_parameters = self._larder.feed(name, case.path_parameters)
            case.query = self._larder.feed(name, case.query)
            case.headers = self._larder.feed(name, dict(case.headers))
            case.body = self._larder.body(name, case.body)
        self._clock.advance(PAUSE)
        answer = await self._sent(role, case)
        case.validate_response(answer, checks=checks)
        if answer.status_code == 401 and is_for(role, operation):
            del self._tokens[role]  # signed out, dismissed, visit over: come again
        self.answers[name][answer.status_code] += 1
        if answer.is_success and answer.content and answer.headers["content-type"] == "application/json":
            told = operation.definition.raw["responses"][str(answer.status_code)]["content"]
            self._larder.learn(answer.json(), told["application/json"]["schema"])

    def succeeded(self, operation: APIOperation) -> bool:
        """Whether anybody ever had what he asked of it."""
        return any(status < 300 for status in self.answers[operation.definition.raw["operationId"]])

    async def _sent(self, role: str, case: Any) -> httpx.Response:
        headers = {} if role == "nobody" else {"Authorization": f"Bearer {await self._token(role)}"}
        sent = case.as_transport_kwargs(base_url="http://test", headers=headers)
        if role == "nobody":
            sent["headers"].pop("Authorization", None)
        content = sent.get("data")
        body = {"json": sent["json"]} if "json" in sent else {"content": content} if content else {}
        query = {name: value for name, value in (sent["params"] or {}).items() if value is not None}
        return await self._client.request(
            sent["method"], sent["url"], params=query, headers=dict(sent["headers"]), **body
        )

    # ---- who asks

    async def _token(self, role: str) -> str:
        if role not in self._tokens:
            is_guest = "guest" in role
            self._tokens[role] = await (self._joins(role) if is_guest else self._signs_in(role))
        return self._tokens[role]

    async def _signs_in(self, role: str) -> str:
        person = next(person for person in self._house.staff if person.role == role)
        credentials = {"email": person.email, "password": person.password}
        signed_in = ok(await self._client.post("/api/auth/login", json=credentials))
        token: str = signed_in["accessToken"]
        return token

    async def _joins(self, role: str) -> str:
        """Somebody comes to a new table, and is let in unless he is one who waits."""
        manager = {"Authorization": f"Bearer {await self._token('branch_manager')}"}
        draft = {"number": f"G{next(self._tables)}", "branchId": self._house.branch_id}
        table = ok(await self._client.post("/api/tables", json=draft, headers=manager), 201)
        url = f"/api/guest/tables/{table['code']}/join"
        joined = ok(await self._client.post(url, json={"name": "Ana"}), 201)
        if role == "guest" and joined["guest"]["status"] == "waiting":
            url = f"/api/sessions/{joined['session']['id']}/approve"
            ok(await self._client.post(url, headers=manager))
        token: str = joined["token"]
        return token


def is_for(role: str, operation: APIOperation) -> bool:
    """Whether the token of somebody of a role will do for an operation."""
    scheme = "guest" if "guest" in role else "staff"
    return role != "nobody" and any(scheme in way for way in operation.definition.raw.get("security", ()))


def is_nonsense(case: Any) -> bool:
    """Whether what is sent breaks the schema where the house must notice: headers are the run's own, and
    what a query has too much is let pass. To send no body, or null, is right where none is required."""
    required = case.operation.definition.raw.get("requestBody", {}).get("required", False)
    read = READ if required or case.body not in (NOT_SET, None) else READ - {ParameterLocation.BODY}
    return any(part.mode.is_negative for place, part in case.meta.components.items() if place in read)


@pytest.fixture
def passwords_are_cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """What makes guessing slow is not what is tested here."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
async def crowd(
    sqlite_farm: SqliteFarm, clock: ManualClock, passwords_are_cheap: None
) -> AsyncIterator[Crowd]:
    with sqlite_farm.database() as url:
        app = App(Database(url, clock=clock), Tokens((SECRET,)), clock=clock)
        house = await demo.make(app.database)
        async with api_client(app.asgi) as client:
            yield Crowd(client, clock, house, await stocked(client, app, house))
        await app.database.close()


async def stocked(client: httpx.AsyncClient, app: App, house: DemoHouse) -> Larder:
    """A larder that knows what the branch shows, and lets the team be."""
    owner = next(person for person in house.staff if person.role == "org_admin")
    credentials = {"email": owner.email, "password": owner.password}
    signed_in = ok(await client.post("/api/auth/login", json=credentials))
    token = {"Authorization": f"Bearer {signed_in['accessToken']}"}
    team = ok(await client.get("/api/staff?limit=200", headers=token))
    schemas = app.asgi.openapi()["components"]["schemas"]
    larder = Larder(schemas, kept={person["id"] for person in team["items"]}, seed=1)
    larder.of_one["staff_sign_in"] = {"email": lambda: owner.email, "password": lambda: owner.password}
    for operation in ("staff_refresh", "staff_sign_out"):
        larder.of_one[operation] = {"refreshToken": lambda: larder.newest("refreshToken")}
    larder.learn(signed_in, {"$ref": "#/components/schemas/SignedIn"})
    snapshot = ok(await client.get(f"/api/branches/{house.branch_id}/snapshot", headers=token))
    larder.learn(snapshot, {"$ref": "#/components/schemas/Snapshot"})
    menu = ok(await client.get(f"/api/menu?branchId={house.branch_id}", headers=token))
    larder.of_all["menuItemId"] = itertools.cycle(plain_dishes(menu)).__next__
    larder.of_all["station"] = itertools.cycle(snapshot["branch"]["stations"]).__next__
    return larder


def plain_dishes(menu: Json) -> list[str]:
    """Dishes that one can order without choosing anything."""
    dishes = [item for category in menu["categories"] for item in category["items"]]
    return [dish["id"] for dish in dishes if not any(group["min"] for group in dish["modifierGroups"])]


@pytest.mark.timeout(LONGEST)
async def test_every_answer_is_one_that_was_told(crowd: Crowd) -> None:
    schema = schemathesis.openapi.from_dict(documents()["openapi.json"])
    operations = [each.ok() for each in schema.get_all_operations()]
    sense = {each.label: invented(each, GenerationMode.POSITIVE, ROUNDS * len(ROLES)) for each in operations}
    asked = list(itertools.product(ROLES, operations)) * ROUNDS
    random.Random(2).shuffle(asked)
    for role, operation in asked:
        await crowd.asks(role, operation, next(sense[operation.label]))
    for role, operation in itertools.product(ROLES, operations):
        if is_for(role, operation) and not crowd.succeeded(operation):
            for _ in range(MORE):
                await crowd.asks(role, operation, next(sense[operation.label]))
    for operation in operations:
        for case in itertools.islice(invented(operation, GenerationMode.NEGATIVE, NONSENSE), NONSENSE):
            await crowd.asks("org_admin", operation, case)
    never = [operation.label for operation in operations if not crowd.succeeded(operation)]
    assert len(never) <= (1 - ENOUGH) * len(operations), f"never succeeded: {never}"
