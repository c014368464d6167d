"""The menu of a branch: categories of items, and the groups of modifiers that items offer.

Edits lock the `Menu` row first, so one reads what it decides by after that lock and needs no other.
But whatever changes the body of an item, an edit of a group that it offers too, also locks the item
by raising its `rev`: marking a dish as sold out locks nothing else, and shows no price from before.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, ForeignKey, Index, LargeBinary, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from restai.db.types import Base, IdType, Key, Millis, Minor, Ref


class Menu(Base):
    """A branch's menu as a whole. Its `rev` is the menu's version; a branch without one is at 0."""

    __tablename__ = "menus"

    id: Mapped[str] = mapped_column("branch_id", IdType, ForeignKey("branches.id"), primary_key=True)
    rev: Mapped[int] = mapped_column("version", default=0)


class Category(Base):
    __tablename__ = "menu_categories"

    id: Mapped[Key]
    organization_id: Mapped[Ref]
    branch_id: Mapped[str] = mapped_column(IdType, ForeignKey("branches.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    position: Mapped[int] = mapped_column(SmallInteger)
    archived: Mapped[bool] = mapped_column(Boolean, default=False)


class Item(Base):
    """A dish or a drink. `price` in minor units of the branch's currency, before modifiers.

    An archived one is on no menu; orders that have it keep its id.
    """

    __tablename__ = "menu_items"
    __table_args__ = (Index(None, "category_id", "position"),)

    id: Mapped[Key]
    rev: Mapped[int] = mapped_column(default=1)
    organization_id: Mapped[Ref]
    branch_id: Mapped[str] = mapped_column(IdType, ForeignKey("branches.id"), index=True)
    category_id: Mapped[str] = mapped_column(IdType, ForeignKey("menu_categories.id"))
    position: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str] = mapped_column(String(80))
    description: Mapped[str] = mapped_column(Text)
    price: Mapped[Minor]
    is_available: Mapped[bool] = mapped_column(Boolean, default=True)
    station: Mapped[str] = mapped_column(String(40))
    allergens: Mapped[list[str]]
    tags: Mapped[list[str]]
    image_url: Mapped[str | None] = mapped_column(String(500))
    prep_minutes: Mapped[int] = mapped_column(SmallInteger)
    archived: Mapped[bool] = mapped_column(Boolean, default=False)


class Image(Base):
    """A picture that dishes may show, by the hash of all that is sent of it.

    It belongs to nobody: the same picture is the same row, whoever uploads it. At `due_at` somebody
    looks whether a dish still shows it.
    """

    __tablename__ = "images"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    due_at: Mapped[Millis] = mapped_column(BigInteger, index=True)
    created_at: Mapped[Millis]


class ImageVariant(Base):
    """A picture in one size, as WebP. Never changed; `size` bounds the longer side, in pixels."""

    __tablename__ = "image_variants"

    hash: Mapped[str] = mapped_column(String(64), ForeignKey("images.hash"), primary_key=True)
    size: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    width: Mapped[int] = mapped_column(SmallInteger)
    height: Mapped[int] = mapped_column(SmallInteger)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ModifierGroup(Base):
    """A question that items can ask, shared by all items that do: `min` to `max` answers."""

    __tablename__ = "modifier_groups"

    id: Mapped[Key]
    organization_id: Mapped[Ref]
    branch_id: Mapped[str] = mapped_column(IdType, ForeignKey("branches.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    min: Mapped[int] = mapped_column(SmallInteger)
    max: Mapped[int] = mapped_column(SmallInteger)
    archived: Mapped[bool] = mapped_column(Boolean, default=False)


class Modifier(Base):
    """An answer in a group. Orders keep its name and price, never its id, so it can be deleted."""

    __tablename__ = "modifiers"

    id: Mapped[Key]
    organization_id: Mapped[Ref]
    branch_id: Mapped[Ref]
    group_id: Mapped[str] = mapped_column(IdType, ForeignKey("modifier_groups.id"), index=True)
    position: Mapped[int] = mapped_column(SmallInteger)
    name: Mapped[str] = mapped_column(String(80))
    price: Mapped[Minor]
    is_available: Mapped[bool] = mapped_column(Boolean, default=True)


class ItemModifierGroup(Base):
    """An item asks a group's question, at this place among its questions."""

    __tablename__ = "item_modifier_groups"

    item_id: Mapped[str] = mapped_column(IdType, ForeignKey("menu_items.id"), primary_key=True)
    group_id: Mapped[str] = mapped_column(
        IdType, ForeignKey("modifier_groups.id"), primary_key=True, index=True
    )
    position: Mapped[int] = mapped_column(SmallInteger)
