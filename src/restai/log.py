"""Logs: every line of the process, ours and the libraries', through one handler to one stream.

The last thing that happens to a line is that its secrets are masked, in the finished text: messages,
fields, access lines, library chatter and tracebacks alike. So no log line at any level has a token.
"""

from __future__ import annotations

import logging
import re
import sys
import threading
import traceback
from contextlib import suppress
from typing import Any, TextIO

import structlog
from structlog.stdlib import ProcessorFormatter
from structlog.typing import Processor

MASK = "[masked]"

_COLOUR = r"(?:\x1b\[[\d;]*m)*"
_EDGE = r"(?:(?<![\w-])|(?<=\x1b\[\dm)|(?<=\x1b\[\d\dm))"  # a colour's code ends in a letter
_QUOTE = r"\\*[\"']"  # escaped inside a JSON line
_ASSIGNED = rf"{_COLOUR}(?:=|%3d){_COLOUR}b?"
_PAIRED = rf"{_QUOTE}\s*[:,]\s*b?"  # between the name and the value of JSON, a dict, a list of headers
_FIELD = r"token|password|secret|refresh"  # or a name that ends so
_HEADER = r"authorization|cookie"

_SECRETS: tuple[tuple[re.Pattern[str], str], ...] = (
    # A JWT, whole or cut short: base64 of `{"`.
    (re.compile(r"eyJ[\w.-]{6,}"), MASK),
    # A refresh token that nothing announces: 32 random bytes in base64, so 43 letters, large and small.
    (re.compile(rf"{_EDGE}(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{{43}}(?![\w-])"), MASK),
    (re.compile(r"(?i)(bearer)(?:\s|%20)+[^\s\"'\\,;)]+"), rf"\1 {MASK}"),
    # Headers, to the end of the string or of the line that they stand in.
    (re.compile(rf"(?i)({_HEADER})({_PAIRED}|{_ASSIGNED})({_QUOTE})[^\"'\\]+"), rf"\1\2\3{MASK}"),
    (re.compile(rf"(?i)({_HEADER})(\s*:\s*|{_ASSIGNED})[^\s\"'\\\x1b][^\"'\\\r\n\x1b]*"), rf"\1\2{MASK}"),
    # name="value" and "name": "value", then name=value as in a query.
    (re.compile(rf"(?i)({_FIELD})({_PAIRED}|{_ASSIGNED})({_QUOTE})[^\"'\\]+"), rf"\1\2\3{MASK}"),
    (re.compile(rf"(?i)({_FIELD})({_ASSIGNED})[^\s&\"'\\,;)\]}}\x1b]+"), rf"\1\2{MASK}"),
    # The password in a URL.
    (re.compile(r"(://[^/\s:@\"']*):[^@/\s\"']+@"), rf"\1:{MASK}@"),
)


def mask(text: str) -> str:
    """`text` without the secrets in it: tokens, credentials in headers, queries, URLs, fields."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


def configure(level: str = "info", *, json: bool = False, stream: TextIO | None = None) -> None:
    """Send every log line to `stream` (stderr), one JSON object a line or text for people.

    To be called once, when a process starts. uvicorn must not set up its own: give it
    `log_config=None`, and its lines, access lines too, come here.
    """
    out = stream or sys.stderr
    handler = _Handler(out)
    handler.setFormatter(
        _MaskingFormatter(foreign_pre_chain=_common(), processors=_rendering(out, json=json))
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    _tame_libraries(debug=root.level <= logging.DEBUG)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_common(),
            structlog.stdlib.PositionalArgumentsFormatter(),
            ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    _log_what_nobody_catches()


def _common() -> list[Processor]:
    """What every line gets, whether structlog or the standard library made it."""
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]


def _rendering(out: TextIO, *, json: bool) -> list[Processor]:
    """Tracebacks are plain: prettier ones show local variables, and break lines inside of a token."""
    renderer: list[Processor] = (
        [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
        if json
        else [
            structlog.dev.ConsoleRenderer(
                colors=out.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        ]
    )
    return [ProcessorFormatter.remove_processors_meta, *renderer]


class _MaskingFormatter(ProcessorFormatter):
    def format(self, record: logging.LogRecord) -> str:
        return mask(super().format(record))


class _Handler(logging.StreamHandler[TextIO]):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the library's name
        """A line that cannot be made is reported as masked as any: the default prints its arguments."""
        with suppress(OSError, ValueError):  # the stream itself is gone, and there is no other to say so
            self.stream.write(mask(f"a log line of {record.name} failed\n{traceback.format_exc()}"))


def _tame_libraries(*, debug: bool) -> None:
    logging.captureWarnings(True)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    # At DEBUG these print rows and arguments of statements, where no pattern knows a secret from an id.
    # The engine's INFO is every statement without its values.
    logging.getLogger("sqlalchemy.engine").setLevel(logging.INFO if debug else logging.WARNING)
    logging.getLogger("aiosqlite").setLevel(logging.INFO)
    logging.getLogger("alembic").setLevel(logging.WARNING)  # what it does is told by who calls it


def _log_what_nobody_catches() -> None:
    """Python would write these to stderr by itself, as they are."""
    log = logging.getLogger("restai")

    def uncaught(kind: type[BaseException], error: BaseException, trace: Any) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
        else:
            log.critical("uncaught error", exc_info=(kind, error, trace))

    def in_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            log.critical("uncaught error in a thread", exc_info=args.exc_value)

    def unraisable(args: sys.UnraisableHookArgs) -> None:
        log.error("error that could not be raised", exc_info=args.exc_value)

    sys.excepthook = uncaught
    threading.excepthook = in_thread
    sys.unraisablehook = unraisable
