"""The menu on the wire: what staff write, what staff and guests read, and what an order needs of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints
from sqlalchemy import select

from restai.db.transaction import Transaction
from restai.events import Resource, Shape
from restai.features.branches.schemas import DISTINCT, Name, Station
from restai.features.menu.models import (
    Category,
    Image,
    ImageVariant,
    Item,
    ItemModifierGroup,
    Menu,
    Modifier,
    ModifierGroup,
)
from restai.features.menu.rules import (
    LARGE,
    Allergen,
    OfferedGroup,
    OfferedModifier,
    OrderableItem,
    image_url,
)
from restai.ids import ClientId, Id

MOST_MONEY = 1_000_000_000  # minor units a price may have: an order of hundreds stays far below 2**53
MOST_MODIFIERS = 50  # in a group: more is a list nobody reads
MOST_GROUPS = 20  # that one item offers
LONGEST_PREPARATION = 24 * 60  # minutes
MOST_IN_A_ROW = 1_000  # positions that can be asked for
MOST_OF_A_DISH = 999  # in one line of an order


def _distinct(values: list[str]) -> list[str]:
    if len(set(values)) < len(values):
        raise ValueError("names one twice")
    return values


Price = Annotated[int, Field(strict=True, ge=0, le=MOST_MONEY, description="minor units")]
Description = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=1_000, pattern=r"^[^\x00]*$")
]
Tag = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,29}$")]
Tags = Annotated[list[Tag], Field(max_length=20, json_schema_extra=DISTINCT), AfterValidator(_distinct)]
Allergens = Annotated[
    list[Allergen],
    Field(max_length=len(Allergen), json_schema_extra=DISTINCT),
    AfterValidator(_distinct),
]
ImageUrl = Annotated[
    str, StringConstraints(max_length=500, pattern=r"^(https://[^\s\x00]+|/[^\s\x00/][^\s\x00]*)$")
]
Minutes = Annotated[int, Field(strict=True, ge=0, le=LONGEST_PREPARATION)]
Count = Annotated[int, Field(strict=True, ge=0, le=MOST_MODIFIERS)]
DishNotes = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300, pattern=r"^[^\x00]*$")]
Position = Annotated[int, Field(strict=True, ge=0, le=MOST_IN_A_ROW, description="from 0; absent is last")]
GroupIds = Annotated[
    list[Id], Field(max_length=MOST_GROUPS, json_schema_extra=DISTINCT), AfterValidator(_distinct)
]


class ModifierDraft(Shape):
    """A modifier of a group. With the id of one that stands there it is that one, changed."""

    id: ClientId | None = None
    name: Name
    price: Price = 0


Modifiers = Annotated[list[ModifierDraft], Field(min_length=1, max_length=MOST_MODIFIERS)]


class GroupDraft(Shape):
    """A group to be added, with its modifiers in order."""

    id: ClientId | None = None
    branch_id: Id | None = None
    name: Name
    min: Count = 0
    max: Annotated[Count, Field(ge=1)] = 1
    modifiers: Modifiers


class GroupPatch(Shape):
    """What to change of a group; what is absent (or null) stays. `modifiers` is the whole new list."""

    name: Name | None = None
    min: Count | None = None
    max: Annotated[Count, Field(ge=1)] | None = None
    modifiers: Modifiers | None = None


class CategoryDraft(Shape):
    id: ClientId | None = None
    branch_id: Id | None = None
    name: Name
    position: Position | None = None


class CategoryPatch(Shape):
    """What to change of a category; what is absent (or null) stays."""

    name: Name | None = None
    position: Position | None = None


class ItemDraft(Shape):
    """An item to be added to a category. It is available until somebody says otherwise."""

    id: ClientId | None = None
    branch_id: Id | None = None
    category_id: Id
    position: Position | None = None
    name: Name
    description: Description = ""
    price: Price
    station: Station
    allergens: Allergens = []
    tags: Tags = []
    image_url: ImageUrl | None = None
    prep_minutes: Minutes = 0
    modifier_group_ids: GroupIds = []


class ItemPatch(Shape):
    """What to change of an item; what is absent stays, and so does what is null but `imageUrl`."""

    category_id: Id | None = None
    position: Position | None = None
    name: Name | None = None
    description: Description | None = None
    price: Price | None = None
    station: Station | None = None
    allergens: Allergens | None = None
    tags: Tags | None = None
    image_url: ImageUrl | None = None
    prep_minutes: Minutes | None = None
    modifier_group_ids: GroupIds | None = None


class ImageView(Resource):
    """An uploaded picture: `url` is for an item's `imageUrl`, and with `-320` behind it the smaller
    size of it. `width` and `height` in pixels, of the larger."""

    url: str
    width: int
    height: int


class Availability(Shape):
    is_available: Annotated[bool, Field(strict=True)]


class DishDraft(Shape):
    """A dish as somebody wants it. Its price is the menu's, never the caller's."""

    menu_item_id: Id
    quantity: Annotated[int, Field(strict=True, ge=1, le=MOST_OF_A_DISH)]
    notes: DishNotes | None = None
    modifier_ids: Annotated[list[Id], Field(max_length=MOST_GROUPS * MOST_MODIFIERS)] = []


class ModifierView(Shape):
    id: Id
    name: str
    price: int
    is_available: bool


class ModifierGroupView(Shape):
    """A group has no `rev` of its own: it is as new as the menu, or the item, that shows it."""

    id: Id
    name: str
    min: int
    max: int
    modifiers: list[ModifierView]


class GuestItemView(Shape):
    """What guests may know of an item: all but where it is cooked."""

    id: Id
    rev: int
    name: str
    description: str
    price: int
    is_available: bool
    allergens: list[str]
    tags: list[str]
    image_url: str | None
    prep_minutes: int
    modifier_groups: list[ModifierGroupView]


class ItemView(Resource):
    id: Id
    rev: int
    name: str
    description: str
    price: int
    is_available: bool
    station: str
    allergens: list[str]
    tags: list[str]
    image_url: str | None
    prep_minutes: int
    modifier_groups: list[ModifierGroupView]

    def for_guests(self) -> GuestItemView:
        return GuestItemView.model_validate(self)


class GuestCategoryView(Shape):
    id: Id
    name: str
    items: list[GuestItemView]


class CategoryView(Resource):
    id: Id
    name: str
    items: list[ItemView]

    def for_guests(self) -> GuestCategoryView:
        return GuestCategoryView(id=self.id, name=self.name, items=[item.for_guests() for item in self.items])


class GuestMenuView(Shape):
    version: int
    categories: list[GuestCategoryView]


class MenuView(Resource):
    """The whole menu. Availability does not raise its `version`: who reads a snapshot anew reads the
    menu anew too, and between the two `menu:availability` keeps it right."""

    version: int
    categories: list[CategoryView]

    def for_guests(self) -> GuestMenuView:
        return GuestMenuView(
            version=self.version, categories=[category.for_guests() for category in self.categories]
        )


async def menu_version(tx: Transaction, branch_id: str) -> int:
    """The version of a branch's menu; 0 until something was written on it."""
    return await tx.session.scalar(select(Menu.rev).where(Menu.id == branch_id)) or 0


