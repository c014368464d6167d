"""Where it is played: a house founded for it, or one that is described by `restai demo --json`."""

from __future__ import annotations

import json
import secrets
import sys
from pathlib import Path
from typing import Any

import httpx

from restai.cli.demo.carte import CARTE, Dish, Question
from restai.cli.demo.premises import CURRENCY, STATIONS, TAX_RATE, TIME_ZONE
from restai.cli.simulate.plan import House, Plan, SignIn
from restai_sdk import Api, Login
from restai_sdk.api.calling import Calls
from restai_sdk.api.menu import GroupDraft, ModifierDraft
from restai_sdk.api.staff import Role
from restai_sdk.api.tables import TableDraft

Json = dict[str, Any]

TEAM: dict[Role, int] = {"branch_manager": 1, "waiter": 4, "cashier": 2, "kitchen": 2}
NAMES = {"branch_manager": "Gerente", "waiter": "Mozo", "cashier": "Caja", "kitchen": "Cocina"}
SEATS = (2, 2, 4, 4, 4, 6)


def described(file: Path) -> House:
    """The house that one line of JSON tells of, `-` being standard input."""
    told = json.loads(sys.stdin.readline() if str(file) == "-" else file.read_text())
    names = ("role", "name", "email", "password")
    staff = tuple(SignIn(**{name: person[name] for name in names}) for person in told["staff"])
    return House(told["branchId"], staff, is_ours=False)


async def found(plan: Plan, http: httpx.AsyncClient) -> list[House]:
    """An organization of our own with so many branches, furnished and staffed. Raises ApiError."""
    email, password = f"owner-{secrets.token_hex(4)}@simulated.example", secrets.token_urlsafe(12)
    await _register(http, plan, email, password)
    api = Api(plan.url, Login(plan.url, email, password, http=http), http=http)
    branches = [branch["id"] async for branch in api.branches.each()]
    for number in range(2, plan.branches + 1):
        branches.append(await _open(api, number))
    return [await _furnished(api, branch, plan) for branch in branches]


async def _register(http: httpx.AsyncClient, plan: Plan, email: str, password: str) -> None:
    registration = {
        "organizationName": "Simulated",
        "branchName": "Simulated 1",
        "name": "Owner",
        "email": email,
        "password": password,
        "currency": CURRENCY,
        "taxRate": TAX_RATE,
        "pricesIncludeTax": True,
        "timeZone": TIME_ZONE,
    }
    await Calls(plan.url, None, http=http).command("POST", "/auth/register", registration)


async def _open(api: Api, number: int) -> str:
    """Every second branch adds its tax to its prices; every third lets its guests have their way."""
    trusting = number % 3 == 0
    branch = await api.branches.open(
        {
            "name": f"Simulated {number}",
            "currency": CURRENCY,
            "taxRate": TAX_RATE,
            "pricesIncludeTax": number % 2 == 1,
            "autoApprove": trusting,
            "autoConfirm": trusting,
            "timeZone": TIME_ZONE,
        }
    )
    return branch["id"]


async def _furnished(api: Api, branch: str, plan: Plan) -> House:
    await api.branches.change(branch, {"stations": STATIONS})
    space = await api.spaces.add({"branchId": branch, "name": "Salón"})
    for number in range(1, plan.load.tables + 1):
        seats = SEATS[number % len(SEATS)]
        table: TableDraft = {
            "branchId": branch,
            "spaceId": space["id"],
            "number": str(number),
            "capacity": seats,
        }
        await api.tables.add(table)
    await _write_menu(api, branch)
    return House(
        branch,
        tuple([await _hire(api, branch, role, n) for role, of in TEAM.items() for n in range(of)]),
        is_ours=True,
    )


async def _hire(api: Api, branch: str, role: Role, number: int) -> SignIn:
    name = f"{NAMES[role]} {number + 1}"
    email, password = f"{role}-{secrets.token_hex(4)}@simulated.example", secrets.token_urlsafe(12)
    await api.staff.hire(
        {"name": name, "email": email, "password": password, "role": role, "branchIds": [branch]}
    )
    return SignIn(role, name, email, password)


async def _write_menu(api: Api, branch: str) -> None:
    groups: dict[str, str] = {}
    for chapter in CARTE:
        category = await api.menu.add_category({"branchId": branch, "name": chapter.name})
        for dish in chapter.dishes:
            for question in dish.questions:
                if question.name not in groups:
                    groups[question.name] = await _ask(api, branch, question)
            await _add(api, branch, category["id"], dish, groups)


async def _ask(api: Api, branch: str, question: Question) -> str:
    answers: list[ModifierDraft] = [
        {"name": name, "price": price} for name, price in question.answers.items()
    ]
    group: GroupDraft = {
        "branchId": branch,
        "name": question.name,
        "min": question.least,
        "max": question.most,
        "modifiers": answers,
    }
    return (await api.menu.add_group(group))["id"]


async def _add(api: Api, branch: str, category: str, dish: Dish, groups: dict[str, str]) -> None:
    await api.menu.add_item(
        {
            "branchId": branch,
            "categoryId": category,
            "name": dish.name,
            "description": dish.description,
            "price": dish.price,
            "station": dish.station,
            "allergens": [str(each) for each in dish.allergens],
            "tags": dish.tags,
            "prepMinutes": dish.minutes,
            "modifierGroupIds": [groups[question.name] for question in dish.questions],
        }
    )
