"""Settings: read once from the environment (`RESTAI_…`), checked, and passed to who needs them."""

from __future__ import annotations

import os
import secrets as randomness
import tempfile
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from restai.errors import Misconfigured

_PREFIX = "RESTAI_"
_SECRET_FILE = "token-secret"
_SECRET_LENGTH = 32  # characters: HS256 is as strong as its key, and this is its block of 256 bits


class Settings(BaseSettings):
    """What can be chosen from outside. Made by `load`, which tells what is wrong with it."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, frozen=True, hide_input_in_errors=True, env_ignore_empty=True
    )

    data: Path = Path("var/restai")
    """The folder for what an installation keeps in files: its SQLite database, its secret."""

    database_url: str | None = Field(None, repr=False)
    """sqlite:///FILE or postgresql://…; none is SQLite in the data folder."""

    redis_url: SecretStr | None = None
    """redis://, rediss:// (TLS) or unix://, with user and password: how processes tell of their events."""

    redis_prefix: str = ""
    """Stands before the name of every channel, for a Redis that others use too."""

    secret: SecretStr | None = None
    """Signs tokens. None is one of this installation's own, kept in the data folder."""

    secret_previous: SecretStr | None = None
    """Still verifies tokens, while `secret` is being changed."""

    origins: Annotated[tuple[str, ...], NoDecode] = ()
    """Origins of browsers beside our own host, in the environment separated by commas."""

    public_url: str | None = None
    """Where guests' phones reach the house, as QR codes say it: https://restaurant.example. None is the
    address under which staff reach it who print them."""

    host: str = "127.0.0.1"
    port: int = Field(3001, ge=0, le=65_535)  # 0: any that is free
    workers: int = Field(1, ge=1)
    """Processes that serve together on the port."""

    connections_per_address: int = Field(2_000, ge=1)
    """How many sockets an address or IPv6 /64 may hold: a full house behind one router has about 300."""

    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_json: bool = False
    retention_hours: int = Field(48, ge=12)
    """How long events can be resumed from; at least a guest token's life."""

    @property
    def database(self) -> str:
        """The URL of the database to use."""
        return self.database_url or f"sqlite:///{(self.data / 'restai.db').absolute()}"

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, url: str | None) -> str | None:
        if url is None:
            return None
        url = url.replace("postgres://", "postgresql://", 1)
        try:
            parsed = make_url(url)
        except ArgumentError:
            raise ValueError("is no URL of a database") from None
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            raise ValueError("must begin with sqlite:/// or postgresql://")
        if parsed.get_backend_name() == "sqlite" and parsed.database in (None, "", ":memory:"):
            raise ValueError("SQLite needs a file: sqlite:///FILE")
        return url

    @field_validator("redis_url")
    @classmethod
    def _known_broker(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not url.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must begin with redis://, rediss:// or unix://")
        return url

    @field_validator("secret", "secret_previous")
    @classmethod
    def _long_enough(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(secret.get_secret_value()) < _SECRET_LENGTH:
            raise ValueError(f"needs at least {_SECRET_LENGTH} characters")
        return secret

    @field_validator("origins", mode="before")
    @classmethod
    def _split(cls, origins: Any) -> Any:
        return [part.strip() for part in origins.split(",")] if isinstance(origins, str) else origins

    @field_validator("origins")
    @classmethod
    def _plain_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(_origin(origin) for origin in origins if origin)

    @field_validator("public_url")
    @classmethod
    def _plain_url(cls, url: str | None) -> str | None:
        return None if url is None else _origin(url)

    @field_validator("log_level", mode="before")
    @classmethod
    def _any_case(cls, level: Any) -> Any:
        return level.lower() if isinstance(level, str) else level


def load(**chosen: Any) -> Settings:
    """The settings of the environment; `chosen` ones, where not None, count more. Raises Misconfigured."""
    try:
        return Settings(**{name: value for name, value in chosen.items() if value is not None})
    except ValidationError as error:
        raise Misconfigured([_problem(e["loc"], e["msg"]) for e in error.errors()]) from None


def token_secrets(settings: Settings) -> tuple[str, ...]:
    """The secrets for tokens: the first signs, all verify. Makes one on first use. Raises Misconfigured."""
    current = settings.secret.get_secret_value() if settings.secret else _own_secret(settings.data)
    previous = settings.secret_previous
    return (current,) if previous is None else (current, previous.get_secret_value())


def _own_secret(folder: Path) -> str:
    file = folder / _SECRET_FILE
    if not file.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _create_once(file, randomness.token_urlsafe(_SECRET_LENGTH))
    secret = file.read_text().strip()
    if len(secret) < _SECRET_LENGTH:
        raise Misconfigured(
            [f"{file} holds no secret of {_SECRET_LENGTH} characters: remove it for a new one"]
        )
    return secret


def _create_once(file: Path, content: str) -> None:
    """Two processes that start together both end with the file of the first, never with half a file."""
    descriptor, draft = tempfile.mkstemp(dir=file.parent)  # mode 0600
    try:
        with os.fdopen(descriptor, "w") as out:
            out.write(content)
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        Path(draft).unlink()


def _origin(text: str) -> str:
    parts = urlsplit(text.lower().rstrip("/"))
    plain = parts.scheme in ("http", "https") and parts.netloc and not (parts.path or parts.query)
    if not plain or "@" in parts.netloc:
        raise ValueError(f"{text!r} is no origin such as https://restaurant.example")
    return f"{parts.scheme}://{parts.netloc}"


def _problem(place: tuple[int | str, ...], message: str) -> str:
    return f"{_PREFIX}{str(place[0]).upper()}: {message.removeprefix('Value error, ')}"
