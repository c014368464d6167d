"""Branches over the API: reading them and changing their settings. Opening one: features/staff."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from restai.auth.permissions import Role
from restai.db.outbox import LogRow
from restai.features.branches.schemas import BranchPatch
from restai.ids import new_id
from tests.support.house import House


def settings_of(house: House, **changed: Any) -> dict[str, Any]:
    return {
        "id": house.branch_id,
        "rev": 1,
        "name": "Casa Lola",
        "currency": "PEN",
        "taxRate": 1800,
        "pricesIncludeTax": True,
        "autoApprove": False,
        "autoConfirm": False,
        "timeZone": "America/Lima",
        "dayStartsAt": 240,
        "stations": ["kitchen"],
        "spaces": [],
    } | changed


# ---- reading


@pytest.mark.parametrize("role", ["admin", "manager", "cashier", "waiter", "kitchen"])
async def test_everybody_reads_their_branch(house: House, role: str) -> None:
    somebody = house.as_(getattr(house, role))
    one = await somebody.get(f"/api/branches/{house.branch_id}")
    assert (one.status_code, one.json()) == (200, settings_of(house))
    own = await somebody.get("/api/branches")
    assert (own.status_code, own.json()) == (200, {"items": [settings_of(house)], "nextCursor": None})


async def test_one_sees_only_the_branches_one_may_act_in(house: House) -> None:
    norte = await house.open_branch()
    floater = await house.hire("Flo Floater", Role.WAITER, [house.branch_id, norte])
    names = {}
    for who in (house.admin, floater, house.waiter):
        items = (await house.as_(who).get("/api/branches")).json()["items"]
        names[who.name] = [branch["name"] for branch in items]
    both = ["Casa Lola", "Casa Lola Norte"]
    assert names == {"Ada Admin": both, "Flo Floater": both, "Walter Waiter": ["Casa Lola"]}
    assert (await house.as_(house.waiter).get(f"/api/branches/{norte}")).status_code == 404


async def test_branches_come_in_pages(house: House) -> None:
    norte = await house.open_branch()
    first = (await house.as_(house.admin).get("/api/branches?limit=1")).json()
    rest = (await house.as_(house.admin).get(f"/api/branches?cursor={first['nextCursor']}")).json()
    assert [branch["id"] for branch in first["items"] + rest["items"]] == [house.branch_id, norte]
    assert rest["nextCursor"] is None


async def test_another_tenants_branch_is_as_if_it_were_not_there(house: House, rival: House) -> None:
    for branch_id in (rival.branch_id, new_id()):
        admin = house.as_(house.admin)
        for answer in (
            await admin.get(f"/api/branches/{branch_id}"),
            await admin.patch(f"/api/branches/{branch_id}", json={"name": "Ours"}),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    theirs = await rival.as_(rival.waiter).get(f"/api/branches/{rival.branch_id}")
    assert (theirs.json()["name"], theirs.json()["rev"]) == ("La Competencia", 1)


# ---- changing


CHANGES: dict[str, Any] = {
    "name": "Casa Lola Sur",
    "currency": "EUR",
    "taxRate": 0,
    "pricesIncludeTax": False,
    "autoApprove": True,
    "autoConfirm": True,
    "timeZone": "Europe/Madrid",
    "dayStartsAt": 0,
    "stations": ["Grill", "Bar"],
}


def test_every_setting_is_tried_below() -> None:
    assert CHANGES.keys() == {field.alias for field in BranchPatch.model_fields.values()}


@pytest.mark.parametrize("field", CHANGES)
async def test_a_setting_is_changed_and_everybody_is_told(house: House, field: str) -> None:
    change = {field: CHANGES[field]}
    answer = await house.as_(house.manager).patch(f"/api/branches/{house.branch_id}", json=change)
    changed = settings_of(house, **change, rev=2)
    assert (answer.status_code, answer.json()) == (200, changed)
    [told] = house.events()
    assert (told["type"], told["branchId"], told["branch"]) == ("branch:updated", house.branch_id, changed)


async def test_staff_hear_all_of_it_and_guests_what_is_theirs(house: House) -> None:
    rows: list[LogRow] = []
    house.database.on_commit(rows.extend)
    await house.as_(house.admin).patch(f"/api/branches/{house.branch_id}", json={"autoConfirm": True})
    [row] = rows
    assert row.draft.rooms == (f"branch:{house.branch_id}", f"menu:{house.branch_id}")
    assert (row.draft.session_id, row.draft.guest_id) == (None, None)
    guests = msgspec.json.decode(row.draft.guest or b"null")
    assert guests["branch"] == {
        "id": house.branch_id,
        "rev": 2,
        "name": "Casa Lola",
        "currency": "PEN",
        "pricesIncludeTax": True,
        "taxRate": 1800,
        "timeZone": "America/Lima",
        "spaces": [],
    }
    assert guests.keys() == {"v", "id", "type", "branchId", "timestamp", "branch"}


@pytest.mark.parametrize(
    "change", [{}, {"name": "Casa Lola"}, {"name": None}, {"stations": ["kitchen"], "taxRate": 1800}], ids=str
)
async def test_what_changes_nothing_tells_nobody(house: House, change: dict[str, Any]) -> None:
    answer = await house.as_(house.admin).patch(f"/api/branches/{house.branch_id}", json=change)
    assert (answer.status_code, answer.json()) == (200, settings_of(house))
    assert house.events() == []


async def test_two_changes_at_once_both_count(house: House) -> None:
    admin, manager = house.as_(house.admin), house.as_(house.manager)
    path = f"/api/branches/{house.branch_id}"
    await asyncio.gather(
        admin.patch(path, json={"taxRate": 1000}), manager.patch(path, json={"autoConfirm": True})
    )
    now = (await admin.get(path)).json()
    assert now == settings_of(house, taxRate=1000, autoConfirm=True, rev=3)
    assert [event["branch"]["rev"] for event in house.events("branch:updated")] == [2, 3]
    assert house.events("branch:updated")[-1]["branch"] == now


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "   "},
        {"name": "x" * 81},
        {"name": "a\x00b"},
        {"currency": "pen"},
        {"currency": "SOLES"},
        {"taxRate": -1},
        {"taxRate": 10_001},
        {"taxRate": 18.5},
        {"timeZone": "Lima"},
        {"timeZone": "x" * 65},
        {"dayStartsAt": 1440},
        {"dayStartsAt": -1},
        {"stations": []},
        {"stations": ["none"]},
        {"stations": ["Bar", "bar "]},
        {"stations": ["x" * 41]},
        {"stations": [f"station {n}" for n in range(21)]},
        {"rev": 7},
        {"organizationId": "x"},
    ],
    ids=lambda wrong: str(wrong)[:40],
)
async def test_a_setting_that_cannot_be_is_refused_by_name(house: House, wrong: dict[str, Any]) -> None:
    answer = await house.as_(house.admin).patch(f"/api/branches/{house.branch_id}", json=wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["errors"][0]["field"].split(".")[0] == next(iter(wrong))
    assert house.events() == []


@pytest.mark.parametrize("role", ["cashier", "waiter", "kitchen"])
async def test_only_who_manages_changes_settings(house: House, role: str) -> None:
    somebody = house.as_(getattr(house, role))
    answer = await somebody.patch(f"/api/branches/{house.branch_id}", json={"taxRate": 0})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_a_manager_changes_only_his_own_branches(house: House) -> None:
    norte = await house.open_branch()
    answer = await house.as_(house.manager).patch(f"/api/branches/{norte}", json={"taxRate": 0})
    assert answer.status_code == 404


async def test_a_kept_answer_about_a_branch_one_has_left_is_not_given_again(house: House) -> None:
    norte = await house.open_branch()
    maria = await house.hire("Maria Manager", Role.BRANCH_MANAGER, [house.branch_id, norte])
    change = {"taxRate": 0}
    assert (await house.as_(maria).patch(f"/api/branches/{norte}", json=change, key="k")).status_code == 200
    moved = {"branchIds": [house.branch_id]}
    await house.as_(house.admin).patch(f"/api/staff/{maria.user_id}", json=moved)
    assert (await house.as_(maria).patch(f"/api/branches/{norte}", json=change, key="k")).status_code == 404
