"""The transport on real sockets: handshakes, frames right and wrong, slow and vanishing clients.

The server runs in a thread, on both event loops; the clients here are blocking and send exact bytes.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import re
import signal
import struct
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

import pytest
from websockets.datastructures import Headers

from restai.realtime import transport
from restai.realtime.codes import Close
from restai.realtime.frames import LARGEST_MESSAGE, frame
from restai.realtime.peer import Peer
from restai.realtime.server import ADDRESS_LIMIT, SLOW, Server
from restai.realtime.transport import PAUSE_ABOVE, Handler, Handshake, Rejection, Socket
from tests.realtime.support import STAGE, Door, MemoryLog, Time
from tests.support import wire
from tests.support.wire import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PATIENCE,
    PING,
    PONG,
    TEXT,
    Port,
    Wire,
    text,
    upgrade,
)

uvloop = pytest.importorskip("uvloop")

LoopFactory = Callable[[], asyncio.AbstractEventLoop]
LOOPS: dict[str, LoopFactory] = {"uvloop": uvloop.new_event_loop, "asyncio": asyncio.SelectorEventLoop}

FRIEND = "https://menu.example"  # an origin that is allowed beside the host's own


class Core(Port):
    """The core on a port: a log in memory, people with tickets, time that is moved by hand."""

    largest_message = LARGEST_MESSAGE

    def __init__(self, *, address_limit: int = ADDRESS_LIMIT, **options: Any) -> None:
        self.time = Time()
        self.log = MemoryLog()
        self.door = Door(self.time.wall)
        self.door.let("ana")
        self.server = Server(
            self.log,
            self.door,
            origins=[FRIEND],
            address_limit=address_limit,
            wall=self.time.wall,
            now=self.time.now,
        )
        self.peers: list[Peer] = []
        super().__init__(self, work=self.server.run, **options)

    def accept(self, handshake: Handshake) -> Handler | Rejection:
        answer = self.server.accept(handshake)
        if isinstance(answer, Peer):
            self.peers.append(answer)
        return answer

    def say(self, *texts: str) -> None:
        """Commit events in this process, all in one tick."""

        def commit() -> None:
            events = [self.log.commit(each) for each in texts]
            self.server.tail.accept(STAGE, "first", events)

        self.do(commit)


class Guest:
    """A `Handler` that only remembers. As `Sockets`, it is also the one who answers every handshake."""

    largest_message = LARGEST_MESSAGE

    def __init__(self) -> None:
        self.seen: list[Handshake] = []
        self.socket: Socket
        self.is_lost = False
        self.is_congested = False

    def accept(self, handshake: Handshake) -> Guest:
        self.seen.append(handshake)
        return self

    def opened(self, socket: Socket) -> None:
        self.socket = socket

    def congested(self) -> None:
        self.is_congested = True

    def writable(self) -> None:
        self.is_congested = False

    def lost(self) -> None:
        self.is_lost = True

    def text(self, message: str) -> None:
        self.socket.write(frame(message.encode()))

    def binary(self, message: bytes) -> None:
        self.socket.close(Close.BINARY)

    def drain(self) -> None:
        self.socket.close(Close.DRAINING)

    def heard(self) -> None: ...


@pytest.fixture(params=LOOPS, scope="module")
def loop_factory(request: pytest.FixtureRequest) -> LoopFactory:
    return LOOPS[request.param]


@pytest.fixture(scope="module")
def core(loop_factory: LoopFactory) -> Iterator[Core]:
    with Core(loop_factory=loop_factory) as core:
        yield core


@pytest.fixture
def guest() -> Guest:
    return Guest()


@pytest.fixture
def port(guest: Guest, loop_factory: LoopFactory) -> Iterator[Port]:
    with Port(guest, loop_factory=loop_factory) as port:
        yield port


@pytest.fixture(autouse=True)
def nothing_fails(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """No client, however it behaves, is an error of the server's."""
    yield
    assert [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR] == []


@pytest.fixture
def quick_close(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transport, "CLOSE_DEADLINE", 0.2)


def said(wire: Wire) -> str:
    """What the server understood of a message of an unknown type."""
    answer = wire.read().message
    assert answer["type"] == "error", answer
    return answer["message"].removeprefix("Unknown type: ")


# ---- the handshake


