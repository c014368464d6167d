"""Hiring, changing and dismissing staff, and their passwords.

Each of these locks the organization first: whether somebody remains in charge, and which branches
there are, is decided one change at a time.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from sqlalchemy import ColumnElement, and_, delete, select
from sqlalchemy.exc import IntegrityError

from restai.auth import audit
from restai.auth.audit import Deed
from restai.auth.models import User, UserBranch
from restai.auth.passwords import matches
from restai.auth.permissions import Permission, Role
from restai.auth.principal import Staff
from restai.db.engine import Database
from restai.db.transaction import Transaction
from restai.errors import Forbidden, Invalid, LastAdmin, NotFound, Taken, WrongPassword
from restai.features.branches import service as branches
from restai.features.branches.models import Branch
from restai.features.staff import rules
from restai.features.staff.events import AccessChanged, Outcome
from restai.features.staff.schemas import StaffDraft, StaffPatch
from restai.features.staff.service import signing
from restai.ids import new_id


async def team(
    tx: Transaction, who: Staff, *, branch_id: str | None, after: str | None, most: int
) -> Sequence[User]:
    """Whom one may see, in one branch or all, by id, at most `most` after the one named. Raises NotFound."""
    query = select(User).where(_visible_to(who)).order_by(User.id).limit(most)
    if branch_id is not None:
        query = query.where(_works_in({who.branch(branch_id)}))
    if after is not None:
        query = query.where(User.id > after)
    return (await tx.session.scalars(query)).all()


async def hire(tx: Transaction, who: Staff, draft: StaffDraft, password_hash: str) -> User:
    """Make an account. Raises NotFound, Forbidden, Invalid, Taken."""
    await branches.lock_organization(tx, who.organization_id)
    places = await _places(tx, who, draft.role, draft.branch_ids, set())
    _require(who, draft.role, places)
    user = User(
        id=draft.id or new_id(),
        rev=1,
        organization_id=who.organization_id,
        email=draft.email,
        name=draft.name,
        role=draft.role,
        password_hash=password_hash,
        active=True,
        created_at=tx.now,
    )
    await add(tx, user, places)
    audit.record(tx, who, Deed.HIRED, user.id, name=user.name, role=user.role, branch_ids=sorted(places))
    return user


async def add(tx: Transaction, user: User, places: Set[str]) -> None:
    """Write a new account and the branches it may act in. Raises Taken."""
    tx.session.add(user)
    await _flush(tx, user)
    await _move(tx, user, set(), places)


async def change(tx: Transaction, who: Staff, user_id: str, patch: StaffPatch) -> User:
    """Change, dismiss or take back somebody. Raises NotFound, Forbidden, Invalid, LastAdmin, Taken."""
    await branches.lock_organization(tx, who.organization_id)
    user = await _lock(tx, who, user_id)
    had = await _branches_of(tx, user)
    _require(who, user.role, had)
    role = patch.role or user.role
    places = await _places(tx, who, role, patch.branch_ids, had)
    _require(who, role, places)
    wanted = patch.model_dump(exclude_none=True, exclude={"branch_ids"})
    changed = {name: value for name, value in wanted.items() if getattr(user, name) != value}
    if not changed and places == had:
        await tx.keep(user)
        return user
    details = audit.difference(user, changed)
    if places != had:
        details |= {"branch_ids": sorted(places), "branch_ids_before": sorted(had)}
    await _apply(tx, user, changed)
    audit.record(tx, who, Deed.ACCOUNT_CHANGED, user.id, **{"name": user.name} | details)
    await _move(tx, user, had, places)
    await _tell(tx, user, changed, moved=places != had)
    return user


async def proof_of(database: Database, who: Staff, user_id: str, password: str | None) -> str | None:
    """The stored hash that `password` matches, for `set_password`, if it is one's own; None if it does
    not. Raises Forbidden where `set_password` would, before anything is hashed for it."""
    if not _is_own(who, user_id) or password is None:
        return None
    async with database.reading() as tx:
        stored = await tx.session.scalar(select(User.password_hash).where(User.id == user_id))
    return stored if await matches(password, stored) else None


async def set_password(
    tx: Transaction, who: Staff, user_id: str, password_hash: str, proof: str | None
) -> User:
    """Give an account a new password; its sign-ins end, but the one that asks.

    One's own needs `proof`, the hash that the current password matched, so that a tablet left lying
    about is not enough. Raises NotFound, Forbidden, WrongPassword.
    """
    own = _is_own(who, user_id)
    user = await _lock(tx, who, user_id)
    if own and user.password_hash != proof:
        raise WrongPassword
    if not own:
        _require(who, user.role, await _branches_of(tx, user))
    user.password_hash = password_hash
    audit.record(tx, who, Deed.PASSWORD_SET, user.id, name=user.name)
    await tx.keep(user)  # the password is no part of the body
    await signing.end_each(tx, user, but=who.sign_in_id)
    return user


def _is_own(who: Staff, user_id: str) -> bool:
    """Raises Forbidden if the account is somebody else's and `who` manages none."""
    if user_id != who.user_id:
        who.require(Permission.STAFF_EDIT)
    return user_id == who.user_id


