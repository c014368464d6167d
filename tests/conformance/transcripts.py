"""The transcripts of `protocol/transcripts`, read as its README says."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]

FOLDER = Path(__file__).parents[2] / "protocol" / "transcripts"
RECENT = 1_000  # ms: how old a `$time` may be


@dataclass(frozen=True)
class Transcript:
    name: str
    content: Json

    @property
    def covers(self) -> list[str]:
        covered: list[str] = self.content["covers"]
        return covered

    @property
    def steps(self) -> list[Json]:
        steps: list[Json] = self.content["steps"]
        return steps


def transcripts(kind: str) -> list[Transcript]:
    """All of a kind, `server` or `client`, by name."""
    return [
        Transcript(path.stem, json.loads(path.read_text(encoding="utf-8")))
        for path in sorted(FOLDER.glob(f"{kind}-*.json"))
    ]


def fits(expected: Any, actual: Any, now: int) -> bool:
    """Whether a value is what a transcript expects at `now` (ms, the server's clock)."""
    if expected == "$time":
        return isinstance(actual, int) and now - RECENT <= actual <= now
    if expected == "$number":
        return isinstance(actual, int) and actual >= 0
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(
            fits(each, actual[name], now) for name, each in expected.items()
        )
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(
            fits(one, other, now) for one, other in zip(expected, actual, strict=True)
        )
    return type(expected) is type(actual) and bool(expected == actual)
