"""A restaurant to test with: an organization, a branch, one member of staff per role, and a way to call
the API as any of them.

    async def test_a_waiter_orders(house: House) -> None:
        answer = await house.as_(house.waiter).post("/api/orders", json={...})

`house` is made straight through the services. Other features add their router to `ROUTERS`.
"""

from __future__ import annotations

import copy
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ClassVar, TypeVar, cast

import httpx
import msgspec
from fastapi import APIRouter, FastAPI
from sqlalchemy import exists, insert, select

from restai.auth.permissions import Role
from restai.auth.principal import Staff, staff_of
from restai.auth.tokens import Tokens
from restai.db.engine import Database
from restai.db.installation import Installation
from restai.db.outbox import LogRow
from restai.db.transaction import Transaction
from restai.features.branches import api as branches
from restai.features.branches.models import Organization
from restai.features.branches.schemas import BranchDraft
from restai.features.cart import api as cart
from restai.features.floor import api as floor
from restai.features.menu import api as menu
from restai.features.orders import api as orders
from restai.features.overview import api as overview
from restai.features.payments import api as payments
from restai.features.requests import api as requests
from restai.features.screens import api as screens
from restai.features.sessions import api as sessions
from restai.features.staff import api as staff
from restai.features.staff import service
from restai.features.staff.schemas import Registration, SignedIn, StaffDraft
from restai.features.tables import api as tables
from restai.http.api import create_api
from restai.http.deps import Context
from restai.ids import new_id
from restai.migrations.models import metadata
from tests.support.clock import ManualClock
from tests.support.contract import contract_of

ROUTERS: list[APIRouter] = [
    branches.router,
    staff.router,
    screens.router,
    menu.router,
    tables.router,
    sessions.router,
    requests.router,
    cart.router,
    orders.router,
    payments.router,
    floor.router,
    overview.router,
]

T = TypeVar("T")

NAME = "Casa Lola"
SECRET = "a secret for tests, long enough to be one"
PASSWORD = "mise en place"
# argon2id of PASSWORD at the lowest cost: tests must not pay for what makes guessing slow
PASSWORD_HASH = (
    "$argon2id$v=19$m=8,t=1,p=1$Rmu9G+lgt0cP4VDJLRxyLA$1ykTm2sgGn2pImTbStSQWnV6b/hFeocg2JNIvPE5ivU"
)


_made: dict[tuple[int, ...], FastAPI] = {}


def api_of(context: Context, *more: APIRouter) -> FastAPI:
    """The house's API, and `more` beside it. It is the same one for all tests of a process, since FastAPI
    takes longer to make it than most tests need: who has it last has it alone."""
    which = tuple(map(id, more))
    if which not in _made:
        _made[which] = create_api(context, [*ROUTERS, *more])
    _made[which].state.context = context
    return _made[which]


def api_client(app: FastAPI, *, raise_errors: bool = True) -> httpx.AsyncClient:
    """Calls `app` without a network. An answer that its OpenAPI document does not tell of fails the
    test, and with `raise_errors` so does what the app did not foresee."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=raise_errors)
    hooks = {"response": [contract_of(app).judge]}
    return httpx.AsyncClient(transport=transport, base_url="http://test", event_hooks=hooks)


class Caller:
    """Somebody who calls the API: an HTTP client with their token."""

    def __init__(self, client: httpx.AsyncClient, token: str | None) -> None:
        self._client = client
        self._headers = {} if token is None else {"Authorization": f"Bearer {token}"}

    async def request(
        self,
        method: str,
        url: str,
        *,
        key: str | None = None,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> httpx.Response:
        """`key` is the call's Idempotency-Key."""
        keyed = {} if key is None else {"Idempotency-Key": key}
        sent = self._headers | keyed | (headers or {})
        return await self._client.request(method, url, headers=sent, **more)

    async def get(self, url: str, **more: Any) -> httpx.Response:
        return await self.request("GET", url, **more)

    async def post(self, url: str, **more: Any) -> httpx.Response:
        return await self.request("POST", url, **more)

    async def put(self, url: str, **more: Any) -> httpx.Response:
        return await self.request("PUT", url, **more)

    async def patch(self, url: str, **more: Any) -> httpx.Response:
        return await self.request("PATCH", url, **more)

    async def delete(self, url: str, **more: Any) -> httpx.Response:
        return await self.request("DELETE", url, **more)


