"""Branches over the API."""

from tests.support.house import House


async def test_everybody_reads_their_branch(house: House) -> None:
    answer = await house.as_(house.waiter).get(f"/api/branches/{house.branch_id}")
    assert answer.status_code == 200
    assert answer.json() == {
        "id": house.branch_id,
        "rev": 1,
        "name": "Casa Lola",
        "currency": "PEN",
        "taxRate": 1800,
        "pricesIncludeTax": True,
        "autoConfirm": False,
        "timeZone": "America/Lima",
        "dayStartsAt": 240,
        "stations": ["kitchen"],
        "spaces": [],
    }
