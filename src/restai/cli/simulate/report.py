"""What came of it: how much was played, and every promise that was not kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

MOST_KEPT = 200  # problems: who reads more of them learns nothing more


class Promise(StrEnum):
    """What is checked, as the report calls it."""

    TOLD = "nothing lost"
    ORDER = "in order, nothing doubled"
    REVS = "revisions rise one by one"
    OWN = "guests hear of their own visit alone"
    STATE = "every screen shows what the server holds"
    MONEY = "paid to the cent"
    ANSWERS = "every answer is as documented"


@dataclass
class Report:
    """`counts`: what was done, by name. `broken`: promises that were not kept, and how often."""

    counts: Counter[str] = field(default_factory=Counter)
    broken: Counter[Promise] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def problem(self, promise: Promise, text: str) -> None:
        self.broken[promise] += 1
        if len(self.problems) < MOST_KEPT:
            self.problems.append(text)

    @property
    def holds(self) -> bool:
        """Whether every promise was kept."""
        return not self.broken
