"""Commands about tables and visits on the wire."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from restai.events import Shape
from restai.ids import Id


class Move(Shape):
    """`tableId` is where the party sits from now on."""

    table_id: Id


class Merger(Shape):
    """`into` is the visit that goes on. With `keepTable` it has both tables."""

    into: Id
    keep_table: Annotated[bool, Field(strict=True)] = False


class Ending(Shape):
    """`force` lets a manager end a visit that is not paid."""

    force: Annotated[bool, Field(strict=True)] = False
