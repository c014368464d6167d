"""Screens come and go."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import PrivateAttr

from restai import rooms
from restai.db.transaction import Transaction
from restai.events import Address, Event
from restai.features.screens.models import Screen
from restai.features.screens.schemas import ScreenView, screen_view


class _ScreenEvent(Event):
    """Base of what happens to a screen: heard by the branch."""

    screen: ScreenView
    _branch_id: str = PrivateAttr()

    @classmethod
    async def render(cls, _tx: Transaction, resource: Screen) -> Self:
        event = cls(screen=screen_view(resource))
        event._branch_id = resource.branch_id
        return event

    def address(self) -> Address:
        return Address(self._branch_id, (rooms.branch(self._branch_id),))


class ScreenOnline(_ScreenEvent):
    """A named screen is there, for the first time or again. A reconnect in between tells nobody."""

    type: ClassVar[str] = "screen:online"


class ScreenOffline(_ScreenEvent):
    """Nobody has heard of a named screen for a while."""

    type: ClassVar[str] = "screen:offline"
