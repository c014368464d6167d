"""Routes of signing in, of the staff, and of opening a branch."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.security import APIKeyCookie

from restai.auth.passwords import hash_password
from restai.auth.permissions import Permission
from restai.auth.principal import Staff
from restai.clock import SECOND
from restai.db.transaction import Transaction
from restai.errors import DiskFull, LastAdmin, Taken, Unauthorized, WrongPassword
from restai.features.staff import service
from restai.features.staff.schemas import (
    AccountView,
    CookieSignedIn,
    Credentials,
    PasswordDraft,
    Registration,
    Renewal,
    SignedIn,
    StaffDraft,
    StaffPatch,
    StaffView,
    staff_view,
    staff_views,
)
from restai.http.api import PREFIX
from restai.http.deps import (
    AccountQuery,
    Bearer,
    InContext,
    StaffCommand,
    StaffQuery,
    claims_of,
    json_response,
)
from restai.http.limits import limited
from restai.http.paging import Page, Paging
from restai.http.problems import raises
from restai.ids import Id

COOKIE = "restai_refresh"
COOKIE_PATH = f"{PREFIX}/auth"
COOKIE_SCHEME = APIKeyCookie(
    name=COOKIE,
    scheme_name="cookie",
    description="The refresh token as the web keeps it: HttpOnly, SameSite=Strict.",
    auto_error=False,
)
RefreshCookie = Annotated[str | None, Depends(COOKIE_SCHEME)]
OR_NOTHING: dict[str, Any] = {"security": [{}]}  # a token in the body will do

BranchFilter = Annotated[Id | None, Query(alias="branchId")]

router = APIRouter(tags=["staff"])


# ---- signing in: no idempotency keys here, a second sign-in is another sign-in


@router.post(
    "/auth/register",
    status_code=201,
    response_model=SignedIn | CookieSignedIn,
    dependencies=[limited("register")],
)
@raises(DiskFull, Taken)
async def register(draft: Registration, request: Request, context: InContext) -> Response:
    """Found a restaurant: an organization, its first branch, and the account in charge of it.

    With `cookie` the refresh token is set as a cookie and left out of the body.
    """
    with context.limiter.deciding("register", draft.email):
        signed_in = await service.register(context.database, context.tokens, draft)
    answer = _signed_in(request, signed_in, cookie=draft.cookie, status=201)
    answer.headers["Location"] = f"{PREFIX}/auth/me"
    return answer


@router.post("/auth/login", response_model=SignedIn | CookieSignedIn, dependencies=[limited("sign_in")])
@raises(DiskFull, WrongPassword)
async def sign_in(draft: Credentials, request: Request, context: InContext) -> Response:
    """Sign in. With `cookie` the refresh token is set as a cookie and left out of the body."""
    with context.limiter.deciding("sign_in", draft.email):
        signed_in = await service.sign_in(context.database, context.tokens, draft.email, draft.password)
    context.limiter.forgive("sign_in", draft.email)
    return _signed_in(request, signed_in, cookie=draft.cookie)


@router.post(
    "/auth/refresh",
    response_model=SignedIn | CookieSignedIn,
    dependencies=[limited("refresh")],
    openapi_extra=OR_NOTHING,
)
@raises(DiskFull, Unauthorized)
async def refresh(
    request: Request, context: InContext, cookie: RefreshCookie, draft: Renewal | None = None
) -> Response:
    """The next access and refresh token. A program sends its token in the body, the web in the cookie,
    and the next one comes the same way."""
    sent = draft.refresh_token if draft else None
    token = sent or cookie
    if token is None:
        raise Unauthorized("missing")
    with context.limiter.deciding("refresh", token):
        async with context.database.transaction() as tx:
            signed_in = await service.renew(tx, context.tokens, token)
    if signed_in is None:  # the sign-in has ended, and that is committed
        raise Unauthorized("revoked")
    return _signed_in(request, signed_in, cookie=sent is None)


@router.post("/auth/logout", status_code=204, dependencies=[limited("refresh")], openapi_extra=OR_NOTHING)
@raises(DiskFull, Unauthorized)
async def sign_out(
    context: InContext, cookie: RefreshCookie, bearer: Bearer, draft: Renewal | None = None
) -> Response:
    """End the sign-in of the refresh token that was sent, else that of the access token."""
    token = (draft.refresh_token if draft else None) or cookie
    async with context.database.transaction() as tx:
        if token is not None:
            await service.sign_out_by_token(tx, token)
        else:
            await service.sign_out(tx, await claims_of(context, bearer))
    answer = Response(status_code=204)
    answer.delete_cookie(COOKIE, path=COOKIE_PATH)
    return answer


@router.get("/auth/me", response_model=AccountView)
async def me(query: AccountQuery) -> Response:
    """Who is signed in, as the account says now."""
    return await query.run(service.account_of)


def _signed_in(request: Request, signed_in: SignedIn, *, cookie: bool, status: int = 200) -> Response:
    if not cookie:
        return json_response(signed_in.json_bytes(), status)
    answer = json_response(signed_in.without_refresh_token().json_bytes(), status)
    answer.set_cookie(
        COOKIE,
        signed_in.refresh_token,
        max_age=service.REFRESH_LIFE // SECOND,
        path=COOKIE_PATH,
        secure=request.url.scheme == "https",  # a tablet may reach a small restaurant's server without
        httponly=True,
        samesite="strict",
    )
    return answer


# ---- staff


@router.get("/staff", response_model=Page[StaffView])
async def team(query: StaffQuery, page: Paging, branch_id: BranchFilter = None) -> Response:
    """Whom one may see of the staff, by id."""

    async def listing(tx: Transaction, who: Staff) -> Page[StaffView]:
        found = await service.team(tx, who, branch_id=branch_id, after=page.cursor, most=page.limit + 1)
        rows, more = page.cut(list(found))
        return Page(items=await staff_views(tx, rows), next_cursor=rows[-1].id if more else None)

    return await query.run(listing, permission=Permission.STAFF_EDIT)


@router.post("/staff", status_code=201, response_model=StaffView)
@raises(Taken)
async def hire(draft: StaffDraft, command: StaffCommand) -> Response:
    """Make an account."""
    await command.check(Permission.STAFF_EDIT)
    password_hash = await hash_password(draft.password)
    return await command.run(
        lambda tx, who: service.hire(tx, who, draft, password_hash),
        permission=Permission.STAFF_EDIT,
        view=staff_view,
        status=201,
        location=f"{PREFIX}/staff/{{id}}",
    )


@router.patch("/staff/{user_id}", response_model=StaffView)
@raises(LastAdmin, Taken)
async def change(user_id: Id, patch: StaffPatch, command: StaffCommand) -> Response:
    """Change an account, dismiss somebody, or take him back."""
    return await command.run(
        lambda tx, who: service.change(tx, who, user_id, patch),
        permission=Permission.STAFF_EDIT,
        view=staff_view,
    )


@router.post("/staff/{user_id}/password", response_model=StaffView, dependencies=[limited("password")])
@raises(WrongPassword)
async def set_password(
    user_id: Id, draft: PasswordDraft, command: StaffCommand, context: InContext
) -> Response:
    """A new password: one's own by the current one, somebody else's by who may manage them."""
    who = await command.check()
    with context.limiter.deciding("password", who.user_id):
        proof = await service.proof_of(context.database, who, user_id, draft.current_password)
        password_hash = await hash_password(draft.password)
        return await command.run(
            lambda tx, who: service.set_password(tx, who, user_id, password_hash, proof), view=staff_view
        )
