"""A manager's monitor tells of the process that answers: its sockets, its rooms, and how fresh it is."""

from __future__ import annotations

from tests.support.restaurant import Restaurant


async def test_sockets_and_rooms_are_counted(restaurant: Restaurant) -> None:
    house = restaurant.house
    path = f"/branches/{restaurant.branch_id}/monitor"
    before = (await restaurant.does(house.manager, "GET", path))["process"]
    assert (before["connections"], before["phones"], before["rooms"]) == (0, 0, 0)
    screen = await restaurant.screen(house.waiter)
    await restaurant.screen(await restaurant.seats("Ana"))
    now = (await restaurant.does(house.manager, "GET", path))["process"]
    # the branch's and its menu's, the guest's visit and table
    assert (now["connections"], now["phones"], now["rooms"]) == (2, 1, 4)
    assert 0 <= now["logLagMs"] < 10_000
    assert (now["redis"], now["redisMs"]) == (None, None)
    await screen.leave()
