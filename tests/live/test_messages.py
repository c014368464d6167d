"""What the core writes and reads, against the shapes by which it is described."""

from __future__ import annotations

import msgspec
import pytest
from pydantic import ValidationError

from restai.live.asyncapi import messages
from restai.realtime import frames
from restai.realtime.codes import Resync
from tests.realtime.support import unframe

SIGNALS = [b'{"type":"doorbell","door":"back"}', b'{"signal":false}']
STREAMS = {"b": {"epoch": "e", "seq": 1, "head": 2}}


def welcome(*, more: bool) -> bytes:
    return frames.auth_success(
        user_id="u",
        timestamp=1,
        rooms=["branch:b"],
        streams=STREAMS,
        heartbeat_ms=5_000,
        expires_at=2,
        more_branches=more,
    )


WRITTEN: dict[type[messages.Message], list[bytes]] = {
    messages.AuthSuccess: [welcome(more=False), welcome(more=True)],
    messages.AuthError: [frames.auth_error(1)],
    messages.AuthExpiring: [frames.auth_expiring(1)],
    messages.Resync: [frames.resync("b", "e", 1, reason) for reason in Resync],
    messages.Heartbeat: [frames.heartbeat(2, 1, {"b": 3}), frames.heartbeat(2, 1, {})],
    messages.Goodbye: [frames.goodbye(5)],
    messages.Pong: [frames.pong(1)],
    messages.Error: [frames.fault("Invalid JSON")],
    messages.Signal: [frame for said in SIGNALS if (frame := frames.signal(said, ()))],
}


@pytest.mark.parametrize("shape", WRITTEN, ids=lambda shape: shape.__name__)
def test_what_the_core_writes_has_exactly_the_fields_that_are_told(shape: type[messages.Message]) -> None:
    for written in WRITTEN[shape]:
        [payload] = unframe(written)
        read = shape.model_validate_json(payload)
        assert msgspec.json.decode(read.json_bytes()) == msgspec.json.decode(payload)


def test_every_message_of_the_server_is_written_here() -> None:
    assert set(WRITTEN) == {*messages.FROM_SERVER, messages.Signal}


def test_every_type_that_the_core_keeps_for_itself_is_told() -> None:
    told = {shape.example["type"] for shape in (*messages.FROM_CLIENT, *messages.FROM_SERVER)}
    assert told == frames.CONTROL_TYPES


def test_what_is_told_of_auth_is_what_the_core_reads() -> None:
    whole = messages.Auth.example | {
        "branches": ["b"],
        "screen": {"id": "0192f1c8-7a00-7000-8000-00000000d001", "kind": "kitchen", "name": "Grill"},
    }
    assert set(messages.Auth.model_fields) - {"type"} == set(frames.Auth.__struct_fields__)
    read = frames.decode(msgspec.json.encode(whole))
    assert isinstance(read, frames.Auth)
    assert {"type": "auth", **msgspec.to_builtins(read)} == whole
    assert frames.decode(msgspec.json.encode(messages.Ping.example)) == frames.Ping()


@pytest.mark.parametrize("shape", messages.FROM_CLIENT, ids=lambda shape: shape.__name__)
def test_the_shapes_let_nothing_else_pass(shape: type[messages.Message]) -> None:
    with pytest.raises(ValidationError):
        shape.model_validate(shape.example | {"unheard": "of"})
