"""Client transcripts, spoken with a `Session`: inputs and actions as `protocol/transcripts` writes them."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from pydantic.alias_generators import to_camel

from restai_sdk import actions as do
from restai_sdk.messages import Failed, Position, Screen
from restai_sdk.session import Session

Json = dict[str, Any]


class Conversation:
    """One session. `client` is what a transcript says of it."""

    def __init__(self, client: Json) -> None:
        self._session = Session(
            lambda: client["random"],
            choice=client.get("branches"),
            guest=client.get("guest", False),
            screen=Screen(**client["screen"]) if "screen" in client else None,
        )

    def does(self, step: Json) -> list[Json]:
        """Tell it of a step; what it wants done."""
        return [told(action) for action in self._told_of(step, step["at"])]

    def _told_of(self, step: Json, now: int) -> do.Actions:
        session = self._session
        match step["on"]:
            case "goesOn":
                session.goes_on(step["branch"], Position(**step["position"]))
                return []
            case "start":
                return session.start(now)
            case "opened":
                return session.opened(step["token"], now)
            case "closed":
                return session.closed(step["code"], now)
            case "frame":
                return session.frame(step["text"] if "text" in step else json.dumps(step["message"]), now)
            case "snapshot":
                return session.snapshot(step["branch"], step["ask"], answer_of(step), now)
            case "renewed":
                return session.renewed(step["token"], now)
            case "unrenewed":
                return session.unrenewed(now)
            case "giveUp":
                return session.give_up(step["reason"], now)
            case "wake":
                return session.wake(now)
            case "tick":
                return session.tick(now)
            case other:
                raise ValueError(f"no transcript says {other}")


def answer_of(step: Json) -> Json | Failed:
    """The snapshot that was read, or why there is none."""
    if "answer" in step:
        answer: Json = step["answer"]
        return answer
    return Failed(step["failed"]["status"], step["failed"]["retryAfter"])


def told(action: do.Action) -> Json:
    """An action as transcripts write it."""
    name = type(action).__name__
    fields = {to_camel(field): value for field, value in asdict(action).items()}
    if isinstance(action, do.Send):
        fields = {"message": json.loads(action.text)}
    if isinstance(action, do.FreshnessChanged):
        fields["freshness"] = {to_camel(field): value for field, value in asdict(action.freshness).items()}
    return {"do": name[0].lower() + name[1:], **fields}
