from __future__ import annotations

import pytest
from argon2 import PasswordHasher

from restai.auth import passwords


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """New passwords are hashed at the lowest cost: tests must not pay for what makes guessing slow."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
