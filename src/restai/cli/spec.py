"""`restai spec`: the documents that others build on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from restai import app

FOLDER = Path("protocol")

Folder = Annotated[Path, typer.Argument(help="The folder to write them into.")]


def spec(folder: Folder = FOLDER) -> None:
    """Write openapi.json and asyncapi.json: what can be asked of this version, and what it says."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in documents().items():
        (folder / name).write_text(text, encoding="utf-8")
        print(folder / name)


def documents() -> dict[str, str]:
    """The text of each document, by the name of its file."""
    return {
        name: json.dumps(document, indent=2, ensure_ascii=False) + "\n"
        for name, document in app.documents().items()
    }
