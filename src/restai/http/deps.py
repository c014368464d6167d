"""How a route reaches the house: who asks, and the transaction around its one service call.

A route opens the transaction through `Command.run` or `Query.run` and answers after it has closed:
a FastAPI dependency that yields would commit only after the response was sent.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Generic, Literal, TypeVar

from fastapi import Depends, Header, Request, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.datastructures import UploadFile

from restai.auth.permissions import Permission
from restai.auth.principal import Claims, Guest, Staff, staff_of
from restai.auth.tokens import Tokens
from restai.clock import Clock
from restai.db.engine import Database
from restai.db.transaction import Transaction
from restai.errors import (
    Busy,
    DatabaseAway,
    DiskFull,
    Forbidden,
    Invalid,
    KeyReused,
    NotFound,
    Unauthorized,
)
from restai.events import Shape
from restai.http import bodies, idempotency
from restai.http.limits import Limiter
from restai.http.problems import raises

W = TypeVar("W", Staff, Guest)
R = TypeVar("R")
Identify = Callable[[Transaction, Claims], Awaitable[W]]

JSON = "application/json"
BINARY = {"schema": {"type": "string", "format": "binary"}}
"""How a document tells of bytes."""

STAFF = HTTPBearer(
    scheme_name="staff",
    bearerFormat="JWT",
    description="The `accessToken` of a sign-in; it is good for 15 minutes.",
    auto_error=False,
)
GUEST = HTTPBearer(
    scheme_name="guest",
    bearerFormat="JWT",
    description="The `token` that a phone got when it joined a table; it ends with the visit.",
    auto_error=False,
)
Bearer = Annotated[HTTPAuthorizationCredentials | None, Depends(STAFF)]
GuestBearer = Annotated[HTTPAuthorizationCredentials | None, Depends(GUEST)]


@dataclass(frozen=True)
class Vitals:
    """How the answering process serves a branch: its sockets there, guests' `phones` among them, and its
    rooms with somebody in them. `log_lag_ms`: how long ago its log was confirmed; None if it follows it
    for nobody. `redis`: None where there is none; `redis_ms`: what the last message to oneself took there."""

    connections: int
    phones: int
    rooms: int
    log_lag_ms: int | None
    redis: Literal["ok", "away"] | None
    redis_ms: float | None


@dataclass(frozen=True)
class Context:
    """What routes need of the house, put together by the composition root. `vitals` tells of the process's
    sockets in the branch with that id, where it has any."""

    database: Database
    tokens: Tokens
    clock: Clock
    public_url: str | None = None
    vitals: Callable[[str], Vitals] | None = None

    def house(self, request: Request) -> str:
        """Where guests' phones reach us: as it was set, else as this request did."""
        return self.public_url or str(request.base_url).rstrip("/")

    @cached_property
    def limiter(self) -> Limiter:
        """This process's counts of calls."""
        return Limiter(self.clock)

    @cached_property
    def one_picture(self) -> asyncio.Lock:
        """Held while a picture is worked on, one at a time: in the threads there are, passwords are checked
        too."""
        return asyncio.Lock()


# Dependencies are coroutines although they await nothing: FastAPI runs plain functions in a thread.


@raises(Busy, DatabaseAway)
async def context_of(request: Request) -> Context:
    context: Context = request.app.state.context
    return context


InContext = Annotated[Context, Depends(context_of)]


@raises(Unauthorized)
async def claims_of(context: InContext, credentials: Bearer) -> Claims:
    """The verified token of the Authorization header. Raises Unauthorized."""
    if credentials is None:
        raise Unauthorized("missing")
    return context.tokens.verify(credentials.credentials, context.clock.now())


@raises(Unauthorized)
async def guest_claims_of(context: InContext, credentials: GuestBearer) -> Claims:
    """The same, where it is a guest's token that is asked for."""
    return await claims_of(context, credentials)


Claimed = Annotated[Claims, Depends(claims_of)]
GuestClaimed = Annotated[Claims, Depends(guest_claims_of)]


def json_response(body: bytes, status: int = 200, **headers: str) -> Response:
    return Response(body, status, {"Cache-Control": "no-store", **headers}, JSON)


class Query(Generic[W]):
    """A request that only reads. `run` gives the service one snapshot of the database."""

    def __init__(self, context: Context, claims: Claims, identify: Identify[W]) -> None:
        self._context = context
        self._claims = claims
        self._identify: Identify[W] = identify

    async def run(
        self,
        use_case: Callable[[Transaction, W], Awaitable[Shape]],
        *,
        permission: Permission | None = None,
    ) -> Response:
        """Answer with the shape that `use_case` returns. Raises Unauthorized, Forbidden."""
        return json_response((await self.read(use_case, permission=permission)).json_bytes())

    async def read(
        self, use_case: Callable[[Transaction, W], Awaitable[R]], *, permission: Permission | None = None
    ) -> R:
        """What `use_case` returns, where the answer is no JSON. Raises Unauthorized, Forbidden."""
        async with self._context.database.reading() as tx:
            who = await _identified(tx, self._claims, self._identify, permission)
            return await use_case(tx, who)


