"""No log line at any level contains a token, whatever way it takes; and all lines take one way."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import jwt
import pytest
import structlog
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.uri import parse_uri

from restai import log
from restai.db.engine import Database
from restai.log import MASK, mask

JWT = jwt.encode({"sub": "ana", "org": "lima", "typ": "staff"}, "k" * 40, "HS256", {"kid": "0a1b2c3d"})
OPAQUE = "pZ2l7yG3kUoVtq0xW9cRb4mNfHsDjA1e_-QXTBK8vYw"  # what a refresh token looks like
SECRETS = (JWT, JWT.split(".")[1], JWT.split(".")[2], OPAQUE)


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Logging as it was, after a test that configured it."""
    root = logging.getLogger()
    handlers, level, hooks = root.handlers[:], root.level, (sys.excepthook, sys.unraisablehook)
    threads = threading.excepthook
    levels = {name: logging.getLogger(name).level for name in ("sqlalchemy.engine", "aiosqlite", "alembic")}
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    sys.excepthook, sys.unraisablehook = hooks
    threading.excepthook = threads
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    logging.captureWarnings(False)
    structlog.reset_defaults()


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(params=["json", "text", "colours"])
def lines(request: pytest.FixtureRequest) -> io.StringIO:
    """What is written at DEBUG, in each of the forms a line can have."""
    stream = Terminal() if request.param == "colours" else io.StringIO()
    log.configure("debug", json=request.param == "json", stream=stream)
    return stream


def is_written_without_secrets(lines: io.StringIO) -> bool:
    text = lines.getvalue()
    assert text, "nothing was logged: this test proves nothing"
    assert MASK in text
    for secret in SECRETS:
        assert secret not in text
    return True


def raise_with_secret() -> None:
    raise ValueError(f"cannot decode {JWT} with refreshToken={OPAQUE}")


def a_message() -> None:
    structlog.get_logger("a").info(f"signed in with {JWT} and token={OPAQUE}")


def a_bare_refresh_token() -> None:
    structlog.get_logger("a").info(f"renewing {OPAQUE}", link=OPAQUE, links=[OPAQUE], raw=OPAQUE.encode())


def a_field() -> None:
    structlog.get_logger("a").info("signed in", token=OPAQUE, jwt=JWT, refresh_token=OPAQUE, password=OPAQUE)


def a_nested_field() -> None:
    structlog.get_logger("a").debug("answered", body={"accessToken": JWT, "refreshToken": OPAQUE})


def a_json_text() -> None:
    body = json.dumps({"accessToken": JWT, "refreshToken": OPAQUE})
    structlog.get_logger("a").debug("answered", body=body, raw=body.encode(), again=json.dumps(body))


def arguments_of_the_standard_library() -> None:
    logging.getLogger("b").warning("%s and %r", f"Bearer {OPAQUE}", {"token": JWT})


def a_bound_context() -> None:
    with structlog.contextvars.bound_contextvars(token=OPAQUE):
        structlog.get_logger("a").info("in a request")


def an_access_line() -> None:
    logging.getLogger("uvicorn.access").info(
        '%s - "%s %s HTTP/%s" %d', "10.0.0.7:5", "GET", f"/ws?token={OPAQUE}&jwt={JWT}", "1.1", 400
    )


def an_encoded_query() -> None:
    logging.getLogger("uvicorn.access").info("GET /?next=%2Fws%3Ftoken%3D" + OPAQUE)


def headers_as_text() -> None:
    head = f"GET / HTTP/1.1\r\nAuthorization: Basic {OPAQUE}\r\nCookie: a=1; refresh={OPAQUE}\r\nHost: x"
    logging.getLogger("proxy").debug(head)
    logging.getLogger("proxy").debug("%r", head)


def headers_as_pairs() -> None:
    pairs = [(b"authorization", f"Bearer {OPAQUE}".encode()), (b"set-cookie", f"refresh={OPAQUE}".encode())]
    logging.getLogger("httpcore").debug("headers %s", pairs)
    logging.getLogger("httpcore").debug("headers %s", {"authorization": OPAQUE, "cookie": f"r={OPAQUE}"})


def a_url_with_a_password() -> None:
    logging.getLogger("b").error("cannot reach postgresql://restai:%s@db.local/restai token=x", OPAQUE)


def a_traceback() -> None:
    try:
        raise_with_secret()
    except ValueError:
        structlog.get_logger("a").exception("failed")
        logging.getLogger("b").exception("failed")


def a_chain_of_errors() -> None:
    try:
        try:
            raise_with_secret()
        except ValueError as error:
            error.add_note(f"Authorization: Bearer {OPAQUE}")
            raise RuntimeError("outer") from error
    except RuntimeError:
        structlog.get_logger("a").error("failed", exc_info=True)


def a_local_variable_near_a_traceback() -> None:
    bare = OPAQUE  # nothing names it a secret: it must not be printed at all
    try:
        raise_with_secret()
    except ValueError:
        structlog.get_logger("a").exception("failed", length=len(bare))


def a_line_that_cannot_be_made() -> None:
    class Odd:
        def __str__(self) -> str:
            raise ValueError(f"no text for token={OPAQUE} {JWT}")

    record = logging.LogRecord("b", logging.INFO, "", 0, "%s", (Odd(),), None)
    logging.getLogger().handlers[0].handle(record)


def a_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(True)
        warnings.warn(f"odd token={OPAQUE} {JWT}", stacklevel=1)


def an_uncaught_error() -> None:
    try:
        raise_with_secret()
    except ValueError:
        sys.excepthook(*sys.exc_info())  # type: ignore[arg-type]


def an_uncaught_error_in_a_thread() -> None:
    thread = threading.Thread(target=raise_with_secret)
    thread.start()
    thread.join()


