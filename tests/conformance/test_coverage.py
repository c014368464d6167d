"""Every row of the protocol's tables has a transcript, and the transcripts are about what they say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conformance.transcripts import FOLDER, Transcript, transcripts

Json = dict[str, Any]

# The rows, by hand.
FROM_CLIENT = {
    "auth",
    "auth with resume",
    "auth with branches",
    "auth with screen",
    "auth without token",
    "ping",
    "anything else",
    "not JSON",
    "not an object",
}
FROM_SERVER = {
    "auth:success",
    "auth:error",
    "auth:expiring",
    "resync",
    "heartbeat",
    "goodbye",
    "pong",
    "error",
    "event",
    "signal",
}
CLOSE = {1002, 1003, 1007, 1009, 4001, 4002, 4003, 4005, 4006, 4008, 4010, 4013, 4014, 4500, 4503}
RESYNC_REASONS = {"epoch", "retention", "too_far", "access"}

CLOSE_ROWS = {f"close:{code}" for code in CLOSE}
AUTHS = {"auth", "auth with resume", "auth with branches", "auth with screen"}
A_CLIENT_SAYS = AUTHS | {"ping"}  # the others, no good one does

SERVER, CLIENT = transcripts("server"), transcripts("client")


def covered(those: list[Transcript]) -> set[str]:
    return {row for transcript in those for row in transcript.covers}


def test_the_server_has_a_transcript_for_every_row() -> None:
    assert covered(SERVER) == FROM_CLIENT | FROM_SERVER | CLOSE_ROWS


def test_a_client_has_a_transcript_for_every_row_that_concerns_it() -> None:
    assert covered(CLIENT) == A_CLIENT_SAYS | FROM_SERVER | CLOSE_ROWS


def test_a_server_gives_every_reason_to_read_again() -> None:
    said = [message for transcript in SERVER for message in server_says(transcript)]
    assert {message["reason"] for message in said if message.get("type") == "resync"} == RESYNC_REASONS


def server_says(transcript: Transcript) -> list[Json]:
    """Every message of the server's in a transcript."""
    heard = [message for step in transcript.steps for message in step.get("messages", ())]
    framed = [step["message"] for step in transcript.steps if step.get("on") == "frame" and "message" in step]
    return heard + framed


def rows_of(transcript: Transcript) -> set[str]:
    """The rows that a transcript really has something of."""
    rows = {row_of(message) for message in server_says(transcript)}
    for step in transcript.steps:
        if "code" in step:
            rows.add(f"close:{step['code']}")
        if step.get("step") == "say":
            rows |= said_rows(step)
        for action in step.get("then", ()):
            if action["do"] == "send":
                rows |= said_rows(action)
    return rows


def row_of(message: Json) -> str:
    if message.get("signal") is True:
        return "signal"
    return "event" if "seq" in message and message["type"] != "resync" else message["type"]


def said_rows(said: Json) -> set[str]:
    """The rows of what a client says."""
    if "message" not in said:
        text = said.get("text", "")
        return {"not an object" if text in ("null", "[1, 2]") else "not JSON"}
    message = said["message"]
    match message.get("type"):
        case "auth" if not message.get("token"):
            return {"auth without token"}
        case "auth":
            return {"auth", *(f"auth with {field}" for field in message.keys() - {"type", "token"})}
        case "ping":
            return {"ping"}
    return {"anything else"}


@pytest.mark.parametrize("transcript", SERVER + CLIENT, ids=lambda transcript: transcript.name)
def test_a_transcript_is_about_what_it_says(transcript: Transcript) -> None:
    assert set(transcript.covers) <= rows_of(transcript)
    assert transcript.content["about"].endswith(".")
    assert transcript.steps


def test_every_file_in_the_folder_is_a_transcript() -> None:
    names = {f"{transcript.name}.json" for transcript in SERVER + CLIENT} | {"README.md"}
    assert {path.name for path in Path(FOLDER).iterdir()} == names
