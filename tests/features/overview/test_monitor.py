"""What a manager sees of a branch that is at work."""

from __future__ import annotations

import pytest

from restai.clock import MINUTE, SECOND
from restai.features.screens import service as screens
from restai.features.screens.rules import ScreenKind
from restai.features.screens.schemas import ScreenName
from restai.features.screens.service import Lease
from restai.ids import new_id
from tests.support.clock import ManualClock
from tests.support.evening import Evening, ok, refused
from tests.support.house import House


async def test_tells_of_screens_events_and_what_nobody_has_seen(evening: Evening, clock: ManualClock) -> None:
    house = evening.house
    url = f"/api/branches/{house.branch_id}/monitor"
    clock.advance(2 * MINUTE)
    quiet = ok(await evening.manager.get(url))
    assert (quiet["eventsPerSecond"], quiet["screens"], quiet["unseenOrders"]) == (0, [], [])
    assert quiet["process"] is None, "there are no sockets here"

    house.forget()
    name = ScreenName(id=new_id(), kind=ScreenKind.KITCHEN, name="Grill")
    lease = Lease(house.organization_id, house.branch_id, name, 10 * SECOND)
    async with house.database.transaction() as tx:
        await screens.come_online(tx, await screens.renew(tx, [lease]))
    seen, unseen = await evening.order("Lomo"), await evening.order("Papas")
    await evening.see(*seen["items"])
    clock.advance(10 * SECOND)
    assert await evening.sweep_alarms() == 1
    now = ok(await evening.manager.get(url))
    assert [(screen["name"], screen["status"]) for screen in now["screens"]] == [("Grill", "online")]
    assert [order["id"] for order in now["unseenOrders"]] == [unseen["id"]]
    told = [event["type"] for event in house.events()]
    assert told == ["screen:online", "order:created", "order:created", "order:updated", "order:unseen"]
    assert now["eventsPerSecond"] == 0.08, "five in the last minute"
    assert now["at"] == clock.now()


@pytest.mark.parametrize("role", ["cashier", "waiter", "kitchen"])
async def test_is_for_managers(evening: Evening, rival: House, role: str) -> None:
    url = f"/api/branches/{evening.house.branch_id}/monitor"
    refused(await getattr(evening, role).get(url), 403, "forbidden")
    refused(await rival.as_(rival.manager).get(url), 404, "not_found")
