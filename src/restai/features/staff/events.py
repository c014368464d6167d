"""What happens to somebody's access. Internal: these reach the processes, never a screen."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from pydantic import Field

from restai.auth.models import SignIn, User
from restai.db.transaction import Transaction
from restai.events import Address, Event


class Outcome(StrEnum):
    """What becomes of the sockets concerned: `ended` closes them for good, `changed` has them come back."""

    ENDED = "ended"
    CHANGED = "changed"


class AccessChanged(Event):
    """The access of an account (`user_id`), or of one of its sign-ins (`sid`), ended or changed."""

    type: ClassVar[str] = "access:changed"

    organization_id: str = Field(exclude=True)
    user_id: str | None = None
    sid: str | None = None
    outcome: Outcome

    @classmethod
    async def render(cls, _tx: Transaction, resource: User | SignIn, *, outcome: Outcome) -> AccessChanged:
        named = {"user_id": resource.id} if isinstance(resource, User) else {"sid": resource.id}
        return cls(organization_id=resource.organization_id, outcome=outcome, **named)

    def address(self) -> Address:
        return Address(self.organization_id, ())
