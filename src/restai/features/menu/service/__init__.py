"""Use cases of the menu. Each edit locks the branch's menu first: see `menus`."""

from restai.features.menu.service.categories import add_category, change_category, remove_category
from restai.features.menu.service.copying import open_branch
from restai.features.menu.service.images import aged, expire_due, image_content, keep_image
from restai.features.menu.service.items import add_item, archive_item, change_item, set_item_availability
from restai.features.menu.service.menus import category, group, groups, item, menu
from restai.features.menu.service.modifiers import (
    add_group,
    change_group,
    remove_group,
    set_modifier_availability,
)
from restai.features.menu.service.stations import change_settings

__all__ = [
    "add_category",
    "add_group",
    "add_item",
    "aged",
    "archive_item",
    "category",
    "change_category",
    "change_group",
    "change_item",
    "change_settings",
    "expire_due",
    "group",
    "groups",
    "image_content",
    "item",
    "keep_image",
    "menu",
    "open_branch",
    "remove_category",
    "remove_group",
    "set_item_availability",
    "set_modifier_availability",
]
