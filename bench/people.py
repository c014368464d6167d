"""Who signs in: waiters of one branch, each with a sign-in and a token of his own."""

from __future__ import annotations

import time
from typing import Any
from uuid import uuid4

import jwt

from bench.event import BRANCH

LIFE = 900  # seconds, as a restaurant's: longer than a run

_SECRET = "only the bench is signed with this one"
_ALGORITHM = "HS256"


def token() -> str:
    """A token of somebody new, with the claims of the restaurant's own."""
    claims = {
        "iss": "restai",
        "exp": int(time.time()) + LIFE,
        "typ": "staff",
        "sub": str(uuid4()),
        "sid": str(uuid4()),
        "org": "01a2b3c4-0000-7000-8000-000000000003",
        "role": "waiter",
        "branches": [BRANCH],
        "jti": str(uuid4()),
    }
    return jwt.encode(claims, _SECRET, _ALGORITHM)


def verify(token: str) -> dict[str, Any]:
    """What a token claims. Raises jwt.InvalidTokenError."""
    return jwt.decode(token, _SECRET, [_ALGORITHM])
