"""What guests call for, on the wire."""

from __future__ import annotations

from collections.abc import Sequence

from restai.db.transaction import Transaction
from restai.events import Resource, Shape
from restai.features.requests.models import Request
from restai.features.requests.rules import RequestKind, RequestStatus
from restai.features.staff.schemas import GuestStaffRef, StaffRef
from restai.ids import ClientId, Id


class RequestDraft(Shape):
    """A call from one's table."""

    id: ClientId | None = None
    kind: RequestKind


class GuestRequestView(Shape):
    """A call as its party sees it. `acknowledgedBy`: who is on the way."""

    id: Id
    rev: int
    table_id: Id
    session_id: Id
    kind: RequestKind
    status: RequestStatus
    acknowledged_by: GuestStaffRef | None
    created_at: int


class RequestView(Resource):
    id: Id
    rev: int
    table_id: Id
    session_id: Id
    kind: RequestKind
    status: RequestStatus
    acknowledged_by: StaffRef | None
    created_at: int

    def for_guests(self) -> GuestRequestView:
        fields = {name: getattr(self, name) for name in GuestRequestView.model_fields}
        if self.acknowledged_by is not None:
            fields["acknowledged_by"] = self.acknowledged_by.for_guests()
        return GuestRequestView(**fields)


async def request_views(tx: Transaction, requests: Sequence[Request]) -> list[RequestView]:
    return [await request_view(tx, request) for request in requests]


async def request_view(_tx: Transaction, request: Request) -> RequestView:
    return RequestView(
        id=request.id,
        rev=request.rev,
        table_id=request.table_id,
        session_id=request.session_id,
        kind=request.kind,
        status=request.status,
        acknowledged_by=_acknowledged_by(request),
        created_at=request.created_at,
    )


async def guest_request_view(tx: Transaction, request: Request) -> GuestRequestView:
    return (await request_view(tx, request)).for_guests()


def _acknowledged_by(request: Request) -> StaffRef | None:
    if request.acknowledged_by is None or request.acknowledged_by_name is None:
        return None
    return StaffRef(id=request.acknowledged_by, name=request.acknowledged_by_name)
