"""A token only finds the account: what one may do is what the rows say now."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, update

from restai.auth.models import SignIn, User, UserBranch
from restai.auth.permissions import Permission, Role
from restai.auth.principal import Claims, Staff, staff_of
from restai.clock import DAY, MINUTE
from restai.errors import Forbidden, Invalid, NotFound, Unauthorized
from restai.ids import new_id
from tests.support.clock import ManualClock
from tests.support.house import House


def a_waiter(*branches: str) -> Staff:
    return Staff(new_id(), new_id(), new_id(), "Walter", Role.WAITER, frozenset(branches))


def claims_of(house: House, who: Staff, clock: ManualClock) -> Claims:
    return house.tokens.verify(house.token(who), clock.now())


async def seen(house: House, claims: Claims) -> Staff:
    async with house.database.reading() as tx:
        return await staff_of(tx, claims)


async def test_the_role_is_read_from_the_account_not_from_the_token(house: House, clock: ManualClock) -> None:
    claims = claims_of(house, house.waiter, clock)
    async with house.database.transaction() as tx:
        await tx.session.execute(
            update(User).where(User.id == house.waiter.user_id).values(role=Role.KITCHEN)
        )
    assert (await seen(house, claims)).role is Role.KITCHEN


async def test_who_has_no_branch_is_still_somebody(house: House, clock: ManualClock) -> None:
    claims = claims_of(house, house.waiter, clock)
    assert (await seen(house, claims)).branches == {house.branch_id}
    async with house.database.transaction() as tx:
        await tx.session.execute(delete(UserBranch).where(UserBranch.user_id == house.waiter.user_id))
    assert await seen(house, claims) == replace(house.waiter, branches=frozenset())


async def test_a_dismissed_account_is_nobody(house: House, clock: ManualClock) -> None:
    claims = claims_of(house, house.waiter, clock)
    async with house.database.transaction() as tx:
        await tx.session.execute(update(User).where(User.id == house.waiter.user_id).values(active=False))
    with pytest.raises(Unauthorized) as error:
        await seen(house, claims)
    assert error.value.code == "token_revoked"


async def test_an_ended_sign_in_is_nobody_and_another_of_the_same_account_goes_on(
    house: House, clock: ManualClock
) -> None:
    async with house.database.transaction() as tx:
        ended = update(SignIn).where(SignIn.id == house.waiter.sign_in_id).values(ended_at=tx.now)
        await tx.session.execute(ended)
    with pytest.raises(Unauthorized):
        await seen(house, claims_of(house, house.waiter, clock))
    assert await seen(house, claims_of(house, house.cashier, clock)) == house.cashier


async def test_a_sign_in_ends_by_itself(house: House, clock: ManualClock) -> None:
    clock.advance(7 * DAY - 10 * MINUTE)
    claims = claims_of(house, house.waiter, clock)
    assert await seen(house, claims)
    clock.advance(10 * MINUTE)
    with pytest.raises(Unauthorized):
        await seen(house, claims)


async def test_a_guest_is_no_staff(house: House, clock: ManualClock) -> None:
    token, _ = house.tokens.for_guest(
        guest_id=house.waiter.user_id,
        session_id=house.waiter.sign_in_id,
        organization_id=house.organization_id,
        branch_id=house.branch_id,
        table_id=new_id(),
        now=clock.now(),
    )
    with pytest.raises(Unauthorized):
        await seen(house, house.tokens.verify(token, clock.now()))


def test_the_only_branch_need_not_be_named() -> None:
    here, there = new_id(), new_id()
    assert a_waiter(here).branch(None) == here
    assert a_waiter(here, there).branch(there) == there
    with pytest.raises(Invalid, match="branchId"):
        a_waiter(here, there).branch(None)
    with pytest.raises(Invalid, match="branchId"):
        a_waiter().branch(None)


def test_a_branch_of_others_is_as_if_it_were_not_there() -> None:
    with pytest.raises(NotFound):
        a_waiter(new_id()).branch(new_id())


def test_what_is_not_granted_is_refused_by_name() -> None:
    with pytest.raises(Forbidden, match="branch:create"):
        a_waiter().require(Permission.BRANCH_CREATE)
    a_waiter().require(Permission.ORDERS_CREATE)
