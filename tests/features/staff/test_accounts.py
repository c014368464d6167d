"""Hiring, changing and dismissing staff, and their passwords."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from restai.auth.permissions import Role
from restai.auth.principal import Staff
from restai.errors import Busy
from restai.features.staff import api
from restai.ids import new_id
from tests.support.clock import ManualClock
from tests.support.house import PASSWORD, House

NINA: dict[str, Any] = {
    "name": "Nina New",
    "email": "Nina@Lola.example",
    "password": PASSWORD,
    "role": "waiter",
}


async def hire(house: House, by: Staff, **more: Any) -> httpx.Response:
    return await house.as_(by).post("/api/staff", json=NINA | more)


async def change(house: House, by: Staff, whom: Staff, **change: Any) -> httpx.Response:
    return await house.as_(by).patch(f"/api/staff/{whom.user_id}", json=change)


async def set_password(house: House, by: Staff, whom: Staff, **body: Any) -> httpx.Response:
    return await house.as_(by).post(f"/api/staff/{whom.user_id}/password", json=body)


async def sign_in(house: House, email: str, password: str = PASSWORD) -> httpx.Response:
    return await house.with_token(None).post("/api/auth/login", json={"email": email, "password": password})


async def is_in(house: House, who: Staff) -> bool:
    """Whether the sign-in that `who` holds still counts."""
    return (await house.as_(who).get("/api/auth/me")).status_code == 200


def code(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def told(house: House) -> list[tuple[str | None, str | None, str]]:
    """What the sockets were told: account, sign-in, outcome."""
    assert {event["type"] for event in house.events()} <= {"access:changed"}
    assert {event["branchId"] for event in house.events()} <= {house.organization_id}
    return [(event["userId"], event["sid"], event["outcome"]) for event in house.events()]


# ---- seeing


async def test_a_manager_sees_who_works_in_his_branches(house: House) -> None:
    norte = await house.open_branch()
    await house.hire("Nora Norte", Role.WAITER, [norte])
    await house.hire("Flo Floater", Role.WAITER, [house.branch_id, norte])

    async def names(who: Staff, query: str = "") -> list[str]:
        answer = await house.as_(who).get(f"/api/staff{query}")
        return sorted(person["name"].split()[0] for person in answer.json()["items"])

    here = ["Ada", "Carla", "Flo", "Kim", "Mara", "Walter"]
    assert await names(house.manager) == here
    assert await names(house.admin) == sorted([*here, "Nora"])
    assert await names(house.admin, f"?branchId={norte}") == ["Ada", "Flo", "Nora"]
    answer = await house.as_(house.manager).get(f"/api/staff?branchId={norte}")
    assert code(answer) == (404, "not_found")


async def test_no_secret_is_seen(house: House) -> None:
    answer = await house.as_(house.admin).get("/api/staff")
    assert "argon2" not in answer.text
    assert answer.json()["items"][0].keys() == {
        "id", "rev", "name", "email", "role", "branches", "active", "createdAt",
    }  # fmt: skip


async def test_another_tenants_staff_is_as_if_it_were_not_there(house: House, rival: House) -> None:
    assert code(await change(house, house.admin, rival.waiter, name="Ours")) == (404, "not_found")
    answer = await set_password(house, house.admin, rival.waiter, password="open sesame")
    assert code(answer) == (404, "not_found")
    assert await is_in(rival, rival.waiter)
    ours = (await house.as_(house.admin).get("/api/staff")).json()["items"]
    assert rival.waiter.user_id not in {person["id"] for person in ours}


# ---- hiring


async def test_somebody_hired_can_sign_in(house: House, clock: ManualClock) -> None:
    answer = await hire(house, house.manager)
    assert answer.status_code == 201
    nina = answer.json()
    assert answer.headers["location"] == f"/api/staff/{nina['id']}"
    assert nina == {
        "id": nina["id"],
        "rev": 1,
        "name": "Nina New",
        "email": "nina@lola.example",
        "role": "waiter",
        "branches": [{"id": house.branch_id, "name": "Casa Lola"}],
        "active": True,
        "createdAt": clock.now(),
    }
    assert (await sign_in(house, "nina@lola.example")).json()["user"]["id"] == nina["id"]
    assert house.events() == []


async def test_an_email_is_unique_in_the_installation(house: House, rival: House) -> None:
    assert (await hire(rival, rival.admin)).status_code == 201
    assert code(await hire(house, house.admin, email="NINA@lola.example")) == (409, "taken")


async def test_an_id_of_the_clients_is_taken_once(house: House) -> None:
    mine = new_id()
    assert (await hire(house, house.admin, id=mine)).json()["id"] == mine
    answer = await hire(house, house.admin, id=mine, email="other@lola.example")
    assert (code(answer), mine in answer.json()["detail"]) == ((409, "taken"), True)


async def test_a_retried_hiring_is_one(house: House) -> None:
    manager = house.as_(house.manager)
    answers = [await manager.post("/api/staff", json=NINA, key="k") for _ in range(2)]
    assert answers[0].content == answers[1].content
    assert answers[1].status_code == 201


async def test_an_org_admin_has_every_branch_and_others_those_named(house: House) -> None:
    norte = await house.open_branch()
    both = {house.branch_id, norte}
    admin = await hire(house, house.admin, role="org_admin")
    assert {branch["id"] for branch in admin.json()["branches"]} == both
    waiter = await hire(house, house.admin, email="b@lola.example", branchIds=[norte, norte])
    assert [branch["id"] for branch in waiter.json()["branches"]] == [norte]


async def test_who_has_two_branches_says_which(house: House) -> None:
    await house.open_branch()
    answer = await hire(house, house.admin)
    assert (code(answer), answer.json()["errors"][0]["field"]) == ((422, "invalid"), "branchIds")


@pytest.mark.parametrize("by", ["cashier", "waiter", "kitchen"])
async def test_only_who_manages_hires(house: House, by: str) -> None:
    assert code(await hire(house, getattr(house, by))) == (403, "forbidden")


@pytest.mark.parametrize(
    ("role", "status"),
    [("org_admin", 403), ("branch_manager", 201), ("cashier", 201), ("waiter", 201), ("kitchen", 201)],
)
async def test_a_manager_grants_no_role_above_his_own(house: House, role: str, status: int) -> None:
    assert (await hire(house, house.manager, role=role)).status_code == status


async def test_a_manager_grants_no_branch_that_he_lacks(house: House, rival: House) -> None:
    norte = await house.open_branch()
    for branches in ([norte], [house.branch_id, norte], [rival.branch_id], [new_id()]):
        assert code(await hire(house, house.manager, branchIds=branches)) == (404, "not_found")
    assert code(await hire(house, house.admin, branchIds=[rival.branch_id])) == (404, "not_found")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"email": "nina"},
        {"password": "short"},
        {"password": "x" * 201},
        {"role": "owner"},
        {"role": "customer"},
        {"branchIds": []},
        {"branchIds": ["x"]},
        {"active": True},
        {"passwordHash": "x"},
    ],
    ids=lambda wrong: str(wrong)[:40],
)
async def test_a_form_that_cannot_be_is_refused_by_field(house: House, wrong: dict[str, Any]) -> None:
    answer = await hire(house, house.admin, **wrong)
    assert code(answer) == (422, "invalid")
    assert answer.json()["errors"][0]["field"].split(".")[0] == next(iter(wrong))


# ---- changing


async def test_a_change_of_name_or_email_leaves_everybody_signed_in(house: House) -> None:
    answer = await change(house, house.manager, house.waiter, name="Wally", email="Wally@lola.example")
    assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["email"], answer.json()["rev"]) == (
        "Wally",
        "wally@lola.example",
        2,
    )
    assert told(house) == []
    assert await is_in(house, house.waiter)
    assert (await sign_in(house, "wally@lola.example")).status_code == 200


async def test_an_email_of_somebody_else_is_taken(house: House) -> None:
    email = house.emails[house.cashier.user_id]
    assert code(await change(house, house.admin, house.waiter, email=email)) == (409, "taken")


@pytest.mark.parametrize(
    "nothing", [{}, {"role": "waiter"}, {"active": True, "name": "Walter Waiter"}], ids=str
)
async def test_what_changes_nothing_tells_nobody(house: House, nothing: dict[str, Any]) -> None:
    answer = await change(house, house.admin, house.waiter, **nothing)
    assert (answer.status_code, answer.json()["rev"], told(house)) == (200, 1, [])


async def test_another_role_counts_at_once_and_sockets_come_back(house: House) -> None:
    answer = await change(house, house.manager, house.waiter, role="kitchen")
    assert answer.json()["role"] == "kitchen"
    assert told(house) == [(house.waiter.user_id, None, "changed")]
    assert (await house.as_(house.waiter).get("/api/auth/me")).json()["role"] == "kitchen"


async def test_another_branch_counts_at_once_and_sockets_come_back(house: House) -> None:
    norte = await house.open_branch()
    house.forget()
    await change(house, house.admin, house.waiter, branchIds=[norte])
    assert told(house) == [(house.waiter.user_id, None, "changed")]
    waiter = house.as_(house.waiter)
    assert (await waiter.get(f"/api/branches/{norte}")).status_code == 200
    assert (await waiter.get(f"/api/branches/{house.branch_id}")).status_code == 404
    house.forget()
    await change(house, house.admin, house.waiter, branchIds=[norte, house.branch_id])
    assert told(house) == [(house.waiter.user_id, None, "changed")]
    assert len((await waiter.get("/api/branches")).json()["items"]) == 2


async def test_who_becomes_an_admin_has_every_branch(house: House) -> None:
    norte = await house.open_branch()
    answer = await change(house, house.admin, house.manager, role="org_admin", branchIds=[house.branch_id])
    assert {branch["id"] for branch in answer.json()["branches"]} == {house.branch_id, norte}


@pytest.mark.parametrize("by", ["cashier", "waiter", "kitchen"])
async def test_only_who_manages_changes_anybody(house: House, by: str) -> None:
    somebody = getattr(house, by)
    for whom in (house.admin, house.kitchen, somebody):
        assert code(await change(house, somebody, whom, name="X")) == (403, "forbidden")


async def test_a_manager_cannot_touch_an_admin_nor_make_one(house: House) -> None:
    for forbidden in ({"name": "X"}, {"active": False}, {"role": "waiter"}):
        assert code(await change(house, house.manager, house.admin, **forbidden)) == (403, "forbidden")
    for whom in (house.waiter, house.manager):
        assert code(await change(house, house.manager, whom, role="org_admin")) == (403, "forbidden")
    answer = await set_password(house, house.manager, house.admin, password="open sesame")
    assert code(answer) == (403, "forbidden")
    assert told(house) == []
    assert (await sign_in(house, house.emails[house.admin.user_id])).status_code == 200


async def test_a_manager_cannot_touch_who_also_works_elsewhere(house: House) -> None:
    """Dismissing them would concern a branch that is none of his."""
    norte = await house.open_branch()
    flo = await house.hire("Flo Floater", Role.WAITER, [house.branch_id, norte])
    house.forget()
    assert code(await change(house, house.manager, flo, active=False)) == (403, "forbidden")
    assert code(await change(house, house.manager, flo, branchIds=[house.branch_id])) == (403, "forbidden")
    assert code(await set_password(house, house.manager, flo, password="open sesame")) == (403, "forbidden")
    nora = await house.hire("Nora Norte", Role.WAITER, [norte])
    assert code(await change(house, house.manager, nora, name="X")) == (404, "not_found")
    assert told(house) == []


# ---- dismissing


async def test_who_is_dismissed_is_out_everywhere_at_once(house: House) -> None:
    email = house.emails[house.waiter.user_id]
    phone = (await sign_in(house, email)).json()
    answer = await change(house, house.manager, house.waiter, active=False)
    assert (answer.json()["active"], answer.json()["rev"]) == (False, 2)
    assert told(house) == [(house.waiter.user_id, None, "ended")]
    assert not await is_in(house, house.waiter)
    nobody = house.with_token(None)
    refreshed = await nobody.post("/api/auth/refresh", json={"refreshToken": phone["refreshToken"]})
    assert code(refreshed) == (401, "token_revoked")
    assert code(await sign_in(house, email)) == (401, "wrong_password")


async def test_who_is_taken_back_signs_in_anew(house: House) -> None:
    await change(house, house.manager, house.waiter, active=False)
    house.forget()
    assert (await change(house, house.manager, house.waiter, active=True)).json()["active"] is True
    assert told(house) == []
    assert not await is_in(house, house.waiter)
    assert (await sign_in(house, house.emails[house.waiter.user_id])).status_code == 200


async def test_who_is_dismissed_may_be_changed_quietly(house: House) -> None:
    await change(house, house.manager, house.waiter, active=False)
    house.forget()
    await change(house, house.manager, house.waiter, role="kitchen")
    assert told(house) == []


# ---- somebody remains in charge


@pytest.mark.parametrize("leaving", [{"active": False}, {"role": "waiter"}], ids=str)
async def test_the_last_admin_cannot_leave(house: House, leaving: dict[str, Any]) -> None:
    assert code(await change(house, house.admin, house.admin, **leaving)) == (409, "last_admin")
    assert told(house) == []
    olga = await house.hire("Olga Owner", Role.ORG_ADMIN)
    await change(house, house.admin, olga, active=False)
    assert code(await change(house, house.admin, house.admin, **leaving)) == (409, "last_admin")
    await change(house, house.admin, olga, active=True)
    assert (await change(house, house.admin, house.admin, **leaving)).status_code == 200


async def test_a_dismissed_admin_is_not_the_last_one(house: House) -> None:
    olga = await house.hire("Olga Owner", Role.ORG_ADMIN)
    await change(house, house.admin, olga, active=False)
    assert (await change(house, house.admin, olga, role="waiter")).status_code == 200


async def test_the_last_admin_may_still_change_his_name(house: House) -> None:
    assert (await change(house, house.admin, house.admin, name="Ada Lovelace")).status_code == 200


async def test_two_admins_who_dismiss_each_other_at_once_are_not_both_gone(house: House) -> None:
    olga = await house.hire("Olga Owner", Role.ORG_ADMIN)
    answers = await asyncio.gather(
        change(house, house.admin, olga, active=False), change(house, olga, house.admin, active=False)
    )
    assert [answer.status_code for answer in answers].count(200) == 1
    assert [await is_in(house, house.admin), await is_in(house, olga)].count(True) == 1


# ---- passwords


async def test_a_manager_sets_a_password_and_that_ends_the_sign_ins(house: House) -> None:
    email = house.emails[house.waiter.user_id]
    phone = (await sign_in(house, email)).json()
    answer = await set_password(house, house.manager, house.waiter, password="open sesame")
    assert (answer.status_code, answer.json()["rev"]) == (200, 1)
    assert len(told(house)) == 2
    assert {outcome for _, _, outcome in told(house)} == {"ended"}
    assert house.waiter.sign_in_id in {sid for _, sid, _ in told(house)}
    assert not await is_in(house, house.waiter)
    refresh = {"refreshToken": phone["refreshToken"]}
    assert (await house.with_token(None).post("/api/auth/refresh", json=refresh)).status_code == 401
    assert (await sign_in(house, email)).status_code == 401
    assert (await sign_in(house, email, "open sesame")).status_code == 200


async def test_ones_own_password_needs_the_current_one(house: House) -> None:
    for wrong in ({}, {"currentPassword": ""}, {"currentPassword": "guess"}, {"currentPassword": None}):
        answer = await set_password(house, house.waiter, house.waiter, password="open sesame", **wrong)
        assert code(answer) == (401, "wrong_password")
    assert told(house) == []
    assert (await sign_in(house, house.emails[house.waiter.user_id])).status_code == 200


@pytest.mark.parametrize("who", ["waiter", "kitchen", "manager", "admin"])
async def test_everybody_changes_their_own_and_stays_in_here_alone(house: House, who: str) -> None:
    me: Staff = getattr(house, who)
    await sign_in(house, house.emails[me.user_id])
    body = {"password": "open sesame", "currentPassword": PASSWORD}
    assert (await set_password(house, me, me, **body)).status_code == 200
    [(user_id, sid, outcome)] = told(house)
    assert (user_id, outcome) == (None, "ended")
    assert sid != me.sign_in_id
    assert await is_in(house, me)
    assert (await sign_in(house, house.emails[me.user_id], "open sesame")).status_code == 200


@pytest.mark.parametrize("by", ["cashier", "waiter", "kitchen"])
async def test_nobody_else_sets_somebodys_password(house: House, by: str) -> None:
    body = {"password": "open sesame", "currentPassword": PASSWORD}
    for whom in (house.admin, house.manager):
        assert code(await set_password(house, getattr(house, by), whom, **body)) == (403, "forbidden")


async def test_guessing_the_current_password_is_slowed_down(house: House) -> None:
    guess = {"password": "open sesame", "currentPassword": None}
    answers = [await set_password(house, house.waiter, house.waiter, **guess) for _ in range(11)]
    assert [answer.status_code for answer in answers] == [401] * 10 + [429]


async def test_a_password_that_could_not_be_set_was_no_guess(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy() -> Any:
        raise Busy

    right = {"password": "open sesame", "currentPassword": PASSWORD}
    with monkeypatch.context() as trouble:
        trouble.setattr(house.database, "transaction", busy)
        answers = [await set_password(house, house.waiter, house.waiter, **right) for _ in range(11)]
        assert {answer.status_code for answer in answers} == {503}
    assert (await set_password(house, house.waiter, house.waiter, **right)).status_code == 200


async def test_nobody_uses_up_somebody_elses_guesses(house: House, rival: House) -> None:
    for _ in range(11):
        await set_password(house, house.kitchen, house.waiter, password="open sesame")
        await set_password(rival, rival.admin, house.waiter, password="open sesame")
    body = {"password": "open sesame", "currentPassword": PASSWORD}
    assert (await set_password(house, house.waiter, house.waiter, **body)).status_code == 200


async def test_nothing_costly_is_done_for_who_may_not(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def hash_password(_password: str) -> str:
        raise AssertionError("this takes tens of ms of the processor")

    monkeypatch.setattr(api, "hash_password", hash_password)
    assert code(await hire(house, house.kitchen)) == (403, "forbidden")
    answer = await set_password(house, house.kitchen, house.waiter, password="open sesame")
    assert code(answer) == (403, "forbidden")


@pytest.mark.parametrize("password", ["1234567", "x" * 201, None])
async def test_a_password_that_cannot_be_is_refused(house: House, password: str | None) -> None:
    answer = await set_password(house, house.manager, house.waiter, password=password)
    assert (code(answer), answer.json()["errors"][0]["field"]) == ((422, "invalid"), "password")


async def test_a_retried_password_change_is_one(house: House) -> None:
    path = f"/api/staff/{house.waiter.user_id}/password"
    manager = house.as_(house.manager)
    answers = [await manager.post(path, json={"password": "open sesame"}, key="k") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(told(house)) == 1
