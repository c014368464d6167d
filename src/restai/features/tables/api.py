"""Routes of spaces and tables."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response

from restai.auth.permissions import Permission
from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.errors import IllegalTransition, NotEmpty, Stale, Taken
from restai.features.branches.schemas import SpaceView
from restai.features.tables import service
from restai.features.tables.schemas import (
    SpaceDraft,
    SpacePatch,
    StatusCommand,
    TableDraft,
    TableView,
    space_view,
    table_view,
    table_views,
)
from restai.features.tables.service import printing
from restai.features.tables.service.printing import Language
from restai.http.deps import BINARY, InContext, StaffCommand, StaffQuery
from restai.http.paging import Page, Paging
from restai.http.problems import raises
from restai.ids import Id

router = APIRouter(tags=["tables"])

SVG, PNG, HTML = "image/svg+xml", "image/png", "text/html"
PICTURE: dict[int | str, dict[str, Any]] = {200: {"content": dict.fromkeys((SVG, PNG), BINARY)}}
SHEET: dict[int | str, dict[str, Any]] = {200: {"content": {HTML: {"schema": {"type": "string"}}}}}
SHEET_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"

OfBranch = Annotated[Id | None, Query(alias="branchId")]


@router.get("/spaces", response_model=Page[SpaceView])
async def spaces(query: StaffQuery, page: Paging, branch_id: OfBranch = None) -> Response:
    """The spaces of a branch, by id."""

    async def listing(tx: Transaction, who: Staff) -> Page[SpaceView]:
        found = await service.spaces(tx, who, branch_id, after=page.cursor, most=page.limit + 1)
        rows, more = page.cut(list(found))
        views = [await space_view(tx, row) for row in rows]
        return Page(items=views, next_cursor=rows[-1].id if more else None)

    return await query.run(listing, permission=Permission.BRANCH_READ)


@router.post("/spaces", status_code=201, response_model=SpaceView)
@raises(Taken)
async def add_space(draft: SpaceDraft, command: StaffCommand) -> Response:
    """Add a space without tables."""
    return await command.run(
        lambda tx, who: service.add_space(tx, who, draft),
        permission=Permission.TABLES_EDIT,
        view=space_view,
        status=201,
        location="/api/spaces/{id}",
    )


@router.get("/spaces/{space_id}", response_model=SpaceView)
async def space(space_id: Id, query: StaffQuery) -> Response:
    """One space."""

    async def one(tx: Transaction, who: Staff) -> SpaceView:
        return await space_view(tx, await service.space(tx, who, space_id))

    return await query.run(one, permission=Permission.BRANCH_READ)


@router.patch("/spaces/{space_id}", response_model=SpaceView)
async def change_space(space_id: Id, patch: SpacePatch, command: StaffCommand) -> Response:
    """Rename or move a space."""
    return await command.run(
        lambda tx, who: service.change_space(tx, who, space_id, patch),
        permission=Permission.TABLES_EDIT,
        view=space_view,
    )


@router.delete("/spaces/{space_id}", response_model=SpaceView)
@raises(NotEmpty)
async def remove_space(space_id: Id, command: StaffCommand) -> Response:
    """Take away a space that has no tables."""
    return await command.run(
        lambda tx, who: service.remove_space(tx, who, space_id),
        permission=Permission.TABLES_EDIT,
        view=space_view,
    )


@router.get("/tables", response_model=Page[TableView])
async def tables(query: StaffQuery, page: Paging, branch_id: OfBranch = None) -> Response:
    """The tables of a branch, by id."""

    async def listing(tx: Transaction, who: Staff) -> Page[TableView]:
        found = await service.tables(tx, who, branch_id, after=page.cursor, most=page.limit + 1)
        rows, more = page.cut(list(found))
        return Page(items=await table_views(tx, rows), next_cursor=rows[-1].id if more else None)

    return await query.run(listing, permission=Permission.BRANCH_READ)


@router.post("/tables", status_code=201, response_model=TableView)
@raises(Taken)
async def add_table(draft: TableDraft, command: StaffCommand) -> Response:
    """Set up a table, with a code of its own."""
    return await command.run(
        lambda tx, who: service.add_table(tx, who, draft),
        permission=Permission.TABLES_EDIT,
        view=table_view,
        status=201,
        location="/api/tables/{id}",
    )


@router.get("/tables/qr-sheet", response_class=Response, responses=SHEET)
async def qr_sheet(
    query: StaffQuery,
    request: Request,
    context: InContext,
    branch_id: OfBranch = None,
    lang: Language = "en",
) -> Response:
    """The QR codes of all tables of a branch, as a page to print. It loads nothing."""
    branch, cards = await query.read(
        lambda tx, who: service.cards(tx, who, branch_id), permission=Permission.BRANCH_READ
    )
    page = await asyncio.to_thread(printing.sheet, context.house(request), branch, cards, lang)
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": SHEET_POLICY}
    return Response(page, headers=headers, media_type=HTML)


@router.get("/tables/{table_id}/qr", response_class=Response, responses=PICTURE)
async def qr(
    table_id: Id,
    query: StaffQuery,
    request: Request,
    context: InContext,
    format_: Annotated[Literal["svg", "png"], Query(alias="format")] = "svg",
) -> Response:
    """The QR code of a table, as a picture."""
    card = await query.read(
        lambda tx, who: service.card(tx, who, table_id), permission=Permission.BRANCH_READ
    )
    draw, kind = (printing.svg, SVG) if format_ == "svg" else (printing.png, PNG)
    picture = await asyncio.to_thread(draw, context.house(request), card)
    return Response(picture, headers={"Cache-Control": "no-store"}, media_type=kind)


@router.get("/tables/{table_id}", response_model=TableView)
async def table(table_id: Id, query: StaffQuery) -> Response:
    """One table."""

    async def one(tx: Transaction, who: Staff) -> TableView:
        return await table_view(tx, await service.table(tx, who, table_id))

    return await query.run(one, permission=Permission.BRANCH_READ)


@router.delete("/tables/{table_id}", response_model=TableView)
@raises(IllegalTransition)
async def archive_table(table_id: Id, command: StaffCommand) -> Response:
    """Take a table away for good; its number may be given anew."""
    return await command.run(
        lambda tx, who: service.archive_table(tx, who, table_id),
        permission=Permission.TABLES_EDIT,
        view=table_view,
    )


@router.patch("/tables/{table_id}/status", response_model=TableView)
@raises(IllegalTransition, Stale)
async def set_status(table_id: Id, body: StatusCommand, command: StaffCommand) -> Response:
    """Reserve a table, close it, or open it again."""
    return await command.run(
        lambda tx, who: service.set_status(tx, who, table_id, body),
        permission=Permission.TABLES_EDIT,
        view=table_view,
    )
