"""Lists: `{items, nextCursor}`. A cursor is opaque: the id of the last item that was given."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query

from restai.events import Shape
from restai.ids import Id

T = TypeVar("T")
MOST = 200  # items a page


class Page(Shape, Generic[T]):
    """Some of a list. `nextCursor` asks for what follows; null: nothing does."""

    items: list[T]
    next_cursor: str | None = None


class PageRequest:
    """Which page: `limit` items after `cursor`. Ask the database for `limit + 1` and `cut` the rest."""

    def __init__(
        self,
        limit: Annotated[int, Query(ge=1, le=MOST, description="at most so many items")] = 50,
        cursor: Annotated[Id | None, Query(description="the `nextCursor` of the page before")] = None,
    ) -> None:
        self.limit = limit
        self.cursor = cursor

    def cut(self, rows: list[T]) -> tuple[list[T], bool]:
        """The page's rows, and whether more follow."""
        return rows[: self.limit], len(rows) > self.limit


Paging = Annotated[PageRequest, Depends()]
