"""What may be chosen of a dish, and in which order things stand. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypeVar

from restai.errors import Invalid, Named, SoldOut

T = TypeVar("T")


IMAGES = "/api/images/"
"""Where pictures of ours are: this, the hash, and for the smaller size `-320`."""

LARGE, SMALL = 960, 320  # px, the longer side: a dish on a phone's whole width, and in a list

_IMAGE = re.compile(re.escape(IMAGES) + r"([0-9a-f]{64})")


class Allergen(StrEnum):
    """The fourteen that EU Regulation 1169/2011 (annex II) has a kitchen declare."""

    CELERY = "celery"
    CRUSTACEANS = "crustaceans"
    EGGS = "eggs"
    FISH = "fish"
    GLUTEN = "gluten"
    LUPIN = "lupin"
    MILK = "milk"
    MOLLUSCS = "molluscs"
    MUSTARD = "mustard"
    NUTS = "nuts"
    PEANUTS = "peanuts"
    SESAME = "sesame"
    SOY = "soy"
    SULPHITES = "sulphites"


@dataclass(frozen=True, slots=True)
class OfferedModifier:
    """One thing to choose. `price` is added to the dish's, in minor units."""

    id: str
    name: str
    price: int
    is_available: bool


@dataclass(frozen=True, slots=True)
class OfferedGroup:
    """A question about a dish, like how a steak is done: from `min` to `max` different answers."""

    id: str
    name: str
    min: int
    max: int
    modifiers: tuple[OfferedModifier, ...]


@dataclass(frozen=True, slots=True)
class OrderableItem:
    """A dish as an order needs it: what is frozen into the line, and what may be chosen."""

    id: str
    name: str
    price: int
    is_available: bool
    station: str
    allergens: tuple[str, ...]
    groups: tuple[OfferedGroup, ...]


class ChosenModifier(NamedTuple):
    """A choice as an order's line keeps it."""

    name: str
    price: int


class Choice(NamedTuple):
    """What was chosen, in the menu's order, and those of it that are sold out."""

    modifiers: tuple[ChosenModifier, ...]
    sold_out: tuple[OfferedModifier, ...]


def choose(groups: Sequence[OfferedGroup], modifier_ids: Sequence[str]) -> Choice:
    """The modifiers named, each at most once, as their groups allow.

    Raises Invalid for a modifier that the dish does not have, one named twice, and a group with too
    few or too many. What is sold out is told, not raised: an order names all of it at once.
    """
    chosen = frozenset(modifier_ids)
    if len(chosen) < len(modifier_ids):
        raise Invalid("modifierIds", "names a modifier twice")
    unknown = chosen.difference(modifier.id for group in groups for modifier in group.modifiers)
    if unknown:
        raise Invalid("modifierIds", f"the dish has no modifier {min(unknown)}")
    for group in groups:
        _check_count(group, sum(modifier.id in chosen for modifier in group.modifiers))
    picked = [modifier for group in groups for modifier in group.modifiers if modifier.id in chosen]
    return Choice(
        tuple(ChosenModifier(modifier.name, modifier.price) for modifier in picked),
        tuple(modifier for modifier in picked if not modifier.is_available),
    )


def _check_count(group: OfferedGroup, count: int) -> None:
    if count < group.min:
        raise Invalid("modifierIds", f"{group.name}: choose at least {group.min}")
    if count > group.max:
        raise Invalid("modifierIds", f"{group.name}: choose at most {group.max}")


def check_available(wanted: Iterable[tuple[OrderableItem, Choice]]) -> None:
    """Raises SoldOut with all dishes and modifiers that are, each named once."""
    names: dict[str, str] = {}
    for dish, choice in wanted:
        if not dish.is_available:
            names[dish.id] = dish.name
        names |= {modifier.id: modifier.name for modifier in choice.sold_out}
    if names:
        raise SoldOut([Named(id_, name) for id_, name in names.items()])


def check_bounds(minimum: int, maximum: int, modifiers: int) -> None:
    """Whether a group of so many modifiers can be answered at all. Raises Invalid."""
    if minimum > maximum:
        raise Invalid("min", f"{minimum} is more than max, {maximum}")
    if minimum > modifiers:
        raise Invalid("min", f"{minimum} is more than the group has modifiers, {modifiers}")


def image_url(hash_: str) -> str:
    """Where a picture of ours is, in its larger size: what a dish's `imageUrl` says."""
    return IMAGES + hash_


def image_hash(url: str) -> str | None:
    """Which picture of ours an `imageUrl` means; None if it means none."""
    found = _IMAGE.fullmatch(url)
    return found[1] if found else None


def moved(row: Sequence[T], one: T, position: int | None) -> list[T]:
    """`row` with `one` at `position`, counted from 0; beyond the end, or None, is last."""
    others = [each for each in row if each is not one]
    at = len(others) if position is None else position
    return [*others[:at], one, *others[at:]]
