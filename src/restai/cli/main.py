"""The `restai` command and its verbs."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from restai import app as composition
from restai import log
from restai.cli import demo as restaurant
from restai.cli import keeping, serving
from restai.cli import workers as several
from restai.cli.demo import DemoHouse
from restai.cli.simulate import playing_there, simulate
from restai.cli.spec import spec
from restai.cli.watch import watch
from restai.db.engine import Database
from restai.errors import RestaiError
from restai.migrations.runner import upgrade
from restai.settings import Settings, load

DEMO_DATA = Path("var/demo")

cli = typer.Typer(
    name="restai",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="A real-time system for restaurants.",
)

Host = Annotated[str | None, typer.Option(help="The address to listen on.")]
Port = Annotated[int | None, typer.Option(help="The port to listen on; 0 for any that is free.")]
Workers = Annotated[int | None, typer.Option(min=1, help="Processes that serve together on the port.")]
Data = Annotated[Path | None, typer.Option(help="The folder for the database and the secret.")]


@cli.command()
def serve(host: Host = None, port: Port = None, data: Data = None, workers: Workers = None) -> None:
    """Serve RestAI. Settings come from the environment, RESTAI_DATABASE_URL and others."""
    settings = _settings(host=host, port=port, data=data, workers=workers)
    upgrade(settings.database)
    _serve(settings, lambda url: print(f"RestAI is at {url}", file=sys.stderr))


@cli.command()
def migrate(data: Data = None) -> None:
    """Bring the database to this version's schema."""
    settings = _settings(data=data)
    upgrade(settings.database)
    print("The database is up to date.")


@cli.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write; it must not be there yet.")],
    data: Data = None,
) -> None:
    """Copy the SQLite database into a file, while it is being used. The token secret is not in it."""
    keeping.back_up(_settings(data=data).database, file)
    print(f"Backed up to {file}.")


@cli.command()
def restore(
    file: Annotated[Path | None, typer.Argument(help="What `restai backup` wrote.")] = None,
    data: Data = None,
    new_epochs: Annotated[
        bool,
        typer.Option("--new-epochs", help="The database was restored by other means, as by pg_restore."),
    ] = False,
) -> None:
    """Bring back the SQLite database from a backup. Screens that are connected read everything again."""
    if (file is None) is not new_epochs:
        raise typer.BadParameter("Name a backup, or say --new-epochs.")
    url = _settings(data=data).database
    if file is None:
        keeping.give_new_epochs(url, because="the database was restored by other means")
        print("All screens will read everything again.")
    else:
        keeping.restore(url, file)
        print(f"Restored from {file}.")


@cli.command()
def demo(
    host: Host = None,
    port: Port = None,
    data: Data = None,
    workers: Workers = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one line of JSON when it is ready, and nothing else.")
    ] = False,
    simulated: Annotated[
        float | None,
        typer.Option("--simulate", min=1, help="Guests and staff who play there: this many orders an hour."),
    ] = None,
) -> None:
    """Make a restaurant in Lima with a team, a menu and 24 tables, and serve it."""
    settings = _settings(host=host, port=port, data=data or DEMO_DATA, workers=workers)
    upgrade(settings.database)
    house = asyncio.run(_make_demo(settings))

    with ExitStack() as playing:

        def announce(url: str) -> None:
            print(_as_json(house, url), flush=True) if as_json else _introduce(house, url)
            if simulated is not None:
                playing.enter_context(playing_there(_as_json(house, url), simulated))

        _serve(settings, announce)


cli.command()(watch)
cli.command()(simulate)
cli.command()(spec)


def _serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """With one process or several; `announce` gets the base URL when it can be reached."""
    if settings.workers > 1:
        several.serve(settings, announce)
    else:
        serving.serve(composition.from_settings(settings), settings.host, settings.port, announce)


async def _make_demo(settings: Settings) -> DemoHouse:
    database = Database(settings.database)
    try:
        return await restaurant.make(database)
    finally:
        await database.close()


def _settings(**chosen: object) -> Settings:
    settings = load(**chosen)
    log.configure(settings.log_level, json=settings.log_json)
    return settings


def _as_json(house: DemoHouse, url: str) -> str:
    tables = [table.model_dump(by_alias=True) | {"url": f"{url}/t/{table.code}"} for table in house.tables]
    return json.dumps(
        {
            "url": url,
            "wsUrl": url.replace("http", "ws", 1) + "/ws",
            "branchId": house.branch_id,
            "staff": [person.model_dump(mode="json", by_alias=True) for person in house.staff],
            "tables": tables,
        }
    )


def _introduce(house: DemoHouse, url: str) -> None:
    """What a person needs to walk in."""
    team = Table(box=None, pad_edge=False, header_style="dim")
    for heading in ("Role", "Name", "E-mail", "Password"):
        team.add_column(heading)
    for person in house.staff:
        team.add_row(person.role, person.name, person.email, person.password)
    out = Console(highlight=False)
    out.print(f"\n[bold]RestAI is at {url}[/bold]  (WebSocket at {url.replace('http', 'ws', 1)}/ws)\n")
    out.print(team)
    out.print("\nTwo tables, as a guest's phone reads them:")
    for table in house.tables[:2]:
        out.print(f"  {table.number}  {url}/t/{table.code}", soft_wrap=True)
    waiter = next(person for person in house.staff if person.role == "waiter")
    out.print("\nWatch its orders from another terminal:")
    out.print(
        f"  restai watch --url {url} --email {waiter.email} --password '{waiter.password}'\n",
        soft_wrap=True,
    )


def main() -> None:
    """The program. An error that we know is told in one line."""
    try:
        cli()
    except RestaiError as error:
        sys.exit(f"restai: {error}")
