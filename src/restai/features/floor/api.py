"""Routes of the floor: visits with their tables and orders."""

from __future__ import annotations

from fastapi import APIRouter, Response

from restai.auth.permissions import Permission
from restai.errors import IllegalTransition, OpenBalance, Stale, TableUnavailable, Taken
from restai.features.floor import service
from restai.features.floor.schemas import Ending, Merger, Move
from restai.features.sessions.schemas import SessionView, session_view
from restai.features.tables.schemas import TablePatch, TableView, table_view
from restai.http.deps import StaffCommand
from restai.http.problems import raises
from restai.ids import Id

router = APIRouter(tags=["floor"])


@router.post("/sessions/{session_id}/move", response_model=SessionView)
@raises(IllegalTransition, TableUnavailable)
async def move(session_id: Id, body: Move, command: StaffCommand) -> Response:
    """Seat a party at another, free table. Its orders are relabelled, and not cooked again."""
    return await command.run(
        lambda tx, who: service.move(tx, who, session_id, body.table_id),
        permission=Permission.SESSIONS_MANAGE,
        view=session_view,
    )


@router.post("/sessions/{session_id}/merge", response_model=SessionView)
@raises(IllegalTransition, Stale)
async def merge(session_id: Id, body: Merger, command: StaffCommand) -> Response:
    """Make a visit part of another: its orders, payments, calls and guests are that one's.

    It is over then, and its table free, unless that is kept for the other visit.
    """
    return await command.run(
        lambda tx, who: service.merge(tx, who, session_id, body.into, keep_table=body.keep_table),
        permission=Permission.SESSIONS_MANAGE,
        view=session_view,
    )


@router.patch(
    "/tables/{table_id}",
    response_model=TableView,
    operation_id="tables_change_table",  # as the released document calls it
)
@raises(Taken)
async def change_table(table_id: Id, patch: TablePatch, command: StaffCommand) -> Response:
    """Renumber, resize or move a table. By another number its visit and its orders are relabelled."""
    return await command.run(
        lambda tx, who: service.change_table(tx, who, table_id, patch),
        permission=Permission.TABLES_EDIT,
        view=table_view,
    )


@router.post("/tables/{table_id}/free", response_model=TableView)
@raises(IllegalTransition, OpenBalance)
async def free(table_id: Id, command: StaffCommand, body: Ending | None = None) -> Response:
    """Free a table: the visit that sits there ends, unless it has another table, too.

    With an open balance only a manager can, by `force`.
    """
    force = body is not None and body.force
    return await command.run(
        lambda tx, who: service.free(tx, who, table_id, force=force),
        permission=Permission.SESSIONS_END,
        view=table_view,
    )


@router.post("/sessions/{session_id}/end", response_model=SessionView)
@raises(IllegalTransition, OpenBalance)
async def end(session_id: Id, command: StaffCommand, body: Ending | None = None) -> Response:
    """End a visit: its orders are completed, its guests are out, its table is free.

    With an open balance only a manager can, by `force`.
    """
    force = body is not None and body.force
    return await command.run(
        lambda tx, who: service.end(tx, who, session_id, force=force),
        permission=Permission.SESSIONS_END,
        view=session_view,
    )
