"""What happens to a visit and to the phones in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Self

from pydantic import Field, PrivateAttr

from restai import rooms
from restai.db.transaction import Transaction
from restai.events import Address, Event
from restai.features.sessions.models import Guest, Session
from restai.features.sessions.schemas import GuestView, SessionView, session_view
from restai.features.staff.events import Outcome


class _VisitEvent(Event):
    """Base of what happens to a visit: heard by the branch and by the visit, at the table too where
    it says who sits there."""

    at_table: ClassVar[bool] = False
    guest_fields: ClassVar[frozenset[str]] = frozenset({"session_id", "table_id", "session"})

    session_id: str
    session: SessionView
    _about: str | None = PrivateAttr(default=None)  # the guest whose outcome it is

    def address(self) -> Address:
        names = [rooms.branch(self._branch_id), rooms.session(self.session_id)]
        if self.at_table:
            names.insert(1, rooms.table(self.session.table_id))
        return Address(self._branch_id, tuple(names), self.session_id, self._about)

    def _placed(self, session: Session, about: str | None = None) -> Self:
        self._branch_id = session.branch_id
        self._about = about
        return self


class _TableVisitEvent(_VisitEvent):
    table_id: str

    @classmethod
    async def render(cls, tx: Transaction, resource: Session) -> Self:
        view = await session_view(tx, resource)
        return cls(session_id=view.id, table_id=view.table_id, session=view)._placed(resource)


class SessionRequested(_TableVisitEvent):
    """A guest scanned the code of a table where nobody sits, and asks to be let in."""

    type: ClassVar[str] = "session:requested"


class SessionUpdated(_TableVisitEvent):
    """A visit changed in a way that no other event tells."""

    type: ClassVar[str] = "session:updated"


class SessionApproved(_TableVisitEvent):
    """A requested visit is on; the guest who asked is in."""

    type: ClassVar[str] = "session:approved"
    at_table: ClassVar[bool] = True

    @classmethod
    async def render(cls, tx: Transaction, resource: Session) -> Self:
        event = await super().render(tx, resource)
        return event._placed(resource, resource.opened_by)


class SessionEnded(_TableVisitEvent):
    """A visit is over."""

    type: ClassVar[str] = "session:ended"
    at_table: ClassVar[bool] = True


class SessionMoved(_VisitEvent):
    """A party sits at another table now, and has left `leftTableId`. Heard at both."""

    type: ClassVar[str] = "session:moved"

    table_id: str
    left_table_id: str

    @classmethod
    async def render(cls, tx: Transaction, resource: Session, *, left: str) -> Self:
        view = await session_view(tx, resource)
        event = cls(session_id=view.id, table_id=view.table_id, left_table_id=left, session=view)
        return event._placed(resource)

    def address(self) -> Address:
        both = (rooms.table(self.left_table_id), rooms.table(self.table_id))
        names = (rooms.branch(self._branch_id), *both, rooms.session(self.session_id))
        return Address(self._branch_id, names, self.session_id)


class SessionMerged(_VisitEvent):
    """A visit has become part of another, which its body names: its orders, payments and calls are that
    one's, and so are `guests`, the phones that took part in it or waited to. They sit at `intoTableId`."""

    type: ClassVar[str] = "session:merged"
    at_table: ClassVar[bool] = True

    table_id: str
    into_table_id: str
    guests: list[GuestView]

    @classmethod
    async def render(
        cls, tx: Transaction, resource: Session, *, into: Session, going: Sequence[Guest]
    ) -> Self:
        view = await session_view(tx, resource)
        event = cls(
            session_id=view.id,
            table_id=view.table_id,
            session=view,
            into_table_id=into.table_id,
            guests=[GuestView.model_validate(guest) for guest in going],
        )
        return event._placed(resource)


class SessionRejected(_VisitEvent):
    """A requested visit was turned down, or nobody let it in for too long (`expired`)."""

    type: ClassVar[str] = "session:rejected"
    guest_fields: ClassVar[frozenset[str]] = frozenset({"session_id", "reason", "session"})

    reason: str | None = Field(default=None, exclude_if=lambda reason: reason is None)

    @classmethod
    async def render(cls, tx: Transaction, resource: Session, *, reason: str | None) -> Self:
        view = await session_view(tx, resource)
        return cls(session_id=view.id, session=view, reason=reason)._placed(resource)


class _GuestEvent(_VisitEvent):
    guest_fields: ClassVar[frozenset[str]] = frozenset({"guest_id", "session_id", "session"})

    guest_id: str

    @classmethod
    async def render(cls, tx: Transaction, resource: Session, *, guest: Guest) -> Self:
        view = await session_view(tx, resource)
        return cls(guest_id=guest.id, session_id=view.id, session=view)._placed(resource, guest.id)


class GuestWaiting(_GuestEvent):
    """A further phone asks to take part in a visit."""

    type: ClassVar[str] = "guest:waiting"


class GuestAdmitted(_GuestEvent):
    """A waiting phone takes part now."""

    type: ClassVar[str] = "guest:admitted"


class GuestLeft(_GuestEvent):
    """A phone takes part no longer, or was not let in."""

    type: ClassVar[str] = "guest:left"


class VisitAccessChanged(Event):
    """The access of a visit's guests ended, since it did. Internal; it stands in the branch's log, so
    that it comes after the last event which those guests may see."""

    type: ClassVar[str] = "access:changed"

    branch_id: str = Field(exclude=True)
    session_id: str
    guest_ids: list[str]
    outcome: Outcome

    @classmethod
    async def render(cls, tx: Transaction, resource: Session) -> VisitAccessChanged:
        view = await session_view(tx, resource)
        return cls(
            branch_id=resource.branch_id,
            session_id=resource.id,
            guest_ids=[guest.id for guest in view.guests],
            outcome=Outcome.ENDED,
        )

    def address(self) -> Address:
        return Address(self.branch_id, ())
