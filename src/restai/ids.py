"""Ids: UUIDs of version 7 as canonical text, so that later ones sort later."""

from typing import Annotated
from uuid import UUID

import uuid_utils
from pydantic import AfterValidator, BeforeValidator, WithJsonSchema


def new_id() -> str:
    return str(uuid_utils.uuid7())


def _canonical(value: object) -> str:
    if isinstance(value, UUID):
        return str(value)
    if not isinstance(value, str):
        raise ValueError("an id is a UUID in text form")
    try:
        return str(UUID(value))
    except ValueError:
        raise ValueError("an id is a UUID in text form") from None


def _is_version_7(value: str) -> str:
    if UUID(value).version != 7:
        raise ValueError("an id made by a client is a UUID of version 7")
    return value


_SCHEMA = WithJsonSchema({"type": "string", "format": "uuid"})
_CLIENT_SCHEMA = WithJsonSchema(
    {
        "type": "string",
        "format": "uuid",
        "pattern": "^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-7[0-9a-fA-F]{3}-[89abAB][0-9a-fA-F]{3}-[0-9a-fA-F]{12}$",
        "description": "version 7",
    }
)

Id = Annotated[str, BeforeValidator(_canonical), _SCHEMA]
"""Any UUID, in canonical text."""

ClientId = Annotated[str, BeforeValidator(_canonical), AfterValidator(_is_version_7), _CLIENT_SCHEMA]
"""An id that a client made, so that it can name what it created offline."""