async def menu_view(tx: Transaction, branch_id: str) -> MenuView:
    categories = await tx.session.scalars(
        select(Category)
        .where(Category.branch_id == branch_id, Category.archived.is_(False))
        .order_by(Category.position, Category.id)
    )
    return MenuView(
        version=await menu_version(tx, branch_id),
        categories=await category_views(tx, categories.all()),
    )


async def category_views(tx: Transaction, categories: Sequence[Category]) -> list[CategoryView]:
    items = (
        await tx.session.scalars(
            select(Item)
            .where(Item.category_id.in_([category.id for category in categories]), Item.archived.is_(False))
            .order_by(Item.position, Item.id)
        )
    ).all()
    held = defaultdict(list)
    for item, view in zip(items, await item_views(tx, items), strict=True):
        held[item.category_id].append(view)
    return [CategoryView(id=each.id, name=each.name, items=held[each.id]) for each in categories]


async def category_view(tx: Transaction, category: Category) -> CategoryView:
    return (await category_views(tx, [category]))[0]


async def item_views(tx: Transaction, items: Sequence[Item]) -> list[ItemView]:
    groups = await _offered(tx, [item.id for item in items])
    return [_item_view(item, groups[item.id]) for item in items]


async def item_view(tx: Transaction, item: Item) -> ItemView:
    return (await item_views(tx, [item]))[0]


