"""Messages in and out, and the bytes around them."""

import json

import pytest

from restai.realtime import frames
from restai.realtime.frames import Auth, Fault, Ping, Position
from tests.realtime.support import unframe


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65535, 65536, 100_000])
def test_a_frame_tells_its_length(size: int) -> None:
    payload = b"x" * size
    assert unframe(frames.frame(payload)) == [payload]


def test_text_and_binary_differ_in_the_opcode_alone() -> None:
    assert frames.frame(b"hi") == b"\x81\x02hi"
    assert frames.frame(b"hi", binary=True) == b"\x82\x02hi"


def test_the_position_is_spliced_into_the_stored_body() -> None:
    [payload] = unframe(frames.event_frame(b'{"v":1,"id":"a","x":"{\\"v\\":1,"}', 12))
    assert json.loads(payload) == {"v": 1, "seq": 12, "id": "a", "x": '{"v":1,'}


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        ("", "Invalid JSON"),
        ("{", "Invalid JSON"),
        ("nul", "Invalid JSON"),
        ("[1, 2]", "Invalid JSON"),
        ('"ping"', "Invalid JSON"),
        ("[" * 100_000, "Invalid JSON"),
        ('{"type":"subscribe"}', "Unknown type: subscribe"),
        ('{"type":7}', "Unknown type: 7"),
        ("{}", "Unknown type: undefined"),
        ('{"type":"auth"}', "Token required"),
        ('{"type":"auth","token":""}', "Token required"),
        ('{"type":"auth","token":null}', "Token required"),
    ],
)
def test_what_is_not_understood_is_answered(sent: str, answer: str) -> None:
    assert frames.decode(sent) == Fault(answer)


@pytest.mark.parametrize(
    "field", ['"resume":[]', '"resume":{"b":{"epoch":1,"seq":2}}', '"branches":"b"', '"token":1']
)
def test_an_auth_of_another_shape_is_told_what_is_wrong(field: str) -> None:
    token = "" if field.startswith('"token"') else '"token":"t",'
    answer = frames.decode(f'{{"type":"auth",{token}{field}}}')
    assert isinstance(answer, Fault)
    assert answer.message.startswith("Invalid auth: ")


def test_messages_of_the_protocol_are_understood() -> None:
    assert frames.decode('{"type":"ping"}') == Ping()
    assert frames.decode('{"type":"auth","token":"t","more":1}') == Auth("t")
    assert frames.decode(
        '{"type":"auth","token":"t","resume":{"b":{"epoch":"e","seq":3}},"branches":["b"]}'
    ) == Auth("t", {"b": Position("e", 3)}, ["b"])