class House:
    """One organization, open for business. Everybody's password is `PASSWORD`."""

    organization_id: str
    branch_id: str
    admin: Staff
    manager: Staff
    cashier: Staff
    waiter: Staff
    kitchen: Staff

    _moulds: ClassVar[dict[str, tuple[Mould, Any]]] = {}

    def __init__(self, context: Context, client: httpx.AsyncClient) -> None:
        self._context = context
        self.client = self._client = client
        self.database: Database = context.database
        self.tokens: Tokens = context.tokens
        self.emails: dict[str, str] = {}
        self._streams: set[str] = set()
        self._rows: list[LogRow] = []
        self.database.on_commit(self._hear)

    @classmethod
    async def open(
        cls, context: Context, client: httpx.AsyncClient, *, name: str = NAME, **settings: Any
    ) -> House:
        """Found an organization with a branch called `name` and hire one of each role."""
        house = cls(context, client)
        if name == NAME and not settings and await house._is_first():
            await house.cast("bare", house.found)
        else:
            await house.found(name, **settings)
        return house

    @classmethod
    async def furnished(
        cls, context: Context, client: httpx.AsyncClient, style: str, furnish: Callable[[House], Awaitable[T]]
    ) -> tuple[House, T]:
        """A house as `open` makes it and what `furnish` then made of it, which each `style` has one of."""
        house = cls(context, client)

        async def make() -> T:
            await house.found()
            return await furnish(house)

        return house, await house.cast(style, make) if await house._is_first() else await make()

    async def _is_first(self) -> bool:
        """Whether it is like all others: two houses in one database are not, nor is one of another day."""
        if self._context.clock.now() != ManualClock().now():
            return False
        async with self.database.reading() as tx:
            return not await tx.session.scalar(select(exists().where(Organization.id.is_not(None))))

    async def cast(self, style: str, make: Callable[[], Awaitable[T]]) -> T:
        """What `make` makes of this house, whose database is empty. Only the first house of a style is
        really made in a process, the others are copies of its rows."""
        if style not in House._moulds:
            made = await make()
            House._moulds[style] = await Mould.of(self), made
            return made
        mould, made = House._moulds[style]
        await mould.cast(self)
        return cast("T", copy.deepcopy(made))

    async def found(self, name: str = NAME, **settings: Any) -> None:
        """Really found it, with a statement for each thing."""
        tokens = self.tokens
        async with self.database.transaction() as tx:
            draft = Registration(
                branch_name=name,
                name="Ada Admin",
                email=f"ada@{new_id()}.example",
                password=PASSWORD,
                **settings,
            )
            user = await service.found(tx, draft, PASSWORD_HASH)
            self.admin = await self._sign_in(tx, await service.begin(tx, tokens, user))
            self.organization_id = self.admin.organization_id
            self.branch_id = self.admin.branch(None)
            self.manager = await self._hired(tx, "Mara Manager", Role.BRANCH_MANAGER)
            self.cashier = await self._hired(tx, "Carla Cashier", Role.CASHIER)
            self.waiter = await self._hired(tx, "Walter Waiter", Role.WAITER)
            self.kitchen = await self._hired(tx, "Kim Kitchen", Role.KITCHEN)
        self._streams = {self.organization_id, self.branch_id}

    # ---- people

    async def hire(self, name: str, role: Role, branches: Sequence[str] | None = None) -> Staff:
        """A further member of staff, in the house's branch unless others are named."""
        async with self.database.transaction() as tx:
            return await self._hired(tx, name, role, branches)

    def as_(self, who: Staff) -> Caller:
        """Call the API as a member of staff, with a token that is good now."""
        return Caller(self._client, self.token(who))

    def at(self, client: httpx.AsyncClient) -> House:
        """The same house, called at another of its servers."""
        there = copy.copy(self)
        there.client = there._client = client
        return there

    def with_token(self, token: str | None) -> Caller:
        """Call the API with any token: a guest's, a broken one, none."""
        return Caller(self._client, token)

    def token(self, who: Staff) -> str:
        """A fresh access token of a member of staff."""
        token, _ = self.tokens.for_staff(
            user_id=who.user_id,
            sign_in_id=who.sign_in_id,
            organization_id=who.organization_id,
            role=who.role,
            branches=sorted(who.branches),
            now=self._context.clock.now(),
        )
        return token

    # ---- places

    async def open_branch(self, name: str = "Casa Lola Norte", **settings: Any) -> str:
        """Open a second branch, of the admin alone; its id. Renews `admin`."""
        async with self.database.transaction() as tx:
            branch = await service.open_branch(tx, self.admin, BranchDraft(name=name, **settings))
            await tx.session.flush()
            claims = self.tokens.verify(self.token(self.admin), self._context.clock.now())
            self.admin = await staff_of(tx, claims)
        self._streams.add(branch.id)
        return branch.id

    # ---- what was told

    def events(self, type_: str | None = None) -> list[dict[str, Any]]:
        """The staff bodies of this organization's events since it opened, of one type if it is named."""
        bodies = [msgspec.json.decode(row.draft.staff) for row in self._rows]
        return [body for body in bodies if type_ in (None, body["type"])]

    def guest_events(self, type_: str | None = None) -> list[dict[str, Any]]:
        """The bodies of the same events that guests get, of those that have one."""
        bodies = [msgspec.json.decode(row.draft.guest) for row in self._rows if row.draft.guest is not None]
        return [body for body in bodies if type_ in (None, body["type"])]

    def log(self) -> list[LogRow]:
        """The same events as rows of their logs, in the order of their commits."""
        return list(self._rows)

    def forget(self) -> None:
        """Forget what was told so far, so that only what comes now is seen."""
        self._rows.clear()

    def _hear(self, rows: Sequence[LogRow]) -> None:
        self._rows += [row for row in rows if row.draft.stream in self._streams]

    async def _hired(
        self, tx: Transaction, name: str, role: Role, branches: Sequence[str] | None = None
    ) -> Staff:
        email = f"{name.split()[0].lower()}@{new_id()}.example"
        draft = StaffDraft(
            name=name,
            email=email,
            password=PASSWORD,
            role=role,
            branch_ids=list(branches or [self.branch_id]),
        )
        user = await service.hire(tx, self.admin, draft, PASSWORD_HASH)
        return await self._sign_in(tx, await service.begin(tx, self.tokens, user))

    async def _sign_in(self, tx: Transaction, signed_in: SignedIn) -> Staff:
        self.emails[signed_in.user.id] = signed_in.user.email
        claims = self.tokens.verify(signed_in.access_token, self._context.clock.now())
        return await staff_of(tx, claims)


