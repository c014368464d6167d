"""Commands about tables and visits on the wire."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from restai.events import Shape


class Ending(Shape):
    """`force` lets a manager end a visit that is not paid."""

    force: Annotated[bool, Field(strict=True)] = False
