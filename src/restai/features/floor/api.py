"""Routes of the floor: visits with their tables and orders."""

from __future__ import annotations

from fastapi import APIRouter, Response

from restai.auth.permissions import Permission
from restai.features.floor import service
from restai.features.floor.schemas import Ending
from restai.features.sessions.schemas import SessionView, session_view
from restai.http.deps import StaffCommand
from restai.ids import Id

router = APIRouter(tags=["floor"])


@router.post("/sessions/{session_id}/end", response_model=SessionView)
async def end(session_id: Id, command: StaffCommand, body: Ending | None = None) -> Response:
    force = body is not None and body.force
    return await command.run(
        lambda tx, who: service.end(tx, who, session_id, force=force),
        permission=Permission.SESSIONS_END,
        view=session_view,
    )
