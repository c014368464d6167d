"""Passwords."""

from restai.auth.passwords import hash_password, matches
from tests.support.house import PASSWORD, PASSWORD_HASH


async def test_a_password_matches_its_own_hash_alone() -> None:
    stored = await hash_password("mise en place")
    assert stored.startswith("$argon2id$")
    assert "mise en place" not in stored
    assert await matches("mise en place", stored)
    assert not await matches("mise en plaçe", stored)


async def test_nothing_matches_where_no_hash_is_stored() -> None:
    assert not await matches("mise en place", None)
    assert not await matches("", None)


async def test_a_damaged_hash_matches_nothing() -> None:
    assert not await matches(PASSWORD, PASSWORD_HASH[:-4])
    assert not await matches(PASSWORD, "not a hash")
