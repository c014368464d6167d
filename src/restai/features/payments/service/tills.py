"""A branch's till: opened with a float, collecting cash, closed with its count."""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select

from restai.auth import audit
from restai.auth.audit import Deed
from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.db.upsert import insert_new
from restai.errors import NoTill, Taken, TillIsOpen
from restai.features.payments import rules
from restai.features.payments.events import TillClosed, TillOpened
from restai.features.payments.models import Payment, Till
from restai.features.payments.rules import TillStatus
from restai.features.payments.schemas import Count, TillDraft, TillNow, till_view
from restai.ids import new_id


async def open_till(tx: Transaction, who: Staff, draft: TillDraft) -> Till:
    """Open the branch's till with the cash that is in it. Raises NotFound, TillIsOpen, Taken."""
    branch_id, id_ = who.branch(draft.branch_id), draft.id or new_id()
    fresh = await insert_new(
        tx.session,
        Till,
        id=id_,
        organization_id=who.organization_id,
        branch_id=branch_id,
        status=TillStatus.OPEN,
        opening_float=draft.opening_float,
        opened_at=tx.now,
        opened_by=who.user_id,
        opened_by_name=who.name,
    )
    if not fresh:
        raise await _not_opened(tx, branch_id, id_)
    till = await tx.session.get_one(Till, id_)
    tx.emit(TillOpened, till)
    return till


async def close_till(tx: Transaction, who: Staff, count: Count) -> Till:
    """Close the branch's till with what was counted in it. Raises NotFound, NoTill."""
    till = await tx.lock(Till, Till.branch_id == who.branch(count.branch_id), Till.status == TillStatus.OPEN)
    if till is None:
        raise NoTill
    till.status = TillStatus.CLOSED
    till.expected = await _expected(tx, till)
    till.counted = count.counted
    till.closed_at = tx.now
    till.closed_by, till.closed_by_name = who.user_id, who.name
    what = {"expected": till.expected, "counted": till.counted, "difference": till.difference}
    audit.record(tx, who, Deed.TILL_CLOSED, till.id, branch_id=till.branch_id, **what)
    tx.emit(TillClosed, till)
    return till


async def till_now(tx: Transaction, who: Staff, branch_id: str | None) -> TillNow:
    """The branch's open till, and what should be in it. Raises NotFound."""
    till = await open_till_of(tx, who.branch(branch_id))
    if till is None:
        return TillNow(till=None, expected=None)
    return TillNow(till=await till_view(tx, till), expected=await _expected(tx, till))


async def open_till_of(tx: Transaction, branch_id: str) -> Till | None:
    """A branch's open till, not locked."""
    found: Till | None = await tx.session.scalar(select(Till).where(*_open(branch_id)))
    return found


async def collecting(tx: Transaction, branch_id: str) -> Till | None:
    """The till that collects a branch's cash, kept open until this transaction ends; None if none does.

    Its body does not change by it, so its `rev` stays and many payments may hold it at once. The last
    lock of a command.
    """
    found: Till | None = await tx.session.scalar(
        select(Till)
        .where(*_open(branch_id))
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    )
    return found


def _open(branch_id: str) -> tuple[ColumnElement[bool], ...]:
    return Till.branch_id == branch_id, Till.status == TillStatus.OPEN


async def _expected(tx: Transaction, till: Till) -> int:
    taken = await _cash(tx, Payment.till_id == till.id)
    given_back = await _cash(tx, Payment.void_till_id == till.id)
    return rules.expected(till.opening_float, taken, given_back)


async def _cash(tx: Transaction, which: ColumnElement[bool]) -> int:
    """What these payments brought, with their tips."""
    return int(await tx.session.scalar(select(func.sum(Payment.amount + Payment.tip)).where(which)) or 0)


async def _not_opened(tx: Transaction, branch_id: str, id_: str) -> Taken | TillIsOpen:
    there = await open_till_of(tx, branch_id)
    if there is None or there.id == id_:
        return Taken("till", id_)
    return TillIsOpen(await till_view(tx, there))
