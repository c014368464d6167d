"""Columns and naming shared by every feature's models."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, TypeVar

from sqlalchemy import JSON, BigInteger, Enum, MetaData, Uuid
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeEngine

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

IdType = Uuid(as_uuid=False)

Key = Annotated[str, mapped_column(IdType, primary_key=True)]
"""A primary key: a UUID as text in Python, native where the database has the type."""

Ref = Annotated[str, mapped_column(IdType)]
"""The id of another row. Write `Mapped[Ref | None]` where there may be none."""

Millis = Annotated[int, mapped_column(BigInteger)]
"""A moment: integer milliseconds since the epoch."""

Minor = Annotated[int, mapped_column(BigInteger)]
"""Money in minor units."""

E = TypeVar("E", bound=StrEnum)


def choice(states: type[E]) -> Enum:
    """A column of a StrEnum, stored as its text without a database type of its own."""
    return Enum(states, native_enum=False, length=32, values_callable=lambda e: [m.value for m in e])


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: dict[Any, TypeEngine[Any]] = {
        dict[str, Any]: JSON(),
        list[Any]: JSON(),
        list[str]: JSON(),
    }