def an_error_that_cannot_be_raised() -> None:
    class Dying:
        def __del__(self) -> None:
            raise_with_secret()

    Dying()


def a_lost_task() -> None:
    async def fail() -> None:
        raise_with_secret()

    async def lose() -> None:
        task = asyncio.get_running_loop().create_task(fail(), name=f"token={JWT}")
        await asyncio.wait([task])

    asyncio.run(lose())


def a_slow_callback() -> None:
    async def run() -> None:
        loop = asyncio.get_running_loop()
        loop.slow_callback_duration = 0
        loop.call_soon(lambda frame: None, json.dumps({"type": "auth", "token": JWT}))
        loop.call_soon(lambda frame: None, f"token={OPAQUE}")
        await asyncio.sleep(0)

    asyncio.run(run(), debug=True)


def frames_of_websockets() -> None:
    protocol = ClientProtocol(parse_uri(f"ws://localhost/ws?token={OPAQUE}"))
    protocol.send_request(protocol.connect())
    for body in (JWT, json.dumps({"type": "auth", "token": JWT}), f'{{"token":"{OPAQUE}"}}'):
        logging.getLogger("websockets.server").debug("< %s", Frame(Opcode.TEXT, body.encode()))


WAYS: tuple[Callable[[], None], ...] = (
    a_message,
    a_bare_refresh_token,
    a_field,
    a_nested_field,
    a_json_text,
    arguments_of_the_standard_library,
    a_bound_context,
    an_access_line,
    an_encoded_query,
    headers_as_text,
    headers_as_pairs,
    a_url_with_a_password,
    a_traceback,
    a_chain_of_errors,
    a_local_variable_near_a_traceback,
    a_line_that_cannot_be_made,
    a_warning,
    an_uncaught_error,
    an_uncaught_error_in_a_thread,
    an_error_that_cannot_be_raised,
    a_lost_task,
    a_slow_callback,
    frames_of_websockets,
)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_no_way_into_the_log_shows_a_secret(lines: io.StringIO, way: Callable[[], None]) -> None:
    way()
    assert is_written_without_secrets(lines)


async def test_statements_and_rows_are_logged_without_their_values(
    lines: io.StringIO, database_url: str
) -> None:
    database = Database(database_url)
    async with database.transaction() as tx:
        await tx.session.execute(text("CREATE TABLE secrets (secret TEXT PRIMARY KEY)"))
        insert = text("INSERT INTO secrets VALUES (:value) RETURNING secret")
        assert await tx.session.scalar(insert, {"value": OPAQUE}) == OPAQUE
    structlog.get_logger("a").error("failed", exc_info=await failure_of(database))
    await database.close()
    written = lines.getvalue()
    assert "INSERT INTO secrets" in written, "the statements themselves are worth reading at DEBUG"
    assert OPAQUE not in written


async def failure_of(database: Database) -> Exception:
    with pytest.raises(Exception) as failed:
        async with database.transaction() as tx:
            await tx.session.execute(text("SELECT :value FROM nowhere"), {"value": OPAQUE})
    return failed.value


def test_uvicorn_writes_through_us(capfd: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    log.configure("info", json=True, stream=stream)
    asyncio.run(serve_one_request(f"/?token={OPAQUE}"))
    written = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert {"uvicorn.error", "uvicorn.access"} <= {line["logger"] for line in written}
    assert any("Started server process" in line["event"] for line in written)
    access = [line for line in written if line["logger"] == "uvicorn.access"]
    assert len(access) == 1 and f"token={MASK}" in access[0]["event"]
    assert capfd.readouterr() == ("", "")


class AnnouncedServer(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()

    async def startup(self, sockets: list | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()


async def serve_one_request(path: str) -> None:
    async def app(scope: dict, receive: Callable, send: Callable) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    server = AnnouncedServer(uvicorn.Config(app, port=0, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    await server.is_up.wait()
    host, port = server.servers[0].sockets[0].getsockname()
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert (await reader.read()).startswith(b"HTTP/1.1 204")
    writer.close()
    server.should_exit = True
    await serving


def test_lines_below_the_level_are_not_written() -> None:
    stream = io.StringIO()
    log.configure("warning", stream=stream)
    structlog.get_logger("a").info("quiet")
    logging.getLogger("b").info("quiet")
    structlog.get_logger("a").warning("loud")
    assert "quiet" not in stream.getvalue()
    assert "loud" in stream.getvalue()


def test_configuring_again_does_not_double_the_lines() -> None:
    log.configure("info", stream=io.StringIO())
    stream = io.StringIO()
    log.configure("info", stream=stream)
    structlog.get_logger("a").info("once")
    assert stream.getvalue().count("once") == 1


def test_stderr_is_the_stream(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("info", json=True)
    structlog.get_logger("a").info("hello", table="12")
    out, err = capsys.readouterr()
    line = json.loads(err)
    assert out == ""
    assert (line["event"], line["table"], line["level"], line["logger"]) == ("hello", "12", "info", "a")


@pytest.mark.parametrize(
    "harmless",
    [
        "GET /api/orders?status=ready HTTP/1.1",
        "token expired",
        "the cookie jar, and the authorization of a payment",
        "order 0191 went to ready at http://10.0.0.7:3001/api",
        Path(__file__).name,
    ],
)
def test_what_is_no_secret_stays(harmless: str) -> None:
    assert mask(harmless) == harmless


@given(st.dictionaries(st.sampled_from(["token", "Authorization", "event", "path", "body"]), st.text()))
def test_a_masked_json_line_is_still_json(fields: dict[str, str]) -> None:
    json.loads(mask(json.dumps(fields | {"query": f"?token={OPAQUE}&x=1", "jwt": JWT})))