def refused(core: Core, request: bytes) -> int:
    """The status of an upgrade that does not happen; the connection ends after it."""
    with core.connect().send(request) as wire:
        status, head = wire.response()
        [size] = re.findall(r"(?i)content-length: (\d+)", head)
        wire.take(int(size))
        wire.ended()
        return status


@pytest.mark.parametrize("path", ["/", "/ws/", "/ws2", "/WS", "/api/ws", "/ws%3Fx", "//ws"])
def test_there_is_no_socket_on_another_path(core: Core, path: str) -> None:
    assert refused(core, upgrade(path)) == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize(
    "query",
    ["token=abc", "token=", "token", "a=1&token=abc", "%74oken=abc", "tok%65n=a%20b", "token=a&token=b"],
)
def test_a_token_in_the_url_is_refused(core: Core, query: str) -> None:
    assert refused(core, upgrade(f"/ws?{query}")) == HTTPStatus.BAD_REQUEST


def test_another_query_is_nobodys_business(core: Core) -> None:
    core.open("/ws?tokens=1&v=2").leave()


@pytest.mark.parametrize(
    "origin",
    [
        "https://elsewhere.example",
        "https://restaurant.example.elsewhere.example",
        "https://restaurant.example:8443",
        "https://menu.example.elsewhere.example",
        "restaurant.example",
        "null",
        "http://[",
    ],
)
def test_a_foreign_page_is_refused(core: Core, origin: str) -> None:
    assert refused(core, upgrade(origin=origin)) == HTTPStatus.FORBIDDEN


@pytest.mark.parametrize("origin", ["http://restaurant.example", "https://Restaurant.Example", FRIEND])
def test_pages_of_the_host_and_of_friends_may_connect(core: Core, origin: str) -> None:
    core.open(origin=origin).leave()


def test_who_is_no_page_may_connect(core: Core) -> None:
    assert "origin:" not in upgrade().decode().lower()
    core.open().leave()


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (upgrade(sec_websocket_version="12"), HTTPStatus.BAD_REQUEST),
        (upgrade(without=("sec-websocket-version",)), HTTPStatus.BAD_REQUEST),
        (upgrade(sec_websocket_key="c2hvcnQ="), HTTPStatus.BAD_REQUEST),
        (upgrade(sec_websocket_key="~" * 24), HTTPStatus.BAD_REQUEST),
        (upgrade(without=("sec-websocket-key",)), HTTPStatus.BAD_REQUEST),
        (upgrade(method="POST"), HTTPStatus.METHOD_NOT_ALLOWED),
        (upgrade(**{f"x-{n}": "y" for n in range(200)}), HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE),
    ],
    ids=["version 12", "no version", "short key", "bad key", "no key", "POST", "200 headers"],
)
def test_a_bad_handshake_is_refused(core: Core, request_: bytes, status: HTTPStatus) -> None:
    assert refused(core, request_) == status


def test_the_answer_proves_that_the_key_was_read(core: Core) -> None:
    """The example of RFC 6455, 1.3."""
    with core.connect() as wire:
        _, head = wire.send(upgrade(sec_websocket_key="dGhlIHNhbXBsZSBub25jZQ==")).response()
        assert "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in head


def test_compression_is_not_agreed_to(core: Core) -> None:
    with core.connect() as wire:
        status, head = wire.send(upgrade(sec_websocket_extensions="permessage-deflate")).response()
        assert (status, "deflate" in head) == (101, False)


def test_a_refused_handshake_leaves_nothing(core: Core) -> None:
    before = core.do(core.server.snapshot).clients
    refused(core, upgrade(sec_websocket_version="12"))
    refused(core, upgrade("/elsewhere"))
    assert core.do(core.server.snapshot).clients == before


