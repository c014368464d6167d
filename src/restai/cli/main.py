"""The `restai` command and its verbs."""

import typer

app = typer.Typer(name="restai", no_args_is_help=True, help="A real-time system for restaurants.")


@app.callback()
def root() -> None:
    """A real-time system for restaurants."""


def main() -> None:
    app()
