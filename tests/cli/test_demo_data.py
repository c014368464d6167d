"""The demo restaurant: what stands in it, and that it is made once."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest
from argon2 import PasswordHasher

from restai.auth.permissions import Role
from restai.auth.principal import Staff, staff_of
from restai.auth.tokens import Tokens
from restai.cli.demo import DemoHouse, carte, make, making, premises
from restai.db.engine import Database
from restai.db.outbox import LogRow
from restai.errors import Invalid, Taken
from restai.features.branches.schemas import BranchView, branch_view
from restai.features.branches.service import load
from restai.features.menu.rules import choose
from restai.features.menu.schemas import MenuView, items_for_order, menu_view
from restai.features.menu.service import image_content
from restai.features.payments import service as payments
from restai.features.staff import service as staff
from restai.features.tables import service as tables
from restai.features.tables.schemas import TableView, table_views
from tests.support.clock import ManualClock

TOKENS = Tokens(("a secret for tests, long enough to be one",))


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests must not pay for what makes guessing slow."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)

    async def hash_password(password: str) -> str:
        return hasher.hash(password)

    monkeypatch.setattr(making, "hash_password", hash_password)


@pytest.fixture
def log(database: Database) -> list[LogRow]:
    rows: list[LogRow] = []
    database.on_commit(rows.extend)
    return rows


@pytest.fixture
async def demo(database: Database, log: list[LogRow]) -> DemoHouse:
    return await make(database)


@pytest.fixture
async def owner(demo: DemoHouse, database: Database, clock: ManualClock) -> Staff:
    return await signed_in(database, clock, demo.staff[0].email, demo.staff[0].password)


async def signed_in(database: Database, clock: ManualClock, email: str, password: str) -> Staff:
    answer = await staff.sign_in(database, TOKENS, email, password)
    claims = TOKENS.verify(answer.access_token, clock.now())
    async with database.reading() as tx:
        return await staff_of(tx, claims)


async def test_it_can_be_read_as_one_line_of_json(demo: DemoHouse) -> None:
    told = demo.model_dump(mode="json", by_alias=True)
    assert set(told) == {"branchId", "staff", "tables"}
    assert told["staff"][0] == {
        "role": "org_admin",
        "name": "Rosa Quispe Ayala",
        "email": "rosa@brisaybrasa.example",
        "password": "lima-owner",
    }
    assert set(told["tables"][0]) == {"id", "number", "code"}


async def test_somebody_of_each_role_can_sign_in(
    demo: DemoHouse, database: Database, clock: ManualClock
) -> None:
    assert {person.role for person in demo.staff} == set(Role)
    for person in demo.staff:
        who = await signed_in(database, clock, person.email, person.password)
        assert (who.role, who.name) == (person.role, person.name)
        assert who.branches == {demo.branch_id}


async def test_it_is_a_restaurant_in_lima(demo: DemoHouse, owner: Staff, database: Database) -> None:
    branch = await read_branch(database, owner, demo)
    assert (branch.currency, branch.tax_rate, branch.prices_include_tax) == ("PEN", 1_800, True)
    assert branch.time_zone == "America/Lima"
    assert [space.name for space in branch.spaces] == ["Salón", "Terraza", "Barra"]


async def test_its_till_is_open(demo: DemoHouse, owner: Staff, database: Database) -> None:
    async with database.reading() as tx:
        now = await payments.till_now(tx, owner, demo.branch_id)
    assert now.till is not None
    assert (now.till.opened_by.name, now.expected) == ("Rosa Quispe Ayala", 300_00)


async def test_its_24_tables_stand_apart_in_three_spaces(
    demo: DemoHouse, owner: Staff, database: Database
) -> None:
    async with database.reading() as tx:
        views = await table_views(tx, await tables.tables(tx, owner, None, after=None, most=100))
    assert [(view.id, view.number, view.code) for view in views] == [
        (table.id, table.number, table.code) for table in demo.tables
    ]
    assert len(views) == 24
    assert len({view.space_id for view in views}) == 3
    for one, other in combinations(views, 2):
        assert one.space_id != other.space_id or apart(one, other), (one.number, other.number)


async def test_every_station_has_something_to_do(demo: DemoHouse, owner: Staff, database: Database) -> None:
    menu = await read_menu(database, demo)
    used = Counter(item.station for category in menu.categories for item in category.items)
    assert set(used) == {*(await read_branch(database, owner, demo)).stations, "none"}


async def test_about_forty_dishes_that_tell_what_they_are(demo: DemoHouse, database: Database) -> None:
    menu = await read_menu(database, demo)
    assert [category.name for category in menu.categories] == [chapter.name for chapter in carte.CARTE]
    assert 6 <= len(menu.categories) <= 7
    items = [item for category in menu.categories for item in category.items]
    assert 38 <= len(items) <= 45
    assert len({item.name for item in items}) == len(items)
    for item in items:
        assert item.description
        assert 5_00 <= item.price <= 150_00
        assert item.is_available
        assert (item.prep_minutes > 0) == (item.station != "none")
        assert (item.image_url is not None) == ("signature" in item.tags)


async def test_the_signature_dishes_can_be_looked_at(demo: DemoHouse, database: Database) -> None:
    menu = await read_menu(database, demo)
    urls = [item.image_url for category in menu.categories for item in category.items if item.image_url]
    assert len(set(urls)) == 8
    async with database.reading() as tx:
        for url in urls:
            for size, most in ((320, 10_000), (960, 30_000)):
                content = await image_content(tx, url.removeprefix("/api/images/"), size)
                assert content[8:12] == b"WEBP"
                assert len(content) < most, "a guest's phone loads it on bad mobile data"


async def test_every_dish_can_be_ordered_by_answering_its_questions(
    demo: DemoHouse, database: Database
) -> None:
    menu = await read_menu(database, demo)
    ids = [item.id for category in menu.categories for item in category.items]
    async with database.reading() as tx:
        orderable = await items_for_order(tx, demo.branch_id, ids)
    asking = 0
    for item in orderable.values():
        least = [modifier.id for group in item.groups for modifier in group.modifiers[: group.min]]
        most = [modifier.id for group in item.groups for modifier in group.modifiers[: group.max]]
        assert len(choose(item.groups, least).modifiers) == len(least)
        assert len(choose(item.groups, most).modifiers) == len(most)
        if least:
            asking += 1
            with pytest.raises(Invalid):
                choose(item.groups, [])
    assert asking >= 10


async def test_run_again_it_finds_what_is_there(
    demo: DemoHouse, database: Database, log: list[LogRow]
) -> None:
    told = len(log)
    assert await make(database) == demo
    assert len(log) == told, "nothing was made"


async def test_run_again_it_lists_what_has_become_of_it(
    demo: DemoHouse, owner: Staff, database: Database
) -> None:
    async with database.transaction() as tx:
        await tables.archive_table(tx, owner, demo.tables[0].id)
    again = await make(database)
    assert again.tables == demo.tables[1:]
    assert again.staff == demo.staff


async def test_a_making_that_fails_leaves_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = premises.Stand("1", 2, 0, 0)  # a number that is taken already
    with monkeypatch.context() as patched:
        patched.setattr(making, "AREAS", [*premises.AREAS, premises.Area("Patio", [broken])])
        with pytest.raises(Taken, match="number 1 is already in use"):
            await make(database)
    assert len((await make(database)).tables) == 24


async def read_branch(database: Database, owner: Staff, demo: DemoHouse) -> BranchView:
    async with database.reading() as tx:
        return await branch_view(tx, await load(tx, owner, demo.branch_id))


async def read_menu(database: Database, demo: DemoHouse) -> MenuView:
    async with database.reading() as tx:
        return await menu_view(tx, demo.branch_id)


def apart(one: TableView, other: TableView) -> bool:
    """Whether a chair fits between two tables."""
    room = 40  # cm
    a, b = one.position, other.position
    return (
        a.x + a.width + room <= b.x
        or b.x + b.width + room <= a.x
        or a.y + a.height + room <= b.y
        or b.y + b.height + room <= a.y
    )
