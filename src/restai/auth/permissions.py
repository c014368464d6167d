"""Who may do what: roles and permissions as data (the table of domain.md, "Access")."""

from enum import StrEnum


class Role(StrEnum):
    ORG_ADMIN = "org_admin"
    BRANCH_MANAGER = "branch_manager"
    CASHIER = "cashier"
    WAITER = "waiter"
    KITCHEN = "kitchen"


class Permission(StrEnum):
    BRANCH_READ = "branch:read"
    BRANCH_CREATE = "branch:create"
    SETTINGS_EDIT = "settings:edit"
    MENU_EDIT = "menu:edit"
    TABLES_EDIT = "tables:edit"
    STAFF_EDIT = "staff:edit"
    AVAILABILITY = "menu:availability"
    ORDERS_READ = "orders:read"
    ORDERS_CREATE = "orders:create"
    ORDERS_STATUS = "orders:status"
    SERVICE = "service"
    SESSIONS_MANAGE = "sessions:manage"
    SESSIONS_END = "sessions:end"
    FORCE = "force"
    PAYMENTS_TAKE = "payments:take"
    PAYMENTS_VOID = "payments:void"
    TILL = "till"
    OVERSEE = "oversee"


P = Permission

_FLOOR = frozenset({P.BRANCH_READ, P.ORDERS_READ, P.ORDERS_STATUS})
_MANAGER = frozenset(P) - {P.BRANCH_CREATE}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.ORG_ADMIN: frozenset(P),
    Role.BRANCH_MANAGER: _MANAGER,
    Role.CASHIER: _FLOOR | {P.ORDERS_CREATE, P.SESSIONS_END, P.PAYMENTS_TAKE, P.PAYMENTS_VOID, P.TILL},
    Role.WAITER: _FLOOR | {P.ORDERS_CREATE, P.SERVICE, P.SESSIONS_MANAGE, P.SESSIONS_END, P.PAYMENTS_TAKE},
    Role.KITCHEN: _FLOOR | {P.AVAILABILITY},
}
