"""The client's side of the protocol, as the transcripts have it: the same files that every SDK runs."""

from __future__ import annotations

import pytest

from tests.conformance.transcripts import Transcript, transcripts
from tests.sdk.conversation import Conversation


@pytest.mark.parametrize("transcript", transcripts("client"), ids=lambda transcript: transcript.name)
def test_a_session_does_what_the_transcript_says(transcript: Transcript) -> None:
    conversation = Conversation(transcript.content["client"])
    for number, step in enumerate(transcript.steps, 1):
        assert conversation.does(step) == step["then"], f"step {number}: {step['on']}"