@pytest.mark.parametrize(
    ("trusted", "header", "address"),
    [
        ("127.0.0.1", None, "127.0.0.1"),
        ("127.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("127.0.0.1", "10.9.9.9, 203.0.113.7", "203.0.113.7"),  # what a client claims stands left
        ("127.0.0.1,10.0.0.0/8", "198.51.100.1, 203.0.113.7, 10.1.2.3", "203.0.113.7"),
        ("127.0.0.1", "2001:db8::7", "2001:db8::7"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("*", "203.0.113.7, 10.1.2.3", "203.0.113.7"),
        ("10.0.0.1", "203.0.113.7", "127.0.0.1"),  # it did not come through our proxy
    ],
)
def test_the_address_is_the_one_behind_trusted_proxies(
    guest: Guest, trusted: str, header: str | None, address: str
) -> None:
    headers = {} if header is None else {"x_forwarded_for": header}
    with Port(guest, forwarded_allow_ips=trusted) as port:
        port.open(**headers).leave()
    assert guest.seen[0].address == address


def test_proxies_may_be_ignored_altogether(guest: Guest) -> None:
    with Port(guest, proxy_headers=False) as port:
        port.open(x_forwarded_for="203.0.113.7").leave()
    assert guest.seen[0].address == "127.0.0.1"


def test_headers_of_any_bytes_come_through_a_proxy(guest: Guest) -> None:
    with Port(guest) as port:
        port.open(x_forwarded_for="203.0.113.7", cookie="café=ñ").leave()
    assert guest.seen[0].address == "203.0.113.7"


def test_a_socket_keeps_nothing_of_its_request(core: Core) -> None:
    with core.open(cookie="a kilobyte, in real life") as ana:
        ana.sign_in("ana")
        kept = [thing for thing in gc.get_objects() if isinstance(thing, Headers)]
        assert not any("cookie" in headers for headers in kept)


def test_one_address_has_only_so_many_sockets() -> None:
    with Core(address_limit=2) as core:
        kept = [core.open(x_forwarded_for="203.0.113.7") for _ in range(2)]
        assert core.open(x_forwarded_for="203.0.113.7").closed() == Close.TOO_MANY_CONNECTIONS
        kept.append(core.open(x_forwarded_for="203.0.113.8"))
        kept.pop(0).vanish()
        core.eventually(lambda: core.server.snapshot().clients == 2)
        kept.append(core.open(x_forwarded_for="203.0.113.7"))
        for each in kept:
            assert each.say(type="ping").read().message["type"] == "pong"
            each.leave()


# ---- frames that are wrong


def whole(opcode: int, payload: bytes) -> bytes:
    return wire.frame(opcode, payload)


def pieces(opcode: int, *payloads: bytes) -> bytes:
    """One message in several frames."""
    last = len(payloads) - 1
    return b"".join(
        wire.frame(CONTINUATION if i else opcode, payload, fin=i == last)
        for i, payload in enumerate(payloads)
    )


PROTOCOL_ERRORS = {
    "unmasked text": wire.frame(TEXT, b"{}", masked=False),
    "unmasked ping": wire.frame(PING, masked=False),
    "ping in fragments": wire.frame(PING, b"a", fin=False),
    "close in fragments": wire.frame(CLOSE, b"", fin=False),
    "ping of 126 bytes": whole(PING, b"x" * 126),
    "pong of 126 bytes": whole(PONG, b"x" * 126),
    "close of 126 bytes": whole(CLOSE, struct.pack("!H", 1000) + b"x" * 124),
    "close of one byte": whole(CLOSE, b"\x03"),
    "continuation of nothing": wire.frame(CONTINUATION, b"a"),
    "continuation of a finished message": pieces(TEXT, b'{"type":', b'"x"}') + wire.frame(CONTINUATION, b"a"),
    "message within a message": wire.frame(TEXT, b"a", fin=False) + text("b"),
    **{f"reserved bits {bits:03b}": wire.frame(TEXT, b"{}", reserved=bits) for bits in range(1, 8)},
    **{f"opcode {code:#x}": whole(code, b"") for code in (*range(0x3, 0x8), *range(0xB, 0x10))},
    **{
        f"close code {code}": wire.close(code)
        for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535)
    },
}

BAD_TEXT = {
    "stray byte": whole(TEXT, b'"\xff"'),
    "cut off at the end": whole(TEXT, "ñ".encode()[:1]),
    "cut off at the end of the last fragment": pieces(TEXT, b"a", "🐦".encode()[:3]),
    "wrong across fragments": pieces(TEXT, b'"\xc3', b'("'),
    "overlong": whole(TEXT, b"\xc0\xaf"),
    "surrogate": whole(TEXT, b"\xed\xa0\x80"),
    "above Unicode": whole(TEXT, b"\xf4\x90\x80\x80"),
    "reason of a close": wire.close(1000, b"\xff"),
}

TOO_LARGE = {
    "one byte over": whole(TEXT, b" " * (LARGEST_MESSAGE + 1)),
    "announced, not yet sent": wire.frame(TEXT, size=LARGEST_MESSAGE + 1),
    "announced as the largest number": wire.frame(TEXT, size=2**63 - 1),
    "in fragments": pieces(TEXT, b" " * LARGEST_MESSAGE, b" "),
    "in fragments, announced": wire.frame(TEXT, b" " * LARGEST_MESSAGE, fin=False)
    + wire.frame(CONTINUATION, size=1),
    "binary": wire.frame(BINARY, size=LARGEST_MESSAGE + 1),
}


def end_of(core: Core, data: bytes) -> int:
    with core.open() as wire:
        return wire.send(data).closed()


@pytest.mark.parametrize("data", PROTOCOL_ERRORS.values(), ids=PROTOCOL_ERRORS)
def test_a_breach_of_the_protocol_is_1002(core: Core, data: bytes) -> None:
    assert end_of(core, data) == Close.PROTOCOL_ERROR


@pytest.mark.parametrize("data", BAD_TEXT.values(), ids=BAD_TEXT)
def test_text_that_is_not_utf8_is_1007(core: Core, data: bytes) -> None:
    assert end_of(core, data) == Close.BAD_TEXT


@pytest.mark.parametrize("data", TOO_LARGE.values(), ids=TOO_LARGE)
def test_a_message_over_the_limit_is_1009(core: Core, data: bytes) -> None:
    assert end_of(core, data) == Close.TOO_LARGE


@pytest.mark.parametrize(
    "data",
    [whole(BINARY, b"{}"), whole(BINARY, b""), pieces(BINARY, b"{", b"}")],
    ids=["whole", "empty", "in fragments"],
)
def test_binary_is_1003(core: Core, data: bytes) -> None:
    assert end_of(core, data) == Close.BINARY


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (whole(BINARY, b"") + wire.close(1000), 1000),
        (whole(TEXT, b"\xff") + wire.close(4321), 4321),
        (whole(TEXT, b"\xff") + wire.frame(TEXT, masked=False), Close.PROTOCOL_ERROR),
        (text({"type": "ping"}) * 61 + wire.frame(TEXT, masked=False), Close.PROTOCOL_ERROR),
        (whole(BINARY, b"") + text("{") * 3, Close.BINARY),
    ],
    ids=["binary, close", "bad text, close", "bad text, unmasked", "too many, unmasked", "binary, text"],
)
def test_two_reasons_to_close_in_one_segment(core: Core, data: bytes, code: int) -> None:
    assert end_of(core, data) == code


