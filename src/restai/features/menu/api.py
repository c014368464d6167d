"""Routes of the menu, of opening a branch, which may begin with the menu of another, and of a branch's
settings: its stations are where dishes are cooked."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response

from restai.auth.permissions import Permission
from restai.auth.principal import Staff
from restai.db.transaction import Transaction
from restai.errors import NotEmpty, Taken
from restai.features.branches.schemas import BranchDraft, BranchPatch, BranchView, branch_view
from restai.features.menu import service
from restai.features.menu.rules import LARGE, image_url
from restai.features.menu.schemas import (
    Availability,
    CategoryDraft,
    CategoryPatch,
    CategoryView,
    GroupDraft,
    GroupPatch,
    ImageView,
    ItemDraft,
    ItemPatch,
    ItemView,
    MenuView,
    ModifierGroupView,
    ModifierView,
    category_view,
    group_view,
    group_views,
    image_view,
    item_view,
    modifier_view,
)
from restai.features.menu.service import pictures
from restai.http.deps import BINARY, InContext, StaffCommand, StaffQuery
from restai.http.limits import limited
from restai.http.paging import Page, Paging
from restai.http.problems import raises
from restai.ids import Id

router = APIRouter()
carte = APIRouter(prefix="/menu", tags=["menu"])

LARGEST_UPLOAD = 10 * 1024 * 1024  # bytes: a phone's photograph as it is, at its finest

WEBP = "image/webp"
FORM: dict[str, Any] = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "properties": {"file": BINARY["schema"]},
                "required": ["file"],
            }
        }
    },
}
SENT: dict[int | str, dict[str, Any]] = {200: {"content": {WEBP: BINARY}}, 304: {}}
FOR_EVER = {
    "Cache-Control": "public, max-age=31536000, immutable",
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}

ImageName = Annotated[str, Path(pattern=r"^[0-9a-f]{64}(-320|-960)?$")]
OfBranch = Annotated[Id | None, Query(alias="branchId")]


@carte.get("", response_model=MenuView)
async def menu(query: StaffQuery, branch_id: OfBranch = None) -> Response:
    """The whole menu of a branch, with its version."""
    return await query.run(
        lambda tx, who: service.menu(tx, who, branch_id), permission=Permission.BRANCH_READ
    )


@carte.post("/categories", status_code=201, response_model=CategoryView)
@raises(Taken)
async def add_category(draft: CategoryDraft, command: StaffCommand) -> Response:
    """Add an empty category."""
    return await command.run(
        lambda tx, who: service.add_category(tx, who, draft),
        permission=Permission.MENU_EDIT,
        view=category_view,
        status=201,
        location="/api/menu/categories/{id}",
    )


@carte.get("/categories/{category_id}", response_model=CategoryView)
async def category(category_id: Id, query: StaffQuery) -> Response:
    """One category with its items."""

    async def one(tx: Transaction, who: Staff) -> CategoryView:
        return await category_view(tx, await service.category(tx, who, category_id))

    return await query.run(one, permission=Permission.BRANCH_READ)


@carte.patch("/categories/{category_id}", response_model=CategoryView)
async def change_category(category_id: Id, patch: CategoryPatch, command: StaffCommand) -> Response:
    """Rename or move a category."""
    return await command.run(
        lambda tx, who: service.change_category(tx, who, category_id, patch),
        permission=Permission.MENU_EDIT,
        view=category_view,
    )


@carte.delete("/categories/{category_id}", response_model=CategoryView)
@raises(NotEmpty)
async def remove_category(category_id: Id, command: StaffCommand) -> Response:
    """Take an empty category off the menu."""
    return await command.run(
        lambda tx, who: service.remove_category(tx, who, category_id),
        permission=Permission.MENU_EDIT,
        view=category_view,
    )


@carte.post("/items", status_code=201, response_model=ItemView)
@raises(Taken)
async def add_item(draft: ItemDraft, command: StaffCommand) -> Response:
    """Put an item on the menu."""
    return await command.run(
        lambda tx, who: service.add_item(tx, who, draft),
        permission=Permission.MENU_EDIT,
        view=item_view,
        status=201,
        location="/api/menu/items/{id}",
    )


@carte.get("/items/{item_id}", response_model=ItemView)
async def item(item_id: Id, query: StaffQuery) -> Response:
    """One item."""

    async def one(tx: Transaction, who: Staff) -> ItemView:
        return await item_view(tx, await service.item(tx, who, item_id))

    return await query.run(one, permission=Permission.BRANCH_READ)


@carte.patch("/items/{item_id}", response_model=ItemView)
async def change_item(item_id: Id, patch: ItemPatch, command: StaffCommand) -> Response:
    """Edit an item, or move it."""
    return await command.run(
        lambda tx, who: service.change_item(tx, who, item_id, patch),
        permission=Permission.MENU_EDIT,
        view=item_view,
    )


@carte.delete("/items/{item_id}", response_model=ItemView)
async def archive_item(item_id: Id, command: StaffCommand) -> Response:
    """Take an item off the menu for good. Orders that have it keep it."""
    return await command.run(
        lambda tx, who: service.archive_item(tx, who, item_id),
        permission=Permission.MENU_EDIT,
        view=item_view,
    )


@carte.post("/items/{item_id}/availability", response_model=ItemView)
async def set_item_availability(item_id: Id, body: Availability, command: StaffCommand) -> Response:
    """Mark an item as sold out, or as back."""
    return await command.run(
        lambda tx, who: service.set_item_availability(tx, who, item_id, is_available=body.is_available),
        permission=Permission.AVAILABILITY,
        view=item_view,
    )


@carte.get("/modifier-groups", response_model=Page[ModifierGroupView])
async def groups(query: StaffQuery, page: Paging, branch_id: OfBranch = None) -> Response:
    """The modifier groups of a branch, by id."""

    async def listing(tx: Transaction, who: Staff) -> Page[ModifierGroupView]:
        found = await service.groups(tx, who, branch_id, after=page.cursor, most=page.limit + 1)
        rows, more = page.cut(list(found))
        return Page(items=await group_views(tx, rows), next_cursor=rows[-1].id if more else None)

    return await query.run(listing, permission=Permission.BRANCH_READ)


@carte.post("/modifier-groups", status_code=201, response_model=ModifierGroupView)
@raises(Taken)
async def add_group(draft: GroupDraft, command: StaffCommand) -> Response:
    """Add a modifier group, which no item offers yet."""
    return await command.run(
        lambda tx, who: service.add_group(tx, who, draft),
        permission=Permission.MENU_EDIT,
        view=group_view,
        status=201,
        location="/api/menu/modifier-groups/{id}",
    )


@carte.get("/modifier-groups/{group_id}", response_model=ModifierGroupView)
async def group(group_id: Id, query: StaffQuery) -> Response:
    """One modifier group."""

    async def one(tx: Transaction, who: Staff) -> ModifierGroupView:
        return await group_view(tx, await service.group(tx, who, group_id))

    return await query.run(one, permission=Permission.BRANCH_READ)


@carte.patch("/modifier-groups/{group_id}", response_model=ModifierGroupView)
@raises(Taken)
async def change_group(group_id: Id, patch: GroupPatch, command: StaffCommand) -> Response:
    """Edit a modifier group and its list of modifiers."""
    return await command.run(
        lambda tx, who: service.change_group(tx, who, group_id, patch),
        permission=Permission.MENU_EDIT,
        view=group_view,
    )


@carte.delete("/modifier-groups/{group_id}", response_model=ModifierGroupView)
async def remove_group(group_id: Id, command: StaffCommand) -> Response:
    """Take a modifier group off the menu, and off all items that offer it."""
    return await command.run(
        lambda tx, who: service.remove_group(tx, who, group_id),
        permission=Permission.MENU_EDIT,
        view=group_view,
    )


@carte.post("/modifiers/{modifier_id}/availability", response_model=ModifierView)
async def set_modifier_availability(modifier_id: Id, body: Availability, command: StaffCommand) -> Response:
    """Mark a modifier as sold out, or as back, wherever it is offered."""
    return await command.run(
        lambda tx, who: service.set_modifier_availability(
            tx, who, modifier_id, is_available=body.is_available
        ),
        permission=Permission.AVAILABILITY,
        view=modifier_view,
    )


# ---- images


@carte.post(
    "/images",
    status_code=201,
    response_model=ImageView,
    dependencies=[limited("upload")],
    openapi_extra={"requestBody": FORM},
)
async def add_image(command: StaffCommand, context: InContext) -> Response:
    """Upload a picture, in JPEG, PNG or WebP. It is kept for a day unless an item shows it."""
    who = await command.check(Permission.MENU_EDIT)
    context.limiter.account("upload", who.user_id)
    sent = await command.file("file", most=LARGEST_UPLOAD)
    async with context.one_picture:
        picture = await asyncio.to_thread(pictures.prepare, sent)
    return await command.run(
        lambda tx, _who: service.keep_image(tx, picture),
        permission=Permission.MENU_EDIT,
        view=image_view,
        status=201,
        location=image_url(picture.hash),
    )


@router.get("/images/{name}", tags=["menu"], response_class=Response, responses=SENT)
async def image(name: ImageName, request: Request, context: InContext) -> Response:
    """A picture, in its larger size or with `-320` in the smaller one. What a name shows never changes."""
    headers = {**FOR_EVER, "ETag": f'"{name}"'}
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return Response(status_code=304, headers=headers)
    hash_, _, size = name.partition("-")
    async with context.database.reading() as tx:
        content = await service.image_content(tx, hash_, int(size or LARGE))
    return Response(content, headers=headers, media_type=WEBP)


@router.post(
    "/branches",
    status_code=201,
    response_model=BranchView,
    tags=["branches"],
    operation_id="staff_open_branch",  # as the released document calls it
)
@raises(Taken)
async def open_branch(draft: BranchDraft, command: StaffCommand) -> Response:
    """Open a further branch; every org_admin may act in it at once."""
    return await command.run(
        lambda tx, who: service.open_branch(tx, who, draft),
        permission=Permission.BRANCH_CREATE,
        view=branch_view,
        status=201,
        location="/api/branches/{id}",
    )


@router.patch("/branches/{branch_id}", response_model=BranchView, tags=["branches"])
@raises(NotEmpty)
async def change_settings(branch_id: Id, patch: BranchPatch, command: StaffCommand) -> Response:
    """Change settings of a branch. What is absent stays; a station that dishes are cooked at cannot go."""
    return await command.run(
        lambda tx, who: service.change_settings(tx, who, branch_id, patch),
        permission=Permission.SETTINGS_EDIT,
        view=branch_view,
    )


router.include_router(carte)