def _item_view(item: Item, groups: Sequence[OfferedGroup]) -> ItemView:
    return ItemView(
        id=item.id,
        rev=item.rev,
        name=item.name,
        description=item.description,
        price=item.price,
        is_available=item.is_available,
        station=item.station,
        allergens=item.allergens,
        tags=item.tags,
        image_url=item.image_url,
        prep_minutes=item.prep_minutes,
        modifier_groups=[ModifierGroupView.model_validate(group) for group in groups],
    )


async def group_views(tx: Transaction, groups: Sequence[ModifierGroup]) -> list[ModifierGroupView]:
    modifiers = await _modifiers(tx, [group.id for group in groups])
    return [ModifierGroupView.model_validate(_offer(group, modifiers[group.id])) for group in groups]


async def group_view(tx: Transaction, group: ModifierGroup) -> ModifierGroupView:
    return (await group_views(tx, [group]))[0]


async def modifier_view(_tx: Transaction, modifier: Modifier) -> ModifierView:
    return ModifierView.model_validate(modifier)


async def items_for_order(
    tx: Transaction, branch_id: str, item_ids: Collection[str]
) -> dict[str, OrderableItem]:
    """Those of `item_ids` that are on the branch's menu, by id, in three queries.

    One that is missing was never there or is no longer; one that is sold out is there and says so.
    """
    found = await tx.session.scalars(
        select(Item).where(Item.id.in_(item_ids), Item.branch_id == branch_id, Item.archived.is_(False))
    )
    items = found.all()
    groups = await _offered(tx, [item.id for item in items])
    return {
        item.id: OrderableItem(
            id=item.id,
            name=item.name,
            price=item.price,
            is_available=item.is_available,
            station=item.station,
            allergens=tuple(item.allergens),
            groups=tuple(groups[item.id]),
        )
        for item in items
    }


async def image_view(tx: Transaction, image: Image) -> ImageView:
    large = await tx.session.get_one(ImageVariant, (image.hash, LARGE))
    return ImageView(url=image_url(image.hash), width=large.width, height=large.height)


async def _offered(tx: Transaction, item_ids: Collection[str]) -> dict[str, list[OfferedGroup]]:
    """The groups that items offer, in their order. Two queries, however many items."""
    rows = (
        await tx.session.execute(
            select(ItemModifierGroup.item_id, ModifierGroup)
            .join(ModifierGroup, ModifierGroup.id == ItemModifierGroup.group_id)
            .where(ItemModifierGroup.item_id.in_(item_ids))
            .order_by(ItemModifierGroup.position)
        )
    ).all()
    modifiers = await _modifiers(tx, {group.id for _, group in rows})
    offered: dict[str, list[OfferedGroup]] = defaultdict(list)
    for item_id, group in rows:
        offered[item_id].append(_offer(group, modifiers[group.id]))
    return offered


async def _modifiers(tx: Transaction, group_ids: Collection[str]) -> dict[str, list[OfferedModifier]]:
    rows = await tx.session.scalars(
        select(Modifier).where(Modifier.group_id.in_(group_ids)).order_by(Modifier.position, Modifier.id)
    )
    held: dict[str, list[OfferedModifier]] = defaultdict(list)
    for row in rows:
        held[row.group_id].append(OfferedModifier(row.id, row.name, row.price, row.is_available))
    return held


def _offer(group: ModifierGroup, modifiers: Sequence[OfferedModifier]) -> OfferedGroup:
    return OfferedGroup(group.id, group.name, group.min, group.max, tuple(modifiers))