def test_nothing_is_understood_after_a_breach(core: Core) -> None:
    with core.open() as wire_:
        wire_.send(wire.frame(TEXT, b"{}", masked=False), text({"type": "ping"}))
        [only] = wire_.reads_all()
        assert only.code == Close.PROTOCOL_ERROR


def test_what_was_right_before_a_breach_is_answered(core: Core) -> None:
    with core.open() as wire_:
        wire_.send(text({"type": "ping"}), wire.frame(TEXT, b"{}", masked=False))
        pong, end = wire_.reads_all()
        assert pong.message["type"] == "pong"
        assert end.code == Close.PROTOCOL_ERROR


def test_a_breach_takes_a_member_out_of_its_rooms(core: Core) -> None:
    with core.open().sign_in("ana") as ana:
        assert core.do(core.server.snapshot).rooms == 1
        assert ana.send(wire.frame(0x3, b"")).closed() == Close.PROTOCOL_ERROR
    core.eventually(lambda: core.server.snapshot().clients == 0)
    assert core.do(core.server.snapshot).rooms == 0


# ---- frames that are right


def test_the_largest_message_is_heard(core: Core) -> None:
    message = b'{"type":"large"%s}' % (b" " * (LARGEST_MESSAGE - 16))
    assert len(message) == LARGEST_MESSAGE
    with core.open() as wire_:
        wire_.send(whole(TEXT, message))
        assert said(wire_) == "large"
        wire_.send(pieces(TEXT, message[:10], message[10:]))
        assert said(wire_) == "large"


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
def test_a_message_in_fragments(core: Core, size: int) -> None:
    message = '{"type":"mañana 🐦"}'.encode()
    parts = [message[i : i + size] for i in range(0, len(message), size)]
    with core.open() as wire_:
        wire_.send(pieces(TEXT, b"", *parts, b""))
        assert said(wire_) == "mañana 🐦"


