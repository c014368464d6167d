"""The restaurant's side of the real-time core: tokens to identities, rows to grants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

from sqlalchemy import select

from restai.auth.models import SignIn, User, UserBranch
from restai.auth.principal import GuestClaims, StaffClaims
from restai.auth.tokens import Tokens
from restai.clock import Clock
from restai.db.engine import Database
from restai.db.transaction import Transaction
from restai.errors import Unauthorized
from restai.features.sessions.models import Guest as GuestRow
from restai.features.sessions.models import Session
from restai.features.sessions.rules import GuestStatus, SessionStatus
from restai.live import policy
from restai.realtime.codes import Close
from restai.realtime.frames import Auth
from restai.realtime.ports import Change, Event, Grant, Identity, Lens, Refused


@dataclass(frozen=True, slots=True)
class StaffKey:
    """The person of a staff token: a renewal must be the same one's."""

    user_id: str
    organization_id: str
    sign_in_id: str


@dataclass(frozen=True, slots=True)
class GuestKey:
    """The phone of a guest's token. After a merge the same phone's next token names another visit."""

    guest_id: str
    organization_id: str
    session_id: str = field(compare=False)


class Endpoint:
    """Implements the core's `Access`."""

    def __init__(self, database: Database, tokens: Tokens, clock: Clock) -> None:
        self._database = database
        self._tokens = tokens
        self._clock = clock

    def identify(self, auth: Auth) -> Identity:
        try:
            claims = self._tokens.verify(auth.token, self._clock.now())
        except Unauthorized as error:
            raise Refused(error.text) from None
        if isinstance(claims, StaffClaims):
            return _staff_identity(claims)
        return _guest_identity(claims)

    async def grants(self, asked: Sequence[tuple[Identity, Auth]]) -> Sequence[Grant | Close]:
        staff = [identity.key for identity, _ in asked if isinstance(identity.key, StaffKey)]
        guests = [identity.key for identity, _ in asked if isinstance(identity.key, GuestKey)]
        async with self._database.reading() as tx:
            branches = await _branches_of(tx, staff)
            visits = await _visits_of(tx, guests)
        answers: list[Grant | Close] = []
        for identity, auth in asked:
            if isinstance(identity.key, StaffKey):
                answers.append(_staff_answer(identity.key, branches.get(identity.key), auth))
            else:
                key = cast(GuestKey, identity.key)
                answers.append(_guest_answer(key, visits.get(key.guest_id)))
        return answers

    def view(self, event: Event, lens: Lens) -> int | None:
        return policy.view(event, cast(policy.Lens, lens))

    def widens(self, event: Event, identity: Identity) -> bool:
        return policy.widens(event, identity)

    def is_turning(self, event: Event) -> bool:
        return policy.is_turning(event)

    def labels(self, event: Event) -> Sequence[str]:
        return policy.labels(event)

    def change(self, event: Event, identity: Identity) -> Change | None:
        return policy.change(event, identity)


def _staff_identity(claims: StaffClaims) -> Identity:
    return Identity(
        key=StaffKey(claims.user_id, claims.organization_id, claims.sign_in_id),
        labels=(policy.user_label(claims.user_id), policy.sign_in_label(claims.sign_in_id)),
        streams=(claims.organization_id,),
        expires_at=claims.expires_at,
    )


def _guest_identity(claims: GuestClaims) -> Identity:
    return Identity(
        key=GuestKey(claims.guest_id, claims.organization_id, claims.session_id),
        labels=(policy.guest_label(claims.guest_id),),
        streams=(claims.organization_id, claims.branch_id),
        expires_at=claims.expires_at,
    )


def _staff_answer(key: StaffKey, branches: list[str] | None, auth: Auth) -> Grant | Close:
    """`branches` in the order of their ids; None where the account or the sign-in has ended."""
    if branches is None:
        return Close.ENDED
    if auth.branches is not None:
        chosen = [branch for branch in branches if branch in set(auth.branches)]
        return policy.staff_grant(key.user_id, chosen[: policy.MOST_BRANCHES], more=False)
    more = len(branches) > policy.MOST_BRANCHES
    return policy.staff_grant(key.user_id, branches[: policy.MOST_BRANCHES], more=more)


async def _branches_of(tx: Transaction, keys: Sequence[StaffKey]) -> dict[StaffKey, list[str]]:
    """The branches of each account that is active and signed in, sorted."""
    if not keys:
        return {}
    rows = await tx.session.execute(
        select(User.id, User.organization_id, SignIn.id, UserBranch.branch_id)
        .join(SignIn, SignIn.user_id == User.id)
        .outerjoin(UserBranch, UserBranch.user_id == User.id)
        .where(SignIn.id.in_({key.sign_in_id for key in keys}), User.active)
        .where(SignIn.ended_at.is_(None), SignIn.expires_at > tx.now)
    )
    found: dict[StaffKey, list[str]] = {}
    for user_id, organization_id, sign_in_id, branch_id in rows:
        branches = found.setdefault(StaffKey(user_id, organization_id, sign_in_id), [])
        if branch_id is not None:
            branches.append(branch_id)
    return {key: sorted(branches) for key, branches in found.items()}


def _guest_answer(key: GuestKey, guest: policy.Guest | None) -> Grant | Close:
    """`guest` None where the visit has ended, or he is out of it."""
    if guest is None:
        return Close.ENDED
    return policy.guest_grant(guest._replace(was_merged=guest.session_id != key.session_id))


async def _visits_of(tx: Transaction, keys: Sequence[GuestKey]) -> dict[str, policy.Guest]:
    """Where each guest stands, by his id, whose visit is open and who is not out. His row says which visit
    that is: it may have become another since his token was made."""
    if not keys:
        return {}
    rows = await tx.session.execute(
        select(GuestRow.id, GuestRow.status, Session)
        .join(Session, Session.id == GuestRow.session_id)
        .where(GuestRow.id.in_({key.guest_id for key in keys}), GuestRow.status != GuestStatus.OUT)
        .where(Session.status.in_((SessionStatus.PENDING, SessionStatus.ACTIVE)))
    )
    return {
        guest_id: policy.Guest(
            guest_id=guest_id,
            session_id=session.id,
            branch_id=session.branch_id,
            table_id=session.table_id,
            is_in=status is GuestStatus.IN and session.status is SessionStatus.ACTIVE,
        )
        for guest_id, status, session in rows
    }
