"""What happens to a branch itself."""

from __future__ import annotations

from typing import ClassVar

from restai import rooms
from restai.db.transaction import Transaction
from restai.events import Address, Event
from restai.features.branches.models import Branch
from restai.features.branches.schemas import BranchView, branch_view


class BranchUpdated(Event):
    """The settings of a branch were changed."""

    type: ClassVar[str] = "branch:updated"
    guest_fields: ClassVar[frozenset[str]] = frozenset({"branch"})

    branch: BranchView

    @classmethod
    async def render(cls, tx: Transaction, resource: Branch) -> BranchUpdated:
        return cls(branch=await branch_view(tx, resource))

    def address(self) -> Address:
        return Address(self.branch.id, (rooms.branch(self.branch.id), rooms.menu(self.branch.id)))
