"""What nobody let in for too long ends by itself."""

from __future__ import annotations

from sqlalchemy import Select, select

from restai.db.transaction import Transaction
from restai.features.sessions.models import Session
from restai.features.sessions.rules import PENDING_LIFE, SessionStatus
from restai.features.sessions.service.seating import turn_down

BATCH = 20  # visits ended in one transaction, so that none holds its locks for long


def expired(now: int) -> Select[str]:
    """Requested visits that are older than `PENDING_LIFE` at `now` (ms), the oldest first."""
    is_old = Session.created_at <= now - PENDING_LIFE
    return (
        select(Session.id).where(Session.status == SessionStatus.PENDING, is_old).order_by(Session.created_at)
    )


async def expire_due(tx: Transaction, now: int) -> int:
    """Reject those that have `expired` at `now` (ms); how many it were.

    Several processes may do so at once: each takes what no other has taken, or is deciding about.
    """
    batch = expired(now).limit(BATCH).with_for_update(skip_locked=True, key_share=True)
    due = (await tx.session.scalars(batch)).all()
    ending = await tx.lock_all(Session, Session.id.in_(due)) if due else []
    for session in ending:
        await turn_down(tx, session, "expired")
    return len(ending)
