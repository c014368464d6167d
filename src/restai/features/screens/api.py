"""Routes of the screens that say who they are."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from restai.auth.permissions import Permission
from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.features.screens import service
from restai.features.screens.rules import ScreenStatus
from restai.features.screens.schemas import ScreenView, screen_view
from restai.http.deps import StaffQuery
from restai.http.paging import Page, Paging
from restai.ids import Id

router = APIRouter(tags=["screens"])


@router.get("/screens", response_model=Page[ScreenView])
async def screens(
    query: StaffQuery,
    page: Paging,
    branch_id: Annotated[Id | None, Query(alias="branchId")] = None,
    status: Annotated[frozenset[ScreenStatus], Query()] = frozenset(),
) -> Response:
    """A branch's named screens, those that are gone too, for 30 days."""

    async def listing(tx: Transaction, who: Staff) -> Page[ScreenView]:
        found = await service.screens(
            tx, who, branch_id, states=status, after=page.cursor, most=page.limit + 1
        )
        rows, more = page.cut(list(found))
        return Page(items=[screen_view(row) for row in rows], next_cursor=rows[-1].id if more else None)

    return await query.run(listing, permission=Permission.BRANCH_READ)
