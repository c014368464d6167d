"""A house with something on its menu, and short ways to put more on it, as its manager."""

from __future__ import annotations

from typing import Any

import msgspec

from tests.support.house import Caller, House


class Carte:
    """The menu of a house as a test writes and reads it. Every call goes over the API and must succeed."""

    def __init__(self, house: House) -> None:
        self.house = house

    @property
    def manager(self) -> Caller:
        """The manager, with a token that is good now."""
        return self.house.as_(self.house.manager)

    async def category(self, name: str = "Grill", **more: Any) -> str:
        return (await self._posted("categories", {"name": name, **more}))["id"]

    async def item(self, category_id: str, name: str = "Lomo saltado", **more: Any) -> dict[str, Any]:
        body = {"categoryId": category_id, "name": name, "price": 4_200, "station": "kitchen"}
        return await self._posted("items", body | more)

    async def group(self, name: str, *modifiers: str, **more: Any) -> dict[str, Any]:
        """A group of modifiers that cost nothing."""
        body = {"name": name, "modifiers": [{"name": modifier} for modifier in modifiers]}
        return await self._posted("modifier-groups", body | more)

    async def sold_out(self, item_id: str, *, back: bool = False) -> dict[str, Any]:
        """Kim of the kitchen marks a dish as sold out, or as back."""
        kitchen = self.house.as_(self.house.kitchen)
        answer = await kitchen.post(f"/api/menu/items/{item_id}/availability", json={"isAvailable": back})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def read(self) -> dict[str, Any]:
        answer = await self.house.as_(self.house.waiter).get("/api/menu")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def names(self) -> dict[str, list[str]]:
        """What stands where: the names of items by those of their categories, in the menu's order."""
        categories = (await self.read())["categories"]
        return {each["name"]: [item["name"] for item in each["items"]] for each in categories}

    def versions(self) -> list[int]:
        """The versions that `menu:updated` told, in order."""
        rows = sorted(self.house.log(), key=lambda row: row.seq)  # who commits at once is heard in any order
        told = [msgspec.json.decode(row.draft.staff) for row in rows]
        return [event["menuVersion"] for event in told if event["type"] == "menu:updated"]

    async def _posted(self, what: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self.manager.post(f"/api/menu/{what}", json=body)
        assert answer.status_code == 201, answer.text
        assert answer.headers["Location"] == f"/api/menu/{what}/{answer.json()['id']}"
        return answer.json()
