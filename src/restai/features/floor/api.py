"""Routes of the floor: visits with their tables and orders."""

from __future__ import annotations

from fastapi import APIRouter, Response

from restai.auth.permissions import Permission
from restai.errors import IllegalTransition, OpenBalance
from restai.features.floor import service
from restai.features.floor.schemas import Ending
from restai.features.sessions.schemas import SessionView, session_view
from restai.http.deps import StaffCommand
from restai.http.problems import raises
from restai.ids import Id

router = APIRouter(tags=["floor"])


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
