"""What orders and guests are given of a menu."""

from __future__ import annotations

from sqlalchemy import event

from restai.db.engine import Database
from restai.features.menu.rules import OfferedGroup, OfferedModifier, OrderableItem
from restai.features.menu.schemas import items_for_order, menu_version, menu_view
from restai.ids import new_id
from tests.support.carte import Carte


async def test_an_order_is_given_what_it_freezes(carte: Carte) -> None:
    group = await carte.group("Sides", "Rice", "Fries", min=1, max=2)
    item = await carte.item(await carte.category(), allergens=["soy"], modifierGroupIds=[group["id"]])
    await carte.sold_out(item["id"])
    async with carte.house.database.reading() as tx:
        found = await items_for_order(tx, carte.house.branch_id, [item["id"], new_id()])
    offered = tuple(OfferedModifier(m["id"], m["name"], 0, True) for m in group["modifiers"])
    assert found == {
        item["id"]: OrderableItem(
            id=item["id"],
            name="Lomo saltado",
            price=4_200,
            is_available=False,
            station="kitchen",
            allergens=("soy",),
            groups=(OfferedGroup(group["id"], "Sides", 1, 2, offered),),
        )
    }


async def test_an_order_is_given_nothing_archived_nor_of_another_branch(carte: Carte) -> None:
    item = await carte.item(await carte.category())
    async with carte.house.database.reading() as tx:
        assert await items_for_order(tx, new_id(), [item["id"]]) == {}
    await carte.manager.delete(f"/api/menu/items/{item['id']}")
    async with carte.house.database.reading() as tx:
        assert await items_for_order(tx, carte.house.branch_id, [item["id"]]) == {}


async def test_items_cost_three_queries_however_many_they_are(carte: Carte) -> None:
    category, group = await carte.category(), await carte.group("Sides", "Rice")
    ids = [(await carte.item(category, f"D{n}", modifierGroupIds=[group["id"]]))["id"] for n in range(5)]
    counted = Counter(carte.house.database)
    async with carte.house.database.reading() as tx:
        for asked in (ids[:1], ids):
            counted.statements.clear()
            assert len(await items_for_order(tx, carte.house.branch_id, asked)) == len(asked)
            assert len(counted.statements) == 3


async def test_guests_read_the_menu_without_its_stations(carte: Carte) -> None:
    item = await carte.item(await carte.category("Grill"))
    async with carte.house.database.reading() as tx:
        menu = (await menu_view(tx, carte.house.branch_id)).for_guests()
        assert await menu_version(tx, carte.house.branch_id) == menu.version == 2
    (category,) = menu.model_dump(by_alias=True)["categories"]
    assert category["name"] == "Grill"
    assert category["items"] == [{key: value for key, value in item.items() if key != "station"}]


class Counter:
    """The SELECT statements that a database is asked."""

    def __init__(self, database: Database) -> None:
        self.statements: list[str] = []
        event.listen(database._reader.sync_engine, "before_cursor_execute", self._count)

    def _count(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            self.statements.append(statement)
