"""Founding a restaurant, signing in and out, and managing who works in it."""

from restai.features.staff.service.accounts import change, hire, proof_of, set_password, team
from restai.features.staff.service.founding import found, open_branch, register
from restai.features.staff.service.signing import (
    REFRESH_LIFE,
    account_of,
    begin,
    expire_due,
    expired,
    renew,
    sign_in,
    sign_out,
    sign_out_by_token,
)

__all__ = [
    "REFRESH_LIFE",
    "account_of",
    "begin",
    "change",
    "expire_due",
    "expired",
    "found",
    "hire",
    "open_branch",
    "proof_of",
    "register",
    "renew",
    "set_password",
    "sign_in",
    "sign_out",
    "sign_out_by_token",
    "team",
]
