"""The spaces and tables of a house, and short ways to set up more, as its manager."""

from __future__ import annotations

from typing import Any

from restai.features.tables import service
from restai.features.tables.models import Table
from restai.ids import new_id
from tests.support.house import House


class FloorPlan:
    """Where guests of a house sit. Every call but `sit` and `leave` goes over the API and must succeed."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.manager = house.as_(house.manager)

    async def space(self, name: str = "Terrace", **more: Any) -> str:
        return (await self._posted("spaces", {"name": name, **more}))["id"]

    async def table(self, number: str = "1", **more: Any) -> dict[str, Any]:
        return await self._posted("tables", {"number": number, **more})

    async def sit(self, table_id: str, session_id: str | None = None) -> str:
        """Seat a visit, as `features/sessions` does; its id."""
        session_id = session_id or new_id()
        async with self.house.database.transaction() as tx:
            table = await tx.lock(Table, Table.id == table_id)
            assert table is not None
            service.occupy(tx, table, session_id)
        return session_id

    async def leave(self, table_id: str) -> None:
        async with self.house.database.transaction() as tx:
            table = await tx.lock(Table, Table.id == table_id)
            assert table is not None
            service.release(tx, table)

    async def read(self, table_id: str) -> dict[str, Any]:
        answer = await self.house.as_(self.house.waiter).get(f"/api/tables/{table_id}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def spaces(self) -> list[str]:
        """The names of the branch's spaces, in its order."""
        answer = await self.manager.get(f"/api/branches/{self.house.branch_id}")
        return [space["name"] for space in answer.json()["spaces"]]

    async def _posted(self, what: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = await self.manager.post(f"/api/{what}", json=body)
        assert answer.status_code == 201, answer.text
        assert answer.headers["Location"] == f"/api/{what}/{answer.json()['id']}"
        return answer.json()
