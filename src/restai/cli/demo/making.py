"""Making the demo restaurant, through the same services as everybody's."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from sqlalchemy import select

from restai.auth.models import User, UserBranch
from restai.auth.passwords import hash_password
from restai.auth.permissions import Role
from restai.auth.principal import Staff
from restai.cli.demo import drawn
from restai.cli.demo.carte import CARTE, Dish, Question
from restai.cli.demo.premises import (
    AREAS,
    BRANCH,
    CURRENCY,
    OPENING_FLOAT,
    ORGANIZATION,
    OWNER,
    STATIONS,
    TAX_RATE,
    TEAM,
    TIME_ZONE,
    Person,
    Stand,
)
from restai.db.engine import Database
from restai.db.transaction import Transaction
from restai.events import Shape
from restai.features.branches import service as branches
from restai.features.branches.schemas import BranchPatch
from restai.features.menu import service as menu
from restai.features.menu.rules import image_url
from restai.features.menu.schemas import CategoryDraft, GroupDraft, ItemDraft, ModifierDraft
from restai.features.menu.service.pictures import Picture
from restai.features.payments import service as payments
from restai.features.payments.schemas import TillDraft
from restai.features.staff import service as staff
from restai.features.staff.schemas import Registration, StaffDraft
from restai.features.tables import service as tables
from restai.features.tables.models import Table
from restai.features.tables.schemas import Position, SpaceDraft, TableDraft
from restai.ids import new_id


class DemoSignIn(Shape):
    """How to sign in as one of the team."""

    role: Role
    name: str
    email: str
    password: str


class DemoTable(Shape):
    id: str
    number: str
    code: str


class DemoHouse(Shape):
    """What one needs to know to walk in: who works there, and the codes on the tables."""

    branch_id: str
    staff: list[DemoSignIn]
    tables: list[DemoTable]


async def make(database: Database) -> DemoHouse:
    """The demo restaurant in `database`, which has the schema: found if it stands, else made, whole or
    not at all.

    The passwords told are those it began with; who has left and what was taken away is not listed.
    """
    async with database.reading() as tx:
        branch_id = await _find(tx)
    if branch_id is None:
        people = [OWNER, *TEAM]
        hashes = await asyncio.gather(*(hash_password(person.password) for person in people))
        pictures = await asyncio.to_thread(drawn.pictures)
        async with database.transaction() as tx:
            branch_id = await _make(tx, dict(zip((p.email for p in people), hashes, strict=True)), pictures)
    async with database.reading() as tx:
        return await _describe(tx, branch_id)


async def _find(tx: Transaction) -> str | None:
    """The branch of the demo's owner, the oldest if there have become more."""
    return await tx.session.scalar(
        select(UserBranch.branch_id)
        .join(User, User.id == UserBranch.user_id)
        .where(User.email == OWNER.email)
        .order_by(UserBranch.branch_id)
        .limit(1)
    )


async def _describe(tx: Transaction, branch_id: str) -> DemoHouse:
    passwords = {person.email: person.password for person in (OWNER, *TEAM)}
    users = await tx.session.scalars(
        select(User).where(User.email.in_(passwords), User.active).order_by(User.id)
    )
    standing = await tx.session.scalars(
        select(Table).where(Table.branch_id == branch_id, Table.archived.is_(False)).order_by(Table.id)
    )
    return DemoHouse(
        branch_id=branch_id,
        staff=[
            DemoSignIn(role=user.role, name=user.name, email=user.email, password=passwords[user.email])
            for user in users
        ],
        tables=[DemoTable(id=table.id, number=table.number, code=table.code) for table in standing],
    )


async def _make(tx: Transaction, hashes: Mapping[str, str], pictures: Mapping[str, Picture]) -> str:
    owner = await _found(tx, hashes[OWNER.email])
    branch_id = owner.branch(None)
    await branches.change(tx, owner, branch_id, BranchPatch(stations=STATIONS))
    for person in TEAM:
        await staff.hire(tx, owner, _contract(person), hashes[person.email])
    await _furnish(tx, owner)
    await _write_menu(tx, owner, pictures)
    await payments.open_till(tx, owner, TillDraft(opening_float=OPENING_FLOAT))
    return branch_id


async def _found(tx: Transaction, password_hash: str) -> Staff:
    registration = Registration(
        organization_name=ORGANIZATION,
        branch_name=BRANCH,
        name=OWNER.name,
        email=OWNER.email,
        password=OWNER.password,
        currency=CURRENCY,
        tax_rate=TAX_RATE,
        prices_include_tax=True,
        time_zone=TIME_ZONE,
    )
    user = await staff.found(tx, registration, password_hash)
    places = await tx.session.scalars(select(UserBranch.branch_id).where(UserBranch.user_id == user.id))
    return Staff(
        user_id=user.id,
        sign_in_id=new_id(),  # nobody signed in: these services ask only who and where
        organization_id=user.organization_id,
        name=user.name,
        role=user.role,
        branches=frozenset(places),
    )


def _contract(person: Person) -> StaffDraft:
    return StaffDraft(name=person.name, email=person.email, password=person.password, role=person.role)


async def _furnish(tx: Transaction, owner: Staff) -> None:
    for area in AREAS:
        space = await tables.add_space(tx, owner, SpaceDraft(name=area.name))
        for stand in area.tables:
            await tables.add_table(tx, owner, _table(stand, space.id))


def _table(stand: Stand, space_id: str) -> TableDraft:
    position = Position.model_validate(
        {"x": stand.x, "y": stand.y, "width": stand.width, "height": stand.height, "shape": stand.shape}
    )
    return TableDraft(space_id=space_id, number=stand.number, capacity=stand.capacity, position=position)


async def _write_menu(tx: Transaction, owner: Staff, pictures: Mapping[str, Picture]) -> None:
    asked = (question for chapter in CARTE for dish in chapter.dishes for question in dish.questions)
    groups = await _ask(tx, owner, asked)
    for chapter in CARTE:
        category = await menu.add_category(tx, owner, CategoryDraft(name=chapter.name))
        for dish in chapter.dishes:
            ids = [groups[question.name] for question in dish.questions]
            url = await _hung_up(tx, pictures.get(dish.name))
            await menu.add_item(tx, owner, _item(dish, category.id, ids, url))


async def _hung_up(tx: Transaction, picture: Picture | None) -> str | None:
    """Where a dish's picture is, if it has one."""
    return None if picture is None else image_url((await menu.keep_image(tx, picture)).hash)


async def _ask(tx: Transaction, owner: Staff, questions: Iterable[Question]) -> dict[str, str]:
    """The ids of the questions' modifier groups by name, each made once."""
    groups: dict[str, str] = {}
    for question in questions:
        if question.name not in groups:
            groups[question.name] = (await menu.add_group(tx, owner, _group(question))).id
    return groups


def _group(question: Question) -> GroupDraft:
    answers = [ModifierDraft(name=name, price=price) for name, price in question.answers.items()]
    return GroupDraft(name=question.name, min=question.least, max=question.most, modifiers=answers)


def _item(dish: Dish, category_id: str, group_ids: list[str], picture: str | None) -> ItemDraft:
    return ItemDraft(
        category_id=category_id,
        name=dish.name,
        description=dish.description,
        price=dish.price,
        station=dish.station,
        allergens=dish.allergens,
        tags=dish.tags,
        image_url=picture,
        prep_minutes=dish.minutes,
        modifier_group_ids=group_ids,
    )
