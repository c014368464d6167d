"""Routes of branches. Opening one, and changing its settings, is in `features/menu`: it may begin with
another's menu, and dishes name its stations."""

from __future__ import annotations

from fastapi import APIRouter, Response

from restai.auth.permissions import Permission
from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.features.branches import service
from restai.features.branches.schemas import BranchView, branch_view, branch_views
from restai.http.deps import StaffQuery
from restai.http.paging import Page, Paging
from restai.ids import Id

router = APIRouter(tags=["branches"])


@router.get("/branches", response_model=Page[BranchView])
async def own(query: StaffQuery, page: Paging) -> Response:
    """The branches that one may act in, by id."""

    async def listing(tx: Transaction, who: Staff) -> Page[BranchView]:
        found = await service.own(tx, who, after=page.cursor, most=page.limit + 1)
        rows, more = page.cut(list(found))
        return Page(items=await branch_views(tx, rows), next_cursor=rows[-1].id if more else None)

    return await query.run(listing, permission=Permission.BRANCH_READ)


@router.get("/branches/{branch_id}", response_model=BranchView)
async def get(branch_id: Id, query: StaffQuery) -> Response:
    """One branch with its settings, spaces and stations."""

    async def one(tx: Transaction, who: Staff) -> BranchView:
        return await branch_view(tx, await service.load(tx, who, branch_id))

    return await query.run(one, permission=Permission.BRANCH_READ)
