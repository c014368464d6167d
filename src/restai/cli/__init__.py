"""The command line: `restai …`."""

from restai.cli.main import main

__all__ = ["main"]
