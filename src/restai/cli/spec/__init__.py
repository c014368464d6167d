"""`restai spec`: the documents that others build on, and whether they still can."""

from restai.cli.spec.command import spec

__all__ = ["spec"]
