"""A restaurant begins: registering, and opening further branches."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from restai.auth.permissions import Role
from restai.clock import MINUTE
from restai.db.engine import Database
from restai.db.outbox import Stream
from restai.ids import new_id
from tests.support.clock import ManualClock
from tests.support.house import PASSWORD, House

FORM = {"branchName": "Casa Lola", "name": "Ada Admin", "email": "Ada@Lola.example", "password": PASSWORD}


async def streams(database: Database) -> dict[str, tuple[str, int]]:
    """The logs there are: id to organization and head."""
    async with database.reading() as tx:
        return {row.id: (row.organization_id, row.head) for row in await tx.session.scalars(select(Stream))}


# ---- registering


async def test_registering_makes_a_restaurant_and_signs_in(
    api: httpx.AsyncClient, database: Database, clock: ManualClock
) -> None:
    answer = await api.post("/api/auth/register", json=FORM)
    assert answer.status_code == 201
    assert answer.headers["location"] == "/api/auth/me"
    signed_in = answer.json()
    assert signed_in.keys() == {"accessToken", "refreshToken", "expiresAt", "user"}
    assert signed_in["expiresAt"] == clock.now() + 15 * MINUTE
    [branch] = signed_in["user"]["branches"]
    assert signed_in["user"] == {
        "id": signed_in["user"]["id"],
        "name": "Ada Admin",
        "email": "ada@lola.example",
        "role": "org_admin",
        "organizationId": signed_in["user"]["organizationId"],
        "branches": [{"id": branch["id"], "name": "Casa Lola"}],
    }
    organization = signed_in["user"]["organizationId"]
    assert await streams(database) == {organization: (organization, 0), branch["id"]: (organization, 0)}
    headers = {"Authorization": f"Bearer {signed_in['accessToken']}"}
    assert (await api.get("/api/auth/me", headers=headers)).json() == signed_in["user"]


async def test_the_first_branch_has_the_settings_that_were_asked_for(api: httpx.AsyncClient) -> None:
    settings = {"currency": "EUR", "timeZone": "Europe/Madrid", "taxRate": 1000, "pricesIncludeTax": False}
    token = (await api.post("/api/auth/register", json=FORM | settings)).json()["accessToken"]
    [branch] = (await api.get("/api/branches", headers={"Authorization": f"Bearer {token}"})).json()["items"]
    assert settings.items() <= branch.items()
    assert (branch["stations"], branch["autoConfirm"], branch["dayStartsAt"]) == (["kitchen"], False, 240)


async def test_an_email_is_taken_whatever_its_case(api: httpx.AsyncClient, database: Database) -> None:
    await api.post("/api/auth/register", json=FORM)
    before = await streams(database)
    answer = await api.post("/api/auth/register", json=FORM | {"email": "ADA@LOLA.example"})
    assert (answer.status_code, answer.json()["code"]) == (409, "taken")
    assert "ada@lola.example" in answer.json()["detail"]
    assert await streams(database) == before


async def test_of_two_who_register_at_once_with_one_email_one_does(
    api: httpx.AsyncClient, database: Database
) -> None:
    answers = await asyncio.gather(*(api.post("/api/auth/register", json=FORM) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert len(await streams(database)) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "lola.example"},
        {"email": "a" * 250 + "@b.example"},
        {"password": "1234567"},
        {"password": "x" * 201},
        {"branchName": ""},
        {"name": " "},
        {"currency": "soles"},
        {"timeZone": "Lima"},
        {"role": "org_admin"},
        {"organizationName": "x" * 81},
    ],
    ids=lambda wrong: str(wrong)[:40],
)
async def test_a_form_that_cannot_be_is_refused_by_field(
    api: httpx.AsyncClient, wrong: dict[str, Any]
) -> None:
    answer = await api.post("/api/auth/register", json=FORM | wrong)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert [error["field"] for error in answer.json()["errors"]] == list(wrong)


@pytest.mark.parametrize("password", ["12345678", "x" * 200, "ñandú con ají 🌶", "a\x00bcdefgh"])
async def test_any_text_of_eight_to_two_hundred_is_a_password(api: httpx.AsyncClient, password: str) -> None:
    assert (await api.post("/api/auth/register", json=FORM | {"password": password})).status_code == 201
    credentials = {"email": FORM["email"], "password": password}
    assert (await api.post("/api/auth/login", json=credentials)).status_code == 200


# ---- further branches


async def test_an_admin_opens_a_branch_and_every_admin_has_it(house: House, database: Database) -> None:
    second = await house.hire("Olga Owner", Role.ORG_ADMIN)
    house.forget()
    body = {"name": "Casa Lola Norte", "taxRate": 1000, "stations": ["Grill", "Bar"]}
    answer = await house.as_(house.admin).post("/api/branches", json=body)
    assert answer.status_code == 201
    branch = answer.json()
    assert answer.headers["location"] == f"/api/branches/{branch['id']}"
    assert (branch["rev"], branch["timeZone"], branch["currency"]) == (1, "America/Lima", "PEN")
    assert body.items() <= branch.items()
    assert (await streams(database))[branch["id"]] == (house.organization_id, 0)
    for admin in (house.admin, second):
        assert (await house.as_(admin).get(f"/api/branches/{branch['id']}")).json() == branch
    assert (await house.as_(house.manager).get(f"/api/branches/{branch['id']}")).status_code == 404


async def test_the_admins_sockets_are_told_that_there_is_more_to_hear(house: House) -> None:
    second = await house.hire("Olga Owner", Role.ORG_ADMIN)
    house.forget()
    await house.as_(house.admin).post("/api/branches", json={"name": "Norte"})
    told = house.events("access:changed")
    assert {(event["userId"], event["outcome"]) for event in told} == {
        (house.admin.user_id, "changed"),
        (second.user_id, "changed"),
    }
    assert {event["branchId"] for event in told} == {house.organization_id}


async def test_a_branch_may_have_an_id_of_the_clients(house: House) -> None:
    body = {"id": new_id(), "name": "Norte"}
    assert (await house.as_(house.admin).post("/api/branches", json=body)).json()["id"] == body["id"]
    again = await house.as_(house.admin).post("/api/branches", json=body)
    assert (again.status_code, again.json()["code"]) == (409, "taken")


@pytest.mark.parametrize("id_", ["x", "00000000-0000-4000-8000-000000000000", 7])
async def test_an_id_of_another_kind_is_refused(house: House, id_: object) -> None:
    answer = await house.as_(house.admin).post("/api/branches", json={"id": id_, "name": "Norte"})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "id")


@pytest.mark.parametrize("role", ["manager", "cashier", "waiter", "kitchen"])
async def test_nobody_else_opens_branches(house: House, database: Database, role: str) -> None:
    answer = await house.as_(getattr(house, role)).post("/api/branches", json={"name": "Mine"})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert len(await streams(database)) == 2


async def test_a_new_admin_and_a_new_branch_made_at_once_know_each_other(house: House) -> None:
    """Neither may miss the other, whichever is first."""
    admin = house.as_(house.admin)
    draft = {"name": "Olga", "email": "olga@lola.example", "password": PASSWORD, "role": "org_admin"}
    hired, opened = await asyncio.gather(
        admin.post("/api/staff", json=draft), admin.post("/api/branches", json={"name": "Norte"})
    )
    assert (hired.status_code, opened.status_code) == (201, 201)
    team = (await admin.get("/api/staff")).json()["items"]
    [olga] = [person for person in team if person["name"] == "Olga"]
    assert {branch["id"] for branch in olga["branches"]} == {house.branch_id, opened.json()["id"]}
