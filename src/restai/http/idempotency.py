"""A command sent twice applies once and is answered twice.

The key's row is the transaction's first statement, so a concurrent twin waits for the first to end;
its answer is written before the log's counter is taken, so a crash leaves neither or both.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from sqlalchemy import BigInteger, Select, SmallInteger, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column

from restai.auth.principal import Guest, Staff
from restai.clock import HOUR
from restai.db.retention import forget
from restai.db.transaction import Transaction
from restai.db.types import Base, Key, Millis, Ref
from restai.db.upsert import insert_new
from restai.errors import Invalid, KeyReused, NotFound

KEPT = 48 * HOUR
LONGEST_KEY = 200

_PASSWORD = re.compile(rb'("\w*[pP]assword"\s*:\s*)"(?:[^"\\]|\\.)*"', re.DOTALL)


class IdempotencyKey(Base):
    """A key that was used, and the answer its command got (2xx only: errors roll the row back)."""

    __tablename__ = "idempotency_keys"

    organization_id: Mapped[Key]
    key: Mapped[str] = mapped_column(String(LONGEST_KEY), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[Millis] = mapped_column(BigInteger, index=True)
    status: Mapped[int | None] = mapped_column(SmallInteger)
    body: Mapped[str | None] = mapped_column(Text)
    location: Mapped[str | None] = mapped_column(Text)
    branch_id: Mapped[Ref | None]
    guest_id: Mapped[Ref | None]


def fingerprint(method: str, path: str, body: bytes) -> str:
    """What makes two requests the same: not the token, which may have been renewed between them.

    Passwords are left out: a fast hash must not be kept of what can be guessed.
    """
    told = _PASSWORD.sub(rb"\1", body)
    return hashlib.sha256(b"\n".join((method.encode(), path.encode(), told))).hexdigest()


def checked(key: str | None) -> str | None:
    """Raises Invalid for a key that cannot be kept."""
    if key is not None and not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise Invalid("Idempotency-Key", f"has 1 to {LONGEST_KEY} printable ASCII characters")
    return key


async def claim(tx: Transaction, organization_id: str, key: str, print_: str) -> IdempotencyKey:
    """Take `key` for this request, or find the answer of the first. `status` tells: None is ours.

    Waits for a twin that is still running. Raises KeyReused if it was another request.
    """
    await insert_new(
        tx.session,
        IdempotencyKey,
        organization_id=organization_id,
        key=key,
        fingerprint=print_,
        created_at=tx.now,
    )
    row = (
        await tx.session.scalars(
            select(IdempotencyKey).where(
                IdempotencyKey.organization_id == organization_id, IdempotencyKey.key == key
            )
        )
    ).one()
    if row.fingerprint != print_:
        raise KeyReused(key)
    return row


def authorise_again(row: IdempotencyKey, who: Staff | Guest) -> None:
    """A kept answer goes only to who may see it now. Raises NotFound, KeyReused."""
    if isinstance(who, Staff):
        if row.branch_id is not None and row.branch_id not in who.branches:
            raise NotFound("branch", row.branch_id)
    elif row.guest_id != who.guest_id:
        raise KeyReused(row.key)


def answer(row: IdempotencyKey, who: Staff | Guest, resource: Any, status: int, body: bytes) -> None:
    """Keep the answer and whose it is, to be written with the transaction."""
    row.status = status
    row.body = body.decode()
    row.branch_id = getattr(resource, "branch_id", None)
    row.guest_id = who.guest_id if isinstance(who, Guest) else None


def outdated(now: int) -> Select[str, str]:
    """Answers that were `KEPT` at `now` (ms)."""
    key = (IdempotencyKey.organization_id, IdempotencyKey.key)
    return select(*key).where(IdempotencyKey.created_at < now - KEPT)


async def expire_due(tx: Transaction, now: int) -> int:
    """Forget those that are `outdated`; how many it were."""
    return await forget(tx, IdempotencyKey, outdated(now))
