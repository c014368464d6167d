"""Access tokens: JWT, HS256, with a `kid` so that a secret can be changed while old tokens still count."""

from __future__ import annotations

import hashlib
from typing import Any

import jwt

from restai.auth.principal import Claims, GuestClaims, StaffClaims
from restai.clock import HOUR, MINUTE
from restai.errors import Unauthorized
from restai.ids import new_id

STAFF_LIFE = 15 * MINUTE
GUEST_LIFE = 12 * HOUR  # at most: a visit's end comes first
ISSUER = "restai"
_ALGORITHM = "HS256"
_REQUIRED = {"require": ["exp", "iss", "sub", "typ", "org"], "verify_exp": False}


class Tokens:
    """Signs and verifies. The first secret signs, all verify (two while one is being changed)."""

    def __init__(self, secrets: tuple[str, ...]) -> None:
        if not secrets or any(len(secret) < 32 for secret in secrets):
            raise ValueError("a token secret has at least 32 characters")
        self._keys = {_key_id(secret): secret for secret in secrets}
        self._signer = _key_id(secrets[0])

    def for_staff(
        self, *, user_id: str, sign_in_id: str, organization_id: str, role: str, branches: list[str], now: int
    ) -> tuple[str, int]:
        """A staff token and the moment in ms when it ends."""
        return self._sign(
            {"typ": "staff", "sub": user_id, "sid": sign_in_id, "org": organization_id}
            | {"role": role, "branches": branches, "jti": new_id()},
            expires_at=now + STAFF_LIFE,
        )

    def for_guest(
        self, *, guest_id: str, session_id: str, organization_id: str, branch_id: str, table_id: str, now: int
    ) -> tuple[str, int]:
        """A guest's token and the moment in ms when it ends at the latest."""
        return self._sign(
            {"typ": "guest", "sub": session_id, "guest": guest_id, "org": organization_id}
            | {"branch": branch_id, "table": table_id, "role": "customer"},
            expires_at=now + GUEST_LIFE,
        )

    def verify(self, token: str, now: int) -> Claims:
        """What a token says. Raises Unauthorized (`invalid` or `expired`), whatever the input."""
        claims: Claims
        match self._decode(token):
            case {"typ": "staff", "sub": str(user), "sid": str(sid), "org": str(org), "exp": int(exp)}:
                claims = StaffClaims(user, sid, org, exp * 1000)
            case {"typ": "guest", "sub": str(visit), "guest": str(guest), "org": str(org),
                  "branch": str(branch), "exp": int(exp)}:  # fmt: skip
                claims = GuestClaims(guest, visit, org, branch, exp * 1000)
            case _:
                raise Unauthorized("invalid")
        if claims.expires_at <= now:
            raise Unauthorized("expired")
        return claims

    def _sign(self, claims: dict[str, Any], *, expires_at: int) -> tuple[str, int]:
        seconds = expires_at // 1000
        payload = {"iss": ISSUER, "exp": seconds, **claims}
        token = jwt.encode(payload, self._keys[self._signer], _ALGORITHM, {"kid": self._signer})
        return token, seconds * 1000

    def _decode(self, token: str) -> dict[str, Any]:
        try:
            secret = self._keys[jwt.get_unverified_header(token)["kid"]]
            # `exp` is compared by `verify`, against the restaurant's clock
            return jwt.decode(token, secret, [_ALGORITHM], options=_REQUIRED, issuer=ISSUER)  # type: ignore[arg-type]
        except (jwt.InvalidTokenError, KeyError, TypeError, ValueError):
            raise Unauthorized("invalid") from None


def _key_id(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()[:8]
