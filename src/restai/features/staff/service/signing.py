"""Signing in, staying signed in, signing out.

A refresh token is used once: its answer brings the next one. Since an answer can get lost, the one
used last is good for `GRACE` more and gives the same successor again. Any other reuse means that two
parties hold the chain, and ends the sign-in for both.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode

from sqlalchemy import CompoundSelect, Select, delete, literal, select, union_all, update
from sqlalchemy.orm import InstrumentedAttribute

from restai.auth import audit
from restai.auth.audit import Deed
from restai.auth.models import RefreshToken, SignIn, User
from restai.auth.passwords import matches
from restai.auth.principal import Claims, Staff, StaffClaims
from restai.auth.tokens import Tokens
from restai.clock import DAY, SECOND
from restai.db.engine import Database
from restai.db.transaction import Transaction
from restai.errors import Unauthorized, WrongPassword
from restai.features.staff.events import AccessChanged, Outcome
from restai.features.staff.schemas import AccountView, SignedIn, account_view
from restai.ids import new_id

REFRESH_LIFE = 7 * DAY
BATCH = 500  # rows forgotten in one transaction, so that nobody waits for a sweep
GRACE = 60 * SECOND  # the answer got lost, or two tabs of one browser asked at once


async def sign_in(database: Database, tokens: Tokens, email: str, password: str) -> SignedIn:
    """Sign in by password. Raises WrongPassword, the same for an unknown or dismissed account."""
    async with database.reading() as tx:
        stored = await tx.session.scalar(select(User.password_hash).where(User.email == email))
    if not await matches(password, stored):
        raise WrongPassword
    async with database.transaction() as tx:
        # Share lock: a dismissal or a new password waits, then ends this sign-in too; or comes first.
        same = select(User).where(User.email == email, User.password_hash == stored, User.active)
        user = await tx.session.scalar(same.with_for_update(read=True))
        if user is None:
            raise WrongPassword
        return await begin(tx, tokens, user)


async def begin(tx: Transaction, tokens: Tokens, user: User) -> SignedIn:
    """Begin a sign-in of `user`, whoever has made sure that it is them."""
    sign_in = SignIn(
        id=new_id(),
        organization_id=user.organization_id,
        user_id=user.id,
        created_at=tx.now,
        expires_at=tx.now + REFRESH_LIFE,
    )
    tx.session.add(sign_in)
    await tx.session.flush()
    secret = secrets.token_urlsafe(32)
    _add_link(tx, sign_in, secret)
    await tx.session.flush()
    audit.record(tx, user, Deed.SIGNED_IN, user.id)
    return await _answer(tx, tokens, user, sign_in, secret)


async def renew(tx: Transaction, tokens: Tokens, secret: str) -> SignedIn | None:
    """The next access and refresh token.

    None if the token had been used before: the sign-in is over now, which the caller tells after this
    transaction has committed. Raises Unauthorized for one that is unknown, expired or ended.
    """
    sign_in = await _lock_by_token(tx, secret)
    user = await tx.session.get_one(User, sign_in.user_id)
    if sign_in.ended_at is not None or not user.active:
        raise Unauthorized("revoked")
    link = await tx.session.get_one(RefreshToken, _digest(secret), populate_existing=True)
    if link.used_at is None:
        successor = await _use(tx, sign_in, link, secret)
    elif await _may_ask_again(tx, link, secret):
        successor = _successor(secret, link.salt)
    else:
        audit.record(tx, user, Deed.TOKEN_REUSED, user.id)
        _end(tx, sign_in)
        return None
    return await _answer(tx, tokens, user, sign_in, successor)


async def sign_out(tx: Transaction, claims: Claims) -> None:
    """End the sign-in of an access token. Nothing happens if it has ended before. Raises Unauthorized."""
    if not isinstance(claims, StaffClaims):
        raise Unauthorized("invalid")
    query = select(SignIn).where(SignIn.id == claims.sign_in_id, SignIn.ended_at.is_(None))
    sign_in = await tx.session.scalar(query.with_for_update())
    if sign_in is not None:
        await _sign_out(tx, sign_in)


async def sign_out_by_token(tx: Transaction, secret: str) -> None:
    """End the sign-in that a refresh token belongs to. Raises Unauthorized if it is unknown."""
    sign_in = await _lock_by_token(tx, secret)
    if sign_in.ended_at is None:
        await _sign_out(tx, sign_in)


async def end_each(tx: Transaction, user: User, *, but: str) -> None:
    """End the sign-ins of `user`, whose row is locked, except the one named `but`."""
    running = select(SignIn).where(SignIn.user_id == user.id, SignIn.ended_at.is_(None), SignIn.id != but)
    for sign_in in await tx.session.scalars(running.with_for_update()):
        _end(tx, sign_in)


async def shut_out(tx: Transaction, user: User) -> None:
    """End all that `user`, whose row is locked, has of access: sign-ins and sockets."""
    running = update(SignIn).where(SignIn.user_id == user.id, SignIn.ended_at.is_(None))
    await tx.session.execute(running.values(ended_at=tx.now))
    tx.emit(AccessChanged, user, outcome=Outcome.ENDED)


async def account_of(tx: Transaction, who: Staff) -> AccountView:
    return await account_view(tx, await tx.session.get_one(User, who.user_id))


def expired(now: int) -> CompoundSelect[int]:
    """A row for each refresh token and sign-in that ended by `now` (ms)."""
    both = (_expired_links(now), _expired_sign_ins(now))
    return union_all(*(each.with_only_columns(literal(1)) for each in both))


async def expire_due(tx: Transaction, now: int) -> int:
    """Forget what has `expired` by `now` (ms), a batch of each; how many it were.

    Several processes may do so at once: each takes what no other has taken.
    """
    count = await _forget(tx, RefreshToken.hash, _expired_links(now))
    return count + await _forget(tx, SignIn.id, _expired_sign_ins(now))


def _expired_links(now: int) -> Select[str]:
    return select(RefreshToken.hash).where(RefreshToken.expires_at <= now)


def _expired_sign_ins(now: int) -> Select[str]:
    unlinked = SignIn.id.not_in(select(RefreshToken.sign_in_id))
    return select(SignIn.id).where(SignIn.expires_at <= now, unlinked)


async def _forget(tx: Transaction, key: InstrumentedAttribute[str], due: Select[str]) -> int:
    batch = due.limit(BATCH).with_for_update(skip_locked=True)
    gone = await tx.session.scalars(delete(key.class_).where(key.in_(batch)).returning(key))
    return len(gone.all())


async def _sign_out(tx: Transaction, sign_in: SignIn) -> None:
    user = await tx.session.get_one(User, sign_in.user_id)
    audit.record(tx, user, Deed.SIGNED_OUT, user.id)
    _end(tx, sign_in)


def _end(tx: Transaction, sign_in: SignIn) -> None:
    sign_in.ended_at = tx.now
    tx.emit(AccessChanged, sign_in, outcome=Outcome.ENDED)


async def _lock_by_token(tx: Transaction, secret: str) -> SignIn:
    """The sign-in of a refresh token, locked, so that two uses of one chain come one after the other."""
    query = (
        select(SignIn)
        .join(RefreshToken, RefreshToken.sign_in_id == SignIn.id)
        .where(RefreshToken.hash == _digest(secret))
        .with_for_update(of=SignIn)
    )
    sign_in = await tx.session.scalar(query)
    if sign_in is None:
        raise Unauthorized("invalid")
    return sign_in


async def _use(tx: Transaction, sign_in: SignIn, link: RefreshToken, secret: str) -> str:
    """Use a token for the first time; the secret of its successor."""
    if link.expires_at <= tx.now:
        raise Unauthorized("expired")
    link.used_at = tx.now
    link.salt = secrets.token_hex(16)
    sign_in.expires_at = tx.now + REFRESH_LIFE
    successor = _successor(secret, link.salt)
    _add_link(tx, sign_in, successor)
    await tx.session.flush()
    return successor


async def _may_ask_again(tx: Transaction, link: RefreshToken, secret: str) -> bool:
    """Whether a used token is the one used last, a short while ago."""
    if link.used_at is None or link.used_at + GRACE < tx.now:
        return False
    successor = await tx.session.get(RefreshToken, _digest(_successor(secret, link.salt)))
    return successor is not None and successor.used_at is None


def _add_link(tx: Transaction, sign_in: SignIn, secret: str) -> None:
    link = RefreshToken(hash=_digest(secret), sign_in_id=sign_in.id, expires_at=tx.now + REFRESH_LIFE)
    tx.session.add(link)


def _successor(secret: str, salt: str | None) -> str:
    mac = hmac.digest(secret.encode(), (salt or "").encode(), "sha256")
    return urlsafe_b64encode(mac).rstrip(b"=").decode()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


async def _answer(tx: Transaction, tokens: Tokens, user: User, sign_in: SignIn, secret: str) -> SignedIn:
    account = await account_view(tx, user)
    access_token, expires_at = tokens.for_staff(
        user_id=user.id,
        sign_in_id=sign_in.id,
        organization_id=user.organization_id,
        role=user.role,
        branches=[branch.id for branch in account.branches],
        now=tx.now,
    )
    return SignedIn(access_token=access_token, expires_at=expires_at, user=account, refresh_token=secret)