class Command(Generic[W]):
    """A request that changes something. `run` is its transaction, idempotent by its key."""

    def __init__(
        self, request: Request, context: Context, claims: Claims, key: str | None, identify: Identify[W]
    ) -> None:
        self._request = request
        self._context = context
        self._claims = claims
        self._key = idempotency.checked(key)
        self._identify: Identify[W] = identify
        self._sent: bytes | None = None

    async def check(self, permission: Permission | None = None) -> W:
        """Who asks, before anything costly is done for them. Raises Unauthorized, Forbidden."""
        async with self._context.database.reading() as tx:
            return await _identified(tx, self._claims, self._identify, permission)

    async def file(self, field: str, *, most: int) -> bytes:
        """The file that was sent as this field of a form, of `most` bytes with it. It is what the key
        stands for, since clients make the form around it anew each time. Raises Invalid."""
        bodies.allow(self._request.scope, most)
        async with self._request.form(max_files=1, max_fields=1) as form:
            part = form.get(field)
            if not isinstance(part, UploadFile):
                raise Invalid(field, "is needed, as a file in a form (multipart/form-data)")
            self._sent = await part.read()
        return self._sent

    async def run(
        self,
        use_case: Callable[[Transaction, W], Awaitable[R]],
        *,
        view: Callable[[Transaction, R], Awaitable[Shape]],
        permission: Permission | None = None,
        status: int = 200,
        location: str | None = None,
    ) -> Response:
        """Answer with the `view` of what `use_case` returns, rendered when all has happened.

        `location` is the resource's path with `{id}` in it, for a 201. A key that was used before
        gets the first answer again, and the use case does not run.
        """
        print_ = await self._fingerprint()  # read whole before the lock is taken: it may come slowly
        async with self._context.database.transaction() as tx:
            row = await self._claim(tx, print_)
            who = await _identified(tx, self._claims, self._identify, permission)
            if row is not None and row.status is not None:
                idempotency.authorise_again(row, who)
                answered = Answer(row.status, (row.body or "").encode(), row.location)
            else:
                resource = await use_case(tx, who)
                answered = Answer(status, b"", None)

                async def write() -> None:
                    shape = await view(tx, resource)
                    answered.body = shape.json_bytes()
                    if location is not None:
                        answered.location = location.format(id=getattr(shape, "id", ""))
                    if row is not None:
                        idempotency.answer(row, who, resource, status, answered.body)
                        row.location = answered.location

                tx.before_counter(write)
        headers = {} if answered.location is None else {"Location": answered.location}
        return json_response(answered.body, answered.status, **headers)

    async def _fingerprint(self) -> str:
        """What the key stands for; nothing without a key."""
        if self._key is None:
            return ""
        sent = await self._request.body() if self._sent is None else self._sent
        return idempotency.fingerprint(self._request.method, self._request.url.path, sent)

    async def _claim(self, tx: Transaction, print_: str) -> idempotency.IdempotencyKey | None:
        if self._key is None:
            return None
        return await idempotency.claim(tx, self._claims.organization_id, self._key, print_)


@dataclass
class Answer:
    status: int
    body: bytes
    location: str | None


async def _identified(
    tx: Transaction, claims: Claims, identify: Identify[W], permission: Permission | None
) -> W:
    who = await identify(tx, claims)
    if permission is not None and isinstance(who, Staff):
        who.require(permission)
    return who


IdempotencyKeyHeader = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Sent again with the same key and body, a command applies once and is answered alike, "
        "for 48 hours. A UUID will do.",
        json_schema_extra={"minLength": 1, "maxLength": idempotency.LONGEST_KEY, "pattern": "^[ -~]+$"},
    ),
]


@raises(Forbidden)
async def staff_query(context: InContext, claims: Claimed) -> Query[Staff]:
    return Query(context, claims, staff_of)


async def account_query(context: InContext, claims: Claimed) -> Query[Staff]:
    """What everybody on the staff may ask: it needs no permission."""
    return Query(context, claims, staff_of)


@raises(Forbidden, NotFound, KeyReused, Invalid, DiskFull)
async def staff_command(
    request: Request, context: InContext, claims: Claimed, key: IdempotencyKeyHeader = None
) -> Command[Staff]:
    return Command(request, context, claims, key, staff_of)


StaffQuery = Annotated[Query[Staff], Depends(staff_query)]
AccountQuery = Annotated[Query[Staff], Depends(account_query)]
StaffCommand = Annotated[Command[Staff], Depends(staff_command)]
