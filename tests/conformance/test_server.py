"""The server does what the transcripts say: on recorded sockets, and on real ones over TCP."""

from __future__ import annotations

import asyncio

import pytest

from tests.conformance.scene import Client, Recorded, Scene, Wired
from tests.conformance.transcripts import Transcript, transcripts
from tests.support.wire import Port

SERVER = transcripts("server")
LONGEST = 60  # seconds one may take on real sockets

NEEDS_A_WIRE = {"bytes", "repeated"}  # fields of steps whose point is what the bytes are


def needs_a_wire(transcript: Transcript) -> bool:
    return any(NEEDS_A_WIRE & step.keys() for step in transcript.steps)


def only_simulated(transcript: Transcript) -> bool:
    """Between two real sockets there are buffers whose size nobody knows."""
    return any(step["step"] == "stall" for step in transcript.steps)


def named(transcript: Transcript) -> str:
    return transcript.name


@pytest.mark.parametrize("transcript", [one for one in SERVER if not needs_a_wire(one)], ids=named)
async def test_on_recorded_sockets(transcript: Transcript) -> None:
    async def recorded(scene: Scene) -> Client:
        return Recorded(scene.stage)

    scene = Scene(transcript)
    async with scene.stage:
        await scene.play(recorded)


@pytest.mark.parametrize("transcript", [one for one in SERVER if not only_simulated(one)], ids=named)
def test_on_real_sockets(transcript: Transcript) -> None:
    """In the server's own loop; its clients block in threads."""
    scene = Scene(transcript)
    with Port(scene.stage.server, work=scene.stage.server.admissions.run) as port:

        async def wired(scene: Scene) -> Client:
            return await Wired(scene.stage, port).open()

        playing = asyncio.run_coroutine_threadsafe(scene.play(wired), port._loop)
        playing.result(LONGEST)