def test_pings_between_fragments(core: Core) -> None:
    with core.open() as wire_:
        wire_.send(
            wire.frame(TEXT, b'{"type"', fin=False),
            wire.frame(PING, b"one"),
            wire.frame(CONTINUATION, b':"long', fin=False),
            wire.frame(PING, b"x" * 125),
            wire.frame(PONG, b"nobody asked"),
            wire.frame(CONTINUATION, b'"}'),
        )
        answers = [wire_.read() for _ in range(3)]
        assert [a.payload for a in answers if a.opcode == PONG] == [b"one", b"x" * 125]
        assert [a.message["message"] for a in answers if a.opcode == TEXT] == ["Unknown type: long"]


@pytest.mark.parametrize("payload", [b"", b"a", bytes(range(125))])
def test_a_ping_is_answered_with_what_it_held(core: Core, payload: bytes) -> None:
    with core.open() as wire_:
        assert wire_.send(whole(PING, payload)).read() == (PONG, payload, True)


def test_a_frame_split_at_every_byte(core: Core) -> None:
    for data in (text({"type": "split"}), pieces(TEXT, b'{"type":"sp', b'lit"}')):
        with core.open() as wire_:
            for cut in range(1, len(data)):
                wire_.send(data[:cut])
                core.settle()
                wire_.send(data[cut:])
                assert said(wire_) == "split"


def test_a_conversation_byte_by_byte(core: Core) -> None:
    with core.connect() as wire_:
        for byte in upgrade():
            wire_.send(bytes([byte]))
        assert wire_.response()[0] == 101
        for byte in text({"type": "auth", "token": "ana"}) + whole(PING, b"!"):
            wire_.send(bytes([byte]))
            core.settle()
        answers = [wire_.read(), wire_.read(), wire_.read()]
        assert {a.opcode for a in answers} == {TEXT, PONG}
        assert answers[0].message["type"] == "auth:success" or answers[0].opcode == PONG


def test_several_messages_in_one_segment(core: Core) -> None:
    with core.open() as wire_:
        wire_.send(*[text({"type": f"n{n}"}) for n in range(50)])
        assert [said(wire_) for _ in range(50)] == [f"n{n}" for n in range(50)]


@pytest.mark.parametrize("code", [1000, 1001, 1003, 1011, 3000, 4999])
def test_a_close_is_answered_with_its_own_code(core: Core, code: int) -> None:
    with core.open() as wire_:
        end = wire_.send(wire.close(code, "adiós".encode())).read()
        assert (end.code, end.payload[2:].decode()) == (code, "adiós")
        wire_.ended()


def test_a_close_without_a_code_is_answered_without_one(core: Core) -> None:
    with core.open() as wire_:
        assert wire_.send(wire.frame(CLOSE)).read().payload == b""
        wire_.ended()


def test_our_close_says_why_and_waits_for_the_answer(core: Core) -> None:
    with core.open() as wire_:
        end = wire_.send(whole(BINARY, b"")).read()
        assert end.payload[2:].decode() == Close.BINARY.reason
        core.settle()
        wire_.send(wire.close(1003))
        wire_.ended()


# ---- silence and absence


@pytest.mark.parametrize(
    "data",
    [b"", text({"type": "auth"})[:7], wire.frame(TEXT, b" " * 60_000, size=LARGEST_MESSAGE)],
    ids=["nothing", "half a frame", "most of a large frame"],
)
def test_who_does_not_sign_in_is_sent_away(core: Core, data: bytes) -> None:
    with core.open() as wire_:
        wire_.send(data)
        core.settle()
        core.time.seconds += 11
        assert wire_.told_to_go() == Close.AUTH_TIMEOUT


def test_half_a_frame_and_then_silence(core: Core) -> None:
    with core.open().sign_in("ana") as ana:
        ana.send(wire.frame(TEXT, b'{"type":', size=LARGEST_MESSAGE))
        core.settle()
        core.time.seconds += 16
        heard = ana.read()
        while heard.opcode != PING:
            heard = ana.read()
        core.time.seconds += 11
        assert ana.told_to_go() == Close.NO_PONG


