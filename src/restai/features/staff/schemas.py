"""Accounts and sign-ins on the wire."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, EmailStr, Field
from sqlalchemy import select

from restai.auth.models import User, UserBranch
from restai.auth.permissions import Role
from restai.db.transaction import Transaction
from restai.events import Resource, Shape
from restai.features.branches.models import Branch
from restai.features.branches.schemas import BranchDraft, BranchRef, Currency, Name, TaxRate, TimeZone
from restai.ids import ClientId, Id

Email = Annotated[EmailStr, AfterValidator(str.lower)]
Password = Annotated[str, Field(min_length=8, max_length=200)]
GivenPassword = Annotated[str, Field(max_length=200)]  # to be compared: what is too short is just wrong
BranchIds = Annotated[list[Id], Field(min_length=1, max_length=200)]


# ---- signing in


class Credentials(Shape):
    """`cookie`: the web keeps the refresh token in an HttpOnly cookie, and no body carries it."""

    email: Email
    password: GivenPassword
    cookie: bool = False


class Registration(Shape):
    """A new organization with its first branch, and the account in charge of it."""

    organization_name: Name | None = None
    branch_name: Name
    name: Name
    email: Email
    password: Password
    currency: Currency | None = None
    tax_rate: TaxRate | None = None
    prices_include_tax: bool | None = None
    time_zone: TimeZone | None = None
    cookie: bool = False

    def branch(self) -> BranchDraft:
        settings = {"currency", "tax_rate", "prices_include_tax", "time_zone"}
        return BranchDraft(name=self.branch_name, **self.model_dump(include=settings, exclude_none=True))


class Renewal(Shape):
    """A program sends its refresh token; the web sends nothing, its cookie goes along by itself."""

    refresh_token: Annotated[str, Field(max_length=100)] | None = None


class AccountView(Shape):
    """Who is signed in."""

    id: Id
    name: str
    email: str
    role: Role
    organization_id: Id
    branches: list[BranchRef]


class CookieSignedIn(Shape):
    """The answer to the web. `expires_at`: when the access token ends."""

    access_token: str
    expires_at: int
    user: AccountView


class SignedIn(CookieSignedIn):
    """The answer to a program."""

    refresh_token: str

    def without_refresh_token(self) -> CookieSignedIn:
        return CookieSignedIn(access_token=self.access_token, expires_at=self.expires_at, user=self.user)


# ---- staff


class StaffDraft(Shape):
    """Somebody to be hired. `branch_ids` may be left out by who has one branch, and for an org_admin,
    who has all of them."""

    id: ClientId | None = None
    name: Name
    email: Email
    password: Password
    role: Role
    branch_ids: BranchIds | None = None


class StaffPatch(Shape):
    """What is absent (or null) stays. `active: false` dismisses."""

    name: Name | None = None
    email: Email | None = None
    role: Role | None = None
    branch_ids: BranchIds | None = None
    active: bool | None = None


class PasswordDraft(Shape):
    """`current_password` is needed for one's own account, and for nobody else's."""

    password: Password
    current_password: GivenPassword | None = None


class GuestStaffRef(Shape):
    """A member of staff as guests know him: by his first name."""

    name: str


class StaffRef(Resource):
    """A member of staff by his name, as it was when he did what this is told of."""

    id: Id
    name: str

    def for_guests(self) -> GuestStaffRef:
        return GuestStaffRef(name=self.name.split()[0])


class StaffView(Resource):
    id: Id
    rev: int
    name: str
    email: str
    role: Role
    branches: list[BranchRef]
    active: bool
    created_at: int


async def staff_views(tx: Transaction, users: Sequence[User]) -> list[StaffView]:
    refs = await _branch_refs(tx, users)
    return [
        StaffView(
            id=user.id,
            rev=user.rev,
            name=user.name,
            email=user.email,
            role=user.role,
            branches=refs[user.id],
            active=user.active,
            created_at=user.created_at,
        )
        for user in users
    ]


async def staff_view(tx: Transaction, user: User) -> StaffView:
    return (await staff_views(tx, [user]))[0]


async def account_view(tx: Transaction, user: User) -> AccountView:
    return AccountView(
        id=user.id,
        name=user.name,
        email=user.email,
        role=user.role,
        organization_id=user.organization_id,
        branches=(await _branch_refs(tx, [user]))[user.id],
    )


async def _branch_refs(tx: Transaction, users: Sequence[User]) -> dict[str, list[BranchRef]]:
    """The branches of each of `users`, by id."""
    query = (
        select(UserBranch.user_id, Branch.id, Branch.name)
        .join(Branch, Branch.id == UserBranch.branch_id)
        .where(UserBranch.user_id.in_([user.id for user in users]))
        .order_by(Branch.id)
    )
    refs: dict[str, list[BranchRef]] = defaultdict(list)
    for user_id, branch_id, name in await tx.session.execute(query):
        refs[user_id].append(BranchRef(id=branch_id, name=name))
    return refs
