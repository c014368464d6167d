"""Screens hold leases, which the processes that are connected with them renew; who has none is gone.

A lease that is renewed is one write and nobody is told. The two changes that are told of, coming and
going, are made under the screen's lock, so that each happens once, whichever process finds out.

That a lease has ended is noted first, and the screen is gone when the note is old enough. So when nobody
could write for a while, because the database was away or full, the screens that were there stay: since the
first moment at which somebody could, whoever is connected with them has had `GONE_AFTER` to renew.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, case, select, update

from restai.auth.principal import Staff
from restai.db import retention
from restai.db.transaction import Transaction
from restai.db.upsert import insert
from restai.features.screens.events import ScreenOffline, ScreenOnline
from restai.features.screens.models import Screen
from restai.features.screens.rules import FORGOTTEN_AFTER, GONE_AFTER, MISSED_AFTER, ScreenStatus
from restai.features.screens.schemas import ScreenName
from restai.ids import new_id

BATCH = 20  # screens that come or go in one transaction, so that none holds a branch for long
NOTED = 500  # screens in one transaction that changes nothing anybody is told of


@dataclass(frozen=True, slots=True)
class Lease:
    """A screen in a branch, of which somebody will know for `left` ms more."""

    organization_id: str
    branch_id: str
    screen: ScreenName
    left: int


async def renew(tx: Transaction, leases: Sequence[Lease]) -> Sequence[str]:
    """Put off the ends of leases, at most one for each screen and branch, in one statement. A lease is
    never made shorter: another process may have heard of the screen later.

    Returns the rows of those that are not online yet: for `come_online`.
    """
    ordered = sorted(leases, key=lambda lease: (lease.branch_id, lease.screen.id))  # no deadlock
    statement = insert(tx.session, Screen).values([_row(tx, lease) for lease in ordered])
    new, is_offline = statement.excluded, Screen.status == ScreenStatus.OFFLINE
    renewed = statement.on_conflict_do_update(
        index_elements=["branch_id", "device_id"],
        set_={
            "lease_ends_at": case(
                (new.lease_ends_at > Screen.lease_ends_at, new.lease_ends_at), else_=Screen.lease_ends_at
            ),
            "kind": case((is_offline, new.kind), else_=Screen.kind),
            "name": case((is_offline, new.name), else_=Screen.name),
            "missed_at": None,
        },
    ).returning(Screen.id, Screen.status)
    return [id_ for id_, status in await tx.session.execute(renewed) if status is ScreenStatus.OFFLINE]


def _row(tx: Transaction, lease: Lease) -> dict[str, object]:
    return {
        "id": new_id(),
        "rev": 0,
        "organization_id": lease.organization_id,
        "branch_id": lease.branch_id,
        "device_id": lease.screen.id,
        "kind": lease.screen.kind,
        "name": lease.screen.name,
        "status": ScreenStatus.OFFLINE,
        "since": tx.now,
        "lease_ends_at": tx.now + lease.left,
    }


async def come_online(tx: Transaction, ids: Sequence[str]) -> None:
    """These are there now, at most `BATCH`; what another process has made so already is passed over."""
    await tx.session.scalars(
        select(Screen.id)
        .where(Screen.id.in_(ids))
        .order_by(Screen.branch_id, Screen.device_id)  # as `renew` locks them, which knows no ids
        .with_for_update()
    )
    for screen in await tx.lock_all(Screen, Screen.id.in_(ids), Screen.status == ScreenStatus.OFFLINE):
        screen.status, screen.since = ScreenStatus.ONLINE, tx.now
        tx.emit(ScreenOnline, screen)


def missed(now: int) -> Select[str]:
    """Screens that are online, whose lease ended long enough before `now` (ms), which nobody has noted."""
    is_unnoted = and_(_has_ended(now), Screen.missed_at.is_(None))
    return select(Screen.id).where(Screen.status == ScreenStatus.ONLINE, is_unnoted)


def _has_ended(now: int) -> ColumnElement[bool]:
    return Screen.lease_ends_at <= now - MISSED_AFTER


async def note_due(tx: Transaction, now: int) -> int:
    """Note of those that are `missed` at `now` (ms) that they are; how many it were.

    Several processes may do so at once: each takes what no other has taken, or is renewing.
    """
    batch = missed(now).limit(NOTED).with_for_update(skip_locked=True)
    due = (await tx.session.scalars(batch)).all()
    await tx.session.execute(update(Screen).where(Screen.id.in_(due)).values(missed_at=now))
    return len(due)


def gone(now: int) -> Select[str]:
    """Screens that are online, and were noted as missed long enough before `now` (ms)."""
    is_gone = and_(Screen.missed_at <= now - GONE_AFTER, _has_ended(now))
    return select(Screen.id).where(Screen.status == ScreenStatus.ONLINE, is_gone).order_by(Screen.missed_at)


async def expire_due(tx: Transaction, now: int) -> int:
    """Those that are `gone` at `now` (ms) are offline; how many it were.

    Several processes may do so at once: each takes what no other has taken, or is renewing.
    """
    due = (await tx.session.scalars(gone(now).limit(BATCH).with_for_update(skip_locked=True))).all()
    leaving = await tx.lock_all(Screen, Screen.id.in_(due)) if due else []
    for screen in leaving:
        screen.status, screen.since = ScreenStatus.OFFLINE, now
        tx.emit(ScreenOffline, screen)
    return len(leaving)


def thrown_away(now: int) -> Select[str]:
    """Screens that have been gone for long at `now` (ms)."""
    is_old = and_(Screen.since < now - FORGOTTEN_AFTER, Screen.lease_ends_at < now)
    return select(Screen.id).where(Screen.status == ScreenStatus.OFFLINE, is_old)


async def forget_due(tx: Transaction, now: int) -> int:
    """Forget those that were `thrown_away`; how many it were."""
    return await retention.forget(tx, Screen, thrown_away(now))


async def screens(
    tx: Transaction,
    who: Staff,
    branch_id: str | None,
    *,
    states: Collection[ScreenStatus],
    after: str | None,
    most: int,
) -> Sequence[Screen]:
    """A branch's screens, at most `most` behind the row named; all states if none is. Raises NotFound."""
    known = Screen.rev > 0  # of which somebody was told: a lease that has just begun is nobody's news yet
    query = select(Screen).where(Screen.branch_id == who.branch(branch_id), known)
    if states:
        query = query.where(Screen.status.in_(states))
    if after is not None:
        query = query.where(Screen.id > after)
    return (await tx.session.scalars(query.order_by(Screen.id).limit(most))).all()


async def online(tx: Transaction, branch_id: str) -> Sequence[Screen]:
    """A branch's screens that are there, by id."""
    found = await tx.session.scalars(
        select(Screen)
        .where(Screen.branch_id == branch_id, Screen.status == ScreenStatus.ONLINE)
        .order_by(Screen.id)
    )
    return found.all()