def test_any_byte_is_a_sign_of_life(core: Core) -> None:
    with core.open().sign_in("ana") as ana:
        core.time.seconds += 16
        while ana.read().opcode != PING:
            pass
        ana.send(text({"type": "alive"})[:3])
        core.settle()
        core.time.seconds += 11
        core.do(core.server.turn_wheel)
        assert core.do(core.server.snapshot).clients == 1


def test_a_client_that_vanishes_is_forgotten(core: Core) -> None:
    core.open().sign_in("ana").vanish()
    core.open().vanish()
    core.connect().send(upgrade()[:40]).vanish()
    core.open().sign_in("ana").leave()
    core.open().send(text({"type": "half"})[:5]).leave()
    core.eventually(lambda: core.server.snapshot().clients == 0)
    assert core.do(core.server.snapshot).rooms == 0


# ---- clients that do not read

FULL = 16 * 1024 * 1024  # bytes: more than any kernel keeps for one socket


def stuck(port: Port, guest: Guest) -> Wire:
    """A client that has been written more than it takes, for good."""
    wire_ = port.connect(receive_buffer=4096).open()
    port.do(lambda: guest.socket.write(b"\0" * FULL))
    assert port.do(lambda: guest.socket.buffered) > 0
    return wire_


ENDINGS: dict[str, Callable[[Wire, Guest], object]] = {
    "the client closes": lambda wire_, guest: wire_.send(wire.close(1000)),
    "the client breaks the protocol": lambda wire_, guest: wire_.send(wire.frame(0x3, b"")),
    "the client ends its half": lambda wire_, guest: wire_.socket.shutdown(1),
    "the server closes": lambda wire_, guest: wire_.send(whole(BINARY, b"")),
}


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS)
@pytest.mark.usefixtures("quick_close")
def test_who_is_stuck_in_the_closing_handshake_is_cut_off(
    port: Port, guest: Guest, ending: Callable[[Wire, Guest], object]
) -> None:
    with stuck(port, guest) as wire_:
        ending(wire_, guest)
        port.eventually(lambda: guest.socket.closing)
        port.do(guest.socket.ping)
        port.do(lambda: guest.socket.close(Close.TOO_SLOW))
        port.eventually(lambda: guest.is_lost)


def test_who_takes_what_was_written_may_leave_in_peace(port: Port, guest: Guest) -> None:
    with stuck(port, guest) as wire_:
        wire_.send(whole(BINARY, b""))
        port.eventually(lambda: guest.socket.closing)
        wire_.take(FULL)
        assert wire_.closed() == Close.BINARY


def test_a_congested_socket_says_so_and_says_when_it_is_over(port: Port, guest: Guest) -> None:
    with stuck(port, guest) as wire_:
        assert port.do(lambda: guest.is_congested)
        wire_.take(FULL)
        port.eventually(lambda: not guest.is_congested)


def test_pings_of_a_client_that_does_not_read_are_not_hoarded(port: Port, guest: Guest) -> None:
    flood = whole(PING, b"x" * 125) * 1000
    with stuck(port, guest) as wire_:
        before = port.do(lambda: guest.socket.buffered)
        for _ in range(20):
            wire_.send(flood)
        port.settle()
        assert port.do(lambda: guest.socket.buffered) <= max(before, PAUSE_ABOVE + len(flood))


def test_a_pong_flood_stops_at_the_pause(port: Port, guest: Guest) -> None:
    flood = whole(PING, b"x" * 125) * 1000
    with port.connect(receive_buffer=4096).open() as wire_:
        for _ in range(60):
            wire_.send(flood)
        port.settle()
        assert port.do(lambda: guest.socket.buffered) < 2 * PAUSE_ABOVE


def test_endless_empty_fragments_take_no_memory(port: Port, guest: Guest) -> None:
    with port.open() as wire_:
        wire_.send(wire.frame(TEXT, b'{"type":', fin=False))
        port.settle()
        tracemalloc.start()
        try:
            for _ in range(6):
                wire_.send(wire.frame(CONTINUATION, b"", fin=False) * 1000)
            port.settle()
            kept = tracemalloc.take_snapshot().filter_traces([tracemalloc.Filter(True, transport.__file__)])
        finally:
            tracemalloc.stop()
        assert sum(trace.size for trace in kept.traces) < 20_000
        assert wire_.send(wire.frame(CONTINUATION, b'"x"}')).read().payload == b'{"type":"x"}'


