"""The echo server of the examples, in a process of its own: what goes in comes out, however it is sent."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from websockets.sync.client import connect

from tests.support import wire
from tests.support.wire import BINARY, CLOSE, CONTINUATION, PATIENCE, PING, PONG, TEXT, Address, Wire

ECHO = Path(__file__).parents[2] / "examples" / "echo.py"
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def echo() -> Iterator[Address]:
    """The address of the example, as it is run by hand."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address: Address = probe.getsockname()
    process = subprocess.Popen([sys.executable, str(ECHO), "--port", str(address[1])])
    try:
        _until_it_answers(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _until_it_answers(address: Address, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            Wire(address).leave()
            return
        except ConnectionRefusedError:
            time.sleep(0.02)
    raise AssertionError("the example does not run")


@pytest.fixture
def line(echo: Address) -> Iterator[Wire]:
    """An open connection to it, which must end as it should."""
    with Wire(echo) as line:
        yield line.open()
        line.send(wire.close(1000))
        assert line.closed() == 1000


def in_fragments(opcode: int, payload: bytes, cuts: list[int]) -> list[bytes]:
    """The frames of one message, cut at these places."""
    edges = [0, *sorted(min(cut, len(payload)) for cut in cuts), len(payload)]
    parts = [payload[begin:end] for begin, end in pairwise(edges)]
    last = len(parts) - 1
    return [
        wire.frame(CONTINUATION if number else opcode, part, fin=number == last)
        for number, part in enumerate(parts)
    ]


SIZES = [0, 1, 124, 125, 126, 127, 128, 65_534, 65_535, 65_536, 65_537, 131_072, MIB - 1, MIB]


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("opcode", [TEXT, BINARY], ids=["text", "binary"])
def test_a_message_of_any_size(line: Wire, opcode: int, size: int) -> None:
    payload = (b"restaurant" * (size // 10 + 1))[:size]
    assert line.send(wire.frame(opcode, payload)).read() == (opcode, payload, True)


def test_binary_holds_every_byte(line: Wire) -> None:
    payload = bytes(range(256)) * 257
    assert line.send(wire.frame(BINARY, payload)).read().payload == payload


# The first and the last character of every length in UTF-8, and what lies beside the surrogates.
EDGES = "\0\x7f\x80\u07ff\u0800\ud7ff\ue000\ufffd\ufffe\uffff\U00010000\U0001fffe\U0010ffff"
TEXTS = ["Menú del día: ½ ración de piñones", "日本語のメニュー", "🐦👩‍🍳🇪🇸", "مطعم", "e\u0301 ≠ é", EDGES]


@pytest.mark.parametrize("message", TEXTS)
def test_text_of_any_alphabet(line: Wire, message: str) -> None:
    payload = message.encode()
    assert line.send(wire.frame(TEXT, payload)).read() == (TEXT, payload, True)
    for cut in range(len(payload) + 1):
        line.send(*in_fragments(TEXT, payload, [cut]))
        assert line.read().payload.decode() == message


@pytest.mark.parametrize("size", [64, 256, 1024, 4096, 65_536])
@pytest.mark.parametrize("opcode", [TEXT, BINARY], ids=["text", "binary"])
def test_a_mebibyte_in_fragments_of(line: Wire, opcode: int, size: int) -> None:
    payload = b"0123456789abcdef" * (MIB // 16)
    line.send(*in_fragments(opcode, payload, list(range(size, MIB, size))))
    assert line.read() == (opcode, payload, True)


@pytest.mark.parametrize("size", [1, 2, 7, 997, 65_536])
def test_a_message_in_segments_of(line: Wire, size: int) -> None:
    payload = b"segments! " * min(6_553, 40 * size)
    data = wire.frame(TEXT, payload)
    for begin in range(0, len(data), size):
        line.send(data[begin : begin + size])
    assert line.read().payload == payload


def test_many_messages_at_once_come_back_in_order(line: Wire) -> None:
    payloads = [b"%d" % number for number in range(1_000)]
    line.send(*[wire.frame(BINARY, payload) for payload in payloads])
    assert [line.read().payload for _ in payloads] == payloads


def test_the_largest_fragment_may_be_followed_by_an_empty_one(line: Wire) -> None:
    payload = b"x" * MIB
    line.send(wire.frame(BINARY, payload, fin=False), wire.frame(CONTINUATION))
    assert line.read().payload == payload


def test_no_code_in_a_close_is_none_in_the_answer(echo: Address) -> None:
    with Wire(echo).open() as line:
        assert line.send(wire.frame(CLOSE)).read() == (CLOSE, b"", True)
        line.ended()


messages = st.tuples(
    st.sampled_from([TEXT, BINARY]), st.text(max_size=300), st.lists(st.integers(0, 300), max_size=4)
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    said=st.lists(messages, min_size=1, max_size=8),
    pings=st.lists(st.binary(max_size=125), max_size=8),
    segments=st.lists(st.integers(0, 2_000), max_size=12),
)
def test_any_conversation_however_it_is_cut(
    line: Wire, said: list[tuple[int, str, list[int]]], pings: list[bytes], segments: list[int]
) -> None:
    """Messages in any fragments, pings between any of them, in any segments."""
    frames = [part for opcode, text, cuts in said for part in in_fragments(opcode, text.encode(), cuts)]
    for number, payload in enumerate(pings):
        frames.insert(number * 3 % (len(frames) + 1), wire.frame(PING, payload))
    data = b"".join(frames)
    for begin, end in pairwise([0, *sorted(segments), len(data)]):
        line.send(data[begin:end])
    answers = [line.read() for _ in range(len(said) + len(pings))]
    assert [(a.opcode, a.payload.decode()) for a in answers if a.opcode != PONG] == [m[:2] for m in said]
    assert sorted(a.payload for a in answers if a.opcode == PONG) == sorted(pings)


@pytest.mark.parametrize("size", SIZES)
def test_another_library_agrees(echo: Address, size: int) -> None:
    text, parts = "ñ" * (size // 2), ["", "una ", "jarra de ", "agua", ""]
    with connect("ws://{}:{}/".format(*echo), max_size=None, proxy=None) as client:
        client.send(text)
        client.send(text.encode())
        client.send(parts)
        assert client.recv() == text
        assert client.recv() == text.encode()
        assert client.recv() == "".join(parts)
        assert client.ping(b"still there?").wait(PATIENCE)
        assert client.protocol.extensions == []
    assert client.close_code == 1000
