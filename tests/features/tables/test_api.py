"""Spaces and tables over the API."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from restai.features.tables import service
from restai.features.tables.rules import CODE_ALPHABET, CODE_LENGTH
from restai.features.tables.schemas import TableDraft
from restai.http.deps import Context
from restai.ids import new_id
from tests.support.floor_plan import FloorPlan
from tests.support.house import House

# ---- tables


async def test_a_table_is_set_up(plan: FloorPlan) -> None:
    space = await plan.space("Terrace")
    table = await plan.table("12", spaceId=space, capacity=6, position={"x": 120, "y": 40, "shape": "round"})
    code = table.pop("code")
    assert table == {
        "id": table["id"],
        "rev": 1,
        "number": "12",
        "spaceId": space,
        "capacity": 6,
        "status": "available",
        "sessionId": None,
        "position": {"x": 120, "y": 40, "width": 80, "height": 80, "rotation": 0, "shape": "round"},
        "archived": False,
    }
    assert len(code) == CODE_LENGTH
    assert set(code) <= set(CODE_ALPHABET)
    assert await plan.read(table["id"]) == table | {"code": code}


async def test_every_table_has_a_code_of_its_own(plan: FloorPlan) -> None:
    codes = [(await plan.table(str(n)))["code"] for n in range(12)]
    assert len(set(codes)) == 12


async def test_tables_are_listed_page_by_page(plan: FloorPlan) -> None:
    made = [await plan.table(number) for number in ("1", "2", "3")]
    first = (await plan.manager.get("/api/tables?limit=2")).json()
    rest = (await plan.manager.get(f"/api/tables?limit=2&cursor={first['nextCursor']}")).json()
    assert first["items"] + rest["items"] == made
    assert rest["nextCursor"] is None


async def test_a_table_is_changed(plan: FloorPlan) -> None:
    space = await plan.space()
    table = await plan.table("1")
    url = f"/api/tables/{table['id']}"
    changed = await plan.manager.patch(url, json={"number": "1A", "capacity": 2, "spaceId": space})
    assert changed.json() == table | {"rev": 2, "number": "1A", "capacity": 2, "spaceId": space}
    moved = await plan.manager.patch(url, json={"position": {"x": 5, "y": 6}, "spaceId": None})
    assert moved.json()["spaceId"] is None
    assert moved.json()["position"] == table["position"] | {"x": 5, "y": 6}
    assert [event["table"] for event in plan.house.events("table:updated")] == [
        table,
        changed.json(),
        moved.json(),
    ]


async def test_a_change_of_nothing_is_silent(plan: FloorPlan) -> None:
    table = await plan.table("1")
    same = {key: table[key] for key in ("number", "capacity", "position", "spaceId")}
    for body in ({}, same, {"number": None, "capacity": None}):
        answer = await plan.manager.patch(f"/api/tables/{table['id']}", json=body)
        assert (answer.status_code, answer.json()) == (200, table)
    assert len(plan.house.events("table:updated")) == 1


async def test_a_number_is_had_once_in_a_branch(plan: FloorPlan) -> None:
    first, second = await plan.table("1"), await plan.table("2")
    for answer in (
        await plan.manager.post("/api/tables", json={"number": " 1 "}),
        await plan.manager.patch(f"/api/tables/{second['id']}", json={"number": "1"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "taken")
        assert answer.json()["detail"] == "The table number 1 is already in use"
    await plan.manager.delete(f"/api/tables/{first['id']}")
    assert (await plan.table("1"))["id"] != first["id"]


async def test_another_branch_numbers_its_tables_by_itself(plan: FloorPlan) -> None:
    await plan.table("1")
    north = await plan.house.open_branch()
    admin = plan.house.as_(plan.house.admin)
    answer = await admin.post("/api/tables", json={"branchId": north, "number": "1"})
    assert answer.status_code == 201
    assert (await plan.manager.get(f"/api/tables/{answer.json()['id']}")).status_code == 404


async def test_an_id_can_be_made_by_the_client_once(plan: FloorPlan) -> None:
    table, space = new_id(), new_id()
    for url, body in (
        ("/api/tables", {"id": table, "number": "1"}),
        ("/api/spaces", {"id": space, "name": "Terrace"}),
    ):
        assert (await plan.manager.post(url, json=body)).json()["id"] == body["id"]
        again = await plan.manager.post(url, json=body | ({"number": "2"} if "number" in body else {}))
        assert (again.status_code, again.json()["code"]) == (409, "taken")
        assert body["id"] in again.json()["detail"]


async def test_two_who_give_the_same_number_at_once_are_not_both_served(plan: FloorPlan) -> None:
    answers = await asyncio.gather(
        *(plan.manager.post("/api/tables", json={"number": "7"}) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]


async def test_an_archived_table_is_gone(plan: FloorPlan) -> None:
    table = await plan.table("1")
    url = f"/api/tables/{table['id']}"
    archived = (await plan.manager.delete(url)).json()
    assert archived == table | {"rev": 2, "archived": True}
    assert plan.house.events("table:updated")[-1]["table"] == archived
    assert (await plan.manager.get("/api/tables")).json()["items"] == []
    for answer in (
        await plan.manager.get(url),
        await plan.manager.patch(url, json={"capacity": 1}),
        await plan.manager.patch(f"{url}/status", json={"status": "reserved"}),
        await plan.manager.delete(url),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_table_where_somebody_sits_stays(plan: FloorPlan) -> None:
    table = await plan.table("1")
    await plan.sit(table["id"])
    before = await plan.read(table["id"])
    refused = await plan.manager.delete(f"/api/tables/{table['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "illegal_transition")
    assert refused.json()["resource"] == before == await plan.read(table["id"])


# ---- states


async def test_a_table_is_reserved_closed_and_opened_again(plan: FloorPlan) -> None:
    table = await plan.table("1")
    url = f"/api/tables/{table['id']}/status"
    told = []
    for status in ("reserved", "available", "maintenance", "available"):
        answer = await plan.manager.patch(url, json={"status": status})
        assert answer.json() == table | {"rev": len(told) + 2, "status": status}
        told.append(answer.json())
    events = plan.house.events()[-4:]
    assert [event["table"] for event in events] == told
    assert [event["type"] for event in events] == ["table:updated", "table:available"] * 2


async def test_a_state_it_has_already_is_no_news_whatever_was_seen(plan: FloorPlan) -> None:
    table = await plan.table("1")
    url = f"/api/tables/{table['id']}/status"
    for seen in ({}, {"from": "available"}, {"from": "reserved"}):
        answer = await plan.manager.patch(url, json={"status": "available", **seen})
        assert (answer.status_code, answer.json()) == (200, table)
    assert len(plan.house.events()) == 1


async def test_a_late_tap_changes_nothing(plan: FloorPlan) -> None:
    table = await plan.table("1")
    url = f"/api/tables/{table['id']}/status"
    await plan.manager.patch(url, json={"status": "reserved", "from": "available"})
    late = await plan.manager.patch(url, json={"status": "available", "from": "maintenance"})
    assert (late.status_code, late.json()["code"]) == (409, "stale")
    assert late.json()["resource"] == table | {"rev": 2, "status": "reserved"}
    assert await plan.read(table["id"]) == late.json()["resource"]


@pytest.mark.parametrize(
    ("present", "target"),
    [
        ("available", "occupied"),
        ("reserved", "occupied"),
        ("reserved", "maintenance"),
        ("occupied", "available"),
        ("occupied", "maintenance"),
    ],
)
async def test_only_a_visit_takes_and_frees_a_table(plan: FloorPlan, present: str, target: str) -> None:
    table = await plan.table("1")
    url = f"/api/tables/{table['id']}/status"
    if present == "occupied":
        await plan.sit(table["id"])
    else:
        await plan.manager.patch(url, json={"status": present})
    before = await plan.read(table["id"])
    answer = await plan.manager.patch(url, json={"status": target})
    assert (answer.status_code, answer.json()["code"]) == (409, "illegal_transition")
    assert answer.json()["resource"] == before == await plan.read(table["id"])


# ---- spaces


async def test_spaces_are_part_of_the_branch_and_its_news(plan: FloorPlan) -> None:
    branch = f"/api/branches/{plan.house.branch_id}"
    terrace = await plan.space("Terrace")
    await plan.space("Bar", position=0)
    read = (await plan.manager.get(branch)).json()
    assert [space["name"] for space in read["spaces"]] == ["Bar", "Terrace"]
    assert read["rev"] == 3
    event = plan.house.events("branch:updated")[-1]
    assert event["branch"] == read
    await plan.manager.patch(branch, json={"name": "Casa Lola Sur"})
    assert plan.house.events("branch:updated")[-1]["branch"]["spaces"] == read["spaces"]
    assert (await plan.manager.get(f"/api/spaces/{terrace}")).json() == {"id": terrace, "name": "Terrace"}


async def test_a_space_is_renamed_and_moved(plan: FloorPlan) -> None:
    await plan.space("Hall")
    bar = await plan.space("Bar")
    await plan.manager.patch(f"/api/spaces/{bar}", json={"name": "Barra", "position": 0})
    assert await plan.spaces() == ["Barra", "Hall"]
    told = len(plan.house.events("branch:updated"))
    await plan.manager.patch(f"/api/spaces/{bar}", json={"name": "Barra", "position": 0})
    assert len(plan.house.events("branch:updated")) == told
    assert (await plan.manager.get(f"/api/branches/{plan.house.branch_id}")).json()["rev"] == 4


async def test_spaces_are_listed_page_by_page(plan: FloorPlan) -> None:
    made = [await plan.space(name) for name in ("A", "B", "C")]
    first = (await plan.manager.get("/api/spaces?limit=2")).json()
    rest = (await plan.manager.get(f"/api/spaces?limit=2&cursor={first['nextCursor']}")).json()
    assert [space["id"] for space in first["items"] + rest["items"]] == made


async def test_a_space_goes_only_when_no_table_stands_in_it(plan: FloorPlan) -> None:
    space = await plan.space()
    table = await plan.table("1", spaceId=space)
    refused = await plan.manager.delete(f"/api/spaces/{space}")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_empty")
    await plan.manager.delete(f"/api/tables/{table['id']}")
    assert (await plan.manager.delete(f"/api/spaces/{space}")).status_code == 200
    assert await plan.spaces() == []
    for answer in (
        await plan.manager.get(f"/api/spaces/{space}"),
        await plan.manager.patch(f"/api/spaces/{space}", json={"name": "X"}),
        await plan.manager.delete(f"/api/spaces/{space}"),
        await plan.manager.post("/api/tables", json={"number": "2", "spaceId": space}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_space_waits_for_a_table_that_is_being_put_into_it(plan: FloorPlan) -> None:
    house, space = plan.house, await plan.space()
    async with house.database.transaction() as tx:
        await service.add_table(tx, house.manager, TableDraft(number="1", space_id=space))
        removing = asyncio.create_task(plan.manager.delete(f"/api/spaces/{space}"))
        done, _ = await asyncio.wait({removing}, timeout=0.3)
        assert not done
    assert (await removing).json()["code"] == "not_empty"


# ---- who may

CALLS = [
    ("POST", "/api/spaces", {"name": "X"}),
    ("PATCH", "/api/spaces/{space}", {"name": "X"}),
    ("DELETE", "/api/spaces/{space}", None),
    ("POST", "/api/tables", {"number": "9", "spaceId": "{space}"}),
    ("PATCH", "/api/tables/{table}", {"capacity": 9}),
    ("PATCH", "/api/tables/{table}/status", {"status": "reserved"}),
    ("DELETE", "/api/tables/{table}", None),
]


async def _each(plan: FloorPlan, caller: Any) -> list[httpx.Response]:
    ids = {"space": await plan.space(), "table": (await plan.table("1"))["id"]}
    answers = []
    for method, url, body in CALLS:
        sent = body and {k: v.format(**ids) if isinstance(v, str) else v for k, v in body.items()}
        answers.append(await caller.request(method, url.format(**ids), json=sent))
    return answers


@pytest.mark.parametrize("role", ["waiter", "cashier", "kitchen"])
async def test_only_managers_set_up_tables(plan: FloorPlan, role: str) -> None:
    answers = await _each(plan, plan.house.as_(getattr(plan.house, role)))
    assert {answer.status_code for answer in answers} == {403}


async def test_another_tenants_tables_do_not_exist(
    plan: FloorPlan, context: Context, api: httpx.AsyncClient
) -> None:
    stranger = await House.open(context, api, name="Casa Ajena")
    answers = await _each(plan, stranger.as_(stranger.admin))
    assert [answer.status_code for answer in answers] == [201] + [404] * 6
    (table,) = (await plan.manager.get("/api/tables")).json()["items"]
    for url in (f"/api/tables/{table['id']}", f"/api/tables?branchId={plan.house.branch_id}"):
        assert (await stranger.as_(stranger.admin).get(url)).status_code == 404
    assert table["rev"] == 1


# ---- what cannot be accepted

WRONG_TABLES: list[dict[str, Any]] = [
    {"number": ""},
    {"number": "  "},
    {"number": "x" * 13},
    {"number": "1\x00"},
    {"number": 7},
    {"number": None},
    {"capacity": 0},
    {"capacity": -4},
    {"capacity": 101},
    {"capacity": 10**20},
    {"capacity": 2.5},
    {"position": {"x": -1}},
    {"position": {"x": 10_001}},
    {"position": {"rotation": 360}},
    {"position": {"shape": "heart"}},
    {"position": {"z": 1}},
    {"position": [1, 2]},
    {"spaceId": "the terrace"},
    {"id": "00000000-0000-4000-8000-000000000000"},
    {"code": "AAAAAAAA"},
    {"status": "occupied"},
    {"sessionId": "00000000-0000-4000-8000-000000000000"},
]


async def test_a_table_with_a_wrong_field_is_refused(plan: FloorPlan) -> None:
    table = await plan.table("1")
    for wrong in WRONG_TABLES:
        answer = await plan.manager.post("/api/tables", json={"number": "2"} | wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), wrong
        if wrong in ({"number": None},):
            continue  # in a patch: as if it were absent
        answer = await plan.manager.patch(f"/api/tables/{table['id']}", json=wrong)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), wrong
    assert (await plan.manager.get("/api/tables")).json()["items"] == [table]


async def test_a_status_that_is_none_is_refused(plan: FloorPlan) -> None:
    table = await plan.table("1")
    for wrong in ({}, {"status": "dirty"}, {"status": None}, {"status": "reserved", "from": "x"}):
        answer = await plan.manager.patch(f"/api/tables/{table['id']}/status", json=wrong)
        assert answer.status_code == 422, wrong


async def test_a_space_with_a_wrong_field_is_refused(plan: FloorPlan) -> None:
    for wrong in ({"name": ""}, {"name": "x" * 81}, {"name": "X", "position": -1}, {"name": "X", "rev": 1}):
        assert (await plan.manager.post("/api/spaces", json=wrong)).status_code == 422, wrong
    assert await plan.spaces() == []


async def test_a_table_stands_in_a_space_of_its_own_branch(plan: FloorPlan) -> None:
    north = await plan.house.open_branch()
    admin = plan.house.as_(plan.house.admin)
    there = (await admin.post("/api/spaces", json={"branchId": north, "name": "Hall"})).json()["id"]
    table = await plan.table("1")
    for answer in (
        await plan.manager.post("/api/tables", json={"number": "2", "spaceId": there}),
        await plan.manager.patch(f"/api/tables/{table['id']}", json={"spaceId": there}),
        await plan.manager.patch(f"/api/tables/{table['id']}", json={"spaceId": new_id()}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_call_repeated_with_its_key_sets_up_one_table(plan: FloorPlan) -> None:
    body = {"number": "1"}
    first = await plan.manager.post("/api/tables", json=body, key="one tap")
    second = await plan.manager.post("/api/tables", json=body, key="one tap")
    assert (second.status_code, second.json()) == (201, first.json())
