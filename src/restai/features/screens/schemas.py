"""Screens, on the wire."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from restai.events import Resource, Shape
from restai.features.screens.models import Screen
from restai.features.screens.rules import ScreenKind, ScreenStatus
from restai.ids import Id


class ScreenName(Shape):
    """How a staff screen calls itself. `id` is the device's own, and stays."""

    id: Id
    kind: ScreenKind
    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80)]


class ScreenView(Resource):
    """A named screen. `since`: when it came, or went (ms)."""

    id: Id
    rev: int
    kind: ScreenKind
    name: str
    status: ScreenStatus
    since: int


def screen_view(screen: Screen) -> ScreenView:
    return ScreenView(
        id=screen.device_id,
        rev=screen.rev,
        kind=screen.kind,
        name=screen.name,
        status=screen.status,
        since=screen.since,
    )
