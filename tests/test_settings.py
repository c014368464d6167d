"""Settings come from the environment, and what is wrong with them is said plainly."""

from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import ValidationError

from restai.errors import Misconfigured
from restai.settings import load, token_secrets


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("RESTAI_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_nothing_set_is_an_installation_in_the_current_folder(tmp_path: Path) -> None:
    settings = load()
    assert settings.database == f"sqlite:///{tmp_path}/var/restai/restai.db"
    assert (settings.host, settings.port, settings.retention_hours) == ("127.0.0.1", 3001, 48)
    assert not (tmp_path / "var").exists(), "reading settings makes nothing"


def test_the_environment_counts_and_what_is_chosen_by_hand_counts_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("RESTAI_PORT", "4000")
    monkeypatch.setenv("RESTAI_HOST", "0.0.0.0")
    monkeypatch.setenv("RESTAI_LOG_LEVEL", "DEBUG")
    monkeypatch.setenv("RESTAI_DATA", "/srv/restai")
    settings = load(port=5000, host=None)
    assert (settings.port, settings.host, settings.log_level) == (5000, "0.0.0.0", "debug")
    assert settings.database == "sqlite:////srv/restai/restai.db"


def test_an_empty_variable_is_as_good_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESTAI_DATABASE_URL", "")
    monkeypatch.setenv("RESTAI_SECRET", "")
    assert load().database_url is None
    assert load().secret is None


def test_origins_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESTAI_ORIGINS", "https://Till.example/, http://10.0.0.7:8080,")
    assert load().origins == ("https://till.example", "http://10.0.0.7:8080")


def test_the_house_may_have_an_address_for_its_guests(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().public_url is None
    monkeypatch.setenv("RESTAI_PUBLIC_URL", "https://Lola.example/")
    assert load().public_url == "https://lola.example"


@pytest.mark.parametrize("wrong", ["lola.example", "https://lola.example/tables", "ftp://lola.example"])
def test_an_address_that_no_phone_opens_is_refused(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("RESTAI_PUBLIC_URL", wrong)
    with pytest.raises(Misconfigured, match="RESTAI_PUBLIC_URL"):
        load()


@pytest.mark.parametrize(
    "url", ["sqlite:///restai.db", "postgresql://restai:pw@db/restai", "postgresql+psycopg:///restai"]
)
def test_both_databases_are_accepted(url: str) -> None:
    assert load(database_url=url).database == url


def test_the_short_name_of_postgresql_is_understood() -> None:
    assert load(database_url="postgres://db/restai").database == "postgresql://db/restai"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORT", "many", "RESTAI_PORT: Input should be a valid integer"),
        ("PORT", "70000", "RESTAI_PORT: Input should be less than or equal to 65535"),
        ("RETENTION_HOURS", "11", "RESTAI_RETENTION_HOURS: Input should be greater than or equal to 12"),
        ("LOG_LEVEL", "loud", "RESTAI_LOG_LEVEL: Input should be 'debug', 'info', 'warning' or 'error'"),
        (
            "DATABASE_URL",
            "mysql://db/restai",
            "RESTAI_DATABASE_URL: must begin with sqlite:/// or postgresql://",
        ),
        ("DATABASE_URL", "restai.db", "RESTAI_DATABASE_URL: is no URL of a database"),
        ("DATABASE_URL", "sqlite://", "RESTAI_DATABASE_URL: SQLite needs a file: sqlite:///FILE"),
        ("DATABASE_URL", "sqlite:///:memory:", "RESTAI_DATABASE_URL: SQLite needs a file: sqlite:///FILE"),
        ("REDIS_URL", "localhost:6379", "RESTAI_REDIS_URL: must begin with redis://, rediss:// or unix://"),
        ("SECRET", "short", "RESTAI_SECRET: needs at least 32 characters"),
        ("SECRET_PREVIOUS", "short", "RESTAI_SECRET_PREVIOUS: needs at least 32 characters"),
        ("ORIGINS", "till.example", "'till.example' is no origin such as https://restaurant.example"),
        ("ORIGINS", "https://till.example/app", "'https://till.example/app' is no origin"),
        ("ORIGINS", "*", "'*' is no origin"),
    ],
)
def test_a_bad_value_is_named_with_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(f"RESTAI_{name}", value)
    with pytest.raises(Misconfigured) as refused:
        load()
    assert says in str(refused.value)


def test_all_problems_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RESTAI_PORT", "x")
    monkeypatch.setenv("RESTAI_SECRET", "hunter2")
    with pytest.raises(Misconfigured) as refused:
        load()
    assert len(refused.value.problems) == 2
    assert "hunter2" not in str(refused.value)


def test_settings_never_change() -> None:
    settings = load()
    with pytest.raises(ValidationError):
        settings.port = 1


def test_no_secret_shows_when_settings_are_printed() -> None:
    settings = load(
        secret="s" * 40,
        secret_previous="p" * 40,
        database_url="postgresql://restai:pw-of-db@db/restai",
        redis_url="rediss://restai:pw-of-redis@redis",
    )
    for secret in ("s" * 40, "p" * 40, "pw-of-db", "pw-of-redis"):
        assert secret not in f"{settings!r} {settings}"


def test_a_given_secret_signs_and_the_previous_one_still_verifies(tmp_path: Path) -> None:
    settings = load(secret="s" * 40, secret_previous="p" * 40)
    assert token_secrets(settings) == ("s" * 40, "p" * 40)
    assert not settings.data.exists()


def test_without_a_secret_one_is_made_and_kept() -> None:
    settings = load()
    (secret,) = token_secrets(settings)
    assert len(secret) >= 32
    assert token_secrets(settings) == (secret,)
    (file,) = settings.data.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.data.stat().st_mode) == 0o700


def test_two_installations_have_different_secrets(tmp_path: Path) -> None:
    assert token_secrets(load(data=tmp_path / "a")) != token_secrets(load(data=tmp_path / "b"))


def test_processes_that_start_together_agree_on_the_secret() -> None:
    settings = load()
    with ThreadPoolExecutor(16) as starting:
        made = list(starting.map(lambda _: token_secrets(settings), range(64)))
    assert len(set(made)) == 1
    assert len(list(settings.data.iterdir())) == 1, "no drafts are left behind"


def test_a_damaged_secret_is_named_not_replaced() -> None:
    settings = load()
    token_secrets(settings)
    (file,) = settings.data.iterdir()
    file.write_text("cut of")
    with pytest.raises(Misconfigured, match=file.name):
        token_secrets(settings)
