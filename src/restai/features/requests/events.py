"""What becomes of a guest's call."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import PrivateAttr

from restai import rooms
from restai.db.transaction import Transaction
from restai.events import Address, Event
from restai.features.requests.models import Request
from restai.features.requests.rules import RequestKind
from restai.features.requests.schemas import RequestView, request_view


class _RequestEvent(Event):
    """Base of what happens to a request: heard by the branch and by the party."""

    guest_fields: ClassVar[frozenset[str]] = frozenset({"request_id", "table_id", "kind", "request"})

    request_id: str
    table_id: str
    kind: RequestKind
    request: RequestView
    _branch_id: str = PrivateAttr()

    @classmethod
    async def render(cls, tx: Transaction, resource: Request) -> Self:
        view = await request_view(tx, resource)
        event = cls(request_id=view.id, table_id=view.table_id, kind=view.kind, request=view)
        event._branch_id = resource.branch_id
        return event

    def address(self) -> Address:
        session_id = self.request.session_id
        return Address(
            self._branch_id, (rooms.branch(self._branch_id), rooms.session(session_id)), session_id
        )


class RequestCreated(_RequestEvent):
    """A party calls for the waiter or the bill."""

    type: ClassVar[str] = "request:created"


class RequestAcknowledged(_RequestEvent):
    """Somebody is on the way."""

    type: ClassVar[str] = "request:acknowledged"


class RequestMoved(_RequestEvent):
    """The party that called sits at another table now, or has joined another. Nobody calls anew."""

    type: ClassVar[str] = "request:moved"


class RequestResolved(_RequestEvent):
    """The party has what it called for."""

    type: ClassVar[str] = "request:resolved"


class RequestCancelled(_RequestEvent):
    """The party does not need it any more, or has left."""

    type: ClassVar[str] = "request:cancelled"
