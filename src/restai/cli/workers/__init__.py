"""Several processes on one port: a parent that serves nothing, and the workers that it keeps alive."""

from restai.cli.workers.parent import serve

__all__ = ["serve"]