BATCH = 40  # events of about 2 kB: a batch fits into any socket's buffers


@pytest.mark.usefixtures("quick_close")
def test_a_client_that_stops_reading_is_cut_off_and_nobody_else_notices(loop_factory: LoopFactory) -> None:
    with Core(loop_factory=loop_factory) as core, core.connect(receive_buffer=4096) as stalled:
        others = [core.open().sign_in("ana") for _ in range(50)]
        stalled.open().sign_in("ana")
        peer = core.peers[-1]
        seq, most = 0, 0
        while not core.server.metrics.closed[Close.TOO_SLOW]:
            assert seq < 20_000, "a socket that takes nothing is never cut off"
            core.say(*["x" * 2000] * BATCH)
            expected = list(range(seq + 1, seq + BATCH + 1))
            assert all([each.read().message["seq"] for _ in range(BATCH)] == expected for each in others)
            seq += BATCH
            most = max(most, core.do(lambda: peer.buffered))
        assert most <= SLOW + 2 * BATCH * 2100
        core.eventually(lambda: core.server.snapshot().clients == 50)
        assert core.server.metrics.closed == {Close.TOO_SLOW: 1}
        for each in others:
            each.leave()


@pytest.mark.parametrize("how", ["it takes all", "its buffer is full"])
@pytest.mark.usefixtures("quick_close")
def test_a_client_that_was_stopped_is_gone_within_ping_and_pong(loop_factory: LoopFactory, how: str) -> None:
    """Its kernel goes on taking, as that of a stopped process does, until it is full."""
    with Core(loop_factory=loop_factory) as core, core.connect(receive_buffer=4096) as stopped:
        stopped.open().sign_in("ana")
        if how == "its buffer is full":
            while core.do(lambda: core.peers[-1].buffered) == 0:
                core.say(*["x" * 2000] * BATCH)
        core.time.seconds += 16
        core.do(core.server.turn_wheel)
        assert core.do(core.server.snapshot).clients == 1
        core.time.seconds += 11
        core.do(core.server.turn_wheel)
        core.eventually(lambda: core.server.snapshot().clients == 0)
        assert core.do(core.server.snapshot).rooms == 0
        assert core.server.metrics.closed == {Close.NO_PONG: 1}


def test_a_slow_client_that_wakes_up_reads_in_order_until_it_was_cut_off(core: Core) -> None:
    with core.connect(receive_buffer=4096).open().sign_in("ana") as slow:
        first = core.do(lambda: core.log.streams[STAGE].head) + 1
        cut_off = core.server.metrics.closed[Close.TOO_SLOW]
        while core.server.metrics.closed[Close.TOO_SLOW] == cut_off:
            core.say(*["x" * 2000] * BATCH)
        *events, end = slow.reads_all()
        assert [event.message["seq"] for event in events] == list(range(first, first + len(events)))
        assert end.code == Close.TOO_SLOW
        slow.send(wire.close(1000))
        slow.ended()


# ---- what must not be written down

SECRET = "eyJhbGciOi-this-is-a-token"


def a_long_conversation(core: Core) -> None:
    """Somebody who puts a token into everything that can be sent, rightly and wrongly."""
    token = SECRET.encode()
    core.door.let(SECRET)
    auth = {"type": "auth", "token": SECRET}
    core.connect().send(upgrade(f"/ws?token={SECRET}")).response()
    core.connect().send(upgrade(f"/{SECRET}")).response()
    core.connect().send(upgrade(sec_websocket_key=SECRET)).response()
    core.connect().send(upgrade(origin=f"https://{SECRET}.example", authorization=SECRET)).response()
    core.connect().send(b"GET /ws HTTP/1.1\r\nhost: " + token + b"\x00\r\n\r\n").response()
    core.open(authorization=f"Bearer {SECRET}", cookie=SECRET).say(**auth).say(**auth).send(
        whole(PING, token)
    ).leave()
    core.open().sign_in(SECRET).say(**auth, resume=[1]).say(**{**auth, "token": [SECRET]}).say(
        type=SECRET
    ).leave()
    core.open().say(type="auth", token=SECRET + "-forged").send(text("{" + SECRET)).vanish()
    core.open().sign_in(SECRET).say(type="auth", token="ana").closed()
    for data in (
        *(whole(opcode, token) for opcode in range(0x10)),
        *(wire.frame(TEXT, token, **how) for how in ({"reserved": 1}, {"masked": False}, {"fin": False})),  # type: ignore[arg-type]
        whole(TEXT, token + b"\xff"),
        wire.close(1000, token),
        wire.close(999, token),
        wire.frame(TEXT, token, size=LARGEST_MESSAGE + 1),
    ):
        core.open().send(data).leave()


