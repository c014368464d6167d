"""What happens to a menu."""

from __future__ import annotations

from typing import ClassVar

from restai import rooms
from restai.db.transaction import Transaction
from restai.events import Address, Event
from restai.features.menu.models import Item, Menu
from restai.features.menu.schemas import ItemView, item_view


class MenuAvailability(Event):
    """A dish was marked as sold out, or is back."""

    type: ClassVar[str] = "menu:availability"
    guest_fields: ClassVar[frozenset[str]] = frozenset({"menu_item_id", "is_available", "item"})

    menu_item_id: str
    is_available: bool
    item: ItemView

    @classmethod
    async def render(cls, tx: Transaction, resource: Item) -> MenuAvailability:
        view = await item_view(tx, resource)
        event = cls(menu_item_id=view.id, is_available=view.is_available, item=view)
        event._branch_id = resource.branch_id
        return event

    def address(self) -> Address:
        return Address(self._branch_id, (rooms.menu(self._branch_id),))


class MenuUpdated(Event):
    """The menu was edited: read it again, unless yours has this version already."""

    type: ClassVar[str] = "menu:updated"
    guest_fields: ClassVar[frozenset[str]] = frozenset({"menu_version"})

    menu_version: int

    @classmethod
    async def render(cls, _tx: Transaction, resource: Menu) -> MenuUpdated:
        event = cls(menu_version=resource.rev)
        event._branch_id = resource.id
        return event

    def address(self) -> Address:
        return Address(self._branch_id, (rooms.menu(self._branch_id),))
