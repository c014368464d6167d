"""Accounts of staff and their sign-ins."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from restai.auth.permissions import Role
from restai.db.types import Base, IdType, Key, Millis, Ref, choice


class User(Base):
    """A member of staff. The e-mail is unique in the installation, kept in lower case."""

    __tablename__ = "users"

    id: Mapped[Key]
    rev: Mapped[int] = mapped_column(default=1)
    organization_id: Mapped[Ref] = mapped_column(index=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(80))
    role: Mapped[Role] = mapped_column(choice(Role))
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[Millis]


class UserBranch(Base):
    """A branch in which a member of staff may act. An org_admin has a row for each branch."""

    __tablename__ = "user_branches"

    user_id: Mapped[str] = mapped_column(IdType, ForeignKey("users.id"), primary_key=True)
    branch_id: Mapped[Key]


class SignIn(Base):
    """One signing in, `sid` in the tokens: ended by sign-out, or by the reuse of an old refresh token."""

    __tablename__ = "sign_ins"

    id: Mapped[Key]
    organization_id: Mapped[Ref]
    user_id: Mapped[str] = mapped_column(IdType, ForeignKey("users.id"), index=True)
    created_at: Mapped[Millis]
    expires_at: Mapped[Millis] = mapped_column(BigInteger, index=True)
    ended_at: Mapped[Millis | None]


class RefreshToken(Base):
    """A link of a sign-in's chain, found by the hash of its secret.

    `salt` is set by its first use: with the token's own secret it makes the successor's. So the same
    answer can be given again for a short while, since the client may not have received it, and no
    secret stands in the database.
    """

    __tablename__ = "refresh_tokens"

    hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    sign_in_id: Mapped[str] = mapped_column(IdType, ForeignKey("sign_ins.id"), index=True)
    expires_at: Mapped[Millis] = mapped_column(BigInteger, index=True)
    used_at: Mapped[Millis | None]
    salt: Mapped[str | None] = mapped_column(String(32))
