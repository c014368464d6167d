"""Who may do what, written out by hand: role by role, permission by permission."""

import pytest

from restai.auth.permissions import GRANTS, Permission, Role

MATRIX = """
                     org_admin  branch_manager  cashier  waiter  kitchen
branch:read          yes        yes             yes      yes     yes
branch:create        yes        no              no       no      no
settings:edit        yes        yes             no       no      no
menu:edit            yes        yes             no       no      no
tables:edit          yes        yes             no       no      no
staff:edit           yes        yes             no       no      no
menu:availability    yes        yes             no       no      yes
orders:read          yes        yes             yes      yes     yes
orders:create        yes        yes             yes      yes     no
orders:status        yes        yes             yes      yes     yes
service              yes        yes             no       yes     no
sessions:manage      yes        yes             no       yes     no
sessions:end         yes        yes             yes      yes     no
force                yes        yes             no       no      no
payments:take        yes        yes             yes      yes     no
payments:void        yes        yes             yes      no      no
till                 yes        yes             yes      no      no
oversee              yes        yes             no       no      no
"""


def rows() -> list[tuple[str, str, bool]]:
    header, *lines = MATRIX.strip().splitlines()
    roles = header.split()
    return [
        (role, line.split()[0], word == "yes")
        for line in lines
        for role, word in zip(roles, line.split()[1:], strict=True)
    ]


@pytest.mark.parametrize(("role", "permission", "granted"), rows())
def test_the_matrix(role: str, permission: str, granted: bool) -> None:
    assert (Permission(permission) in GRANTS[Role(role)]) is granted


def test_no_role_and_no_permission_is_missing_from_the_matrix() -> None:
    assert {role for role, _, _ in rows()} == set(Role)
    assert {permission for _, permission, _ in rows()} == set(Permission)
