"""The menu: what staff read and write of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, NotRequired, TypedDict, cast

from restai_sdk.api.calling import Calls


class Modifier(TypedDict):
    id: str
    name: str
    price: int
    isAvailable: bool


class ModifierGroup(TypedDict):
    """A choice that an item offers: at least `min` and at most `max` of its modifiers."""

    id: str
    name: str
    min: int
    max: int
    modifiers: list[Modifier]


class Item(TypedDict):
    id: str
    rev: int
    name: str
    description: str
    price: int
    isAvailable: bool
    station: str
    allergens: list[str]
    tags: list[str]
    imageUrl: str | None
    prepMinutes: int
    modifierGroups: list[ModifierGroup]


class Category(TypedDict):
    id: str
    name: str
    items: list[Item]


class Menu(TypedDict):
    version: int
    categories: list[Category]


class ModifierDraft(TypedDict):
    id: NotRequired[str | None]
    name: str
    price: NotRequired[int]


class GroupDraft(TypedDict):
    id: NotRequired[str | None]
    branchId: NotRequired[str | None]
    name: str
    min: NotRequired[int]
    max: NotRequired[int]
    modifiers: list[ModifierDraft]


class GroupPatch(TypedDict, total=False):
    name: str | None
    min: int | None
    max: int | None
    modifiers: list[ModifierDraft] | None


class CategoryDraft(TypedDict):
    id: NotRequired[str | None]
    branchId: NotRequired[str | None]
    name: str
    position: NotRequired[int | None]


class CategoryPatch(TypedDict, total=False):
    name: str | None
    position: int | None


class ItemDraft(TypedDict):
    id: NotRequired[str | None]
    branchId: NotRequired[str | None]
    categoryId: str
    position: NotRequired[int | None]
    name: str
    description: NotRequired[str]
    price: int
    station: str
    allergens: NotRequired[list[str]]
    tags: NotRequired[list[str]]
    imageUrl: NotRequired[str | None]
    prepMinutes: NotRequired[int]
    modifierGroupIds: NotRequired[list[str]]


class ItemPatch(TypedDict, total=False):
    categoryId: str | None
    position: int | None
    name: str | None
    description: str | None
    price: int | None
    station: str | None
    allergens: list[str] | None
    tags: list[str] | None
    imageUrl: str | None
    prepMinutes: int | None
    modifierGroupIds: list[str] | None


class Menus:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    async def get(self, *, branch_id: str | None = None) -> Menu:
        """The whole menu."""
        return cast(Menu, await self._calls.get("/menu", branch_id=branch_id))

    # ---- categories

    async def category(self, category_id: str) -> Category:
        return cast(Category, await self._calls.get(f"/menu/categories/{category_id}"))

    async def add_category(self, draft: CategoryDraft, *, key: str | None = None) -> Category:
        return cast(Category, await self._does("POST", "categories", draft, key))

    async def change_category(
        self, category_id: str, patch: CategoryPatch, *, key: str | None = None
    ) -> Category:
        return cast(Category, await self._does("PATCH", f"categories/{category_id}", patch, key))

    async def remove_category(self, category_id: str, *, key: str | None = None) -> Category:
        return cast(Category, await self._does("DELETE", f"categories/{category_id}", None, key))

    # ---- items

    async def item(self, item_id: str) -> Item:
        return cast(Item, await self._calls.get(f"/menu/items/{item_id}"))

    async def add_item(self, draft: ItemDraft, *, key: str | None = None) -> Item:
        return cast(Item, await self._does("POST", "items", draft, key))

    async def change_item(self, item_id: str, patch: ItemPatch, *, key: str | None = None) -> Item:
        return cast(Item, await self._does("PATCH", f"items/{item_id}", patch, key))

    async def archive_item(self, item_id: str, *, key: str | None = None) -> Item:
        """Take it off the menu for good."""
        return cast(Item, await self._does("DELETE", f"items/{item_id}", None, key))

    async def set_item_availability(
        self, item_id: str, *, is_available: bool, key: str | None = None
    ) -> Item:
        """86 a dish, or have it back."""
        body = {"isAvailable": is_available}
        return cast(Item, await self._does("POST", f"items/{item_id}/availability", body, key))

    # ---- modifiers

    def groups(self, *, branch_id: str | None = None) -> AsyncIterator[ModifierGroup]:
        return self._calls.each("/menu/modifier-groups", branch_id=branch_id)

    async def group(self, group_id: str) -> ModifierGroup:
        return cast(ModifierGroup, await self._calls.get(f"/menu/modifier-groups/{group_id}"))

    async def add_group(self, draft: GroupDraft, *, key: str | None = None) -> ModifierGroup:
        return cast(ModifierGroup, await self._does("POST", "modifier-groups", draft, key))

    async def change_group(
        self, group_id: str, patch: GroupPatch, *, key: str | None = None
    ) -> ModifierGroup:
        return cast(ModifierGroup, await self._does("PATCH", f"modifier-groups/{group_id}", patch, key))

    async def remove_group(self, group_id: str, *, key: str | None = None) -> ModifierGroup:
        return cast(ModifierGroup, await self._does("DELETE", f"modifier-groups/{group_id}", None, key))

    async def set_modifier_availability(
        self, modifier_id: str, *, is_available: bool, key: str | None = None
    ) -> Modifier:
        body = {"isAvailable": is_available}
        return cast(Modifier, await self._does("POST", f"modifiers/{modifier_id}/availability", body, key))

    async def _does(self, method: str, path: str, body: Any, key: str | None) -> Any:
        return await self._calls.command(method, f"/menu/{path}", body, key=key)