class Mould:
    """A house as the rows that it consists of, to be put into any empty database.

    To found one takes eighty statements, to put its rows in one a table.
    """

    KNOWN = ("organization_id", "branch_id", "admin", "manager", "cashier", "waiter", "kitchen")

    def __init__(self, house: House, rows: dict[str, list[dict[str, Any]]]) -> None:
        self._known = {name: getattr(house, name) for name in self.KNOWN}
        self._emails = dict(house.emails)
        self._streams = set(house._streams)
        self._told = list(house._rows)
        self._rows = rows

    @classmethod
    async def of(cls, house: House) -> Mould:
        """`house`, the only thing in its database."""
        rows: dict[str, list[dict[str, Any]]] = {}
        async with house.database.reading() as tx:
            for table in metadata.sorted_tables:
                if table is Installation.__table__:  # each database's own
                    continue
                found = (await tx.session.execute(select(table))).mappings().all()
                if found:
                    rows[table.name] = [dict(row) for row in found]
        return cls(house, rows)

    async def cast(self, house: House) -> None:
        """Make `house`, whose database is empty, another one like it."""
        async with house.database.transaction() as tx:
            for name, rows in self._rows.items():
                await tx.session.execute(insert(metadata.tables[name]), copy.deepcopy(rows))
        for name, value in self._known.items():
            setattr(house, name, value)
        house.emails, house._streams = dict(self._emails), set(self._streams)
        house._rows[:0] = self._told


def new_context(database: Database, clock: ManualClock) -> Context:
    return Context(database, Tokens((SECRET,)), clock)