def test_no_log_line_contains_a_token(loop_factory: LoopFactory, caplog: pytest.LogCaptureFixture) -> None:
    everything = 1
    loggers = [logging.getLogger(name) for name in list(logging.root.manager.loggerDict)]
    for logger in (*loggers, logging.getLogger("websockets.server"), logging.getLogger()):
        caplog.set_level(everything, logger.name)
    with Core(loop_factory=loop_factory, log_level=everything) as core:
        core.do(lambda: asyncio.get_running_loop().set_debug(True))
        a_long_conversation(core)
        core.eventually(lambda: core.server.snapshot().clients == 0)
    assert len(caplog.records) > 10, "nothing was logged, so nothing was tested"
    assert [line for line in caplog.text.splitlines() if SECRET in line] == []


# ---- a process of its own


class LoneCore:
    """The core in a process: `standing` is how it stands, asked anew."""

    def __init__(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.lone_core"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.address = ("127.0.0.1", int(self.process.stdout.readline()))

    @property
    def standing(self) -> dict[str, int]:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("?\n")
        self.process.stdin.flush()
        return dict(json.loads(self.process.stdout.readline()))

    def deserted(self) -> dict[str, int]:
        """How it stands when all have left."""
        deadline = time.monotonic() + PATIENCE
        while (standing := self.standing)["clients"]:
            assert time.monotonic() < deadline, standing
            time.sleep(0.02)
        return standing

    def open(self) -> Wire:
        return Wire(self.address).open()

    def __enter__(self) -> LoneCore:
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.kill()
        self.process.communicate()


CYCLES: list[Callable[[LoneCore], object]] = [
    lambda core: core.open().sign_in("ana").send(wire.close(1000)).closed(),
    lambda core: core.open().sign_in("ana").vanish(),
    lambda core: core.open().sign_in("ana").leave(),
    lambda core: core.open().send(text({"type": "ping"})[:4]).leave(),
    lambda core: core.open().send(wire.frame(0x3, b"")).closed(),
    lambda core: Wire(core.address).send(upgrade("/ws?token=x")).leave(),
]


def comings_and_goings(core: LoneCore, count: int) -> None:
    for number in range(count):
        CYCLES[number % len(CYCLES)](core)


@pytest.mark.timeout(300)
def test_ten_thousand_clients_come_and_go_without_a_trace() -> None:
    with LoneCore() as core:
        comings_and_goings(core, 2_000)
        early = core.deserted()
        comings_and_goings(core, 8_000)
        late = core.deserted()
    assert (early["rooms"], late["rooms"]) == (0, 0)
    assert late["tasks"] == early["tasks"]
    assert late["descriptors"] == early["descriptors"]
    assert late["memory"] <= early["memory"] * 1.05, (early, late)


def test_a_server_that_ends_says_goodbye_to_all() -> None:
    with LoneCore() as core:
        wires = [core.open().sign_in("ana") for _ in range(200)]
        core.process.send_signal(signal.SIGTERM)
        delays = []
        for each in wires:
            goodbye, end = each.reads_all()
            assert goodbye.message["type"] == "goodbye"
            delays.append(goodbye.message["retryAfterMs"])
            assert end.code == Close.DRAINING
            each.send(wire.close(end.code))
            each.ended()
        _, complaints = core.process.communicate(timeout=PATIENCE)
    assert complaints == ""
    assert len(set(delays)) > 100, "all of them would come back at once"
    assert 0 <= min(delays) < 1_000 < 4_000 < max(delays) <= 5_000


def test_a_server_that_ends_does_not_wait_for_who_does_not_answer() -> None:
    with LoneCore() as core:
        mute = [core.open().sign_in("ana"), core.open(), Wire(core.address)]
        core.process.send_signal(signal.SIGTERM)
        _, complaints = core.process.communicate(timeout=PATIENCE)
        assert complaints == ""
        for each in mute:
            each.leave()
