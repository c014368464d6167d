"""Who may manage whom, written out by hand."""

from __future__ import annotations

import pytest

from restai.auth.permissions import Role
from restai.features.staff.rules import lacking

HERE, THERE = "a-here", "b-there"

MATRIX = """
                  org_admin  branch_manager  cashier  waiter  kitchen
org_admin         yes        yes             yes      yes     yes
branch_manager    no         yes             yes      yes     yes
cashier           no         no              no       no      no
waiter            no         no              no       no      no
kitchen           no         no              no       no      no
"""


def rows() -> list[tuple[str, str, bool]]:
    header, *lines = MATRIX.strip().splitlines()
    return [
        (line.split()[0], managed, word == "yes")
        for line in lines
        for managed, word in zip(header.split(), line.split()[1:], strict=True)
    ]


@pytest.mark.parametrize(("role", "managed", "may"), rows())
def test_in_ones_own_branch(role: str, managed: str, may: bool) -> None:
    lacks = lacking(Role(role), {HERE}, for_role=Role(managed), for_branches={HERE})
    assert lacks == (None if may else f"role:{managed}")


def test_every_role_is_in_the_matrix() -> None:
    assert {role for role, _, _ in rows()} == {managed for _, managed, _ in rows()} == set(Role)


@pytest.mark.parametrize(
    ("own", "wanted", "lacks"),
    [
        ({HERE}, {HERE}, None),
        ({HERE, THERE}, {HERE}, None),
        ({HERE}, {THERE}, f"branch:{THERE}"),
        ({HERE}, {HERE, THERE}, f"branch:{THERE}"),
        (set(), {HERE, THERE}, f"branch:{HERE}"),
        (set(), set(), None),
    ],
)
def test_a_manager_needs_every_branch_of_the_account(
    own: set[str], wanted: set[str], lacks: str | None
) -> None:
    assert lacking(Role.BRANCH_MANAGER, own, for_role=Role.WAITER, for_branches=wanted) == lacks


def test_an_org_admin_manages_in_every_branch() -> None:
    assert lacking(Role.ORG_ADMIN, set(), for_role=Role.ORG_ADMIN, for_branches={HERE}) is None
