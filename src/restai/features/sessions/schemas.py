"""Visits on the wire."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated

from pydantic import StringConstraints
from sqlalchemy import select

from restai.auth import principal
from restai.db.transaction import Transaction
from restai.events import Resource, Shape
from restai.features.branches.models import Branch
from restai.features.branches.schemas import GuestBranchView, Name, branch_view
from restai.features.menu.schemas import GuestMenuView, menu_view
from restai.features.sessions.models import Guest, Session
from restai.features.sessions.rules import GuestStatus, SessionStatus
from restai.features.tables.models import Table
from restai.features.tables.schemas import GuestTableView, table_numbers, table_view
from restai.ids import ClientId, Id

Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00]*$")]


class SeatDraft(Shape):
    """A party to be seated by staff. `branchId` may be left out: the table says it."""

    id: ClientId | None = None
    branch_id: Id | None = None
    table_id: Id


class Rejection(Shape):
    reason: Reason | None = None


class JoinDraft(Shape):
    name: Name


class GuestView(Shape):
    id: Id
    name: str
    status: GuestStatus


class GuestSessionView(Shape):
    """A visit as its guests see it: of the phones, those that are not out."""

    id: Id
    rev: int
    table_id: Id
    table_number: str
    status: SessionStatus
    guests: list[GuestView]
    started_at: int
    merged_into: Id | None


class SessionView(Resource):
    """A visit. `startedAt` is when the party was seated; while it is pending, when it asked to be."""

    id: Id
    rev: int
    table_id: Id
    table_number: str
    status: SessionStatus
    guests: list[GuestView]
    started_at: int
    merged_into: Id | None

    def for_guests(self) -> GuestSessionView:
        view = GuestSessionView.model_validate(self)
        view.guests = [guest for guest in self.guests if guest.status is not GuestStatus.OUT]
        return view

    def seen_by(self, guest: principal.Guest) -> GuestSessionView:
        """This visit for one of its guests; who waits sees nobody but himself."""
        view = self.for_guests()
        if not guest.admitted:
            view.guests = [one for one in view.guests if one.id == guest.guest_id]
        return view


class Joined(Shape):
    """The answer to who joined: `token` is the phone's own until the visit ends."""

    token: str
    guest: GuestView
    session: GuestSessionView


class Welcome(Shape):
    """What a phone sees that has scanned a table's code, before it joins."""

    branch: GuestBranchView
    table: GuestTableView
    menu: GuestMenuView


async def session_views(tx: Transaction, sessions: Sequence[Session]) -> list[SessionView]:
    """In two queries, however many visits."""
    guests = await _guests_by_session(tx, [session.id for session in sessions])
    numbers = await table_numbers(tx, [session.table_id for session in sessions])
    return [
        SessionView(
            id=session.id,
            rev=session.rev,
            table_id=session.table_id,
            table_number=numbers[session.table_id],
            status=session.status,
            guests=guests[session.id],
            started_at=session.started_at,
            merged_into=session.merged_into,
        )
        for session in sessions
    ]


async def session_view(tx: Transaction, session: Session) -> SessionView:
    return (await session_views(tx, [session]))[0]


async def guest_session_view(tx: Transaction, session: Session) -> GuestSessionView:
    """A visit for who takes part in it."""
    return (await session_view(tx, session)).for_guests()


async def own_session_view(tx: Transaction, who: principal.Guest) -> GuestSessionView:
    """A guest's visit, as much of it as he may see."""
    session = await tx.session.get_one(Session, who.session_id)
    return (await session_view(tx, session)).seen_by(who)


async def welcome_view(tx: Transaction, table: Table) -> Welcome:
    branch = await tx.session.get_one(Branch, table.branch_id)
    return Welcome(
        branch=(await branch_view(tx, branch)).for_guests(),
        table=(await table_view(tx, table)).for_guests(),
        menu=(await menu_view(tx, table.branch_id)).for_guests(),
    )


async def _guests_by_session(tx: Transaction, session_ids: Sequence[str]) -> dict[str, list[GuestView]]:
    rows = await tx.session.scalars(
        select(Guest).where(Guest.session_id.in_(session_ids)).order_by(Guest.created_at, Guest.id)
    )
    held: dict[str, list[GuestView]] = defaultdict(list)
    for guest in rows:
        held[guest.session_id].append(GuestView.model_validate(guest))
    return held
