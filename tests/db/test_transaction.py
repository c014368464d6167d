"""A command's transaction: what it promises about events, on both databases."""

from typing import ClassVar

import pytest

from restai.db.engine import Database
from restai.db.outbox import LogRow, open_stream
from restai.events import Address, Event
from restai.ids import new_id


class Rang(Event):
    type: ClassVar[str] = "bell:rang"
    bell_id: str
    times: int

    @classmethod
    async def render(cls, tx: object, bell: dict, **_extra: object) -> "Rang":
        return cls(bell_id=bell["id"], times=bell["times"])

    def address(self) -> Address:
        return Address(STREAM, (f"branch:{STREAM}",))


STREAM = new_id()


@pytest.fixture
async def log(database: Database) -> list[LogRow]:
    async with database.transaction() as tx:
        open_stream(tx.session, STREAM, new_id())
    rows: list[LogRow] = []
    database.on_commit(rows.extend)
    return rows


async def test_events_carry_the_final_state_and_positions_in_order(
    database: Database, log: list[LogRow]
) -> None:
    bell = {"id": new_id(), "times": 0}
    async with database.transaction() as tx:
        tx.emit(Rang, bell)
        bell["times"] = 2
        tx.emit(Rang, bell)
    assert [row.seq for row in log] == [1, 2]
    assert all(b'"times":2' in row.draft.staff for row in log)
    assert all(row.draft.staff.startswith(b'{"v":1,') for row in log)


async def test_a_rolled_back_command_leaves_no_hole(database: Database, log: list[LogRow]) -> None:
    bell = {"id": new_id(), "times": 0}
    with pytest.raises(RuntimeError):
        async with database.transaction() as tx:
            tx.emit(Rang, bell)
            raise RuntimeError("the cook dropped it")
    async with database.transaction() as tx:
        tx.emit(Rang, bell)
    assert [row.seq for row in log] == [1]