def _visible_to(who: Staff) -> ColumnElement[bool]:
    """An org_admin sees everybody, others whoever works in a branch of theirs."""
    same = User.organization_id == who.organization_id
    return same if who.role is Role.ORG_ADMIN else and_(same, _works_in(who.branches))


def _works_in(places: Set[str]) -> ColumnElement[bool]:
    return User.id.in_(select(UserBranch.user_id).where(UserBranch.branch_id.in_(places)))


async def _lock(tx: Transaction, who: Staff, user_id: str) -> User:
    user = await tx.lock(User, User.id == user_id, _visible_to(who))
    if user is None:
        raise NotFound("member of staff", user_id)
    return user


async def _branches_of(tx: Transaction, user: User) -> set[str]:
    return set(await tx.session.scalars(select(UserBranch.branch_id).where(UserBranch.user_id == user.id)))


def _require(who: Staff, role: Role, places: Set[str]) -> None:
    """Raises Forbidden unless `who` may manage an account of `role` in `places`."""
    lacking = rules.lacking(who.role, who.branches, for_role=role, for_branches=places)
    if lacking is not None:
        raise Forbidden(lacking)


async def _places(
    tx: Transaction, who: Staff, role: Role, named: list[str] | None, had: set[str]
) -> set[str]:
    """The branches an account shall act in: all, those named, those it had, or the caller's only one."""
    if role is Role.ORG_ADMIN:
        query = select(Branch.id).where(Branch.organization_id == who.organization_id)
        return set(await tx.session.scalars(query))
    if named is not None:
        return {branch_id if branch_id in had else who.branch(branch_id) for branch_id in named}
    if had:
        return had
    if len(who.branches) != 1:
        raise Invalid("branchIds", "is needed by who has more than one branch")
    return set(who.branches)


async def _apply(tx: Transaction, user: User, changed: dict[str, object]) -> None:
    """Write the changed fields. Raises LastAdmin, Taken."""
    leaves = "role" in changed or changed.get("active") is False
    if user.role is Role.ORG_ADMIN and user.active and leaves and not await _others_in_charge(tx, user):
        raise LastAdmin
    for name, value in changed.items():
        setattr(user, name, value)
    await _flush(tx, user)


async def _others_in_charge(tx: Transaction, user: User) -> bool:
    query = select(User.id).where(
        User.organization_id == user.organization_id,
        User.role == Role.ORG_ADMIN,
        User.active,
        User.id != user.id,
    )
    return await tx.session.scalar(query.limit(1)) is not None


async def _move(tx: Transaction, user: User, had: Set[str], places: Set[str]) -> None:
    """Make `places` the branches of an account that had `had`."""
    if gone := had - places:
        leaving = UserBranch.user_id == user.id, UserBranch.branch_id.in_(gone)
        await tx.session.execute(delete(UserBranch).where(*leaving))
    tx.session.add_all(UserBranch(user_id=user.id, branch_id=place) for place in sorted(places - had))
    await tx.session.flush()


async def _tell(tx: Transaction, user: User, changed: dict[str, object], *, moved: bool) -> None:
    """Tell the sockets of the account: out after a dismissal, back again after another role or branch."""
    if changed.get("active") is False:
        await signing.shut_out(tx, user)
    elif user.active and ("role" in changed or moved):
        tx.emit(AccessChanged, user, outcome=Outcome.CHANGED)


async def _flush(tx: Transaction, user: User) -> None:
    """Raises Taken if the e-mail, or an id that a client made, is in use."""
    email, user_id = user.email, user.id  # not to be read any more once a flush has failed
    try:
        await tx.session.flush()
    except IntegrityError as error:
        by_email = "email" in str(error.orig)
        raise Taken(*(("e-mail", email) if by_email else ("account", user_id))) from error
